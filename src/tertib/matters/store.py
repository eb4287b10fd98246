"""The engine's SQL: one statement to lock a matter with its ancestors, one to write a change, one to write new matters.

Hand-written because it is the hot path: the same through the ORM costs three times the statements.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from tertib.ground import canonical
from tertib.ledger import chain
from tertib.matters.context import Row
from tertib.matters.desks import Desk
from tertib.matters.models import Reason

# Who may see a matter, and why: keys with a `Reason` each.
Sights = Sequence[tuple[uuid.UUID, int]]

_COLUMNS = """m.id, m.procedure_id, m.state, m.title, m.unit_id, m.opener_id, m.holder_id, m.holder_since, m.ancestors,
m.parent_id, m.security, m.urgency, m.opened_at, m.closed_at, m.due_at, m.clock, m.calendar_id, m.version, m.moved,
m.head, (SELECT p.superior_id FROM government_post p WHERE p.id = m.holder_id), u.lineage,
(SELECT version FROM government_structure), EXISTS (SELECT 1 FROM matters_matter c WHERE c.parent_id = m.id)"""

# The holder's superior is a subquery, not a join: where a lock had to be waited for, PostgreSQL looks at the changed
# matter again, but joins it with the post it had before.
_FROM = "FROM matters_matter m JOIN government_unit u ON u.id = m.unit_id"

# Ancestors first, from the root down: whoever acts in a tree takes the locks in the same order, so nobody waits in a
# ring.
_READ = f"""SELECT {_COLUMNS} {_FROM}
WHERE m.id = ANY(ARRAY(SELECT unnest(array_append(ancestors, id)) FROM matters_matter WHERE id = %s))
ORDER BY cardinality(m.ancestors)"""  # noqa: S608 - constants of this file
_LOCK = f"{_READ} FOR NO KEY UPDATE OF m"

_CHILDREN = f"""SELECT {_COLUMNS} {_FROM}
WHERE m.ancestors @> ARRAY[%s]::uuid[] AND (m.closed_at IS NULL OR %s) ORDER BY cardinality(m.ancestors), m.id
FOR NO KEY UPDATE OF m"""

# Everything hangs on the row that was changed: where somebody else was first, nothing at all is written.
_CHANGE = """
WITH changed AS (
  UPDATE matters_matter SET state = %(state)s, title = %(title)s, holder_id = %(holder)s,
    holder_since = %(holder_since)s, security = %(security)s, urgency = %(urgency)s, closed_at = %(closed_at)s,
    due_at = %(due_at)s, clock = %(clock)s::jsonb, calendar_id = %(calendar)s, version = %(n)s, moved = %(moved)s,
    head = %(hash)s
  WHERE id = %(id)s AND version = %(n)s - 1 RETURNING id
), entry AS (
  INSERT INTO matters_entry (matter_id, n, at, commitment, prev, hash)
  SELECT id, %(n)s, %(at)s, %(commitment)s, %(prev)s, %(hash)s FROM changed RETURNING seq
), body AS (
  INSERT INTO matters_entrybody (entry_id, salt, body, erased_by_order)
  SELECT seq, %(salt)s, %(body)s::jsonb, '' FROM entry
), sight AS (
  INSERT INTO matters_sight (viewer, matter_id, reason, security)
  SELECT k, id, r, %(security)s FROM changed, unnest(%(keys)s::uuid[], %(reasons)s::smallint[]) AS x(k, r)
  ON CONFLICT DO NOTHING
) SELECT seq FROM entry"""

# Where the holder changes, those who see the new place see what the matter is a part of, and what comes of it.
_MOVE = _CHANGE.replace("WITH changed", "WITH RECURSIVE changed").replace(
    ") SELECT seq FROM entry",
    """), below AS (
  SELECT m.id, m.security FROM changed c JOIN matters_matter m ON m.parent_id = c.id
  UNION ALL SELECT m.id, m.security FROM below b JOIN matters_matter m ON m.parent_id = b.id
), around AS (
  INSERT INTO matters_sight (viewer, matter_id, reason, security)
  SELECT k, m.id, r, m.security
  FROM changed, matters_matter m, unnest(%(place)s::uuid[], %(part)s::smallint[]) AS x(k, r)
  WHERE m.id = ANY(%(ancestors)s::uuid[])
  UNION ALL SELECT k, b.id, 7, b.security FROM below b, unnest(%(place)s::uuid[]) AS k
  ON CONFLICT DO NOTHING
) SELECT seq FROM entry""",
)

_OPEN = """
WITH new AS (
  INSERT INTO matters_matter (id, procedure_id, state, title, unit_id, opener_id, holder_id, holder_since,
    ancestors, parent_id, security, urgency, opened_at, closed_at, due_at, clock, calendar_id, version, moved, head)
  VALUES (%(id)s, %(procedure)s, %(state)s, %(title)s, %(unit)s, %(opener)s, %(holder)s, %(holder_since)s,
    %(ancestors)s::uuid[], %(parent)s, %(security)s, %(urgency)s, %(opened_at)s, %(closed_at)s, %(due_at)s,
    %(clock)s::jsonb, %(calendar)s, 1, 1, %(hash)s)
  RETURNING id
), entry AS (
  INSERT INTO matters_entry (matter_id, n, at, commitment, prev, hash)
  SELECT id, 1, %(at)s, %(commitment)s, %(prev)s, %(hash)s FROM new RETURNING seq
), body AS (
  INSERT INTO matters_entrybody (entry_id, salt, body, erased_by_order)
  SELECT seq, %(salt)s, %(body)s::jsonb, '' FROM entry
), sight AS (
  INSERT INTO matters_sight (viewer, matter_id, reason, security)
  SELECT k, %(id)s, r, %(security)s FROM unnest(%(keys)s::uuid[], %(reasons)s::smallint[]) AS x(k, r)
  ON CONFLICT DO NOTHING
) SELECT seq FROM entry"""

_INHERIT = """
INSERT INTO matters_sight (viewer, matter_id, reason, security)
SELECT DISTINCT s.viewer, c.id, CASE s.reason WHEN 4 THEN 4 ELSE 7 END, c.security
FROM matters_matter c JOIN matters_sight s ON s.matter_id = %(parent)s AND s.reason IN (1, 2, 3, 4, 7)
WHERE c.id = ANY(%(children)s) ON CONFLICT DO NOTHING"""

_UPWARD = """
INSERT INTO matters_sight (viewer, matter_id, reason, security)
SELECT k, m.id, r, m.security
FROM matters_matter m CROSS JOIN unnest(%(keys)s::uuid[], %(reasons)s::smallint[]) AS x(k, r)
WHERE m.id = ANY(%(ancestors)s) ON CONFLICT DO NOTHING"""


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: how the record writes a moment."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry ready to be written."""

    n: int
    at: datetime
    salt: bytes
    commitment: bytes
    prev: bytes
    hash: bytes
    # Its canonical text: what the commitment was made over is what is stored.
    body: str


