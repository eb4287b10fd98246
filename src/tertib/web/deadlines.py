"""A matter's clock as a page shows it: words first, the exact moment beside, a tone that is never the only sign."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from tertib.government import calendars
from tertib.government.models import Calendar
from tertib.ground.time import now
from tertib.matters import procedures
from tertib.matters.clock import remaining
from tertib.matters.clock_lines import words
from tertib.matters.models import Matter
from tertib.web import moments


@dataclass(frozen=True, slots=True)
class Deadline:
    """`tone` is late, today, week, later, paused, none or done: also the group in which the desk shows the matter."""

    tone: str
    words: str
    exact: str
    at: datetime | None


def versions() -> dict[uuid.UUID, int]:
    """The present version of every calendar of the government; one statement. There are a handful."""
    return dict(Calendar.objects.values_list("id", "version"))


def of_request(request: Any) -> dict[uuid.UUID, int]:
    """The same, read once for a request however many clocks its page shows."""
    known: dict[uuid.UUID, int] | None = getattr(request, "calendar_versions", None)
    if known is None:
        known = versions()
        if request is not None:
            request.calendar_versions = known
    return known


def edges(at: datetime) -> tuple[datetime, datetime]:
    """The end of the local day, and of the week: the next Sunday, and at a weekend the Sunday after the coming week."""
    here = moments.local(at)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight, midnight + timedelta(days=6 - here.weekday() + (7 if here.weekday() >= 5 else 0))


def tone_of(due: datetime, at: datetime) -> str:
    """In which group a due moment falls, seen at `at`."""
    midnight, sunday = edges(at)
    if due < at:
        return "late"
    return "today" if due < midnight else "week" if due < sunday else "later"


def seconds_to_change(dues: Iterable[datetime | None], at: datetime) -> int:
    """In how many seconds the next of these due moments passes, or the day ends: then they lie in other groups."""
    midnight, _sunday = edges(at)
    coming = min([midnight, *(due for due in dues if due is not None and due >= at)])
    return int((coming - at).total_seconds()) + 1


def deadline(matter: Matter, known: dict[uuid.UUID, int], at: datetime | None = None) -> Deadline:
    """The clock of a matter in words. `known` holds the versions of the calendars."""
    if matter.closed_at is not None:
        return Deadline("done", _("finished"), moments.moment(matter.closed_at), matter.closed_at)
    if matter.due_at is None:
        paused = procedures.of(matter.procedure_id).states[matter.state].pauses_clock
        return (
            Deadline("paused", _("clock paused"), "", None) if paused else Deadline("none", _("no due date"), "", None)
        )
    at = at or now()
    calendar = calendars.load(matter.calendar_id, known[matter.calendar_id])
    left = remaining(matter.due_at, at, calendar)
    said = words(left)
    if not left.overdue and left.minutes == 0:
        said = _("due %(day)s") % {"day": moments.short(matter.due_at)}
    return Deadline(tone_of(matter.due_at, at), said, moments.moment(matter.due_at), matter.due_at)
