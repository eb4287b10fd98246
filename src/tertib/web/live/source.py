"""What moved: the entries of one government that were committed since the last look, as the desks and matters they
touch. One statement a look, and nothing in the way of those who act."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection, sql

# So many entries are read at once; after a larger import the rest follows with the next look.
BATCH = 5000
# How far back one looks when beginning, for those whose page is older than that.
RECENT = 500

# An entry touches the desk it leaves, the desk it comes to, and those of the matters above, whose lines and pages say
# what became of their parts. Reading a matter moves nothing. Where the secrecy changes, those for whom it is too secret
# now are told like the others, for it must leave their desks. Beside ids of this cluster (below the snapshot's end) a
# restored database has those of another one, which say nothing.
_TOUCHED = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, x.* FROM (SELECT 1) AS one LEFT JOIN (
  SELECT e.tx::text::bigint AS tx, e.seq, e.at, e.matter_id || m.ancestors,
    CASE WHEN e.n > 1 AND b.body ? 'security' THEN 0 ELSE m.security END,
    ARRAY[COALESCE((b.body ->> 'holder')::uuid, m.holder_id), (p.body ->> 'holder')::uuid]
      || ARRAY(SELECT a.holder_id FROM {schema}.matters_matter a WHERE a.id = ANY(m.ancestors))
  FROM {schema}.matters_entry e
  JOIN {schema}.matters_matter m ON m.id = e.matter_id
  JOIN {schema}.matters_entrybody b ON b.entry_id = e.seq
  LEFT JOIN {schema}.matters_entry f ON f.matter_id = e.matter_id AND f.n = e.n - 1
  LEFT JOIN {schema}.matters_entrybody p ON p.entry_id = f.seq
  WHERE e.tx < pg_snapshot_xmax(pg_current_snapshot()) AND b.body ->> 'action' IS DISTINCT FROM 'read' AND {which}
) AS x ON true"""
_SINCE = "e.tx >= %(low)s::text::xid8 AND e.seq <> ALL(%(told)s::bigint[]) ORDER BY e.tx, e.seq LIMIT %(batch)s"
_LAST = "true ORDER BY e.seq DESC LIMIT %(batch)s"


@dataclass(frozen=True, slots=True)
class Touched:
    """An entry: when it was written, the matter with those above it, its secrecy, and the posts whose desks it
    changes.
    """

    at: datetime
    matters: tuple[uuid.UUID, ...]
    security: int
    posts: frozenset[uuid.UUID]


@dataclass(slots=True)
class Source:
    """The place in one government's record up to which everything was told.

    Entries appear in the order of commits, not of their numbers. So a look goes back to the oldest transaction that was
    running at the last one (`low`) and leaves out what was told (`told`: entries by number, with their transaction).
    """

    schema: str
    low: int | None = None
    told: dict[int, int] = field(default_factory=dict)

    async def begin(self, session: AsyncConnection) -> list[Touched]:
        """Take the present as the place to read on from. Gives the last entries before it, at most `RECENT`."""
        rows, low = await self._look(session, _LAST, {"batch": RECENT})
        self.low, self.told = low, {row[1]: row[0] for row in rows if row[0] >= low}
        return [_touched(row) for row in rows]

    async def look(self, session: AsyncConnection) -> list[Touched]:
        """What was committed since the last look, each entry once."""
        values = {"low": str(self.low), "told": list(self.told), "batch": BATCH}
        rows, low = await self._look(session, _SINCE, values)
        if len(rows) == BATCH:
            low = min(low, rows[-1][0])
        self.told |= {row[1]: row[0] for row in rows}
        self.low, self.told = low, {seq: tx for seq, tx in self.told.items() if tx >= low}
        return [_touched(row) for row in rows]

    async def _look(
        self, session: AsyncConnection, which: str, values: dict[str, Any]
    ) -> tuple[list[tuple[Any, ...]], int]:
        # The text is ours; a schema's name is checked when its government is made, and quoted all the same.
        statement = sql.SQL(_TOUCHED.replace("{which}", which)).format(schema=sql.Identifier(self.schema))
        cursor = await session.execute(statement, values)
        rows = await cursor.fetchall()
        return [row[1:] for row in rows if row[2] is not None], int(rows[0][0])


def _touched(row: tuple[Any, ...]) -> Touched:
    return Touched(row[2], tuple(row[3]), row[4], frozenset(post for post in row[5] if post is not None))
