"""Followers: what happens after an act (delivery, search, notices, statistics) reads the record in order and keeps
its own place.

The record is the outbox: nothing is written twice, so nothing is lost between an act and what follows from it. A
follower's work and its new place commit together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tertib.ground.logs import logger
from tertib.matters.models import Follower

log = logger("tertib.followers")
BATCH = 500


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as a follower reads it. `body` is None when it has been erased."""

    position: int
    matter: UUID
    n: int
    at: datetime
    body: dict[str, Any] | None


Handler = Callable[[Item], None]

# Only transactions older than every running one are taken: whatever appears later has a higher id, so nobody reads past
# it. For the same reason nothing below the id of the last entry in the order is still missing, unless the database came
# here from another cluster (a restored backup), whose ids say nothing; then all entries are looked through, once.
_FRESH = """
WITH mark AS (
  SELECT COALESCE((SELECT e.tx FROM matters_sealed s JOIN matters_entry e ON e.seq = s.entry_id
                   ORDER BY s.position DESC LIMIT 1), '0') AS tx
)
SELECT e.seq, e.tx::text::bigint, e.matter_id, e.n, NOT EXISTS (
  SELECT 1 FROM matters_entry p WHERE p.matter_id = e.matter_id AND p.n = e.n - 1
    AND NOT EXISTS (SELECT 1 FROM matters_sealed s WHERE s.entry_id = p.seq))
FROM matters_entry e WHERE {range} AND NOT EXISTS (SELECT 1 FROM matters_sealed s WHERE s.entry_id = e.seq)
ORDER BY e.tx, e.seq LIMIT %(batch)s"""
_NEAR = "e.tx >= (SELECT tx FROM mark) AND e.tx < pg_snapshot_xmin(pg_current_snapshot())"
_ALL = "(e.tx < pg_snapshot_xmin(pg_current_snapshot()) OR e.tx >= pg_snapshot_xmax(pg_current_snapshot()))"

_RESTORED = """
SELECT e.tx >= pg_snapshot_xmin(pg_current_snapshot()) FROM matters_sealed s JOIN matters_entry e ON e.seq = s.entry_id
ORDER BY s.position DESC LIMIT 1"""

_PLACE = """
INSERT INTO matters_sealed (position, entry_id)
SELECT (SELECT COALESCE(max(position), -1) FROM matters_sealed) + x.place, x.seq
FROM unnest(%s::bigint[]) WITH ORDINALITY AS x(seq, place)"""

_READ = """
SELECT s.position, e.matter_id, e.n, e.at, b.body FROM matters_sealed s
JOIN matters_entry e ON e.seq = s.entry_id JOIN matters_entrybody b ON b.entry_id = e.seq
WHERE s.position >= %s ORDER BY s.position LIMIT %s"""


def sequence(batch: int = 5000) -> int:
    """Give committed entries of the current government their place in the order. Safe when two run at once.

    Answers how many got one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tertib.sequence'), hashtext(current_schema()))")
        cursor.execute(_RESTORED)
        restored = any(row[0] for row in cursor.fetchall())
        statement = _FRESH.format(range=_ALL if restored else _NEAR)
        while True:
            cursor.execute(statement, {"batch": batch})
            rows = cursor.fetchall()
            chosen = ready(rows, full=len(rows) == batch)
            if chosen or len(rows) < batch:
                break
            batch *= 4  # what these wait for comes later
        cursor.execute(_PLACE, (chosen,))
        return len(chosen)


def ready(rows: Sequence[tuple[int, int, UUID, int, bool]], *, full: bool) -> list[int]:
    """Which of the fresh entries get a place now, in the order they get it.

    Rows are (seq, transaction id, matter, n, whether no earlier entry of the matter still lacks a place), by
    transaction id; `full` says that there may be more. Two rules hold: whole transactions below a certain id are
    taken, and no entry before the one it follows. A transaction that acted elsewhere first may have a lower id than
    the one whose entry its own follows; then both wait until both can be taken.
    """
    by_place = {(matter, n): tx for _seq, tx, matter, n, _placed in rows}
    # (id of a transaction, id of one it has to wait for); None where that one is not among these rows
    waits = [
        (tx, by_place.get((matter, n - 1)))
        for _seq, tx, matter, n, placed in rows
        if not placed and by_place.get((matter, n - 1), tx + 1) > tx
    ]
    cut = rows[-1][1] if full else None
    while True:
        late = [tx for tx, other in waits if (cut is None or tx < cut) and (other is None or (cut and other >= cut))]
        if not late:
            break
        cut = min(late)
    return sorted(seq for seq, tx, *_rest in rows if cut is None or tx < cut)


def follow(name: str, handle: Handler, batch: int = BATCH) -> int:
    """Let one follower read on. Its place is locked meanwhile, so that only one of it runs.

    Answers how many it has read.
    """
    with transaction.atomic():
        Follower.objects.get_or_create(name=name)
        mine = Follower.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if mine is None:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_READ, (mine.position, batch))
            rows = cursor.fetchall()
        for position, matter, n, at, body in rows:
            handle(Item(position, matter, n, at, json.loads(body) if body else None))
        if rows:
            mine.position = rows[-1][0] + 1
            mine.save()
        return len(rows)


def run_once(handlers: Mapping[str, Handler]) -> int:
    """Sequence, then let every follower of the current government read on.

    A follower that fails does not hold up the others.
    """
    moved = sequence()
    for name, handle in handlers.items():
        try:
            moved += follow(name, handle)
        except Exception:
            # Its transaction is rolled back, so it will try the same entries again at the next round.
            log.exception("follower failed", follower=name)
    return moved
