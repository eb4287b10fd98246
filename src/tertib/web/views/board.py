"""`/papan`: who holds what, over all units that the reader oversees."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tertib.government.authority import EVERYTHING, Reader
from tertib.government.models import Unit
from tertib.government.queries import occupants
from tertib.ground.errors import NotFound
from tertib.ground.ids import parse_id
from tertib.ground.time import now
from tertib.matters import desk_pages, holdings
from tertib.matters.holdings import Load, Overseen
from tertib.notices import reminding
from tertib.notices.reminding import Reminder
from tertib.web import deadlines, desks, moments, session

PAGE = 50
# Longer than that at one desk is old; days.
OLD = 30


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Counts by holder, what is overdue first, and the matters themselves. At most eleven SQL statements."""
    me = session.reader(request)
    at = now()
    start = holdings.home(me)
    of = holdings.overseen(me, parse_id(request.GET.get("unit", "")) or start) if start else None
    if of is None:
        raise NotFound(_("A board shows the units that you head or oversee. This one is not among them."))
    midnight, sunday = deadlines.edges(at)
    edges = holdings.Edges(at, midnight, sunday, at - timedelta(days=OLD))
    loads = holdings.loads(of, edges)
    chosen = parse_id(request.GET.get("jabatan", ""))
    post = next((load for load in loads if load.post and load.post == chosen), None)
    rows, older = _matters(request, of, post, edges)
    # Who heads this unit or one above may remind; who audits only looks.
    leads = any(seat.is_head and seat.unit in of.unit.lineage for seat in me.seats)
    facts = {
        "of": of,
        "above": _above(me, of),
        "loads": [_Bar(load, loads) for load in loads],
        "people": occupants([load.post for load in loads if load.post]),
        "total": sum(load.total for load in loads),
        "late": sum(load.late for load in loads),
        "old": sum(load.old for load in loads),
        "post": post,
        "only": _only(request),
        "deep": "setelah" in request.GET,
        "matters": rows,
        "older": older,
        "days": OLD,
        "mine": me.posts,
        "leads": leads,
        "reminded": _reminded(me, rows, deadlines.of_request(request), at) if leads else {},
    }
    return render(request, "board.html", facts)


class _Bar:
    """A load as it is drawn: its parts as (tone, where it begins, how wide), of a hundred for the longest load."""

    def __init__(self, load: Load, all_of_them: list[Load]) -> None:
        self.load = load
        longest = max(one.total for one in all_of_them)
        self.parts: list[tuple[str, str, str]] = []
        begin = 0.0
        for tone in desks.TONES:
            wide = getattr(load, tone) * 100 / longest
            if wide:
                self.parts.append((tone, f"{begin:.2f}", f"{wide:.2f}"))
            begin += wide


def _only(request: HttpRequest) -> str:
    """Which matters are listed: all (""), overdue ("lewat"), or old at their desk ("lama")."""
    wanted = request.GET.get("hanya", "")
    return wanted if wanted in ("lewat", "lama") else ""


def _matters(request: HttpRequest, of: Overseen, post: Load | None, edges: holdings.Edges) -> tuple[list[Any], str]:
    if post is not None and post.post:
        of = Overseen(of.unit, (post.post,), of.ceiling)
    only = _only(request)
    since: datetime | None = edges.old if only == "lama" else None
    before: datetime | None = edges.now if only == "lewat" else None
    after = desk_pages.place(request.GET.get("setelah", "")[:100])
    found = holdings.held(of, since=since, before=before, after=after, limit=PAGE + 1)
    rows = list(found.select_related("holder", "opener").only(*desk_pages.SHOWN, "holder_since"))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], desk_pages.cursor_of(last)


@dataclass(frozen=True, slots=True)
class _Reminded:
    """That a matter was reminded of on its working day, in words; whether by a post of the reader's, which then can't
    do it again.
    """

    words: str
    mine: bool


def _reminded(me: Reader, rows: list[Any], versions: dict[uuid.UUID, int], at: datetime) -> dict[uuid.UUID, _Reminded]:
    others = [row for row in rows if row.holder_id not in me.posts]
    told: dict[uuid.UUID, _Reminded] = {}
    for matter, found in reminding.this_working_day(others, versions, at).items():
        own = [one for one in found if one.post in me.posts]
        told[matter] = _Reminded(reminded_words((own or found)[-1], me), bool(own))
    return told


def reminded_words(reminder: Reminder, me: Reader) -> str:
    """Who reminded, and when: “reminded by you, 09.00”. Of one's own post the person is named, of others the post."""
    when = moments.short(reminder.at)
    if reminder.person == me.person:
        return _("reminded by you, %s") % when
    who = reminder.person_name if reminder.post in me.posts else reminder.post_name
    return _("reminded by %(who)s, %(when)s") % {"who": who, "when": when}


def _above(me: Reader, of: Overseen) -> list[Unit]:
    """The units above that the reader oversees too, the topmost first: the way back."""
    lineage: list[uuid.UUID] = list(of.unit.lineage[1:])
    if EVERYTHING not in me.oversees:
        highest = max((n for n, unit in enumerate(lineage) if unit in me.oversees), default=-1)
        lineage = lineage[: highest + 1]
    known = {unit.pk: unit for unit in Unit.objects.filter(pk__in=lineage)}
    return [known[unit] for unit in reversed(lineage)]
