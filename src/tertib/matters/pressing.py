"""Open matters in the order of their due dates, without a due date last: the order of desks and boards.

Each post's matters stand in that order in one index. The few first ones of each are merged, so a page costs what it
shows and not what lies before it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from tertib.government.authority import Reader
from tertib.ground.tenancy import here
from tertib.matters.models import Matter
from tertib.matters.visibility import keys_of, sees


@dataclass(frozen=True, slots=True)
class Place:
    """Where one has come to: the due moment (None: among those without) and the id of the last matter."""

    due: datetime | None
    matter: uuid.UUID


@dataclass(frozen=True, slots=True)
class Pile:
    """Open matters of some posts: of one procedure (by its key), due before a moment, after a place. `limit` of
    them. `states` are pairs of procedure and state: only those without a due date that stand in one of them.
    """

    posts: Sequence[uuid.UUID]
    kind: str = ""
    before: datetime | None = None
    after: Place | None = None
    limit: int = 200
    states: Sequence[tuple[uuid.UUID, str]] | None = None


def pressing(pile: Pile, reader: Reader) -> QuerySet[Matter]:
    """The matters of a pile, the most pressing first. Of its posts, those count that the reader fills or stands in for.

    What is too secret for who stands in does not lie on their desk; what lies with one's own posts one always sees.
    """
    values: dict[str, Any] = keys_of(reader)
    where = ""
    if pile.kind:
        values["kind"] = pile.kind
        where = " AND m.procedure_id = ANY(ARRAY(SELECT r.id FROM matters_procedure r WHERE r.key = %(kind)s))"
    if pile.states is not None:
        values |= {"of": [of for of, _state in pile.states], "states": [state for _of, state in pile.states]}
        where += _STANDING
    whose = []
    for n, seat in enumerate(seat for seat in reader.seats if seat.post in pile.posts):
        values[f"post{n}"] = seat.post
        rule = f" AND {sees(reader, 'm.id')}" if seat.capacity == "deputy" else ""
        whose.append(f"m.holder_id = %(post{n})s{where}{rule}")
    return in_order(whose, values, before=pile.before, after=pile.after, limit=pile.limit)


_STANDING = """ AND m.due_at IS NULL
  AND (m.procedure_id, m.state) IN (SELECT * FROM unnest(%(of)s::uuid[], %(states)s::text[]))"""
_BRANCH = """(SELECT m.id, m.due_at FROM matters_matter m WHERE m.closed_at IS NULL AND {condition}
  ORDER BY m.due_at, m.id LIMIT %(limit)s)"""


def in_order(
    whose: Sequence[str], values: dict[str, Any], *, before: datetime | None, after: Place | None, limit: int
) -> QuerySet[Matter]:
    """Open matters `m` for which one of these conditions holds, each of which can go along an index of due dates: those
    due before `before`, after the place `after`. The conditions are constants of the program, `values` their
    parameters.
    """
    if not whose:
        return Matter.objects.none()
    values = {**values, "limit": limit, "before": before}
    due = "" if before is None else " AND m.due_at < %(before)s"
    steps = [due]
    if after is not None:
        values |= {"last": after.matter, "last_due": after.due}
        undated = [] if before is not None else [" AND m.due_at IS NULL"]
        if after.due is None:
            steps = [f"{step} AND m.id > %(last)s" for step in undated]
        else:
            steps = [f"{due} AND (m.due_at, m.id) > (%(last_due)s, %(last)s)", *undated]
    merged = " UNION ALL ".join(_BRANCH.format(condition=f"{one}{step}") for one in whose for step in steps)
    if not merged:
        return Matter.objects.none()
    statement = f"SELECT id FROM ({merged}) p ORDER BY due_at, id LIMIT %(limit)s"  # noqa: S608
    # An expression in a queryset knows no named parameters.
    written = here.connection.ops.compose_sql(statement, values).replace("%", "%%")
    return Matter.objects.filter(pk__in=RawSQL(written, ())).order_by("due_at", "id")  # noqa: S611
