"""Searching all letters: words, filters, what the findings have in common, and searches to come back to."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tertib.government.models import Post
from tertib.ground.errors import Invalid
from tertib.ground.ids import parse_id
from tertib.rooms.letters import facets, finding, houses, queries, searches
from tertib.rooms.letters.facets import Facet
from tertib.rooms.letters.forms import AgendaForm
from tertib.rooms.letters.http import page, reader_of
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.views.hop import came_from
from tertib.rooms.letters.views.lists import books

# The name of a facet in the address.
_NAMES = {"direction": "buku", "state": "state", "unit": "unit", "holder": "holder", "sender": "sender"}


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Letters of both books that the reader may see, the newest first. Eleven statements at the most."""
    reader = reader_of(request)
    given = request.GET.copy()
    direction = given.get("buku", "") if given.get("buku") in ("in", "out") else ""
    form = AgendaForm(given, direction=direction, units=houses.houses())
    wanted = form.wanted()
    before = parse_id(request.GET.get("before", ""))
    asked = searches.asked(request.GET)
    ids = finding.find(reader, wanted, facets.COUNTED + 1, before, enough=finding.PAGE + 1)
    shown = queries.letters(ids[: finding.PAGE])
    words = facets.marks(wanted.text, [letter.pk for letter in shown])
    facts = {
        "form": form,
        "books": books(wanted.text, direction),
        "filters": [form[name] for name in ("unit", "state", "security", "urgency", "since", "until")],
        # What could not be understood stands among the filters, so they are shown with it.
        "narrowed": wanted != finding.Wanted(text=wanted.text) or bool(form.errors),
        "asked": asked,
        "hop": came_from("cari", request.GET),
        "found": [_Finding(letter, words.get(letter.pk, frozenset())) for letter in shown],
        "counted": min(len(ids), facets.COUNTED),
        "more": len(ids) > finding.PAGE,
        "deep": before is not None,
        "facets": _facets(facets.facets(ids[: facets.COUNTED]), request),
        "chosen": _chosen(wanted, request),
        "older": ids[finding.PAGE - 1] if len(ids) > finding.PAGE else None,
        "saved": [(one, one.query == asked) for one in searches.of(reader.person)],
    }
    return page(request, "search", facts)


class _Finding:
    """A letter as it is shown, with the words that fit."""

    def __init__(self, letter: Letter, words: frozenset[str]) -> None:
        self.letter = letter
        self.subject = facets.marked(letter.subject, words)
        self.number = facets.marked(letter.number, words)
        self.party = facets.marked(queries.party(letter)[:200], words)
        self.excerpt = facets.marked(facets.excerpt(letter.summary, words), words)


def _facets(found: dict[str, list[Facet]], request: HttpRequest) -> list[dict[str, Any]]:
    """The facets that still part the findings, each value with the address that narrows to it."""
    titles = {
        "direction": _("Book"), "state": _("State"), "unit": _("Agenda of"), "holder": _("Held by"),
        "sender": _("Sender"), "year": _("Year"),
    }  # fmt: skip
    labels = {"in": _("Incoming"), "out": _("Outgoing"), "open": _("not finished"), "closed": _("finished")}
    shown = []
    for name, values in found.items():
        if len(values) < 2 or request.GET.get(_NAMES.get(name, "since")):
            continue
        links = [(labels.get(one.label, one.label), one.count, _narrowed(request, name, one.value)) for one in values]
        shown.append({"title": titles[name], "links": links})
    return shown


def _narrowed(request: HttpRequest, name: str, value: str) -> str:
    address = request.GET.copy()
    address.pop("before", None)
    if name == "year":
        address["since"], address["until"] = f"{value}-01-01", f"{value}-12-31"
    else:
        address[_NAMES[name]] = value
    return f"?{address.urlencode()}"


def _chosen(wanted: finding.Wanted, request: HttpRequest) -> list[tuple[str, str]]:
    """What narrows the search beyond the form, with the address without it."""
    chosen = []
    if wanted.direction:
        chosen.append(("buku", _("Incoming") if wanted.direction == "in" else _("Outgoing")))
    if wanted.holder:
        name = Post.objects.filter(pk=wanted.holder).values_list("name", flat=True).first()
        chosen.append(("holder", _("Held by %s") % (name or "?")))
    if wanted.sender:
        chosen.append(("sender", _("From %s") % wanted.sender))
    addresses = []
    for name, label in chosen:
        address = request.GET.copy()
        address.pop(name, None)
        address.pop("before", None)
        addresses.append((label, f"?{address.urlencode()}"))
    return addresses


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the search under a name."""
    # What can't be stored is no part of a name or an address that somebody means to keep.
    query, name = (request.POST.get(field, "").replace("\x00", "") for field in ("asked", "name"))
    try:
        saved = searches.save(reader_of(request).person, name, query)
        messages.success(request, _("Saved as “%s”. It stands above the search from now on.") % saved.name)
    except Invalid as error:
        for problem in error.problems:
            messages.error(request, f"{problem.what} {problem.mend}".strip())
    return redirect(f"{reverse('letters:search')}?{query}")


@require_POST
def forget(request: HttpRequest, search: uuid.UUID) -> HttpResponse:
    """Give up a saved search."""
    searches.give_up(reader_of(request).person, search)
    messages.success(request, _("The saved search is gone."))
    return redirect("letters:search")
