"""Indonesia's national holidays and joint leave (cuti bersama) as changes of a working calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from tertib.government.workhours import WIB
from tertib.government.worktime import Change, ChangeKind

_KINDS: Final[dict[str, ChangeKind]] = {"public": "holiday", "government": "joint_leave"}
# Misspelt in the package as of version 0.109
_SPELLING = {"Pegangti": "Pengganti"}


def national_changes(years: Iterable[int], decreed: Mapping[int, datetime] | None = None) -> list[Change]:
    """One change of a single day for each national holiday and each day of joint leave, sorted by day.

    Titles are Indonesian. A day that is both stays a holiday. Days on a weekend are given too. For a year
    whose decree is not out yet the package estimates, and writes "(perkiraan)" into the titles that depend on
    the moon.

    `decreed` says when the joint decree of three ministers (SKB) for a year was issued. The package doesn't
    know, so a year not in it gets `usual_decree`. Later amendments within a year (joint leave of 2020, 18
    August 2025) appear as though they had been in the first decree; a government for which it matters enters
    them as its own.
    """
    found: dict[str, Change] = {}
    for year in years:
        decreed_at = (decreed or {}).get(year) or usual_decree(year)
        for category, kind in _KINDS.items():
            days = holidays.country_holidays("ID", years=year, categories=(category,), language="id")
            for day, title in days.items():
                change = Change(day, day, kind, None, _spelt(title), decreed_at)
                found.setdefault(day.isoformat(), change)
    return [found[day] for day in sorted(found)]


def usual_decree(year: int) -> datetime:
    """1 October 00:00 WIB of the year before, about when the decree for a year comes out (August to October).

    Not 1 January of the year itself: a matter begun in December would then count New Year's Day as a working
    day.
    """
    return datetime(year - 1, 10, 1, tzinfo=ZoneInfo(WIB))


def _spelt(title: str) -> str:
    for wrong, right in _SPELLING.items():
        title = title.replace(wrong, right)
    return title