def line(matter: uuid.UUID, n: int, at: datetime, prev: bytes, body: dict[str, Any]) -> Line:
    """Make the entry `n` of a matter: salt, commitment to the body, hash over both neighbours."""
    salt, text = chain.new_salt(), canonical.dumps(body)
    commitment = chain.commit(salt, text)
    return Line(n, at, salt, commitment, prev, chain.link(str(matter), n, stamp(at), commitment, prev), text.decode())


def _row(values: Sequence[Any]) -> Row:
    row = Row(*values)
    row.head = bytes(row.head)
    # Django leaves JSON to its own fields, so a plain cursor gives text.
    row.clock = json.loads(str(row.clock))
    return row


def lock(matter: uuid.UUID) -> list[Row]:
    """Lock a matter and its ancestors; the root first, the matter itself last. Empty when there is no such matter."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, (matter,))
        # A part may have been opened while the lock was waited for.
        return [_row((*values[:-1], True)) for values in cursor.fetchall()]


def read(matter: uuid.UUID) -> list[Row]:
    """The same rows without locking them."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, (matter,))
        return [_row(values) for values in cursor.fetchall()]


def lock_descendants(matter: uuid.UUID, *, closed: bool = False) -> list[Row]:
    """Lock all open matters below this one, with `closed` the closed ones too; the upper ones first."""
    with connection.cursor() as cursor:
        cursor.execute(_CHILDREN, (matter, closed))
        return [_row((*values[:-1], True)) for values in cursor.fetchall()]


