"""The record of one matter, read again from its first entry: what it adds up to, and where the stored matter differs.

The engine is not asked: this is written a second time, from what an entry says, so that a mistake there shows here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tertib.government.worktime import WorkCalendar
from tertib.ground import canonical
from tertib.ledger import chain
from tertib.matters import clock
from tertib.matters.procedures import Definition

Calendars = Callable[[uuid.UUID], WorkCalendar | None]
Found = tuple[int | None, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with its body, as stored. `salt` and `body` are None where erased; `body` is JSON text."""

    n: int
    at: datetime
    commitment: bytes
    prev: bytes
    hash: bytes
    has_body: bool
    salt: bytes | None
    body: str | None
    erased_at: datetime | None
    order: str | None


@dataclass(slots=True)
class Replay:
    """What the entries read so far add up to. A value is missing where an erased entry may have changed it."""

    values: dict[str, Any] = field(default_factory=dict)
    clock: list[dict[str, Any]] | None = field(default_factory=list)
    closed_at: datetime | None = None
    closing_known: bool = True
    moved: int = 0
    head: bytes = chain.ZERO
    count: int = 0


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, as entries carry it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def broken_links(matter: uuid.UUID, lines: Sequence[Line]) -> Iterator[Found]:
    """Breaks of the chain, and bodies that do not fit what the entry committed to."""
    text = str(matter)
    entries = (chain.Entry(text, e.n, stamp(e.at), e.commitment, e.prev, e.hash) for e in lines)
    for n, what in chain.faults(entries):
        yield n, "prev" if "before" in what else "n" if "entry" in what else "hash", what
    for line in lines:
        if not line.has_body:
            yield line.n, "body", "the entry has no body"
        elif line.body is None or line.salt is None:
            if line.body is not None or line.salt is not None or line.erased_at is None or not line.order:
                yield line.n, "body", "the body is gone without an order of erasure"
        elif line.erased_at is not None:
            yield line.n, "erased_at", "marked as erased, but the body is there"
        elif chain.commit(line.salt, canonical.dumps(json.loads(line.body))) != line.commitment:
            yield line.n, "body", "the body is not the one the entry committed to"


def replay(lines: Iterable[Line], definition: Definition, calendars: Calendars) -> tuple[Replay, list[Found]]:
    """Add up the entries. The second part is what contradicts itself on the way."""
    state = Replay()
    found: list[Found] = []
    for line in lines:
        state.count, state.head = line.n, line.hash
        if line.body is None:
            _forget(state)
        else:
            found += _step(state, line, json.loads(line.body), definition, calendars)
    return state, found


def _forget(state: Replay) -> None:
    state.values.clear()
    state.clock, state.closing_known = None, state.closed_at is not None


def _step(
    state: Replay, line: Line, body: Mapping[str, Any], definition: Definition, calendars: Calendars
) -> Iterator[Found]:
    values = state.values
    before = dict(values)
    if (body.get("action") == "open") != (line.n == 1):
        yield line.n, "body", "a record begins with its opening, and with nothing else"
    if "state" in before and body.get("from", before["state"]) != before["state"]:
        yield line.n, "body", f"leaves the state “{body['from']}”, but the matter was in “{before['state']}”"
    if body.get("to") not in definition.states:
        yield line.n, "body", f"leads to “{body.get('to')}”, a state the procedure does not have"
    values["state"], values["holder_id"] = body.get("to"), body.get("holder")
    values["due_at"] = body.get("due")
    for name, column in _COPIED.items():
        if name in body:
            values[column] = body[name]
    if line.n == 1:
        values |= {"opener_id": body["by"]["post"], "opened_at": stamp(line.at), "holder_since": stamp(line.at)}
        values["parent_id"] = body.get("parent", {}).get("matter")
    if before.get("holder_id", "") != values["holder_id"]:
        values["holder_since"] = stamp(line.at)
        if line.n > 1 and "holder_id" not in before:
            del values["holder_since"]  # an erased entry may have moved it already
    if values["holder_id"] is None:
        values["holder_since"] = None
        state.closed_at = state.closed_at or line.at
    elif state.closed_at is not None:
        yield line.n, "body", "gives a holder to a matter that was closed"
    action = definition.actions.get(body.get("action", ""))
    if body.get("action") not in ("read", "recalculated") and (action is None or action.moves):
        state.moved = line.n
    yield from _clock(state, line, body, before.get("due_at", None if line.n == 1 else _UNKNOWN), calendars)


_UNKNOWN = object()
_COPIED = {
    "title": "title",
    "security": "security",
    "urgency": "urgency",
    "unit": "unit_id",
    "definition": "procedure_id",
    "calendar": "calendar_id",
}


def _clock(
    state: Replay, line: Line, body: Mapping[str, Any], due_before: object, calendars: Calendars
) -> Iterator[Found]:
    events = body.get("clock") or []
    running = None
    if state.clock is not None:
        state.clock += events
        try:
            running = clock.replay(state.clock)
        except ValueError as error:
            yield line.n, "clock", str(error)
            state.clock = None
    # What is closed keeps the due date it had.
    if not events or body.get("holder") is None:
        expected = due_before
    elif state.clock is None or "calendar_id" not in state.values:
        expected = _UNKNOWN
    else:
        calendar = calendars(uuid.UUID(state.values["calendar_id"]))
        due = clock.due(running, calendar) if running and calendar else None
        expected = stamp(due) if due else None
    if expected is not _UNKNOWN and expected != body.get("due"):
        yield line.n, "due", f"says {body.get('due')}, but clock and calendar come to {expected}"


def differences(stored: Mapping[str, Any], state: Replay, definition: Definition) -> Iterator[Found]:
    """Where the stored matter is not what its entries add up to. `stored` are its columns; ids and moments as text."""
    for column, value in state.values.items():
        if column in stored and stored[column] != value:
            yield state.count, column, f"is {stored[column]!r}, but the entries come to {value!r}"
    if stored["version"] != state.count:
        yield None, "version", f"is {stored['version']}, but there are entries up to {state.count}"
    if stored["head"] != state.head:
        yield state.count, "head", "is not the hash of the last entry"
    if state.closing_known:
        closed = stamp(state.closed_at) if state.closed_at else None
        if stored["closed_at"] != closed:
            yield state.count, "closed_at", f"is {stored['closed_at']!r}, but the entries come to {closed!r}"
    if state.clock is not None:
        if stored["clock"] != state.clock:
            yield state.count, "clock", "holds other events than the entries"
        if stored["moved"] != state.moved:
            yield state.count, "moved", f"is {stored['moved']}, but the last entry that moved it is {state.moved}"
    if (stored["holder_id"] is None) != (stored["closed_at"] is not None):
        yield None, "holder_id", "an open matter has exactly one holder, a closed one none"
    known = definition.states.get(stored["state"])
    if known is None:
        yield None, "state", f"the procedure has no state “{stored['state']}”"
    elif known.final != (stored["closed_at"] is not None):
        yield None, "closed_at", f"does not fit the state “{stored['state']}”"
