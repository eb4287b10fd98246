"""Who someone is today: the posts they may act for and what they may see. One SQL statement."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from tertib.government.models import Security
from tertib.ground.tenancy import here
from tertib.ground.time import now

# The engine itself, for what nobody does: a receipt from another government, a due date that a decree moved.
ENGINE_PERSON = uuid.UUID(int=0)

# The key of "the whole government" among the keys of visibility.
EVERYTHING = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Seat:
    """A post someone may act for, and as what: definitive, plt, plh or deputy."""

    post: uuid.UUID
    post_name: str
    unit: uuid.UUID
    unit_name: str
    is_head: bool
    clearance: int
    capacity: str
    until: str
    superior: uuid.UUID | None
    lineage: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and the unit it counts for, held by way of one of the seats. A registrar's counts for that house alone,
    every other one for the units below as well.
    """

    role: str
    unit: uuid.UUID
    registry: uuid.UUID
    post: uuid.UUID


@dataclass(frozen=True)
class Reader:
    """A person at this moment. `keys` is what visibility compares with: (key, highest secrecy seen by that key)."""

    person: uuid.UUID
    name: str
    seats: tuple[Seat, ...]
    grants: tuple[Grant, ...]
    # When this was read: the day, and the version of the government's structure. `current()` compares.
    day: str = ""
    structure: int = -1

    @cached_property
    def posts(self) -> tuple[uuid.UUID, ...]:
        return tuple(seat.post for seat in self.seats)

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)

    @cached_property
    def clearance(self) -> int:
        return max((s.clearance for s in self.seats if s.capacity != "deputy"), default=int(Security.BIASA))

    @cached_property
    def keys(self) -> tuple[tuple[uuid.UUID, int], ...]:
        """A seat's own matters are seen whatever their secrecy, for they were given to it; a deputy only up to their
        own clearance. What one sees by overseeing a unit, by the registrar's or the auditor's role, stops at the
        post's clearance.
        """
        keys: dict[uuid.UUID, int] = {}

        def add(key: uuid.UUID, ceiling: int) -> None:
            keys[key] = max(keys.get(key, -1), ceiling)

        for seat in self.seats:
            add(seat.post, int(Security.SANGAT_RAHASIA) if seat.capacity != "deputy" else self.clearance)
        for unit, ceiling in self.oversees.items():
            add(unit, ceiling)
        for grant in self.grants:
            if grant.role in ("registrar", "archivist"):
                add(grant.registry, self._ceiling(grant.post))
        return tuple(keys.items())

    @cached_property
    def oversees(self) -> dict[uuid.UUID, int]:
        """The units this person sees into with all that is below them, as their head or auditor, each with the highest
        secrecy seen; `EVERYTHING` is the whole government.
        """
        found: dict[uuid.UUID, int] = {}
        for seat in self.seats:
            if seat.is_head:
                found[seat.unit] = max(found.get(seat.unit, -1), self._ceiling(seat.post))
        for grant in self.grants:
            if grant.role == "auditor":
                # The auditor of one agency oversees that agency; of the unit at the top, the whole government.
                seat = next(one for one in self.seats if one.post == grant.post)
                unit = EVERYTHING if grant.unit == seat.lineage[-1] else grant.unit
                found[unit] = max(found.get(unit, -1), self._ceiling(grant.post))
        return found

    def _ceiling(self, post: uuid.UUID) -> int:
        """How secret a thing may be that one sees by way of a seat, without having been given it."""
        seat = next(one for one in self.seats if one.post == post)
        return seat.clearance if seat.capacity != "deputy" else min(seat.clearance, self.clearance)

    def seat(self, post: uuid.UUID) -> Seat | None:
        """The seat by which this person may act for the post."""
        return next((seat for seat in self.seats if seat.post == post), None)

    def has_role(self, role: str, lineage: tuple[uuid.UUID, ...] | list[uuid.UUID] | None = None) -> Seat | None:
        """The seat that carries the role for a unit with this lineage (or for any unit, when None)."""
        reach = lineage[:1] if lineage and role == "registrar" else lineage
        for grant in self.grants:
            if grant.role == role and (reach is None or grant.unit in reach):
                return self.seat(grant.post)
        return None


ENGINE = Reader(ENGINE_PERSON, "", (), ())

_SQL = """
WITH seat AS (
  SELECT a.post_id, a.kind AS capacity, a.ends_on, CASE a.kind WHEN 'definitive' THEN 0 WHEN 'plt' THEN 1 ELSE 2
    END AS rank
  FROM government_appointment a
  WHERE a.person_id = %(person)s AND a.starts_on <= %(day)s AND (a.ends_on IS NULL OR a.ends_on >= %(day)s)
  UNION ALL
  SELECT d.post_id, 'deputy', d.ends_on, 3 FROM government_deputy d
  WHERE d.person_id = %(person)s AND d.starts_on <= %(day)s AND d.ends_on >= %(day)s AND EXISTS (
    -- Whoever they stand in for must still fill the post: nobody hands on what is no longer theirs.
    SELECT FROM government_appointment a WHERE a.post_id = d.post_id AND a.person_id = d.principal_id
      AND a.starts_on <= %(day)s AND (a.ends_on IS NULL OR a.ends_on >= %(day)s))
)
SELECT DISTINCT ON (s.rank, s.post_id) p.id, p.name, u.id, COALESCE(NULLIF(u.short_name, ''), u.name), p.is_head,
       p.clearance, s.capacity, COALESCE(s.ends_on::text, ''), p.superior_id, u.lineage,
       ARRAY(SELECT r.role::text FROM government_rolegrant r WHERE r.post_id = p.id ORDER BY r.id),
       ARRAY(SELECT r.unit_id FROM government_rolegrant r WHERE r.post_id = p.id ORDER BY r.id),
       ARRAY(SELECT g.registry FROM government_rolegrant r JOIN government_unit g ON g.id = r.unit_id
             WHERE r.post_id = p.id ORDER BY r.id),
       (SELECT name FROM government_person WHERE id = %(person)s), (SELECT version FROM government_structure)
FROM seat s JOIN government_post p ON p.id = s.post_id AND (p.abolished_on IS NULL OR p.abolished_on > %(day)s)
JOIN government_unit u ON u.id = p.unit_id
ORDER BY s.rank, s.post_id
"""


def reader(person: uuid.UUID, name: str = "") -> Reader:
    """The person with the posts, roles and clearance of this moment.

    Someone without any post sees and may do nothing.
    """
    day = local_day()
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"person": person, "day": day})
        rows = cursor.fetchall()
    seats: list[Seat] = []
    grants: list[Grant] = []
    for row in rows:
        if any(seat.post == row[0] for seat in seats):
            continue
        seats.append(Seat(*[*row[:9], tuple(row[9])]))
        grants.extend(Grant(*found, row[0]) for found in zip(row[10], row[11], row[12], strict=True))
    if not rows:
        return Reader(person, name, (), (), day)
    return Reader(person, rows[0][13], tuple(seats), tuple(grants), day, rows[0][14])


def current(known: Reader, structure: int | None) -> Reader:
    """The same person as of now: read again if appointments, deputies, roles, posts or units have changed since, or
    the day has.

    `structure` is the version just read in the transaction that is about to act.
    """
    if known is ENGINE or (known.structure == structure and known.day == local_day()):
        return known
    return reader(known.person, known.name)


def local_day() -> str:
    """Today in the government's time zone, ISO format."""
    from zoneinfo import ZoneInfo

    zone = here.zone().key
    return now().astimezone(ZoneInfo(zone)).date().isoformat()
