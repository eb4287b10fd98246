"""`/`: my desk, and the list of what was chosen on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from tertib.government.authority import Reader
from tertib.ground.ids import parse_id
from tertib.ground.time import now
from tertib.matters import desk_pages
from tertib.matters.models import Matter
from tertib.matters.rooms import MOST_TOGETHER
from tertib.matters.visibility import visible
from tertib.web import deadlines, desks, session
from tertib.web.context import begins
from tertib.web.views.matter import address


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What lies with my posts, the most pressing first. Six SQL statements, one more for a room that has its say, one
    for what I left unfinished and one where anything may wait for my word.
    """
    me = session.reader(request)
    if not me.seats:
        return render(request, "desk_without_post.html", {})
    at = now()
    wanted = desk_pages.wanted_of(request.GET, me)
    cells = desks.totals(me, at)
    states = desks.asking(cells)
    rows, older = desk_pages.matters(me, wanted, at, states)
    waiting, more = desk_pages.asked(me, wanted, states, at)
    groups = desks.grouped(rows, desks.selected(cells, wanted), wanted, states, waiting, at)
    shown = [matter for group in groups for matter in group.matters]
    said = desks.lines(shown)
    keys = {matter.pk: desks.keys(matter) for matter in shown}
    deputies, principals = desks.stand_ins(me)
    facts = {
        "groups": groups,
        "said": said,
        "keys": keys,
        "origins": {matter.pk: desk_pages.origin(request.GET, matter, states) for matter in shown},
        "places": {matter.pk: address(matter) for matter in shown},
        "all_keys": {key.action: key for found in keys.values() for key in found}.values(),
        "together": desks.together(said),
        "most": MOST_TOGETHER,
        "waiting": len(waiting),
        "waiting_more": more,
        "deputies": deputies,
        "principals": principals,
        "own_post": next((seat.post for seat in me.seats if seat.capacity == "definitive"), None),
        "stood_in_for": {seat.post for seat in me.seats if seat.capacity == "deputy"},
        "unfinished": desks.unfinished(me),
        "new": begins(me),
        "wanted": wanted,
        "older": older,
        "seats": _seats(me, cells),
        "kinds": _kinds(cells, wanted),
        "late_count": sum(cell.counts["late"] for cell in desks.selected(cells, wanted)),
        "total": sum(cell.total for cell in cells),
        "today": localtime(at).date(),
        "main": me.seats[0].post,
        "next": deadlines.seconds_to_change((matter.due_at for matter in shown), at),
    }
    return render(request, "desk.html", facts)


@require_safe
def printed(request: HttpRequest) -> HttpResponse:
    """The matters chosen on the desk, as a list to print. Five SQL statements."""
    me = session.reader(request)
    wanted = [parse_id(text.partition(":")[0]) for text in request.GET.getlist("urusan")[:MOST_TOGETHER]]
    found = visible(Matter.objects.filter(pk__in=[one for one in wanted if one]), me)
    rows = list(found.select_related("holder", "opener").order_by("due_at", "id"))
    facts = {"matters": rows, "said": desks.lines(rows), "at": now()}
    return render(request, "desk_list.html", facts)


def _seats(me: Reader, cells: list[desks.Cell]) -> list[dict[str, Any]]:
    return [{"seat": seat, "count": sum(cell.total for cell in cells if cell.post == seat.post)} for seat in me.seats]


def _kinds(cells: list[desks.Cell], wanted: desk_pages.Wanted) -> list[dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = {}
    for cell in cells:
        if wanted.post in (None, cell.post):
            kinds.setdefault(cell.kind, {"key": cell.kind, "label": cell.label, "count": 0})["count"] += cell.total
    return [kinds[key] for key in sorted(kinds)]
