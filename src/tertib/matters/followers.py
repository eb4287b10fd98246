"""Followers: what happens after an act (delivery, search, notices, statistics) reads the record in order and keeps its own place.

The record is the outbox: nothing is written twice, so nothing is lost between an act and what follows from it. A follower's work and its new
place commit together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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

# Only transactions older than every running one are taken: whatever appears later has a higher id, so nobody reads past it.
_SEQUENCE = """
WITH last AS (
  SELECT COALESCE(max(s.position), -1) AS position FROM matters_sealed s
), mark AS (
  SELECT COALESCE((SELECT e.tx FROM matters_sealed s JOIN matters_entry e ON e.seq = s.entry_id ORDER BY s.position DESC LIMIT 1), '0'::xid8) AS tx
), fresh AS (
  SELECT e.seq, row_number() OVER (ORDER BY e.tx, e.seq) AS place FROM matters_entry e, mark
  WHERE e.tx >= mark.tx AND e.tx < pg_snapshot_xmin(pg_current_snapshot())
    AND NOT EXISTS (SELECT 1 FROM matters_sealed s WHERE s.entry_id = e.seq)
  ORDER BY e.tx, e.seq LIMIT %(batch)s
)
INSERT INTO matters_sealed (position, entry_id) SELECT last.position + fresh.place, fresh.seq FROM fresh, last"""

_READ = """
SELECT s.position, e.matter_id, e.n, e.at, b.body FROM matters_sealed s
JOIN matters_entry e ON e.seq = s.entry_id JOIN matters_entrybody b ON b.entry_id = e.seq
WHERE s.position >= %s ORDER BY s.position LIMIT %s"""


def sequence(batch: int = 5000) -> int:
    """Give committed entries of the current government their place in the order. Safe when two run at once. Answers how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tertib.sequence'), hashtext(current_schema()))")
        cursor.execute(_SEQUENCE, {"batch": batch})
        return int(cursor.rowcount)


def follow(name: str, handle: Handler, batch: int = BATCH) -> int:
    """Let one follower read on. Its place is locked meanwhile, so that only one of it runs. Answers how many it has read."""
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
    """Sequence, then let every follower of the current government read on. A follower that fails does not hold up the others."""
    moved = sequence()
    for name, handle in handlers.items():
        try:
            moved += follow(name, handle)
        except Exception:
            # Its transaction is rolled back, so it will try the same entries again at the next round.
            log.exception("follower failed", follower=name)
    return moved
