"""Hours of work: what a day and a week of them look like, how they are written, Indonesia's usual ones."""

from __future__ import annotations

import re
from typing import TypeAlias

# Parts of a day in minutes since midnight, the end not included; sorted, not overlapping. Breaks are the
# gaps.
Hours: TypeAlias = tuple[tuple[int, int], ...]
# Monday first; an empty day is off.
Weekly: TypeAlias = tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]

MINUTES_A_DAY = 24 * 60
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

WIB = "Asia/Jakarta"
WITA = "Asia/Makassar"
WIT = "Asia/Jayapura"

_LONG: Hours = ((7 * 60 + 30, 12 * 60), (13 * 60, 16 * 60))
_FRIDAY: Hours = ((7 * 60 + 30, 11 * 60 + 30), (13 * 60, 16 * 60 + 30))
# Perpres 21/2023: 37 hours 30 minutes a week without breaks, from 07:30 on; breaks of 60 minutes, on Friday
# of 90.
GOVERNMENT_WEEK: Weekly = (_LONG, _LONG, _LONG, _LONG, _FRIDAY, (), ())

_RAMADAN: Hours = ((8 * 60, 12 * 60), (12 * 60 + 30, 15 * 60))
_RAMADAN_FRIDAY: Hours = ((8 * 60, 11 * 60 + 30), (12 * 60 + 30, 15 * 60 + 30))
# Perpres 21/2023: 32 hours 30 minutes a week in Ramadan, from 08:00 on; breaks of 30 minutes, on Friday of
# 60.
RAMADAN_WEEK: Weekly = (_RAMADAN, _RAMADAN, _RAMADAN, _RAMADAN, _RAMADAN_FRIDAY, (), ())

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


def validate_hours(hours: Hours, where: str = "hours") -> Hours:
    """The hours as they came. Raises ValueError, beginning with `where`, unless sorted parts of one day."""
    last = 0
    for number, (start, end) in enumerate(hours, 1):
        if not 0 <= start < end <= MINUTES_A_DAY:
            raise ValueError(f"{where}, part {number}: {_clock(start)}-{_clock(end)} is not a part of one day")
        if start < last:
            raise ValueError(f"{where}, part {number}: begins at {_clock(start)}, before the part ahead of it ends")
        last = end
    return hours


def validate_weekly(weekly: Weekly, where: str = "weekly hours") -> Weekly:
    """The week as it came.

    Raises ValueError, beginning with `where`, unless it is seven days of good hours.
    """
    if len(weekly) != len(WEEKDAYS):
        raise ValueError(f"{where}: seven weekdays are needed, not {len(weekly)}")
    for weekday, hours in zip(WEEKDAYS, weekly, strict=True):
        validate_hours(hours, f"{where}, {weekday}")
    return weekly


def hours_to_json(hours: Hours) -> list[list[str]]:
    """`[["07:30", "12:00"], ["13:00", "16:00"]]`."""
    return [[_clock(start), _clock(end)] for start, end in hours]


def hours_from_json(value: object, where: str = "hours") -> Hours:
    """Read what `hours_to_json` wrote. Raises ValueError, beginning with `where`, on anything else."""
    if not isinstance(value, list | tuple):
        raise ValueError(f'{where}: expected a list of parts such as ["07:30", "12:00"], not {value!r}')
    parts = []
    for number, part in enumerate(value, 1):
        if not isinstance(part, list | tuple) or len(part) != 2:
            raise ValueError(f'{where}, part {number}: expected ["07:30", "12:00"], not {part!r}')
        start, end = (_minute(text, f"{where}, part {number}") for text in part)
        parts.append((start, end))
    return validate_hours(tuple(parts), where)


def weekly_to_json(weekly: Weekly) -> list[list[list[str]]]:
    """Seven days, Monday first, each as by `hours_to_json`."""
    return [hours_to_json(hours) for hours in weekly]


def weekly_from_json(value: object) -> Weekly:
    """Read what `weekly_to_json` wrote. Raises ValueError naming the weekday and the part that is wrong."""
    if not isinstance(value, list | tuple) or len(value) != 7:
        raise ValueError("weekly hours: expected a list of seven days, Monday first")
    mon, tue, wed, thu, fri, sat, sun = (
        hours_from_json(hours, weekday) for weekday, hours in zip(WEEKDAYS, value, strict=True)
    )
    return mon, tue, wed, thu, fri, sat, sun


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _minute(text: object, where: str) -> int:
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise ValueError(f"{where}: {text!r} is not a time of day from 00:00 to 24:00")
    return int(text[:2]) * 60 + int(text[3:])
