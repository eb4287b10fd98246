"""What registration completes while one types: senders and subjects of before, and a letter that is there already."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from tertib.government.authority import Reader
from tertib.government.models import Unit
from tertib.government.queries import searches
from tertib.matters.visibility import may_see
from tertib.rooms.letters import houses, precedents
from tertib.rooms.letters.forms import RegisterForm
from tertib.rooms.letters.http import page, reader_of
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.views.scans import must_register

# The longest beginning of a name that is looked for.
MOST_TEXT = 200


def senders(request: HttpRequest) -> HttpResponse:
    """Senders whose name begins with `?q=`, as choices that fill in name, kind and address."""
    reader, unit = _house(request)
    text = _text(request, "q")
    found = precedents.senders(reader, unit.pk, text) if unit and text else []
    choices = [
        {
            "text": item.name,
            "beside": item.address,
            "below": item.subject,
            "fill": json.dumps(
                {
                    "sender_name": item.name,
                    "sender_kind": item.kind,
                    "sender_unit": str(item.unit or ""),
                    "sender_government": item.government,
                    "sender_address": item.address,
                }
            ),
        }
        for item in found
    ]
    return page(request, "parts/choices", {"choices": choices, "name": "sender_name"})


def subjects(request: HttpRequest) -> HttpResponse:
    """Subjects with the words of `?q=`, those of the sender first."""
    reader, unit = _house(request)
    text = _text(request, "q")
    found = precedents.subjects(reader, unit.pk, _text(request, "sender_name"), text) if unit and text else []
    choices = [{"text": subject, "fill": json.dumps({"subject": subject})} for subject in found]
    return page(request, "parts/choices", {"choices": choices, "name": "subject"})


def twin(request: HttpRequest) -> HttpResponse:
    """Whether a letter with this number of this sender is in the book already."""
    reader, unit = _house(request)
    searches(reader.person)
    facts: dict[str, Any] = {"twin": None}
    if unit:
        form = RegisterForm(request.GET, houses=[unit], units=houses.houses())
        form.is_valid()
        given = form.cleaned_data
        found = precedents.letter_like(given.get("number") or "", given.get("sender_name") or "", unit.pk)
        facts = twin_facts(found, reader, request.GET.get("confirmed", ""))
    return page(request, "parts/twin", facts)


def twin_facts(found: Letter | None, reader: Reader, confirmed: str = "") -> dict[str, Any]:
    """What is said of a letter that is there already: that the number is taken to every registrar, more to who may
    read it.
    """
    seen = found is not None and may_see(found.pk, reader)
    mark = twin_mark(found) if found else ""
    return {"twin": found, "twin_seen": seen, "twin_mark": mark, "twin_confirmed": bool(mark) and confirmed == mark}


def twin_mark(twin: Letter) -> str:
    """What says that this twin was looked at and is another letter. An id would tell when it was registered, also to
    who may not see it.
    """
    return salted_hmac("letters.twin", str(twin.pk)).hexdigest()[:32]


def _house(request: HttpRequest) -> tuple[Reader, Unit | None]:
    """The house it is registered for: the one that was chosen, of those the reader registers for."""
    reader = reader_of(request)
    must_register(reader)
    mine = houses.registering(reader)
    wanted = request.GET.get("unit", "")
    return reader, next((unit for unit in mine if str(unit.pk) == wanted), mine[0] if mine else None)


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\x00", "").strip()[:MOST_TEXT]
