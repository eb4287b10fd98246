"""Posts as places for matters. What is read of them is kept until units, posts or calendars change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from tertib.government.kept import recall, structure
from tertib.matters.models import Reason


@dataclass(frozen=True, slots=True)
class Desk:
    """A post with its unit and all units above, the registry of its house, and the calendar its clock runs on."""

    post: uuid.UUID
    name: str
    unit: uuid.UUID
    lineage: tuple[uuid.UUID, ...]
    registry: uuid.UUID
    calendar: uuid.UUID
    calendar_version: int
    abolished_on: date | None

    def abolished(self, day: str) -> bool:
        """Whether the post is gone on that day (ISO format)."""
        return self.abolished_on is not None and self.abolished_on.isoformat() <= day

    def sights(self, post: Reason, unit: Reason) -> list[tuple[uuid.UUID, int]]:
        """The keys that see what lies here: the post, its unit and all units above, and the registry of its house."""
        return [(self.post, post), (self.registry, unit), *((key, unit) for key in self.lineage)]


_DESKS = """
SELECT p.id, p.name, p.unit_id, u.lineage, h.registry, c.id, c.version, p.abolished_on
FROM government_post p JOIN government_unit u ON u.id = p.unit_id
CROSS JOIN LATERAL (
  SELECT c.id, c.version FROM government_calendar c
  LEFT JOIN unnest(u.lineage) WITH ORDINALITY AS l(unit, place)
    ON (SELECT calendar_id FROM government_unit WHERE id = l.unit) = c.id
  WHERE l.unit IS NOT NULL OR c.code = 'default' ORDER BY l.place NULLS LAST LIMIT 1
) c
CROSS JOIN LATERAL (
  SELECT h.registry FROM unnest(u.lineage) WITH ORDINALITY AS l(unit, place) JOIN government_unit h ON h.id = l.unit
  ORDER BY h.kind IN ('assistant', 'division', 'section'), l.place LIMIT 1
) h WHERE p.id = ANY(%s)"""


def desks(posts: Iterable[uuid.UUID], version: int | None = None) -> dict[uuid.UUID, Desk]:
    """The posts as places for matters; those that do not exist are left out. One statement for what is not kept yet.

    `version` is that of the structure, where the caller has just read it.
    """
    wanted = set(posts)
    known = recall(structure() if version is None else version)
    missing = [post for post in wanted if (Desk, post) not in known]
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(_DESKS, (missing,))
            for row in cursor.fetchall():
                known[Desk, row[0]] = Desk(row[0], row[1], row[2], tuple(row[3]), *row[4:])
    found = {post: known.get((Desk, post)) for post in wanted}
    return {post: desk for post, desk in found.items() if isinstance(desk, Desk)}
