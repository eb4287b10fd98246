"""What guards and effects are given.

The matter as locked, the actor, the form, and a place for what shall come of it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tertib.government.authority import Reader, Seat
from tertib.matters.clock import Allowance
from tertib.matters.procedures import Action, Definition


@dataclass(slots=True)
class Row:
    """A matter as it stands in the database, locked by this transaction."""

    id: uuid.UUID
    procedure: uuid.UUID
    state: str
    title: str
    unit: uuid.UUID
    opener: uuid.UUID
    holder: uuid.UUID | None
    holder_since: datetime | None
    ancestors: list[uuid.UUID]
    parent: uuid.UUID | None
    security: int
    urgency: int
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    clock: list[dict[str, Any]]
    calendar: uuid.UUID
    version: int
    moved: int
    head: bytes
    superior: uuid.UUID | None
    unit_lineage: list[uuid.UUID]
    # The version of the government's structure as read with the lock.
    structure: int | None = None
    # False where it is certain that no other matter lies below this one.
    may_have_parts: bool = False


@dataclass(slots=True)
class Opening:
    """A matter to be opened: by `open_matter`, or as a child by an effect."""

    procedure: str
    title: str
    holder: uuid.UUID
    unit: uuid.UUID
    security: int = 0
    urgency: int = 0
    allowance: Allowance | None = None
    data: dict[str, Any] = field(default_factory=dict)
    id: uuid.UUID | None = None
    # Other posts that may see it from the start, with the reason (a `Reason` number).
    sights: list[tuple[uuid.UUID, int]] = field(default_factory=list)


@dataclass(slots=True)
class Act:
    """One action under way. Effects read the first part and fill the second."""

    row: Row
    definition: Definition
    action: Action
    reader: Reader
    seat: Seat | None
    at: datetime
    data: dict[str, Any]

    target: str = ""
    holder: uuid.UUID | None = None
    allowance: Allowance | None = None
    title: str | None = None
    security: int | None = None
    urgency: int | None = None
    children: list[Opening] = field(default_factory=list)
    sights: list[tuple[uuid.UUID, int]] = field(default_factory=list)
    # More that the entry shall say: numbers given, papers added, links made. JSON values.
    result: dict[str, Any] = field(default_factory=dict)
    # Run with (act) after the change is written, still in the transaction: rows that point at new children.
    after: list[Any] = field(default_factory=list)

    @property
    def post(self) -> uuid.UUID:
        """The post that acts; the holder's where the engine acts by itself."""
        return self.seat.post if self.seat else self.row.holder or self.row.opener


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to."""

    matter: uuid.UUID
    version: int
    state: str
    holder: uuid.UUID | None
    due_at: datetime | None
    children: tuple[uuid.UUID, ...] = ()
    result: dict[str, Any] = field(default_factory=dict)
