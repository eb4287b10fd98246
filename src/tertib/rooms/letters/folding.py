"""What counts as the same number or the same name, however it was typed: the one place that says so.

Capitals, spaces and punctuation don't count; only between two digits something stays, or 1/12 would be 11/2. Indexes
are made of this expression, so whoever compares by it must write it exactly so.
"""

from __future__ import annotations

from django.db.models import Func, TextField

_MARKS = "[^[:alnum:]]+"
_FOLDED = (
    f"regexp_replace(regexp_replace(lower({{text}}), '([0-9]){_MARKS}(?=[0-9])', '\\1/', 'g'),"
    f" '(?<![0-9]){_MARKS}|{_MARKS}(?![0-9])', '', 'g')"
)


def folded(text: str) -> str:
    """SQL for the folded form of `text`, itself SQL: a column, or a parameter with its type."""
    return _FOLDED.format(text=text)


class Folded(Func):
    """The folded form of a column, for the indexes of a model."""

    template = _FOLDED.format(text="%(expressions)s")
    arity = 1
    output_field = TextField()
