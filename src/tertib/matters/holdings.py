"""Who holds what: the open matters of a unit and all units below it, counted by holder, for whoever oversees it.

Counted in the index of desks, not in the rows of sight: whatever lies with a post is seen by every unit above it, which
the engine writes with each move and `tertib check` looks after, so for these two the ceiling of secrecy is the whole
rule. A test holds the counts against the rule of visibility.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from tertib.government.authority import EVERYTHING, Reader
from tertib.government.models import Unit
from tertib.matters.models import Matter
from tertib.matters.pressing import Place, in_order

# More posts than that are not asked one by one, but found along the due dates of all.
FEW = 100


@dataclass(frozen=True, slots=True)
class Overseen:
    """A unit with all its posts, its own and those below; `posts` None: all there are. `ceiling` is the highest secrecy
    that is counted.
    """

    unit: Unit
    posts: tuple[uuid.UUID, ...] | None
    ceiling: int


def home(reader: Reader) -> uuid.UUID | None:
    """The unit whose board a reader begins with; None for who oversees nothing."""
    units = list(reader.oversees)
    if EVERYTHING in units:
        return Unit.objects.filter(parent=None).values_list("id", flat=True).first()
    return units[0] if units else None


def overseen(reader: Reader, unit: uuid.UUID) -> Overseen | None:
    """The unit, where the reader oversees it by itself or by one above it. Two statements, one for the topmost."""
    found = Unit.objects.filter(pk=unit).first()
    if found is None:
        return None
    ceilings = [reader.oversees[key] for key in (*found.lineage, EVERYTHING) if key in reader.oversees]
    if not ceilings:
        return None
    posts = None
    if found.parent_id is not None:
        with connection.cursor() as cursor:
            cursor.execute(_POSTS, (unit,))
            posts = tuple(row[0] for row in cursor.fetchall())
    return Overseen(found, posts, max(ceilings))


_POSTS = """
SELECT p.id FROM government_post p JOIN government_unit u ON u.id = p.unit_id WHERE u.lineage @> ARRAY[%s]::uuid[]"""


@dataclass(slots=True)
class Load:
    """What lies with a post, or with all posts of a unit below. `since` is when the oldest came to its desk."""

    unit: uuid.UUID | None
    post: uuid.UUID | None
    name: str
    late: int
    today: int
    week: int
    later: int
    none: int
    old: int
    since: datetime | None

    @property
    def total(self) -> int:
        return self.late + self.today + self.week + self.later + self.none


_LOADS = """
WITH load AS (
  SELECT m.holder_id, count(*) FILTER (WHERE m.due_at < %(now)s) AS late,
    count(*) FILTER (WHERE m.due_at >= %(now)s AND m.due_at < %(midnight)s) AS today,
    count(*) FILTER (WHERE m.due_at >= %(midnight)s AND m.due_at < %(sunday)s) AS week,
    count(*) FILTER (WHERE m.due_at >= %(midnight)s AND m.due_at >= %(sunday)s) AS later,
    count(*) FILTER (WHERE m.due_at IS NULL) AS none, count(*) FILTER (WHERE m.holder_since < %(old)s) AS old,
    min(m.holder_since) AS since
  FROM matters_matter m WHERE m.closed_at IS NULL AND m.security <= %(ceiling)s {posts} GROUP BY 1
), placed AS (
  SELECT l.*, CASE WHEN p.unit_id = %(unit)s THEN p.id END AS post,
    CASE WHEN p.unit_id <> %(unit)s THEN u.lineage[array_position(u.lineage, %(unit)s) - 1] END AS below
  FROM load l JOIN government_post p ON p.id = l.holder_id JOIN government_unit u ON u.id = p.unit_id
)
SELECT a.below, a.post, COALESCE(u.name, p.name), a.late, a.today, a.week, a.later, a.none, a.old, a.since
FROM (
  SELECT below, post, sum(late)::int AS late, sum(today)::int AS today, sum(week)::int AS week,
    sum(later)::int AS later, sum(none)::int AS none, sum(old)::int AS old, min(since) AS since
  FROM placed GROUP BY below, post
) a LEFT JOIN government_unit u ON u.id = a.below LEFT JOIN government_post p ON p.id = a.post
ORDER BY a.late DESC, a.old DESC, a.late + a.today + a.week + a.later + a.none DESC, 3"""


@dataclass(frozen=True, slots=True)
class Edges:
    """The moments between the groups of a board: now, the end of the day and of the week, and since when one is old."""

    now: datetime
    midnight: datetime
    sunday: datetime
    old: datetime


def loads(of: Overseen, edges: Edges) -> list[Load]:
    """What lies with the posts of a unit, and with each unit right below it; whose most is overdue first. One
    statement.
    """
    values: dict[str, Any] = {
        "unit": of.unit.pk, "ceiling": of.ceiling, "now": edges.now, "midnight": edges.midnight,
        "sunday": edges.sunday, "old": edges.old,
    }  # fmt: skip
    mine = ""
    if of.posts is not None:
        mine, values["posts"] = "AND m.holder_id = ANY(%(posts)s)", list(of.posts)
    with connection.cursor() as cursor:
        cursor.execute(_LOADS.format(posts=mine), values)
        return [Load(*row) for row in cursor.fetchall()]


def held(
    of: Overseen, *, since: datetime | None = None, before: datetime | None = None, after: Place | None, limit: int
) -> QuerySet[Matter]:
    """The matters themselves, the most pressing first: at their desk since before `since`, due before `before`."""
    values: dict[str, Any] = {"ceiling": of.ceiling, "since": since}
    where = "m.security <= %(ceiling)s" + ("" if since is None else " AND m.holder_since < %(since)s")
    whose = [f"{condition}{where}" for condition in _whose(of.posts, values)]
    return in_order(whose, values, before=before, after=after, limit=limit)


def _whose(posts: Sequence[uuid.UUID] | None, values: dict[str, Any]) -> list[str]:
    """A condition for each post, or one for all of them."""
    if posts is None:
        return [""]
    if len(posts) > FEW or not posts:
        values["posts"] = list(posts)
        return ["m.holder_id = ANY(%(posts)s) AND "]
    values |= {f"post{n}": post for n, post in enumerate(posts)}
    return [f"m.holder_id = %(post{n})s AND " for n in range(len(posts))]
