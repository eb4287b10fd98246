"""A leader reminds whoever has a matter. It is an act like any other, and changes neither holder nor clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from tertib.government import calendars
from tertib.government.authority import Reader
from tertib.government.queries import calendar_version
from tertib.government.worktime import WorkCalendar
from tertib.ground.errors import Problem
from tertib.matters import engine
from tertib.matters.context import Act, Done
from tertib.matters.models import Matter

ACTION = "remind"

_REMINDED = """
SELECT EXISTS (
  SELECT FROM matters_entry e JOIN matters_entrybody b ON b.entry_id = e.seq
  WHERE e.matter_id = %s AND e.at >= %s AND b.body ->> 'action' = 'remind' AND b.body #>> '{by,post}' = %s)"""


def remind(matter: uuid.UUID, by: Reader, note: str = "") -> Done:
    """Remind the holder of a matter, with a word where there is one. Raises what `engine.act` raises: Forbidden for
    who is not above the holder, Invalid where that was done today already.
    """
    return engine.act(matter, ACTION, by, {"note": note} if note else {})


def once_a_working_day(act: Act) -> Problem | None:
    """Guard: a post reminds of a matter once a working day; days off count with the working day before them."""
    if act.post == act.row.holder:
        return Problem(_("This lies on your own desk."))
    calendar = calendars.load(act.row.calendar, calendar_version(act.row.calendar))
    since = working_day_began(calendar, act.at)
    with connection.cursor() as cursor:
        cursor.execute(_REMINDED, (act.row.id, since, str(act.post)))
        if not cursor.fetchone()[0]:
            return None
    return Problem(_("You have sent a reminder of this today."), mend=_("Wait for the next working day, or call."))


@dataclass(frozen=True, slots=True)
class Reminder:
    """That a matter was reminded of: when, by which post and person."""

    at: datetime
    post: uuid.UUID
    post_name: str
    person: uuid.UUID
    person_name: str


_TODAY = """
SELECT w.matter, e.at, po.id, po.name, pe.id, pe.name
FROM unnest(%s::uuid[], %s::timestamptz[]) w (matter, since)
JOIN matters_entry e ON e.matter_id = w.matter AND e.at >= w.since
JOIN matters_entrybody b ON b.entry_id = e.seq
JOIN government_post po ON po.id = (b.body #>> '{by,post}')::uuid
JOIN government_person pe ON pe.id = (b.body #>> '{by,person}')::uuid
WHERE b.body ->> 'action' = 'remind' ORDER BY e.seq"""


def this_working_day(
    found: Iterable[Matter], versions: Mapping[uuid.UUID, int], at: datetime
) -> dict[uuid.UUID, list[Reminder]]:
    """What these matters were reminded of since their working day began, the newest last. `versions` are those of the
    calendars. One statement for all.
    """
    since = {one.pk: working_day_began(calendars.load(one.calendar_id, versions[one.calendar_id]), at) for one in found}
    reminders: dict[uuid.UUID, list[Reminder]] = {}
    if since:
        with connection.cursor() as cursor:
            cursor.execute(_TODAY, (list(since), list(since.values())))
            for row in cursor.fetchall():
                reminders.setdefault(row[0], []).append(Reminder(*row[1:]))
    return reminders


def working_day_began(calendar: WorkCalendar, at: datetime) -> datetime:
    """Midnight of the newest working day that has begun; of the day itself where there was none for a month."""
    today = at.astimezone(calendar.zone).date()
    found = (day for back in range(31) if calendar.hours_on(day := today - timedelta(days=back)))
    return datetime.combine(next(found, today), time(), calendar.zone)
