"""From letter to letter of the list one came from, without going back to it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from tertib.government.authority import Reader
from tertib.ground.ids import parse_id
from tertib.rooms.letters import finding, houses, searches
from tertib.rooms.letters.forms import AgendaForm
from tertib.rooms.letters.models import Direction, Letter

# How an address names the list: its book, by the name of the page.
BOOKS = {"masuk": Direction.IN.value, "keluar": Direction.OUT.value, "cari": ""}
PAGES = {"masuk": "letters:incoming", "keluar": "letters:outgoing", "cari": "letters:search"}


@dataclass(frozen=True, slots=True)
class Hop:
    """The list, and the letters above and below this one in it: address and subject, where there is one."""

    back: str
    newer: tuple[str, str] | None
    older: tuple[str, str] | None


def came_from(book: str, given: QueryDict) -> str:
    """What a line of a list adds to the address of its letter, so that the letter knows its neighbours."""
    return f"?{urlencode({'dari': book, **_filters(given)})}"


def hop(request: HttpRequest, letter: uuid.UUID, reader: Reader) -> Hop | None:
    """The neighbours of a letter in the list that `?dari=` names. Three statements where it names one, else none."""
    book = request.GET.get("dari", "")
    if book not in BOOKS:
        return None
    kept = _filters(request.GET)
    both = request.GET.get("buku", "") if request.GET.get("buku") in ("in", "out") else ""
    form = AgendaForm(request.GET, direction=BOOKS[book] or both, units=houses.houses())
    before = parse_id(request.GET.get("before", ""))
    ids = finding.find(reader, form.wanted(), finding.PAGE + 1, before)
    back = f"{reverse(PAGES[book])}?{urlencode(kept)}" if kept else reverse(PAGES[book])
    if letter not in ids:
        return Hop(back, None, None)
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
    return Hop(back, to(place - 1), to(place + 1, **turned))


def _filters(given: QueryDict) -> dict[str, str]:
    return {name: str(given[name]) for name in (*searches.KEPT, "before") if given.get(name)}
