"""Who sees which matter, and who may do what with it, worked out the long way.

Nothing here looks at `matters_sight`, at a reader's keys, or at anything of `matters.visibility`: only at the record,
at who sits where, and at the rule in words. A person sees a matter if one of these holds, at most up to the secrecy
that goes with it:

- they fill a post that held or opened it, that held a part of it, or that held or opened what it is a part of: any
  secrecy;
- they head a unit in which (or below which) one of those posts stands: up to the clearance of their post as its head;
- they keep the registry (registrar, archivist) of the house in which one of those posts stands: up to that clearance;
- they are the auditor of a unit in which, or below which, one of those posts stands: up to that clearance.

Who only stands in for the holder of a post does all this up to the clearance of posts of their own.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection
from ruamel.yaml import YAML

from tertib.government.authority import local_day
from tertib.rooms.letters.room import room

TOP = 3
ROOMS_OF_A_HOUSE = {"assistant", "division", "section"}


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


@dataclass
class Seat:
    post: uuid.UUID
    own: bool


@dataclass
class Facts:
    """A matter as its record tells it."""

    id: uuid.UUID
    parent: uuid.UUID | None
    security: int
    unit: uuid.UUID
    procedure: str
    state: str = ""
    opener: uuid.UUID | None = None
    holder: uuid.UUID | None = None
    imported: bool = False
    held: list[uuid.UUID] = field(default_factory=list)


class Oracle:
    """The government as it is at the moment this is made."""

    def __init__(self) -> None:
        day = local_day()
        self.parents = dict(rows("SELECT id, parent_id FROM government_unit"))
        self.kinds = dict(rows("SELECT id, kind FROM government_unit"))
        self.posts = {
            row[0]: row[1:] for row in rows("SELECT id, unit_id, is_head, clearance, superior_id FROM government_post")
        }
        self.roles = rows("SELECT post_id, role, unit_id FROM government_rolegrant")
        self.seats: dict[uuid.UUID, list[Seat]] = {}
        for person, post, own in rows(
            """SELECT person_id, post_id, true FROM government_appointment
               WHERE starts_on <= %s AND COALESCE(ends_on >= %s, true)
               UNION ALL SELECT person_id, post_id, false FROM government_deputy
               WHERE starts_on <= %s AND ends_on >= %s""",
            day,
            day,
            day,
            day,
        ):
            self.seats.setdefault(person, []).append(Seat(post, own))
        self.matters = {
            row[0]: Facts(*row)
            for row in rows(
                """SELECT m.id, m.parent_id, m.security, m.unit_id, p.key FROM matters_matter m
               JOIN matters_procedure p ON p.id = m.procedure_id"""
            )
        }
        for matter, text in rows(
            """SELECT e.matter_id, b.body::text FROM matters_entry e JOIN matters_entrybody b ON b.entry_id = e.seq
               ORDER BY e.matter_id, e.n"""
        ):
            self._tell(self.matters[matter], json.loads(text))
        self.procedures = {raw["procedure"]: raw for raw in map(_yaml, room.procedure_files())}

    def _tell(self, matter: Facts, body: dict[str, Any]) -> None:
        if body["action"] == "open":
            matter.opener = uuid.UUID(body["by"]["post"])
            matter.imported = bool(body.get("imported"))
        if body.get("to"):
            matter.state = body["to"]
        matter.holder = uuid.UUID(body["holder"]) if body["holder"] else None
        if matter.holder:
            matter.held.append(matter.holder)

    # --- who sees -------------------------------------------------------------------------------------------------

    def lineage(self, unit: uuid.UUID | None) -> list[uuid.UUID]:
        found = []
        while unit is not None:
            found.append(unit)
            unit = self.parents[unit]
        return found

    def house(self, unit: uuid.UUID) -> uuid.UUID:
        return next(u for u in self.lineage(unit) if self.kinds[u] not in ROOMS_OF_A_HOUSE)

    @cached_property
    def parties(self) -> dict[uuid.UUID, tuple[set[uuid.UUID], set[uuid.UUID]]]:
        """For each matter: the posts it, what it is a part of, or a part of it lay with.

        And the units those stand in.
        """
        own = {m.id: {*m.held, *([m.opener] if m.opener else [])} for m in self.matters.values()}
        found: dict[uuid.UUID, set[uuid.UUID]] = {m: set(posts) for m, posts in own.items()}
        for matter in self.matters.values():
            above = matter.parent
            while above is not None:
                found[matter.id] |= own[above]
                found[above] |= set(matter.held)
                above = self.matters[above].parent
        return {m: (posts, {self.posts[p][0] for p in posts} | self._filed(m)) for m, posts in found.items()}

    def _filed(self, matter: uuid.UUID) -> set[uuid.UUID]:
        """What came with an old agenda book lies in the house whose book it was."""
        return {self.matters[matter].unit} if self.matters[matter].imported else set()

    def ceiling(self, seat: Seat, seats: Iterable[Seat], full: int) -> int:
        own = max((self.posts[s.post][2] for s in seats if s.own), default=0)
        return full if seat.own else min(full, own)

    def sees(self, person: uuid.UUID, matter: uuid.UUID) -> bool:
        facts = self.matters[matter]
        posts, units = self.parties[matter]
        around = {u for unit in units for u in self.lineage(unit)}
        houses = {self.house(unit) for unit in units}
        seats = self.seats.get(person, [])
        for seat in seats:
            unit, heads, clearance, _superior = self.posts[seat.post]
            if seat.post in posts and facts.security <= self.ceiling(seat, seats, TOP):
                return True
            if facts.security > self.ceiling(seat, seats, clearance):
                continue
            if heads and unit in around:
                return True
            for post, role, scope in self.roles:
                if post == seat.post and (
                    (role in ("registrar", "archivist") and scope in houses) or (role == "auditor" and scope in around)
                ):
                    return True
        return False

    def seen(self, person: uuid.UUID) -> set[uuid.UUID]:
        return {matter for matter in self.matters if self.sees(person, matter)}

    # --- who may do what ------------------------------------------------------------------------------------------

    def actions(self, matter: uuid.UUID) -> dict[str, dict[str, Any]]:
        return dict(self.procedures[self.matters[matter].procedure]["actions"])

    def in_time(self, matter: uuid.UUID, action: str) -> bool:
        """Whether the matter is where this can be done."""
        facts, step = self.matters[matter], self.actions(matter)[action]
        closed = bool(self.procedures[facts.procedure]["states"][facts.state].get("final"))
        return (not closed or bool(step.get("after_closing"))) and ("from" not in step or facts.state in step["from"])

    def may(self, person: uuid.UUID, matter: uuid.UUID, action: str) -> bool:
        """Whether it is this person's to do, whatever the state."""
        return any(self._fits(rule, self.matters[matter], person) for rule in self.actions(matter)[action]["by"])

    def _fits(self, rule: str, matter: Facts, person: uuid.UUID) -> bool:
        mine = {seat.post for seat in self.seats.get(person, [])}
        if rule == "holder":
            return matter.holder in mine
        if rule == "opener":
            return matter.opener in mine
        if rule == "parent_holder":
            return matter.parent is not None and self.matters[matter.parent].holder in mine
        if rule == "superior_of_holder":
            return matter.holder is not None and self.posts[matter.holder][3] in mine
        if rule == "leader_above":
            above = self.lineage(matter.unit)
            return any(self.posts[post][1] and self.posts[post][0] in above for post in mine - {matter.holder})
        if rule == "role:registrar":
            return any(post in mine and role == "registrar" and unit == matter.unit for post, role, unit in self.roles)
        if rule == "system":
            return False
        raise AssertionError(f"a rule this oracle does not know: {rule}")


def _yaml(path: Any) -> dict[str, Any]:
    with path.open() as file:
        found: dict[str, Any] = YAML(typ="safe").load(file)
    return found
