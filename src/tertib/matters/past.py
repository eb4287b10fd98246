"""Matters that were over before they came here: the agenda books of the past.

Such a matter begins in its final state, with nobody holding it and no clock. Its one entry is dated with the moment of
the import and says that it was imported; only its id carries the original date, so that lists sort it where it belongs.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.government.authority import EVERYTHING, Reader
from tertib.ground.errors import Invalid, Problem
from tertib.ground.ids import new_id
from tertib.ledger import chain
from tertib.matters import procedures, store
from tertib.matters.context import Opening, Row
from tertib.matters.desks import Desk, desks
from tertib.matters.models import Number, Reason, Register, RegisterYear
from tertib.matters.openings import newest

CAPACITY = "import"


def open_closed(openings: Sequence[Opening], state: str, by: Reader, at: datetime) -> list[uuid.UUID]:
    """Write matters of one procedure in its final state `state`, as imported at `at`, in one transaction; their ids.

    An opening's `holder` is the post in whose name it is filed (its opener); what it says of the past belongs in its
    `data`. Raises Invalid where a post does not exist or the state is not final.
    """
    if not openings:
        return []
    procedure = newest(openings[0].procedure)
    definition = procedures.of(procedure)
    found = definition.states.get(state)
    if found is None or not found.final or any(o.procedure != definition.key for o in openings):
        raise Invalid(Problem(_("Only finished matters of one procedure can be filed at once."), where="state"))
    places = desks({opening.holder for opening in openings})
    if any(opening.holder not in places for opening in openings):
        raise Invalid(Problem(_("There is no such post."), where="holder"))

    written = [_closed(o, procedure, definition.key, state, places[o.holder], by, at) for o in openings]
    with transaction.atomic():
        store.write_all_new(written)
    return [row.id for row, _entry, _sights in written]


def _closed(
    opening: Opening, procedure: uuid.UUID, key: str, state: str, desk: Desk, by: Reader, at: datetime
) -> tuple[Row, store.Line, store.Sights]:
    identity = opening.id or new_id(at)
    row = Row(
        identity, procedure, state, opening.title, opening.unit, opening.holder, None, None, [], None,
        opening.security, opening.urgency, at, at, None, [], desk.calendar, 1, 1, b"", None, [],
    )  # fmt: skip
    body = {
        "action": "open",
        "procedure": key,
        "definition": str(procedure),
        "by": {"person": str(by.person), "post": str(opening.holder), "as": CAPACITY},
        "to": state,
        "holder": None,
        "title": row.title,
        "unit": str(row.unit),
        "security": row.security,
        "urgency": row.urgency,
        "imported": True,
        "data": opening.data,
        "due": None,
        "calendar": str(row.calendar),
    }
    entry = store.line(identity, 1, at, chain.ZERO, body)
    row.head = entry.hash
    sights = [*desk.sights(Reason.OPENER, Reason.UNIT), (EVERYTHING, int(Reason.GOVERNMENT)), *opening.sights]
    return row, entry, sights


@dataclass(frozen=True, slots=True)
class OldNumber:
    """A number that an agenda book of the past gave to a matter."""

    n: int
    text: str
    matter: uuid.UUID


def enter_numbers(
    unit: uuid.UUID, kind: str, pattern: str, year: int, numbers: Sequence[OldNumber], at: datetime
) -> list[Number]:
    """Enter numbers of an old book in a unit's register of that year, with the gaps they have.

    The register then goes on after the highest of them; `pattern` is for a register that is new. Raises Invalid for a
    number above those that were given here already: it would leave a gap among them. Must run in a transaction.
    """
    if not numbers:
        return []
    register = Register.objects.get_or_create(unit_id=unit, kind=kind, defaults={"id": new_id(), "pattern": pattern})[0]
    top = max(number.n for number in numbers)
    found, made = RegisterYear.objects.select_for_update().get_or_create(
        register=register, year=year, defaults={"id": new_id(), "last": top, "imported_to": top}
    )
    if not made and top > found.imported_to:
        if found.imported_to != found.last:
            what = _("Since this year's numbers were given here, number %d can't be imported any more.") % top
            raise Invalid(Problem(what, where="agenda_number"))
        found.last = found.imported_to = top
        found.save(update_fields=["last", "imported_to"])
    return Number.objects.bulk_create(
        Number(
            id=new_id(at),
            register=register,
            year=year,
            n=number.n,
            text=number.text,
            matter_id=number.matter,
            given_at=at,
        )
        for number in numbers
    )
