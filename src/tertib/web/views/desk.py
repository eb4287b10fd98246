"""`/`: my desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from tertib.government.authority import Reader
from tertib.ground.ids import parse_id
from tertib.ground.time import now
from tertib.web import deadlines, desks, session
from tertib.web.context import begins


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What lies with my posts, the most pressing first. Six SQL statements, one more for a room that has its say."""
    me = session.reader(request)
    if not me.seats:
        return render(request, "desk_without_post.html", {})
    at = now()
    post = parse_id(request.GET.get("jabatan", ""))
    wanted = desks.Wanted(
        post=post if post in me.posts else None,
        kind=request.GET.get("jenis", "")[:80],
        late="lewat" in request.GET,
        after=request.GET.get("setelah", "")[:100],
    )
    rows, older = desks.matters(me, wanted, at)
    cells = desks.totals(me, at)
    groups = desks.grouped(rows, desks.selected(cells, wanted), at)
    facts = {
        "groups": groups,
        "said": desks.lines(rows),
        "new": begins(me),
        "wanted": wanted,
        "older": older,
        "seats": _seats(me, cells),
        "kinds": _kinds(cells, wanted),
        "late_count": sum(cell.counts["late"] for cell in desks.selected(cells, wanted)),
        "total": sum(cell.total for cell in cells),
        "today": localtime(at).date(),
        "main": me.seats[0].post,
        "next": deadlines.seconds_to_change((matter.due_at for matter in rows), at),
    }
    return render(request, "desk.html", facts)


def _seats(me: Reader, cells: list[desks.Cell]) -> list[dict[str, Any]]:
    return [{"seat": seat, "count": sum(cell.total for cell in cells if cell.post == seat.post)} for seat in me.seats]


def _kinds(cells: list[desks.Cell], wanted: desks.Wanted) -> list[dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = {}
    for cell in cells:
        if wanted.post in (None, cell.post):
            kinds.setdefault(cell.kind, {"key": cell.kind, "label": cell.label, "count": 0})["count"] += cell.total
    return [kinds[key] for key in sorted(kinds)]
