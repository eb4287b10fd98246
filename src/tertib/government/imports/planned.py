"""What an import would change, worked out before anything is written."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tertib.government.actions.record import assign
from tertib.government.imports.tables import Table
from tertib.government.models import Appointment, Person, Post, RoleGrant, Unit
from tertib.ground.errors import Invalid, Problem

Progress = Callable[[str, int, int], None]
SHOWN_PROBLEMS = 200


@dataclass(slots=True)
class Change:
    """One row of the database that is added or changed, with what is noted of it."""

    row: models.Model
    title: str
    new: bool
    before: dict[str, Any]
    after: dict[str, Any]
    file: str
    number: int


@dataclass(slots=True)
class Tally:
    """How many of one kind."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How many units, posts, people and appointments were added, changed and left alone, and roles given and taken."""

    units: Tally
    posts: Tally
    people: Tally
    appointments: Tally
    roles_given: int
    roles_taken: int

    @property
    def nothing(self) -> bool:
        """Whether nothing changes at all."""
        tallies = (self.units, self.posts, self.people, self.appointments)
        return not any((*(t.added + t.changed for t in tallies), self.roles_given, self.roles_taken))


@dataclass(slots=True)
class Plan:
    """Everything an import would write, given the state of the database that it was made from."""

    tables: tuple[Table, ...]
    sample: bool
    changes: dict[type[models.Model], list[Change]] = field(
        default_factory=lambda: {Unit: [], Post: [], Person: [], Appointment: []}
    )
    tallies: dict[type[models.Model], Tally] = field(
        default_factory=lambda: {Unit: Tally(), Post: Tally(), Person: Tally(), Appointment: Tally()}
    )
    # Units that move along because one above them moves, and every new one: their lineage.
    lineages: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)
    given: list[tuple[RoleGrant, str]] = field(default_factory=list)
    taken: list[tuple[RoleGrant, str]] = field(default_factory=list)

    @property
    def counts(self) -> Counts:
        """How much there is to do."""
        tally = self.tallies
        return Counts(tally[Unit], tally[Post], tally[Person], tally[Appointment], len(self.given), len(self.taken))

    @property
    def digest(self) -> str:
        """Equal for equal changes to equal rows: what somebody has looked at and agreed to."""
        parts: list[Any] = [self.sample]
        for model, changes in self.changes.items():
            for change in changes:
                key = "" if change.new else str(change.row.pk)
                values = sorted((name, str(change.before.get(name))) for name in change.after)
                parts.append((model.__name__, change.file, change.number, key, values))
        parts += [(grant.role, title) for grant, title in self.given]
        parts += [(str(grant.pk), title) for grant, title in self.taken]
        parts += [(row.number, sorted(row.cells.items())) for table in self.tables for row in table.rows]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def settle(
        self, table: Table, number: int, row: models.Model, title: str, values: dict[str, Any], place: str = ""
    ) -> None:
        """Note what the values make of a row."""
        before, after = assign(row, values)
        tally = self.tallies[type(row)]
        if not after:
            tally.unchanged += 1
            return
        new = row._state.adding
        if new:
            tally.added += 1
        else:
            tally.changed += 1
        self.changes[type(row)].append(Change(row, title, new, before, after, table.name, number))


def refuse(problems: list[Problem]) -> None:
    """Raise `Invalid` with the first two hundred problems and the number of the rest, if there are any."""
    if len(problems) > SHOWN_PROBLEMS:
        rest = len(problems) - SHOWN_PROBLEMS
        more = ngettext("and %d more problem", "and %d more problems", rest) % rest
        mend = _("Mend the first ones; often they have one cause.")
        raise Invalid(*problems[:SHOWN_PROBLEMS], Problem(more, mend=mend))
    if problems:
        raise Invalid(*problems)
