"""Working calendars. What was counted once must count the same again, so one in use only gets dated changes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from django.db.models import F
from django.utils.translation import gettext as _

from tertib.government import setup
from tertib.government.actions.record import get, note, store, writing
from tertib.government.calendars import change as as_change
from tertib.government.checks import Checks, limit
from tertib.government.models import Calendar, CalendarChange
from tertib.government.workhours import GOVERNMENT_WEEK, weekly_from_json, weekly_to_json
from tertib.ground.errors import Invalid
from tertib.ground.time import now

# A decree without an end.
FOREVER = date(9999, 12, 31)
# The longest a change may last, both days included: what is longer is a mistyped year, and moves every due date of the
# city. Two months hold the longest school holidays; other hours last a month (Ramadan) to a year (a pandemic).
MOST_DAYS = {"holiday": 62, "local": 62, "joint_leave": 62, "workday": 62, "hours": 366}
InUse = Callable[[uuid.UUID], bool]


def save_calendar(
    *,
    by: uuid.UUID | None,
    calendar: uuid.UUID | None = None,
    code: str,
    name: str,
    timezone: str,
    weekly: Any = None,
    in_use: InUse = lambda _calendar: True,
) -> Calendar:
    """Make a calendar, or change name, code and time zone of the one given by `calendar`.

    A new one has the usual week of the civil service where no `weekly` is given, and the national days off. The time
    zone stays once the calendar is in use.

    `weekly` is JSON as `workhours.weekly_to_json` writes it. Raises `Invalid` and `NotFound`.
    """
    with writing():
        row = get(Calendar, calendar) if calendar else Calendar()
        checks = Checks()
        values: dict[str, Any] = {
            "code": checks.code("code", code, limit(Calendar, "code")),
            "name": checks.text("name", name, limit(Calendar, "name"), required=True),
            "timezone": timezone,
        }
        if timezone not in available_timezones():
            checks.wrong("timezone", _("“%s” is no time zone.") % timezone)
        if Calendar.objects.filter(code=values["code"]).exclude(pk=row.pk).exists():
            checks.wrong("code", _("Another calendar has the code “%s”.") % values["code"])
        if calendar and row.code == setup.DEFAULT and values["code"] != row.code:
            checks.wrong("code", _("The default calendar keeps its code."))
        if calendar and timezone != row.timezone and in_use(calendar):
            mend = _("Make another calendar and give it to the units.")
            checks.wrong("timezone", _("Due dates were counted on this calendar."), mend)
        if not calendar:
            values["weekly"] = _weekly(checks, weekly if weekly is not None else weekly_to_json(GOVERNMENT_WEEK))
        checks.done()
        if store("calendar.saved", row, by, values, title=values["name"]) and calendar:
            _raise_version(row)
        if not calendar:
            setup.add_national_days(row)
            row.refresh_from_db()
    return row


def set_weekly(
    calendar: uuid.UUID,
    weekly: Any,
    *,
    by: uuid.UUID | None,
    in_use: InUse,
    starts_on: date | None = None,
    decree: str = "",
) -> Calendar:
    """Give a calendar another usual week.

    A calendar nothing was counted on yet is simply changed. One in use gets a dated change without an end, from
    `starts_on` on; since such a change never makes a day off a working day, a week with more working days needs a
    calendar of its own. Raises `Invalid` (fields weekly, starts_on, decree).
    """
    with writing():
        row = get(Calendar, calendar)
        checks = Checks()
        values = _weekly(checks, weekly)
        checks.done()
        if not in_use(calendar):
            if store("calendar.weekly", row, by, {"weekly": values}, title=row.name):
                _raise_version(row)
            return row
        more = [day for day, (old, new) in enumerate(zip(row.weekly, values, strict=True)) if new and not old]
        if more:
            mend = _("Make another calendar with that week and give it to the units.")
            checks.wrong("weekly", _("Matters are already counted on this calendar, without these working days."), mend)
        checks.done()
    return add_change(by=by, calendar=calendar, **_from_then_on(weekly, starts_on, decree)).calendar


def _from_then_on(weekly: Any, starts_on: date | None, decree: str) -> dict[str, Any]:
    """The dated change that another usual week is on a calendar in use."""
    more = {"ends_on": FOREVER, "weekly": weekly, "title": _("New weekly hours"), "decree": decree}
    return {"kind": "hours", "starts_on": starts_on, **more}


def drafted_week(calendar: Calendar, weekly: Any, starts_on: date | None, decree: str = "") -> CalendarChange:
    """What `set_weekly` would enter on a calendar in use: checked, not stored. Raises `Invalid`."""
    return drafted(calendar, **_from_then_on(weekly, starts_on, decree))


def add_change(
    *,
    by: uuid.UUID | None,
    calendar: uuid.UUID,
    kind: str,
    starts_on: date | None,
    ends_on: date | None,
    title: str,
    decree: str = "",
    weekly: Any = None,
    decreed_at: datetime | None = None,
) -> CalendarChange:
    """A dated change of a calendar. There is no way to edit one: where two touch a day, the one decreed later holds.

    It counts as known from now, whatever date the decree bears: due dates computed before did not know it.
    `decreed_at` is for history that is loaded before anything was counted. Raises `Invalid` and `NotFound`.
    """
    with writing():
        house = get(Calendar, calendar)
        row = drafted(
            house, kind=kind, starts_on=starts_on, ends_on=ends_on, title=title, decree=decree, weekly=weekly,
            decreed_at=decreed_at,
        )  # fmt: skip
        row.save(force_insert=True)
        note("calendar.changed", row.id, by, {}, {name: getattr(row, name) for name in _SAID}, title=house.name)
        _raise_version(house)
    return row


_SAID = ("kind", "starts_on", "ends_on", "title", "decree", "weekly", "decreed_at")


def drafted(
    calendar: Calendar,
    *,
    kind: str,
    starts_on: date | None,
    ends_on: date | None,
    title: str,
    decree: str = "",
    weekly: Any = None,
    decreed_at: datetime | None = None,
) -> CalendarChange:
    """A change as `add_change` would store it: checked, not stored. Raises `Invalid`."""
    checks = Checks()
    checks.choice("kind", kind, CalendarChange.Kind.values)
    checks.period(starts_on, ends_on)
    values: dict[str, Any] = {
        "kind": kind,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "title": checks.text("title", title, limit(CalendarChange, "title"), required=True),
        "decree": checks.text("decree", decree, limit(CalendarChange, "decree")),
        "weekly": None,
        "decreed_at": decreed_at or now(),
    }
    if ends_on is None:
        checks.wrong("ends_on", _("This is missing."))
    elif starts_on and (kind != "hours" or ends_on != FOREVER):
        _short_enough(checks, kind, (ends_on - starts_on).days + 1)
    if kind == "hours" or (kind == "workday" and weekly):
        values["weekly"] = _weekly(checks, weekly)
    checks.done()
    row = CalendarChange(calendar=calendar, **values)
    try:
        as_change(row)
    except ValueError as error:
        raise Invalid(str(error)) from error
    return row


def withdraw_change(change: uuid.UUID, reason: str, *, by: uuid.UUID | None) -> CalendarChange:
    """A change that was entered wrongly counts no more from now on; it stays to be seen, with the reason.

    Due dates that were computed with it are computed again only by who follows the calendar. Raises `Invalid` and
    `NotFound`.
    """
    with writing():
        row = get(CalendarChange, change)
        house = get(Calendar, row.calendar_id)
        checks = Checks()
        why = checks.text("reason", reason, limit(CalendarChange, "withdrawn_why"), required=True)
        if row.withdrawn_at:
            checks.wrong("", _("This was withdrawn already."))
        checks.done()
        row.withdrawn_at, row.withdrawn_why = max(now(), row.decreed_at), why
        row.save(update_fields=["withdrawn_at", "withdrawn_why"])
        before = {name: getattr(row, name) for name in ("kind", "starts_on", "ends_on", "title", "decree")}
        note("calendar.withdrawn", row.id, by, before, {"reason": why}, title=house.name)
        _raise_version(house)
    return row


def _short_enough(checks: Checks, kind: str, days: int) -> None:
    most = MOST_DAYS.get(kind, days)
    if days > most:
        what = _("These are %(days)d days; such a change lasts %(most)d days at most.") % {"days": days, "most": most}
        checks.wrong("ends_on", what, _("Look at the years. A longer one is entered in parts."))


def _weekly(checks: Checks, weekly: Any) -> list[list[list[str]]]:
    try:
        parsed = weekly_from_json(weekly)
    except ValueError as error:
        checks.wrong("weekly", str(error), _("Write hours like 07:30-12:00, 13:00-16:00."))
        return []
    if not any(parsed):
        checks.wrong("weekly", _("A week needs working hours."))
    return weekly_to_json(parsed)


def _raise_version(row: Calendar) -> None:
    Calendar.objects.filter(pk=row.pk).update(version=F("version") + 1)
    row.refresh_from_db(fields=["version"])
