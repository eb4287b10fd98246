"""`/selesai`: what my posts finished this week or the last, from the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tertib.government import calendars
from tertib.government.worktime import working_days, working_minutes
from tertib.ground.time import now
from tertib.matters import procedures
from tertib.matters.clock_lines import amount
from tertib.matters.finished import Finished, Span
from tertib.matters.finished import count as count_of
from tertib.matters.finished import finished as finished_in
from tertib.matters.queries import ENGINE_LABELS, Event
from tertib.matters.telling import tell
from tertib.web import deadlines, moments, session

PAGE = 50


def week(at: datetime, back: int = 0) -> Span:
    """The week of a moment from its Monday on, in local time, or one before."""
    here = moments.local(at)
    monday = here.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=here.weekday() + 7 * back)
    return Span(monday, monday + timedelta(days=7))


@dataclass(frozen=True, slots=True)
class Row:
    """An act in words: what was done and when, how long it had lain there, whether in time (None: nothing was due)."""

    done: Finished
    label: str
    time: str
    lay: str
    in_time: bool | None


@require_safe
def finished(request: HttpRequest) -> HttpResponse:
    """By day what was done, how long it had lain with my post in working time, in time or not. Four SQL statements."""
    me = session.reader(request)
    last = "lalu" in request.GET
    span = week(now(), 1 if last else 0)
    after = request.GET.get("setelah", "")
    before = int(after) if after.isdecimal() and len(after) < 19 else None
    found = finished_in(me, span, before, PAGE + 1)
    rows = _rows(found[:PAGE], deadlines.of_request(request)) if found else []
    days: dict[date, list[Row]] = {}
    for row in rows:
        days.setdefault(moments.local(row.done.at).date(), []).append(row)
    facts = {
        "days": days,
        "last": last,
        "total": count_of(me, span),
        "since": span.since.date(),
        "until": (span.until - timedelta(days=1)).date(),
        "after": after,
        "older": found[PAGE - 1].seq if len(found) > PAGE else "",
    }
    return render(request, "finished.html", facts)


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """How much that is this week, for the foot of the desk: fetched by itself, so that no desk waits for it."""
    return render(request, "finished_count.html", {"count": count_of(session.reader(request), week(now()))})


def _rows(found: Sequence[Finished], versions: dict[Any, int]) -> list[Row]:
    made = []
    for done in found:
        lay = ""
        if done.came:
            calendar = calendars.load(done.calendar, versions[done.calendar])
            lay = amount(working_minutes(calendar, done.came, done.at), working_days(calendar, done.came, done.at))
        made.append(
            Row(done, _label(done), moments.clock(done.at), lay, None if done.due is None else done.at <= done.due)
        )
    return made


def _label(done: Finished) -> str:
    """What was done, as the matter's room tells it."""
    definition = procedures.of(done.procedure)
    step = definition.actions.get(done.action)
    label = procedures.words(step.label) if step else str(ENGINE_LABELS.get(done.action, done.action))
    # Without its body an entry tells no more than what was done; the first one needs to know of what it is the first.
    body = {"procedure": definition.key} if done.n == 1 else None
    event = Event(done.n, done.at, "", body, done.action, label, done.person, done.post, "", "", "")
    return tell(definition.key, [event], {})[0].label or _("Done")
