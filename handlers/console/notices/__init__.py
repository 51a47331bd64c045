"""What residents are told at once, and what makes staff tell it."""
