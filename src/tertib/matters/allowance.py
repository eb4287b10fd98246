"""How long a matter may take: so much working time, so many days, or until a moment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

AllowanceKind = Literal["working_minutes", "working_days", "calendar_days", "until"]

# Ten years: whatever is longer is a slip of the keyboard, and would make every due date of it slow to
# compute.
_MOST: Final[dict[AllowanceKind, int]] = {
    "working_minutes": 10 * 366 * 24 * 60,
    "working_days": 10 * 366,
    "calendar_days": 10 * 366,
    "until": 0,
}
_UNITS: Final[dict[str, tuple[AllowanceKind, int]]] = {
    "working minute": ("working_minutes", 1),
    "working hour": ("working_minutes", 60),
    "working day": ("working_days", 1),
    "calendar day": ("calendar_days", 1),
}
_AMOUNT = re.compile(r"([0-9]{1,9}) +((?:working|calendar) +[a-z]+?)s?")
_EXAMPLES = "'90 working minutes', '4 working hours', '3 working days', '14 calendar days'"


@dataclass(frozen=True, slots=True)
class Allowance:
    """An amount in the unit that `kind` names, or for `until` a moment (with amount 0).

    0 days mean the end of the first day that can still be met; 0 minutes mean at once.
    Raises ValueError on a negative amount, one of more than ten years, or a moment that is missing, not
    wanted or without a time zone.
    """

    kind: AllowanceKind
    amount: int
    until: datetime | None = None

    def __post_init__(self) -> None:
        most = _MOST.get(self.kind)
        if most is None:
            raise ValueError(f"unknown kind of allowance {self.kind!r}; known are {', '.join(_MOST)}")
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise ValueError(f"the amount of an allowance is a whole number, not {self.amount!r}")
        if not 0 <= self.amount <= most:
            raise ValueError(f"an allowance in {self.kind} lies between 0 and {most}, not {self.amount}")
        if (self.until is not None) != (self.kind == "until"):
            raise ValueError("an allowance has a moment when its kind is 'until', and only then")
        if self.until is not None and self.until.utcoffset() is None:
            raise ValueError(f"the moment of an allowance needs a time zone: {self.until.isoformat()}")

    @classmethod
    def parse(cls, text: str) -> Allowance:
        """Read an allowance as a procedure writes it.

        '90 working minutes', '4 working hours', '3 working days', '14 calendar days' (singular too), or
        'until 2026-11-30T16:00:00+07:00'. Raises ValueError on anything else.
        """
        words = " ".join(text.lower().split())
        if words.startswith("until "):
            return cls("until", 0, _moment(text.split(None, 1)[1].strip()))
        match = _AMOUNT.fullmatch(words)
        unit = _UNITS.get(match.group(2)) if match else None
        if match is None or unit is None:
            raise ValueError(f"{text!r} is no allowance; write {_EXAMPLES}, or 'until' and a moment")
        kind, factor = unit
        return cls(kind, int(match.group(1)) * factor)

    def to_json(self) -> dict[str, str | int]:
        """`{"kind": "working_days", "amount": 3}`, or `{"kind": "until", "until": ISO moment}`."""
        if self.until is not None:
            return {"kind": self.kind, "until": self.until.isoformat()}
        return {"kind": self.kind, "amount": self.amount}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Allowance:
        """Read what `to_json` wrote. Raises ValueError on anything else."""
        kind = value.get("kind")
        wanted = {"kind", "until"} if kind == "until" else {"kind", "amount"}
        if not isinstance(kind, str) or set(value) != wanted:
            raise ValueError(f"not an allowance: {dict(value)!r}")
        if kind == "until":
            return cls("until", 0, _moment(value["until"]))
        # the kind and the amount are looked at when the object is made
        return cls(kind, value["amount"])  # type: ignore[arg-type]


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError(f"a moment is text such as 2026-11-30T16:00:00+07:00, not {value!r}")
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is no moment such as 2026-11-30T16:00:00+07:00") from error
