"""What every government needs before its first matter: the default calendar, with the days off of the nation."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django_tenants.utils import tenant_context

from tertib.government.calendars import change as as_change
from tertib.government.holidays_id import national_changes
from tertib.government.models import Calendar, CalendarChange
from tertib.government.workhours import GOVERNMENT_WEEK, weekly_from_json, weekly_to_json
from tertib.government.worktime import WorkCalendar
from tertib.ground.ids import new_id
from tertib.ground.tenancy.models import Government
from tertib.ground.time import now

DEFAULT = "default"
YEARS_BACK, YEARS_AHEAD = 7, 1
# The package marks days that hang on the sight of the moon so, until the decree is out.
_ESTIMATE = "(perkiraan)"


def ensure(government: Government) -> None:
    """Make sure that the government has its default calendar and that every calendar knows the national days off.

    To be called after each migration and whenever the year turns; it adds only what is missing.
    """
    with tenant_context(government), transaction.atomic():
        Calendar.objects.get_or_create(
            code=DEFAULT,
            defaults={
                "name": "Jam kerja pemerintah daerah",
                "timezone": government.timezone,
                "weekly": weekly_to_json(GOVERNMENT_WEEK),
            },
        )
        for calendar in Calendar.objects.select_for_update().order_by("id"):
            add_national_days(calendar)


def add_national_days(calendar: Calendar) -> int:
    """Add the national holidays and joint leave that the calendar lacks, from seven years back to next year.

    A day about which the calendar already says something is left alone. On a calendar that is in use, days added late
    count from now on, not from the day of the decree: else due dates that were computed without them could not be
    computed again. An estimated day that the decree has since moved is taken back the same way. Answers how many rows
    were added.
    """
    today = now().astimezone(ZoneInfo(calendar.timezone)).date()
    national = national_changes(range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1))
    stored = list(calendar.changes.all())
    decided = [row for row in stored if row.kind != CalendarChange.Kind.HOURS]
    earliest = now() if stored else None
    rows = [
        _row(calendar, change.kind, change.starts, change.title, change.decreed_at, earliest)
        for change in national
        if not any(row.starts_on <= change.starts <= row.ends_on for row in decided)
    ]
    rows += _moved_estimates(calendar, stored, {change.starts for change in national}, today)
    CalendarChange.objects.bulk_create(rows)
    if rows:
        Calendar.objects.filter(pk=calendar.pk).update(version=F("version") + 1)
    return len(rows)


def _row(
    calendar: Calendar, kind: str, day: date, title: str, decreed_at: datetime, earliest: datetime | None
) -> CalendarChange:
    return CalendarChange(
        id=new_id(),
        calendar=calendar,
        kind=kind,
        starts_on=day,
        ends_on=day,
        title=title,
        decree="SKB 3 Menteri",
        decreed_at=max(decreed_at, earliest) if earliest else decreed_at,
    )


def _moved_estimates(
    calendar: Calendar, stored: list[CalendarChange], national: set[date], today: date
) -> list[CalendarChange]:
    estimates = [row for row in stored if _ESTIMATE in row.title and row.starts_on > today]
    if not estimates:
        return []
    weekly = weekly_from_json(calendar.weekly)
    present = WorkCalendar(calendar.code, calendar.timezone, weekly, tuple(as_change(row) for row in stored))
    found = []
    for row in estimates:
        ruling = present.change_on(row.starts_on)
        is_off = ruling is not None and ruling.title == row.title and not present.hours_on(row.starts_on)
        known_year = any(day.year == row.starts_on.year for day in national)
        if is_off and known_year and row.starts_on not in national and weekly[row.starts_on.weekday()]:
            title = f"Batal: {row.title.replace(_ESTIMATE, '').strip()}"
            found.append(_row(calendar, CalendarChange.Kind.WORKDAY, row.starts_on, title, now(), None))
    return found
