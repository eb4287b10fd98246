"""Verifying a government's database: every invariant, in bulk, with constant memory. Nothing is changed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import connection, transaction
from django_tenants.utils import schema_context

from tertib.government import calendars
from tertib.government.models import Calendar
from tertib.government.worktime import WorkCalendar
from tertib.matters import check_sets, procedures, rooms
from tertib.matters.check_record import Line, broken_links, differences, replay, stamp
from tertib.matters.procedures import Definition

CHUNK = 2000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something broken: in which government, matter, entry and column (as far as it can be named), and what it is."""

    government: str
    matter: uuid.UUID | None
    entry: int | None
    column: str
    what: str

    def __str__(self) -> str:
        where = [self.government]
        where += [f"matter {self.matter}"] if self.matter else []
        where += [f"entry {self.entry}"] if self.entry is not None else []
        return f"{', '.join(where)}, {self.column}: {self.what}"

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "matter": str(self.matter) if self.matter else None}


def check(schema: str, progress: Progress = lambda stage, done, total: None) -> Iterator[Fault]:
    """Everything that is broken in a government's database, as it stands at one moment.

    `progress` is called with the stage, how far it is and how far it goes. Rooms add what is broken in their tables.
    """
    with schema_context(schema), _one_moment():
        for matter, entry, column, what in _procedures():
            yield Fault(schema, matter, entry, column, what)
        for matter, entry, column, what in _matters(progress):
            yield Fault(schema, matter, entry, column, what)
        total = len(check_sets.CHECKS)
        for done, item in enumerate(check_sets.CHECKS):
            progress("tables", done, total)
            for row in _stream(item.sql):
                yield Fault(schema, row[0], row[1], item.column, item.what.format(*row[2:]))
        progress("tables", total, total)
        for room in rooms.rooms():
            for fault in room.checks() if room.checks else ():
                yield replace(fault, government=schema)


@contextmanager
def _one_moment() -> Iterator[None]:
    """One snapshot for all statements, unless a transaction is under way already."""
    outer = connection.in_atomic_block
    with transaction.atomic():
        if not outer:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _stream(sql: str) -> Iterator[tuple[Any, ...]]:
    """Rows of a server-side cursor, which holds few of them in memory at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _procedures() -> Iterator[tuple[None, None, str, str]]:
    known = rooms.known_functions()
    sql = """SELECT id, key, version, digest, definition, EXISTS (
      SELECT 1 FROM matters_matter m WHERE m.procedure_id = p.id AND m.closed_at IS NULL) FROM matters_procedure p"""
    for _id, key, version, digest, text, running in _stream(sql):
        name = f"procedure {key} v{version}"
        try:
            definition = procedures.build(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            yield None, None, "definition", f"{name} can't be read: {error!r}"
            continue
        if definition.key != key or procedures.digest(text) != digest:
            yield None, None, "definition", f"{name} is not what was published"
        used = {f"guard {g}" for a in definition.actions.values() for g in a.guards}
        used |= {f"effect {e}" for a in definition.actions.values() for e in a.effects}
        used |= {f"guard {outcome.guard}" for outcome in definition.outcomes if outcome.guard}
        if running:
            for function in sorted(used - known):
                yield None, None, "definition", f"{name} has open matters, but its {function} is not installed"


_MATTER = (
    *("id", "procedure_id", "state", "title", "unit_id", "opener_id", "holder_id", "holder_since", "parent_id"),
    *("security", "urgency", "opened_at", "closed_at", "due_at", "clock", "calendar_id", "version", "moved", "head"),
)
_IDS = ("procedure_id", "unit_id", "opener_id", "holder_id", "parent_id", "calendar_id")
_MOMENTS = ("holder_since", "opened_at", "closed_at", "due_at")
_MATTERS = f"SELECT {', '.join(_MATTER)} FROM matters_matter ORDER BY id"  # noqa: S608 - names from above
_ENTRIES = """
SELECT e.matter_id, e.n, e.at, e.commitment, e.prev, e.hash, b.entry_id IS NOT NULL, b.salt, b.body, b.erased_at,
  b.erased_by_order
FROM matters_entry e LEFT JOIN matters_entrybody b ON b.entry_id = e.seq ORDER BY e.matter_id, e.n, e.seq"""


def _matters(progress: Progress) -> Iterator[tuple[uuid.UUID, int | None, str, str]]:
    """Walk matters and entries side by side, both by matter, so that only one record is in memory at a time."""
    total = next(_stream("SELECT count(*) FROM matters_entry"))[0]
    kept: dict[uuid.UUID, Definition | None] = {}
    found_calendars: dict[uuid.UUID, WorkCalendar | None] = {}
    records = _records()
    matter, lines = next(records, (None, []))
    done = 0
    for row in _stream(_MATTERS):
        stored = _columns(row)
        while matter is not None and matter < row[0]:
            yield matter, lines[0].n, "matter_id", "entries of a matter that does not exist"
            matter, lines = next(records, (None, []))
        own: Sequence[Line] = lines if matter == row[0] else ()
        if not own:
            yield row[0], None, "version", "the matter has no entries"
        else:
            definition = _definition(kept, row[1])
            for fault in _record(row[0], stored, own, definition, lambda key: _calendar(found_calendars, key)):
                yield row[0], *fault
            done += len(own)
            progress("record", done, total)
            matter, lines = next(records, (None, []))
    while matter is not None:
        yield matter, lines[0].n, "matter_id", "entries of a matter that does not exist"
        matter, lines = next(records, (None, []))


def _record(
    matter: uuid.UUID,
    stored: dict[str, Any],
    lines: Sequence[Line],
    definition: Definition | None,
    load: Callable[[uuid.UUID], WorkCalendar | None],
) -> Iterator[tuple[int | None, str, str]]:
    links = list(broken_links(matter, lines))
    yield from links
    if definition is None:
        yield None, "procedure_id", "the procedure of the matter can't be read"
    elif not any(column == "body" for _n, column, _what in links):
        state, contradictions = replay(lines, definition, load)
        yield from contradictions
        yield from differences(stored, state, definition)


def _columns(row: Sequence[Any]) -> dict[str, Any]:
    stored = dict(zip(_MATTER, row, strict=True))
    stored |= {name: str(stored[name]) for name in _IDS if stored[name] is not None}
    stored |= {name: stamp(stored[name]) for name in _MOMENTS if stored[name] is not None}
    return stored | {"clock": json.loads(stored["clock"]), "head": bytes(stored["head"])}


def _records() -> Iterator[tuple[uuid.UUID, list[Line]]]:
    matter: uuid.UUID | None = None
    lines: list[Line] = []
    for row in _stream(_ENTRIES):
        if matter is not None and row[0] != matter:
            yield matter, lines
            lines = []
        matter = row[0]
        salt = bytes(row[7]) if row[7] is not None else None
        commitment, prev, own = (bytes(value) for value in row[3:6])
        lines.append(Line(row[1], row[2], commitment, prev, own, row[6], salt, *row[8:]))
    if matter is not None:
        yield matter, lines


def _definition(kept: dict[uuid.UUID, Definition | None], key: uuid.UUID) -> Definition | None:
    if key not in kept:
        try:
            kept[key] = procedures.of(key)
        except Exception:
            kept[key] = None  # named once already, by _procedures
    return kept[key]


def _calendar(kept: dict[uuid.UUID, WorkCalendar | None], key: uuid.UUID) -> WorkCalendar | None:
    if key not in kept:
        version = Calendar.objects.filter(pk=key).values_list("version", flat=True).first()
        kept[key] = calendars.load(key, version) if version is not None else None
    return kept[key]
