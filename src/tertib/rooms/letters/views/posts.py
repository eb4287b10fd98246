"""Posts found by a few letters of their name, unit or occupant, as chips for a form."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from tertib.rooms.letters import queries
from tertib.rooms.letters.act_forms import ids_of
from tertib.rooms.letters.http import page, reader_of
from tertib.rooms.letters.pickers import FIELDS


def search(request: HttpRequest) -> HttpResponse:
    """`?q=` what to look for, `name=` the field.

    What is chosen already (`recipients=`) stays, before what was found.
    """
    reader = reader_of(request)
    name = request.GET.get("name", "recipients")
    name = name if name in FIELDS else "recipients"
    chosen = queries.posts_of(ids_of(request.GET.getlist(name)[:50]))
    text = (request.GET.get("q") or request.GET.get("look") or "")[:100].replace("\x00", "")
    found = queries.posts_like(text, {choice.id for choice in chosen}, reader)
    facts = {"name": name, "type": FIELDS[name], "chosen": chosen, "found": found, "look": text, "searched": True}
    return page(request, "parts/found", facts)
