"""What a room adds to the engine. Rooms register by an entry point of the group `tertib.rooms`, ours like others'."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tertib.ground.errors import Problem

if TYPE_CHECKING:
    from datetime import datetime

    from tertib.government.authority import Reader
    from tertib.matters.context import Act
    from tertib.matters.followers import Handler
    from tertib.matters.queries import Event
    from tertib.matters.telling import Told

# So many matters are dealt with at once at most: what one can still look over before saying yes.
MOST_TOGETHER = 50

Guard = Callable[["Act"], Problem | None]
Effect = Callable[["Act"], None]


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A link in the menu: translated label, name of its page, icon, and the roles it is for (none: everybody).

    `drop` is the page that takes files dropped on the desk, for what begins with a file.
    """

    label: Any
    url_name: str
    icon: str
    roles: frozenset[str] = frozenset()
    drop: str = ""
    # After `g`, this letter goes there.
    key: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """A kind of register that a room takes numbers from: what it is called, the pattern a new one begins with, and
    which fields of `registers.FIELDS` the room fills in. The others would stay empty in every number.
    """

    label: Any
    pattern: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """What a room says of a matter on the desk: whom it comes from, what is wanted of its holder just now, and what may
    be done with it together with others (`Together.name`).
    """

    sender: str = ""
    note: str = ""
    together: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A text that somebody began and left: what it is about, of what kind, when it was last kept, where it goes on."""

    title: str
    kind: str
    at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class Together:
    """What a room offers to do with several matters of a desk at once: a page that takes their ids and names what will
    happen. `key` is its letter on the keyboard.
    """

    name: str
    label: Any
    url_name: str
    icon: str
    key: str


@dataclass(frozen=True, slots=True)
class News:
    """That an action is news to somebody: the kind of notice (`notices.models.Kind`), in what words, and to whom:
    `opener`, `holder` (whoever has it after the act) or `left` (whoever had it before).
    """

    kind: str
    to: str
    words: Any


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the city hall. Guards and effects are named `<room>.<function>` in procedures.

    `registers` are its books by `Register.kind`; `settings` are pages for administrators of the whole government;
    `notes` are the words for what its pages put into the record of changes, by `AdminEntry.what`. `after_setup` runs
    in each government after every migration, so it must bear repeating; `demo` fills the demo city; `checks` yields
    what is broken in the room's own tables, for `tertib check`; `page` gives the address of a matter's page by its id;
    `tell` words the entries of its matters, given the titles of linked matters that the reader may see;
    `lines` says of the room's matters on a desk what its tables know, in one statement;
    `unfinished` are the reader's own texts that they began and left, the newest first, in one statement;
    `keys` are the letters of its actions on a desk; the page of an action lies below the matter's own;
    `together` is what may be done with several of its matters at once;
    `news` names what is news to others, by procedure and action, beside that a matter arrives on a desk.
    `meanings` says in words what its guards ask and its effects do, by their names.
    """

    name: str
    label: Any
    guards: Mapping[str, Guard] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    meanings: Mapping[str, Any] = field(default_factory=dict)
    followers: Mapping[str, Handler] = field(default_factory=dict)
    menu: Sequence[MenuEntry] = ()
    # What the desk offers to begin, the likeliest first.
    begin: Sequence[MenuEntry] = ()
    urls: str = ""
    api: str = ""
    page: Callable[[Any], str] | None = None
    tell: Callable[[Sequence[Event], Mapping[str, str]], list[Told]] | None = None
    lines: Callable[[Sequence[uuid.UUID]], Mapping[uuid.UUID, Line]] | None = None
    unfinished: Callable[[Reader], Sequence[Unfinished]] | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    together: Sequence[Together] = ()
    news: Mapping[tuple[str, str], News] = field(default_factory=dict)
    after_setup: Callable[[], None] | None = None
    # Modules that define jobs of the queue.
    jobs: Sequence[str] = ()
    commands: Sequence[Any] = ()
    demo: Callable[..., None] | None = None
    checks: Callable[[], Any] | None = None
    registers: Mapping[str, Book] = field(default_factory=dict)
    settings: Sequence[MenuEntry] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    # The Python package the room lives in; its `procedures/` folder holds the procedures.
    package: str = ""

    def procedure_files(self) -> list[Path]:
        folder = Path(str(resources.files(self.package))) / "procedures"
        return sorted(folder.glob("*.yaml"))


@lru_cache(maxsize=1)
def rooms() -> tuple[Room, ...]:
    """All rooms of this installation, by name."""
    return tuple(sorted((point.load() for point in entry_points(group="tertib.rooms")), key=lambda room: room.name))


def of(procedure: str) -> Room | None:
    """The room that a procedure belongs to, by the procedure's key."""
    name = procedure.partition(".")[0]
    return next((room for room in rooms() if room.name == name), None)


@lru_cache(maxsize=1)
def guards() -> dict[str, Guard]:
    return {f"{room.name}.{name}": f for room in rooms() for name, f in room.guards.items()}


@lru_cache(maxsize=1)
def effects() -> dict[str, Effect]:
    return {f"{room.name}.{name}": f for room in rooms() for name, f in room.effects.items()}


def news(procedure: str, action: str) -> News | None:
    """Whether an action of a procedure is news to somebody, by its room."""
    room = of(procedure)
    return room.news.get((procedure, action)) if room else None


def meanings() -> dict[str, Any]:
    """What guards ask and effects do, in words, by `<room>.<function>`."""
    return {f"{room.name}.{name}": said for room in rooms() for name, said in room.meanings.items()}


def books() -> dict[str, Book]:
    """All kinds of registers, by `Register.kind`."""
    return {kind: book for room in rooms() for kind, book in room.registers.items()}


def known_functions() -> frozenset[str]:
    """Everything a procedure may use, as `guard <name>` and `effect <name>`."""
    return frozenset([*(f"guard {name}" for name in guards()), *(f"effect {name}" for name in effects())])
