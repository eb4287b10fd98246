"""What an action does to a matter's clock."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from tertib.government import calendars
from tertib.matters import clock, store
from tertib.matters.context import Act
from tertib.matters.desks import Desk


def next_clock(ctx: Act, desk: Desk | None, *, final: bool) -> list[dict[str, Any]]:
    """What this action does to the clock; the events are kept on the row and in the entry. Sets the row's due date."""
    row, step = ctx.row, ctx.action
    state, at = ctx.definition.states[ctx.target], store.stamp(ctx.at)
    last = next((event["event"] for event in reversed(row.clock) if event["event"] != "recalculated"), "stop")
    running, paused = last != "stop", last == "pause"
    enters = step.clock == "restart" or (not running and bool(step.target))
    allowance = ctx.allowance or (state.allowance if enters else None)
    events: list[dict[str, Any]] = []
    if final or step.clock == "stop":
        if running:
            events.append({"event": "stop", "at": at})
    else:
        if allowance is not None:
            name = "restart" if running else "start"
            events.append({"event": name, "at": at, "known_at": at, "allowance": allowance.to_json()})
            running, paused = True, False
            row.calendar = desk.calendar if desk else row.calendar
        if running and paused != state.pauses_clock:
            events.append({"event": "resume" if paused else "pause", "at": at})
    if events:
        row.clock = [*row.clock, *events]
        # A closed matter keeps the due date it had, for whoever asks later whether it was met.
        if not final:
            row.due_at = due(row.clock, row.calendar, desk)
    return events


def due(events: list[dict[str, Any]], calendar: uuid.UUID, desk: Desk | None = None) -> datetime | None:
    """The due date that the clock's events come to on the calendar."""
    from tertib.government.queries import calendar_version

    state = clock.replay(events)
    if state is None:
        return None
    version = desk.calendar_version if desk and desk.calendar == calendar else calendar_version(calendar)
    return clock.due(state, calendars.load(calendar, version))
