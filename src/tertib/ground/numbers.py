"""Numbers that came as text, from an address or a form."""

from __future__ import annotations


def whole(text: str, digits: int = 9) -> int | None:
    """The number, where the text is nothing but digits and not too many; Python refuses to read thousands of them."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
