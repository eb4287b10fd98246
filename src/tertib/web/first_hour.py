"""What a young government still lacks before it works: found in what is there, nothing is ticked off by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from tertib.government.authority import Reader, local_day
from tertib.government.models import ROOMS_OF_A_HOUSE
from tertib.government.setup import DEFAULT
from tertib.ground.tenancy import here

# One statement, since the menu asks it too while anything is missing.
_LOOK = """
WITH filled AS (
  SELECT post_id, person_id FROM government_appointment
  WHERE starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)
), house AS (
  SELECT u.id, u.lineage, u.code, head.id AS head, EXISTS (SELECT FROM filled f WHERE f.post_id = head.id) AS led
  FROM government_unit u
  LEFT JOIN government_post head ON head.unit_id = u.id AND head.is_head AND head.abolished_on IS NULL
  WHERE u.kind <> ALL(%(rooms)s) AND (u.ends_on IS NULL OR u.ends_on >= %(day)s)
)
SELECT
  EXISTS (SELECT FROM government_unit WHERE parent_id IS NULL AND id = ANY(%(mine)s)),
  (SELECT count(*) FROM government_unit WHERE parent_id IS NOT NULL),
  (SELECT count(*) FROM government_post WHERE abolished_on IS NULL),
  (SELECT count(DISTINCT person_id) FROM filled),
  (SELECT count(*) FROM house), (SELECT count(*) FROM house WHERE led),
  (SELECT array[id, head] FROM house WHERE NOT led ORDER BY cardinality(lineage), code LIMIT 1),
  (SELECT count(DISTINCT f.person_id) FROM government_rolegrant g JOIN filled f ON f.post_id = g.post_id
   WHERE g.role = 'registrar'),
  (SELECT count(*) FROM government_calendarchange c JOIN government_calendar k ON k.id = c.calendar_id
   WHERE k.code = %(calendar)s AND c.kind IN ('holiday', 'local', 'joint_leave') AND c.withdrawn_at IS NULL
     AND extract(year FROM c.starts_on) = %(year)s),
  (SELECT id FROM government_calendar WHERE code = %(calendar)s),
  (SELECT id FROM government_unit WHERE parent_id IS NULL ORDER BY code LIMIT 1),
  (SELECT min(code) FROM government_unit WHERE parent_id IS NULL),
  EXISTS (SELECT FROM government_unit WHERE parent_id IS NULL AND address <> ''),
  EXISTS (SELECT FROM matters_matter)"""

# Governments that lack nothing any more; what was done once is not asked again by this process.
_settled: set[tuple[str, str]] = set()


@dataclass(frozen=True, slots=True)
class Found:
    """What is there. `may` says whether the reader administers the whole government, `headless` names the first
    unit that nobody leads and the post at its head, None where there is no such post.
    """

    may: bool
    units: int
    posts: int
    people: int
    houses: int
    led: int
    headless: tuple[UUID, UUID | None] | None
    registrars: int
    days_off: int
    calendar: object
    top: object
    code: str
    address: bool
    letter: bool

    @property
    def steps(self) -> dict[str, bool]:
        """Each step and whether it is done, in the order in which one takes them."""
        return {
            "units": self.units > 0,
            "posts": self.posts > 1,
            "people": self.people > 1,
            "heads": self.houses > 0 and self.led == self.houses,
            "registrar": self.registrars > 0,
            "calendar": self.days_off > 0,
            "letterhead": self.address,
            "letter": self.letter,
        }

    @property
    def done(self) -> bool:
        return all(self.steps.values())


def look(me: Reader) -> Found:
    """What is there now. One statement."""
    day = local_day()
    values: dict[str, Any] = {
        "day": day,
        "year": int(day[:4]),
        "rooms": list(ROOMS_OF_A_HOUSE),
        "calendar": DEFAULT,
        "mine": [grant.unit for grant in me.grants if grant.role == "administrator"],
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, values)
        return Found(*cursor.fetchone())


def lacking(me: Reader) -> bool:
    """Whether the menu leads to the list: for administrators of the whole government, until nothing is missing."""
    place = (str(connection.settings_dict["NAME"]), here.schema())
    if not me.has_role("administrator") or place in _settled:
        return False
    found = look(me)
    if found.done:
        _settled.add(place)
    return found.may and not found.done
