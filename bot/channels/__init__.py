"""A reply in each channel's own form."""
