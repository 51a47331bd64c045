"""Japanese text: normalising, tokenising and ranking. Knows nothing of the ward."""


class NlpError(Exception):
    """Root of what this room raises; its text says in one line what is wrong and how to mend it."""
