"""From letter to letter of the list or desk one came from, without going back to it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.ground.ids import parse_id
from tertib.ground.time import now
from tertib.matters import desk_pages, procedures, rooms
from tertib.matters.models import Matter
from tertib.rooms.letters import finding, houses, searches
from tertib.rooms.letters.forms import AgendaForm
from tertib.rooms.letters.models import Direction, Letter

# How an address names the list: its book, by the name of the page.
BOOKS = {"masuk": Direction.IN.value, "keluar": Direction.OUT.value, "cari": ""}
PAGES = {"masuk": "letters:incoming", "keluar": "letters:outgoing", "cari": "letters:search"}
DESK = "meja"


@dataclass(frozen=True, slots=True)
class Hop:
    """The list, and the letters above and below this one in it: address and subject, where there is one. `origin` is
    what an address on the way back to this page carries; `desk` is whether the list is the reader's desk.
    """

    back: str
    label: str
    newer: tuple[str, str] | None
    older: tuple[str, str] | None
    origin: str
    desk: bool = False


def came_from(book: str, given: QueryDict) -> str:
    """What a line of a list adds to the address of its letter, so that the letter knows its neighbours."""
    return f"?{urlencode({'dari': book, **_filters(given)})}"


def origin(given: QueryDict) -> str:
    """The list or desk that an address names, to be named by another address; empty where it names none."""
    book = given.get("dari", "")
    if book == DESK:
        kept = {name: str(given[name])[:100] for name in (*desk_pages.FILTERS, "di") if given.get(name)}
        return f"?{urlencode({'dari': DESK, **kept})}"
    return came_from(book, given) if book in BOOKS else ""


def hop(request: HttpRequest, matter: Matter, reader: Reader) -> Hop | None:
    """The neighbours of a letter in the list or on the desk that `?dari=` names. Three statements where it names one,
    else none.
    """
    book = request.GET.get("dari", "")
    if book == DESK:
        return _on_desk(request.GET, matter, reader)
    return _in_list(request, book, matter.pk, reader) if book in BOOKS else None


def _on_desk(given: QueryDict, matter: Matter, reader: Reader) -> Hop:
    wanted = desk_pages.wanted_of(given, reader)
    found = desk_pages.around(reader, wanted, matter, given.get("di", ""), now())
    kept = {name: str(given[name])[:100] for name in desk_pages.FILTERS if given.get(name)}

    def to(one: Matter | None, after: str) -> tuple[str, str] | None:
        if one is None:
            return None
        room = rooms.of(procedures.of(one.procedure_id).key)
        address = room.page(one.pk) if room and room.page else reverse("matter", args=[one.pk])
        asked = {"dari": DESK, **kept, **({"setelah": after} if after else {})}
        return f"{address}?{urlencode(asked)}", one.title

    back = f"{reverse('desk')}?{urlencode(kept)}" if kept else reverse("desk")
    here = f"?{urlencode({'dari': DESK, **kept, 'di': found.spot})}"
    return Hop(back, _("My desk"), to(found.above, wanted.after), to(found.below, found.after), here, desk=True)


def _in_list(request: HttpRequest, book: str, letter: uuid.UUID, reader: Reader) -> Hop:
    kept = _filters(request.GET)
    both = request.GET.get("buku", "") if request.GET.get("buku") in ("in", "out") else ""
    form = AgendaForm(request.GET, direction=BOOKS[book] or both, units=houses.houses())
    before = parse_id(request.GET.get("before", ""))
    ids = finding.find(reader, form.wanted(), finding.PAGE + 1, before)
    back = f"{reverse(PAGES[book])}?{urlencode(kept)}" if kept else reverse(PAGES[book])
    label, here = _labels()[book], came_from(book, request.GET)
    if letter not in ids:
        return Hop(back, label, None, None, here)
    place = ids.index(letter)
    near = {key: ids[key] for key in (place - 1, place + 1) if 0 <= key < len(ids)}
    subjects = dict(Letter.objects.filter(pk__in=near.values()).values_list("pk", "subject"))

    def to(key: int, **more: Any) -> tuple[str, str] | None:
        if key not in near:
            return None
        asked = urlencode({"dari": book, **kept, **more})
        return f"{reverse('letters:letter', args=[near[key]])}?{asked}", subjects.get(near[key], "")

    # The one behind the last line of a page is the first of the next page.
    turned = {"before": str(ids[finding.PAGE - 1])} if place + 1 == finding.PAGE else {}
    return Hop(back, label, to(place - 1), to(place + 1, **turned), here)


def _labels() -> dict[str, str]:
    return {"masuk": _("Incoming letters"), "keluar": _("Outgoing letters"), "cari": _("Search")}


def _filters(given: QueryDict) -> dict[str, str]:
    return {name: str(given[name]) for name in (*searches.KEPT, "before") if given.get(name)}
