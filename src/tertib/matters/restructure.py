"""What follows for matters when the government changes.

A decree moves due dates, a unit that moves is seen from its new place.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection, transaction

from tertib.government.authority import ENGINE_PERSON
from tertib.government.models import Post
from tertib.government.worktime import WorkCalendar
from tertib.ground.time import now
from tertib.matters import clock, engine, store
from tertib.matters.clocking import due
from tertib.matters.models import Matter, Reason

# Who sees a unit's matters sees them from the units above it too. What lay in a unit stays visible to those above it
# then: it lay there.
_FOLLOW = """
INSERT INTO matters_sight (viewer, matter_id, reason, security)
SELECT above.id, s.matter_id, s.reason, s.security
FROM government_unit u CROSS JOIN LATERAL unnest(u.lineage) AS above(id)
JOIN matters_sight s ON s.viewer = u.id AND s.reason = ANY(%s)
WHERE u.id = %s ON CONFLICT DO NOTHING"""


# The same from the post itself: the units and the registry of where it is now.
_FOLLOW_POSTS = """
INSERT INTO matters_sight (viewer, matter_id, reason, security)
SELECT k.id, s.matter_id, CASE s.reason WHEN 5 THEN 6 WHEN 7 THEN 7 ELSE 3 END, s.security
FROM government_post p JOIN government_unit u ON u.id = p.unit_id
CROSS JOIN LATERAL (
  SELECT unnest(u.lineage) AS id
  UNION ALL (SELECT h.registry FROM unnest(u.lineage) WITH ORDINALITY AS l(unit, place)
             JOIN government_unit h ON h.id = l.unit
             ORDER BY h.kind IN ('assistant', 'division', 'section'), l.place LIMIT 1)
) k JOIN matters_sight s ON s.viewer = p.id AND s.reason IN (1, 5, 7)
WHERE p.id = ANY(%s) ON CONFLICT DO NOTHING"""


def follow_posts(posts: list[uuid.UUID]) -> None:
    """After posts came to another unit, let that unit see what they hold or held. Run it in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW_POSTS, (posts,))


def follow_import(units_or_posts_changed: int) -> None:
    """After an import, the same for every post, if it changed any unit or post."""
    if units_or_posts_changed:
        follow_posts(list(Post.objects.values_list("id", flat=True)))


def follow_unit(unit: uuid.UUID) -> None:
    """After a unit has moved, let the units above it see what lies in it. Run it in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, ([Reason.UNIT, Reason.UNIT_DISPOSED, Reason.ABOVE], unit))


# What a preview looks at; a city has about as many open matters.
PREVIEWED = 20_000
# What it names at most: who asks may not see all of them.
_NAMED = 200


@dataclass(frozen=True, slots=True)
class Move:
    """One due date that would move."""

    matter: uuid.UUID
    was: datetime
    will: datetime


@dataclass(frozen=True, slots=True)
class Moves:
    """How many due dates would move, to a later and to an earlier moment, and how many lapse by it; `more` where not
    all were looked at. `first` are some of them, those that lapse before the others, then by due date.
    """

    later: int
    earlier: int
    lapse: int
    more: bool
    first: tuple[Move, ...] = ()


def preview_calendar(calendar: uuid.UUID, imagined: WorkCalendar, first: date) -> Moves:
    """How `follow_calendar` would move due dates if the calendar were as imagined. One statement.

    `first` is the first day on which it departs from the present one: what is due before stays.
    """
    begins = datetime.combine(first, time(), imagined.zone)
    waiting = Matter.objects.filter(calendar=calendar, closed_at__isnull=True, due_at__gte=begins)
    moment = now()
    at, moves = store.stamp(moment), []
    found = list(waiting.order_by("due_at", "id").values_list("id", "clock", "due_at")[: PREVIEWED + 1])
    for matter, events, due_at in found[:PREVIEWED]:
        state = clock.replay([*events, {"event": "recalculated", "at": at, "known_at": at}])
        moved = clock.due(state, imagined) if state else None
        if moved is not None and due_at is not None and moved != due_at:
            moves.append(Move(matter, due_at, moved))
    later = sum(move.will > move.was for move in moves)
    lapsing = [move for move in moves if move.will < moment <= move.was]
    named = tuple(dict.fromkeys([*lapsing, *moves]))[:_NAMED]
    return Moves(later, len(moves) - later, len(lapsing), len(found) > PREVIEWED, named)


def follow_calendar(calendar: uuid.UUID) -> int:
    """Reckon the due dates of open matters on this calendar anew, with what has been decreed by now; each one that
    moves gets an entry.

    One transaction a matter, and a second run changes nothing, so it may be broken off and begun again. Answers how
    many moved.
    """
    waiting = Matter.objects.filter(calendar=calendar, closed_at__isnull=True, due_at__isnull=False)
    return sum(_reckon(matter) for matter in waiting.order_by("id").values_list("id", flat=True))


def _reckon(matter: uuid.UUID) -> bool:
    with transaction.atomic():
        rows = store.lock(matter)
        if not rows or rows[-1].closed_at or rows[-1].due_at is None:
            return False
        row = rows[-1]
        at = engine.moment(row)
        stamp = store.stamp(max(at, now()))
        event = {"event": "recalculated", "at": stamp, "known_at": stamp}
        moved = due([*row.clock, event], row.calendar)
        if moved == row.due_at:
            return False
        row.clock, row.due_at = [*row.clock, event], moved
        body = {
            "action": "recalculated",
            "by": {"person": str(ENGINE_PERSON), "post": None, "as": "engine"},
            "from": row.state,
            "to": row.state,
            "holder": str(row.holder),
            "data": {},
            "clock": [event],
            "calendar": str(row.calendar),
            "due": store.stamp(moved) if moved else None,
        }
        entry = store.line(row.id, row.version + 1, at, row.head, body)
        row.version, row.head = entry.n, entry.hash
        store.write_change(row, entry, [])
        return True
