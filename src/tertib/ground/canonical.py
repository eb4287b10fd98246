"""Canonical JSON (RFC 8785), for everything that is hashed.

Tertib hashes no fractions: amounts and times are integers or strings, so floats are refused rather than formatted, and
integers stay within what every JSON reader keeps exactly (2^53 - 1).
"""

from __future__ import annotations

import json
from typing import Any

LARGEST = 2**53 - 1
_plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True).encode


def dumps(value: Any) -> bytes:
    """The canonical bytes of a JSON value (dict, list, str, int, bool, None).

    Raises TypeError for floats and other types, ValueError for integers beyond 2^53 - 1 and lone surrogates.
    """
    wide = _check(value)
    text = _plain(_sorted(value)) if wide else _encode(value)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("text holds a lone surrogate, which is not a character") from error


def _check(value: Any) -> bool:
    """Refuse what RFC 8785 can't carry exactly; True where a key needs UTF-16 ordering."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return False
    if kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise ValueError(f"{value} is beyond the integers JSON keeps exactly")
        return False
    if kind is dict:
        wide = False
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"a key must be text, not {type(key).__name__}")
            # Above the basic plane, code point order and UTF-16 order differ.
            wide |= not key.isascii() and max(key) > "\uffff"
            wide |= _check(item)
        return wide
    if kind is list or kind is tuple:
        wide = False
        for item in value:
            wide |= _check(item)
        return wide
    if isinstance(value, str):  # a member of an enumeration of texts
        return False
    raise TypeError(f"canonical JSON has no place for {kind.__name__}")


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _sorted(value[k]) for k in sorted(value, key=lambda k: k.encode("utf-16-be"))}
    if isinstance(value, list | tuple):
        return [_sorted(item) for item in value]
    return value
