"""Working calendars as the pure `worktime` sees them, kept in memory by id and version."""

from __future__ import annotations

import uuid
from datetime import date
from functools import lru_cache

from tertib.government.models import Calendar, CalendarChange
from tertib.government.workhours import Hours, weekly_from_json
from tertib.government.worktime import Change, WorkCalendar
from tertib.ground.tenancy import here


@lru_cache(maxsize=512)
def _load(_schema: str, calendar: uuid.UUID, _version: int) -> WorkCalendar:
    row = Calendar.objects.get(pk=calendar)
    return WorkCalendar(
        row.code,
        row.timezone,
        weekly_from_json(row.weekly),
        tuple(change(item) for item in row.changes.all()),
    )


def load(calendar: uuid.UUID, version: int) -> WorkCalendar:
    """The calendar of the current government; read again only when its version has risen."""
    return _load(here.schema(), calendar, version)


def change(row: CalendarChange) -> Change:
    """A stored change as `worktime` takes it."""
    weekly = weekly_from_json(row.weekly) if row.weekly else None
    hours = next((day for day in weekly if day), None) if weekly and row.kind == "workday" else None
    return Change(
        row.starts_on,
        row.ends_on,
        row.kind,  # type: ignore[arg-type]
        hours,
        row.title,
        row.decreed_at,
        weekly if row.kind == "hours" else None,
        row.withdrawn_at,
    )


def imagined(calendar: Calendar, added: Change | None = None, withdrawn: uuid.UUID | None = None) -> WorkCalendar:
    """The calendar as it would be with one change more, or without one that was entered: to see what that moves."""
    changes = [change(row) for row in calendar.changes.all() if row.pk != withdrawn]
    weekly = weekly_from_json(calendar.weekly)
    return WorkCalendar(calendar.code, calendar.timezone, weekly, (*changes, *([added] if added else [])))


def year_of(calendar: WorkCalendar, year: int) -> list[tuple[date, Hours, str]]:
    """Every day of the year that departs from the usual week, with its hours (none: off) and the reason."""
    found = []
    for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        decided = calendar.day(ordinal)
        if decided.change is not None and (decided.hours or calendar.weekly[day.weekday()]):
            found.append((day, decided.hours, decided.change.title))
    return found
