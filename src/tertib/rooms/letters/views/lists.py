"""The agenda books: what came in, what goes out."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tertib.ground.ids import parse_id
from tertib.rooms.letters import finding, houses, queries
from tertib.rooms.letters.forms import AgendaForm
from tertib.rooms.letters.http import page, reader_of
from tertib.rooms.letters.models import Direction
from tertib.rooms.letters.views.hop import came_from


def incoming(request: HttpRequest) -> HttpResponse:
    """Letters that came in, the newest first."""
    return _book(request, Direction.IN, _("Incoming letters"))


def outgoing(request: HttpRequest) -> HttpResponse:
    """Letters we write, the newest first.

    With the filter “number cancelled”, the numbers that were given up and why.
    """
    return _book(request, Direction.OUT, _("Outgoing letters"))


def _book(request: HttpRequest, direction: str, title: str) -> HttpResponse:
    reader = reader_of(request)
    form = AgendaForm(request.GET or None, direction=direction, units=houses.houses())
    wanted = form.wanted() if form.is_bound else finding.Wanted(direction)
    before = parse_id(request.GET.get("before", ""))
    ids: list[uuid.UUID] = finding.find(reader, wanted, finding.PAGE + 1, before)
    shown = queries.letters(ids[: finding.PAGE])
    agendas = {letter.unit.name for letter in shown if letter.direction == Direction.IN}
    facts = {
        "title": title,
        # Agenda numbers of several houses say whose they are, each on its line; those of one house all at once. The
        # number of an outgoing letter names its house itself.
        "mixed": not direction or len(agendas) > 1,
        "book": agendas.pop() if direction and len(agendas) == 1 else "",
        "direction": direction,
        "form": form,
        "more_filters": [form[name] for name in ("unit", "security", "urgency", "since", "until")],
        "narrowed": form.is_bound
        and any(form.data.get(name) for name in ("unit", "security", "urgency", "since", "until")),
        "letters": shown,
        "hop": came_from({"in": "masuk", "out": "keluar"}[direction], request.GET),
        "books": books(form.data.get("q", ""), direction),
        "filtered": wanted != finding.Wanted(direction),
        "older": ids[finding.PAGE - 1] if len(ids) > finding.PAGE else None,
        "deep": before is not None,
        "keeps_book": "registrar" in reader.roles or bool(reader.oversees),
        "registers": direction == Direction.IN and "registrar" in reader.roles,
        "drafts": direction == Direction.OUT and bool(reader.seats),
    }
    return page(request, "list", facts)


def books(text: str, direction: str) -> list[dict[str, Any]]:
    """The books as tabs, each with what is looked for."""
    asked = f"?{urlencode({'q': text})}" if text else ""
    books = (("search", "", _("All letters")), ("incoming", "in", _("Incoming")), ("outgoing", "out", _("Outgoing")))
    return [
        {"label": label, "href": reverse(f"letters:{name}") + asked, "active": code == direction}
        for name, code, label in books
    ]
