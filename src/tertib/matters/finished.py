"""What the posts of a reader finished in a span of days, by the record: the acts in their name after which a matter no
longer lay with them or stood elsewhere.

No index of the record is kept for it. What one of them acted on in these days was opened or handed on in them, or has a
part that was: so the newest matters that these posts see by themselves are looked at, and only the record of those few
that moved is read.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from tertib.government.authority import Reader
from tertib.ground.ids import lowest_id
from tertib.matters.visibility import keys_of, sees

# How many matters of before are looked at for each post: years of an ordinary desk, weeks of the busiest one of a city
# with a million matters. What is older still and moves only now is not told here; its own record does.
DEEP = 5000


@dataclass(frozen=True, slots=True)
class Span:
    """From the one moment on, before the other."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Finished:
    """An act by which a post had done its part. `came` is when the matter had come to that desk, None where it did not
    lie there; `due` what it was due at till then.
    """

    seq: int
    at: datetime
    action: str
    n: int
    matter: uuid.UUID
    title: str
    procedure: uuid.UUID
    calendar: uuid.UUID
    post: str
    person: str
    came: datetime | None
    due: datetime | None


_OLDER = """(SELECT s.matter_id FROM matters_sight s WHERE s.viewer = %(mine{n})s AND s.matter_id < %(first)s
  ORDER BY s.matter_id DESC LIMIT %(deep)s)"""
# Materialized: otherwise the record would be read for every matter of before, moved or not.
_DONE = """
WITH new AS (
  SELECT DISTINCT m.id, m.parent_id FROM matters_sight s JOIN matters_matter m ON m.id = s.matter_id
  WHERE s.viewer = ANY(%(posts)s) AND s.matter_id >= %(first)s AND s.matter_id < %(end)s
), moved AS MATERIALIZED (
  SELECT id FROM new UNION SELECT parent_id FROM new WHERE parent_id IS NOT NULL
  UNION SELECT m.id FROM ({older}) o JOIN matters_matter m ON m.id = o.matter_id
    WHERE m.closed_at >= %(since)s OR m.holder_since >= %(since)s
), said AS (
  SELECT e.seq, e.matter_id, e.n, e.at, b.body ->> 'action' AS action, (b.body #>> '{{by,post}}')::uuid AS post,
    (b.body #>> '{{by,person}}')::uuid AS person, b.body #>> '{{by,as}}' AS capacity,
    b.body ->> 'from' AS before, b.body ->> 'to' AS after, (b.body ->> 'holder')::uuid AS holder,
    lag((b.body ->> 'holder')::uuid) OVER record AS had, lag(b.body ->> 'due') OVER record AS due
  FROM moved JOIN matters_entry e ON e.matter_id = moved.id JOIN matters_entrybody b ON b.entry_id = e.seq
  WINDOW record AS (PARTITION BY e.matter_id ORDER BY e.n)
), told AS (
  SELECT s.*, max(s.at) FILTER (WHERE s.holder IS DISTINCT FROM s.had)
    OVER (PARTITION BY s.matter_id ORDER BY s.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS came
  FROM said s
)
SELECT {what} FROM told t JOIN matters_matter m ON m.id = t.matter_id
LEFT JOIN government_post po ON po.id = t.post LEFT JOIN government_person pe ON pe.id = t.person
WHERE t.at >= %(since)s AND t.at < %(until)s AND t.post = ANY(%(posts)s) AND t.capacity <> 'import'
  AND CASE WHEN t.n = 1 THEN m.parent_id IS NULL AND t.holder IS DISTINCT FROM t.post
    ELSE t.before <> t.after OR t.holder IS DISTINCT FROM t.had END
  AND {sees}{more}"""
_WHAT = """t.seq, t.at, t.action, t.n, m.id, m.title, m.procedure_id, m.calendar_id, po.name, COALESCE(pe.name, ''),
  CASE WHEN t.had = t.post THEN t.came END, CASE WHEN t.had = t.post THEN t.due::timestamptz END"""


def _asked(reader: Reader, span: Span, what: str, more: str, values: dict[str, Any]) -> list[Any]:
    older = " UNION ALL ".join(_OLDER.format(n=n) for n in range(len(reader.posts)))
    statement = _DONE.format(older=older, what=what, sees=sees(reader, "m.id"), more=more)
    values |= keys_of(reader) | {f"mine{n}": post for n, post in enumerate(reader.posts)}
    values |= {
        "posts": list(reader.posts), "first": lowest_id(span.since), "end": lowest_id(span.until),
        "since": span.since, "until": span.until, "deep": DEEP,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def count(reader: Reader, span: Span) -> int:
    """How many acts that is. One statement."""
    return int(_asked(reader, span, "count(*)", "", {})[0][0]) if reader.posts else 0


def finished(reader: Reader, span: Span, before: int | None, limit: int) -> list[Finished]:
    """The acts themselves, the newest first, those before the entry `before` of a page above. One statement."""
    if not reader.posts:
        return []
    more = " AND t.seq < %(before)s" if before is not None else ""
    values = {"before": before, "limit": limit}
    rows = _asked(reader, span, _WHAT, f"{more} ORDER BY t.seq DESC LIMIT %(limit)s", values)
    return [Finished(*row) for row in rows]
