"""Letters that come in: registered by a registrar, delivered from another unit, or received from another government."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tertib.government.authority import Reader, Seat
from tertib.government.kept import keep
from tertib.government.models import Unit
from tertib.ground.ids import new_id
from tertib.ground.tenancy.here import zone
from tertib.ground.time import now
from tertib.matters import registers
from tertib.matters.allowance import Allowance
from tertib.matters.context import Done, Opening
from tertib.matters.openings import write_openings
from tertib.rooms.letters import houses
from tertib.rooms.letters.checking import check
from tertib.rooms.letters.models import Direction, Letter, LetterKind, Party, UrgencyRule

AGENDA_IN = "letters.in"
AGENDA_PATTERN = "{n}"


@dataclass(frozen=True, slots=True)
class Incoming:
    """What is known of a letter that came in."""

    subject: str
    sender_name: str
    sender_kind: str = Party.BODY
    sender_unit: uuid.UUID | None = None
    sender_government: str = ""
    sender_address: str = ""
    number: str = ""
    letter_date: date | None = None
    received_on: date | None = None
    security: int = 0
    urgency: int = 0
    classification: str = ""
    summary: str = ""
    kind: str = LetterKind.SURAT_DINAS
    delivery_key: uuid.UUID | None = None
    addressee: str = ""
    # Entry data beside the above: where it was delivered from.
    origin: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Registered:
    """A letter in the agenda book."""

    done: Done
    letter: Letter

    @property
    def agenda(self) -> str:
        return self.letter.agenda.text if self.letter.agenda else ""


def register(incoming: Incoming, unit: Unit, by: Reader, holder: uuid.UUID | None = None) -> Registered:
    """A registrar enters a letter in the agenda book of their house. It lies with the head of the house, unless
    `holder` says whom else.

    Raises Forbidden for whoever is not its registrar, Invalid for what can't be entered.
    """
    post = houses.must_register_for(by, unit)
    seat = by.seat(post)
    if seat is None:  # has_role answered with one of the reader's own seats
        raise AssertionError
    return receive(check(incoming), unit, by, seat, holder or houses.head(unit, by.structure))


def receive(incoming: Incoming, unit: Unit, by: Reader, seat: Seat, holder: uuid.UUID) -> Registered:
    """Open the matter, give the agenda number and write the letter, all in one transaction."""
    at = now()
    matter = new_id(at)
    opening = Opening(
        "letters.incoming",
        incoming.subject,
        holder,
        unit.id,
        incoming.security,
        incoming.urgency,
        urgency_allowance(incoming.urgency, at, by.structure if by.seats else None),
        entry_data(incoming),
        matter,
    )
    with transaction.atomic():
        made = write_openings([opening], None, by, seat, at, incoming.origin)[0]
        number = new_id(at)
        letter = Letter.objects.create(
            matter_id=matter,
            direction=Direction.IN,
            kind=incoming.kind,
            unit=unit,
            agenda_id=number,
            number=incoming.number,
            letter_date=incoming.letter_date,
            received_on=incoming.received_on or at.astimezone(zone()).date(),
            sender_kind=incoming.sender_kind,
            sender_unit_id=incoming.sender_unit,
            sender_government=incoming.sender_government,
            sender_name=incoming.sender_name,
            sender_address=incoming.sender_address,
            subject=incoming.subject,
            summary=incoming.summary,
            classification=incoming.classification,
            delivery_key=incoming.delivery_key,
            addressee=incoming.addressee,
        )
        letter.agenda = registers.give(
            unit.id, AGENDA_IN, matter, at.astimezone(zone()), {}, AGENDA_PATTERN, identity=number
        )
    return Registered(made, letter)


def entry_data(incoming: Incoming) -> dict[str, Any]:
    """What the first entry says of the letter."""
    return {
        "number": incoming.number,
        "letter_date": incoming.letter_date.isoformat() if incoming.letter_date else "",
        "received_on": incoming.received_on.isoformat() if incoming.received_on else "",
        "sender": {"kind": str(incoming.sender_kind), "name": incoming.sender_name, "address": incoming.sender_address},
        "classification": incoming.classification,
        "summary": incoming.summary,
        **({"addressee": incoming.addressee} if incoming.addressee else {}),
    }


def urgency_allowance(urgency: int, at: datetime, version: int | None = None) -> Allowance | None:
    """How much time the urgency allows, by the rule in force at that moment (local date)."""
    day = at.astimezone(zone()).date()
    text = keep(version, ("urgency", urgency, day), lambda: _rule(urgency, day))
    return Allowance.parse(text) if text else None


def _rule(urgency: int, day: date) -> str | None:
    rules = UrgencyRule.objects.filter(urgency=urgency, valid_from__lte=day).order_by("-valid_from")
    return rules.values_list("allowance", flat=True).first()
