"""Changing the draft by hand: fields and their rules, saving, retiring, finding one's way in it."""
