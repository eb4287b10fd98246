"""Writing new matters: the first entry, the first holder, who may see it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tertib.government.authority import EVERYTHING, Reader, Seat, local_day
from tertib.government.kept import keep, structure
from tertib.ground.errors import Invalid, NotFound, Problem
from tertib.ground.ids import new_id
from tertib.ledger.chain import ZERO
from tertib.matters import procedures, store
from tertib.matters.clock import Allowance
from tertib.matters.clocking import due
from tertib.matters.context import Done, Opening, Row
from tertib.matters.desks import Desk, desks
from tertib.matters.models import Procedure, Reason

Sights = list[tuple[uuid.UUID, int]]


def write_openings(
    openings: Iterable[Opening],
    parent: Row | None,
    by: Reader,
    seat: Seat,
    at: datetime,
    cause: dict[str, Any],
) -> list[Done]:
    openings = list(openings)
    version = parent.structure if parent and parent.structure else structure()
    places = desks({seat.post, *(opening.holder for opening in openings)}, version)
    made = []
    for opening in openings:
        desk = places.get(opening.holder)
        if desk is None or desk.abolished(local_day()):
            what = _("The post “%s” no longer exists.") % desk.name if desk else _("There is no such post.")
            raise Invalid(Problem(what, where="holder", mend=_("Choose another.")))
        procedure = newest(opening.procedure, version)
        made.append(_write_opening(opening, procedure, desk, places.get(seat.post), parent, by, seat, at, cause))
    return made


def _write_opening(
    opening: Opening,
    procedure: uuid.UUID,
    desk: Desk,
    home: Desk | None,
    parent: Row | None,
    by: Reader,
    seat: Seat,
    at: datetime,
    cause: dict[str, Any],
) -> Done:
    definition = procedures.of(procedure)
    state = definition.states[definition.initial]
    allowance: Allowance | None = opening.allowance or state.allowance
    stamp = store.stamp(at)
    events: list[dict[str, Any]] = []
    if allowance:
        events = [{"event": "start", "at": stamp, "known_at": stamp, "allowance": allowance.to_json()}]
        if state.pauses_clock:
            events.append({"event": "pause", "at": stamp})
    identity = opening.id or new_id(at)
    row = Row(
        identity, procedure, definition.initial, opening.title, opening.unit, seat.post, opening.holder, at,
        [*parent.ancestors, parent.id] if parent else [], parent.id if parent else None,
        opening.security, opening.urgency, at, None, due(events, desk.calendar, desk) if events else None,
        events, desk.calendar, 1, 1, b"", None, [],
    )  # fmt: skip
    body = {
        "action": "open",
        "procedure": definition.key,
        "definition": str(procedure),
        "by": {"person": str(by.person), "post": str(seat.post), "as": seat.capacity},
        "to": row.state,
        "holder": str(row.holder),
        "title": row.title,
        "unit": str(row.unit),
        "security": row.security,
        "urgency": row.urgency,
        "data": opening.data,
        "due": store.stamp(row.due_at) if row.due_at else None,
        "calendar": str(row.calendar),
        **({"clock": events} if events else {}),
        **({"parent": cause} if cause else {}),
    }
    entry = store.line(identity, 1, at, ZERO, body)
    row.head = entry.hash
    sights: Sights = [*desk.sights(Reason.HOLDER, Reason.UNIT), (EVERYTHING, Reason.GOVERNMENT), *opening.sights]
    sights += home.sights(Reason.OPENER, Reason.UNIT) if home and not parent else [(seat.post, Reason.OPENER)]
    store.write_new(row, entry, sights)
    return Done(identity, 1, row.state, row.holder, row.due_at)


def newest(key: str, version: int | None = None) -> uuid.UUID:
    """The id of the newest version of a procedure. Raises NotFound when it was never published.

    `version` is that of the structure, where the caller has just read it.
    """
    found = keep(version, ("procedure", key), lambda: _newest(key))
    if found is None:
        raise NotFound(Problem(_("The procedure “%s” is not installed.") % key, where="procedure"))
    return found


def _newest(key: str) -> uuid.UUID | None:
    return Procedure.objects.filter(key=key).order_by("-version").values_list("id", flat=True).first()
