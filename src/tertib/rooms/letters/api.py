"""Letters for programs: list and register. Everything else is an action on the matter."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from tertib.government.authority import Reader
from tertib.government.models import Unit
from tertib.ground.errors import Invalid, Problem
from tertib.matters import procedures
from tertib.matters.procedures import words
from tertib.rooms.letters import finding, houses, receiving
from tertib.rooms.letters.models import Letter

router = Router(tags=["letters"])
PAGE = 20


class SenderIn(Schema):
    kind: Literal["unit", "government", "body", "citizen"] = "body"
    unit: uuid.UUID | None = None
    government: str = Field("", max_length=63)
    name: str = Field("", max_length=200)
    address: str = Field("", max_length=300)


class LetterIn(Schema):
    """A letter that came in. `unit` is the code of the house that registers it."""

    unit: str = Field(max_length=40)
    subject: str = Field(min_length=1, max_length=500)
    sender: SenderIn
    number: str = Field("", max_length=120)
    letter_date: date | None = None
    received_on: date | None = None
    security: int = Field(0, ge=0, le=3)
    urgency: int = Field(0, ge=0, le=2)
    classification: str = Field("", max_length=20)
    summary: str = Field("", max_length=5000)


@router.get("")
def listed(
    request: HttpRequest, direction: Literal["in", "out"] = "in", before: uuid.UUID | None = None
) -> dict[str, Any]:
    """The newest letters the caller may see, twenty at a time; `next` continues below the last."""
    reader: Reader = request.auth  # type: ignore[attr-defined]
    ids = finding.find(reader, finding.Wanted(direction=direction), PAGE, before)
    more = str(ids[-1]) if len(ids) == PAGE else None
    return {"items": brief(ids), "next": more}


@router.post("", response={201: dict[str, Any]})
def register(request: HttpRequest, payload: LetterIn) -> Status[dict[str, Any]]:
    """Enter a letter in the agenda book. It gets its number and lies with the head of the house."""
    reader: Reader = request.auth  # type: ignore[attr-defined]
    unit = houses.of_code(payload.unit, reader.structure if reader.seats else None)
    if unit is None:
        raise Invalid(Problem(_("There is no unit “%s”.") % payload.unit, where="unit"))
    sender = payload.sender
    # Looked up even where a name is given: a unit that does not exist must not be written down as the sender.
    known = _unit_name(sender.unit)
    name = sender.name.strip() or known
    if not name:
        raise Invalid(Problem(_("Write who sent it."), where="sender.name"))
    registered = receiving.register(
        receiving.Incoming(
            subject=payload.subject.strip(),
            sender_name=name,
            sender_kind=sender.kind,
            sender_unit=sender.unit,
            sender_government=sender.government,
            sender_address=sender.address,
            number=payload.number,
            letter_date=payload.letter_date,
            received_on=payload.received_on,
            security=payload.security,
            urgency=payload.urgency,
            classification=payload.classification,
            summary=payload.summary,
        ),
        unit,
        reader,
    )
    done = registered.done
    shown = {
        "id": str(done.matter),
        "agenda": registered.agenda,
        "version": done.version,
        "state": done.state,
        "due_at": done.due_at,
    }
    return Status(201, shown)


def _unit_name(unit: uuid.UUID | None) -> str:
    if unit is None:
        return ""
    found = Unit.objects.filter(pk=unit).first()
    if found is None:
        raise Invalid(Problem(_("There is no such unit."), where="sender.unit"))
    return found.name


_SHOWN = {
    "id": "matter_id",
    "direction": "direction",
    "agenda": "agenda__text",
    "number": "number",
    "letter_date": "letter_date",
    "received_on": "received_on",
    "sender": "sender_name",
    "subject": "subject",
    "state": "matter__state",
    "holder": "matter__holder__name",
    "due_at": "matter__due_at",
    "imported_at": "imported_at",
    "procedure": "matter__procedure_id",
}


def brief(ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """Letters as a list shows them, in the order of their ids. One statement; only what is shown is read."""
    found = {row[0]: row for row in Letter.objects.filter(pk__in=ids).values_list(*_SHOWN.values())}
    items = []
    for key in ids:
        item: dict[str, Any] = dict(zip(_SHOWN, found[key], strict=True))
        states = procedures.of(item.pop("procedure")).states
        items.append({**item, "state_label": words(states[item["state"]].label)})
    return items
