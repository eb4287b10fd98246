"""Which of the actor's posts allows an action, and as what."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext as _

from tertib.government.authority import ENGINE, Reader, Seat
from tertib.ground.errors import Forbidden, Problem
from tertib.matters.context import Row
from tertib.matters.procedures import Action, words


def authorise(row: Row, action: Action, by: Reader, path: Sequence[Row]) -> Seat | None:
    """The seat by which the actor may do this; None for the engine itself. Raises Forbidden."""
    if by is ENGINE and "system" in action.by:
        return None
    seat = permitted(row, action, by, path[-2].holder if len(path) > 1 else None)
    if seat is None:
        what = _("“%s” is not yours to do here.") % words(action.label)
        raise Forbidden(
            Problem(what, mend=_("It can be done by whoever holds the matter or is named in its procedure."))
        )
    return seat


def permitted(row: Row, action: Action, by: Reader, parent_holder: uuid.UUID | None = None) -> Seat | None:
    """The seat by which the actor may do this, or None. Rules are tried in the order of the procedure."""
    for rule in action.by:
        seat: Seat | None = None
        if rule == "holder" and row.holder:
            seat = by.seat(row.holder)
        elif rule == "opener":
            seat = by.seat(row.opener)
        elif rule == "superior_of_holder" and row.superior:
            seat = by.seat(row.superior)
        elif rule == "parent_holder" and parent_holder:
            seat = by.seat(parent_holder)
        elif rule == "head_of_unit":
            seat = next((s for s in by.seats if s.is_head and s.unit == row.unit), None)
        elif rule == "leader_above":
            seat = next(
                (s for s in by.seats if s.is_head and s.unit in row.unit_lineage and s.post != row.holder), None
            )
        elif rule.startswith("role:"):
            seat = by.has_role(rule.removeprefix("role:"), row.unit_lineage)
        if seat:
            return seat
    return None
