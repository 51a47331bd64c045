"""What the ward knows: plans, entries, offices, and the releases of them that answer."""


class KnowledgeError(Exception):
    """Root of what this room raises; its text says in one line what is wrong and how to mend it."""
