"""One small family of errors that pages, API and commands render alike.

Every error says what happened, where, and how to mend it. Texts are lazy translations, so each reader gets their own
language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where (field, row and column, line) and how to mend it."""

    what: Text
    where: Text = ""
    mend: Text = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else str(self.what)
        return f"{head} {self.mend}" if self.mend else head

    def to_json(self) -> dict[str, str]:
        return {"what": str(self.what), "where": str(self.where), "mend": str(self.mend)}


class TertibError(Exception):
    """Base of all errors meant for a reader. `status` is the HTTP answer, `facts` more data for the API."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"

    def __init__(self, *problems: Problem | Text, facts: dict[str, Any] | None = None) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        self.facts = facts or {}
        super().__init__(*self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def to_json(self) -> dict[str, Any]:
        return {
            "error": self.code,
            "problems": [problem.to_json() for problem in self.problems],
            **self.facts,
        }


class Invalid(TertibError):
    """What came from outside can't be taken as it is."""

    status = 422
    code = "invalid"


class Forbidden(TertibError):
    """The actor may not do this."""

    status = 403
    code = "forbidden"


class NotFound(TertibError):
    """There is no such thing, or this reader may not know of it: the answer is the same."""

    status = 404
    code = "not_found"


class Moved(TertibError):
    """The matter has moved on since the actor looked at it."""

    status = 409
    code = "moved"


class TooMany(TertibError):
    """Too many attempts; wait."""

    status = 429
    code = "too_many"


class Unavailable(TertibError):
    """Something Tertib needs (database, disk, a program) is not there now."""

    status = 503
    code = "unavailable"


class Broken(TertibError):
    """Stored data contradicts itself: a damaged file, an entry whose hash does not fit."""

    status = 500
    code = "broken"


def invalid(problems: Iterable[Problem]) -> None:
    """Raise `Invalid` with all problems, if there are any."""
    found = tuple(problems)
    if found:
        raise Invalid(*found)