def open_children(parent: uuid.UUID, besides: uuid.UUID) -> int:
    """How many children are open, not counting one that is closing in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM matters_matter WHERE parent_id = %s AND closed_at IS NULL AND id <> %s",
            (parent, besides),
        )
        return int(cursor.fetchone()[0])


def _parameters(row: Row, entry: Line, sights: Iterable[tuple[uuid.UUID, int]]) -> dict[str, Any]:
    pairs = sorted(set(sights))
    return {
        "id": row.id,
        "procedure": row.procedure,
        "state": row.state,
        "title": row.title,
        "unit": row.unit,
        "opener": row.opener,
        "holder": row.holder,
        "holder_since": row.holder_since,
        "ancestors": _array(row.ancestors),
        "parent": row.parent,
        "security": row.security,
        "urgency": row.urgency,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
        "due_at": row.due_at,
        "clock": json.dumps(row.clock),
        "calendar": row.calendar,
        "moved": row.moved,
        "n": entry.n,
        "at": entry.at,
        "salt": entry.salt,
        "commitment": entry.commitment,
        "prev": entry.prev,
        "hash": entry.hash,
        "body": entry.body,
        "keys": _array(key for key, _ in pairs),
        "reasons": _array(reason for _, reason in pairs),
    }


def _array(values: Iterable[uuid.UUID | int]) -> str:
    """A PostgreSQL array in its own spelling: the driver would look at each element to find out its type."""
    return "{" + ",".join(map(str, values)) + "}"


def write_change(row: Row, entry: Line, sights: Iterable[tuple[uuid.UUID, int]], place: Desk | None = None) -> bool:
    """Write the new state of a locked matter with its entry; `place` is its new holder's desk, where the holder
    changes.

    One statement, so outside a transaction it is one by itself. False when somebody else was first, which a lock
    rules out.
    """
    values = _parameters(row, entry, sights)
    around = place is not None and (row.may_have_parts or bool(row.ancestors))
    if place and around:
        keys = place.sights(Reason.DISPOSED, Reason.UNIT_DISPOSED)
        values |= {"place": _array(key for key, _ in keys), "part": _array(reason for _, reason in keys)}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE if around else _CHANGE, values)
        return cursor.fetchone() is not None


def reclassify(matter: uuid.UUID, security: int) -> None:
    """Let a changed secrecy count for those who see the matter already."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE matters_sight SET security = %s WHERE matter_id = %s", (security, matter))


def write_new(row: Row, entry: Line, sights: Iterable[tuple[uuid.UUID, int]]) -> None:
    """Write a new matter with its first entry."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, _parameters(row, entry, sights))


def write_all_new(matters: Iterable[tuple[Row, Line, Sights]]) -> None:
    """Write many new matters, each with its first entry, without waiting for one before sending the next."""
    with connection.cursor() as cursor:
        cursor.executemany(_OPEN, [_parameters(row, entry, sights) for row, entry, sights in matters])


def inherit_sights(parent: uuid.UUID, children: list[uuid.UUID]) -> None:
    """Whoever sees a matter sees what comes of it (but not those who were only given another part of it)."""
    with connection.cursor() as cursor:
        cursor.execute(_INHERIT, {"parent": parent, "children": children})


def add_sights(matters: list[uuid.UUID], sights: Iterable[tuple[uuid.UUID, int]]) -> None:
    """Let keys see matters."""
    pairs = sorted(set(sights))
    with connection.cursor() as cursor:
        cursor.execute(
            _UPWARD,
            {
                "ancestors": matters,
                "keys": [key for key, _ in pairs],
                "reasons": [reason for _, reason in pairs],
            },
        )
