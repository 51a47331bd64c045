"""Where a page of a list begins, as its address says."""

from flask import request


def whole_number(name: str, otherwise: int) -> int:
    """A whole number of the address, 1 or more; `otherwise` where there is none."""
    text = request.args.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 12 else otherwise
