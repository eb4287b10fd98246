"""Any matter: the way to its room's page, a plain page where there is none, why one sees it, why it is due then."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tertib.government import calendars
from tertib.government.queries import occupants
from tertib.matters import clock as clocks
from tertib.matters import procedures, queries, rooms, visibility
from tertib.matters.clock_lines import explain
from tertib.matters.clock_lines import render as line_in_words
from tertib.matters.models import Matter
from tertib.matters.reading import note_reading
from tertib.matters.telling import tell
from tertib.web import deadlines, session


def address(matter: Matter) -> str:
    """The page that the matter's room has for it; empty where it has none."""
    room = rooms.of(procedures.of(matter.procedure_id).key)
    return room.page(matter.pk) if room and room.page else ""


def _seen(request: HttpRequest, matter: uuid.UUID) -> Matter:
    """The matter, if it is for the reader to see; reading a secret one is entered."""
    me = session.reader(request)
    found = visibility.seen(matter, me)
    note_reading(found.pk, found.security, me)
    return found


@require_safe
def page(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """To the room's page of this matter, with what the address says of where it was opened."""
    found = visibility.seen(matter, session.reader(request))
    target = address(found)
    came_from = f"?{asked}" if (asked := request.GET.urlencode()) else ""
    return redirect(f"{target}{came_from}") if target else _plain(request, _seen(request, matter))


@require_safe
def record_page(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """The matter's record, whatever its room."""
    return _plain(request, _seen(request, matter))


def _plain(request: HttpRequest, matter: Matter) -> HttpResponse:
    me = session.reader(request)
    root = matter.ancestors[0] if matter.ancestors else matter.pk
    nodes = queries.tree(root, me)
    links = queries.links(matter.pk, me)
    events = queries.veiled(queries.record(matter.pk, matter.procedure_id), me)
    people = occupants([matter.holder_id]).get(matter.holder_id, []) if matter.holder_id else []
    facts = {
        "matter": matter,
        "told": tell(procedures.of(matter.procedure_id).key, events, {str(m.pk): m.title for _kind, m in links}),
        "nodes": nodes if len(nodes) > 1 else [],
        "person": people[0] if people else ("", ""),
        "room_page": address(matter),
        "links": links,
    }
    return render(request, "matter.html", facts)


@require_safe
def why(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """Why the reader may see the matter; for an auditor, why anybody may."""
    me = session.reader(request)
    found = _seen(request, matter)
    everyone = visibility.reasons(matter) if "auditor" in me.roles else []
    facts = {"matter": found, "reasons": visibility.reasons(matter, me), "everyone": everyone}
    return render(request, "matter_why.html", facts)


@require_safe
def clock(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """Why the matter is due when it is, line by line; for a closed one, why it was."""
    found = _seen(request, matter)
    events = [event for event in found.clock if event.get("event") != "stop"]
    state = clocks.replay(events)
    version = deadlines.of_request(request)[found.calendar_id]
    calendar = calendars.load(found.calendar_id, version)
    lines = [line_in_words(line) for line in explain(state, calendar)] if state else []
    return render(request, "matter_clock.html", {"matter": found, "lines": lines})
