"""The clock of a matter: when it is due, and why then. Pure Python, no database.

How a pause moves the due date depends on the kind of the allowance:

- working minutes: minutes within a pause don't count.
- working days: due at the close of working hours of the n-th working day after the day of the start that was
  not paused at its close. So a pause of an hour moves nothing, and a pause over three closes moves it by
  three days.
- calendar days: alike, with 23:59 of each calendar day in place of the close.
- until: a fixed moment, which no pause moves (`due` is None during a pause all the same).

A pause holds from its start up to, not including, its end. A pause that begins after the due moment moves
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tertib.government.worktime import (
    WorkCalendar,
    add_calendar_days,
    add_working_days,
    add_working_minutes,
    closes,
    day_ends,
    working_days,
    working_minutes,
)
from tertib.matters.allowance import Allowance

__all__ = [
    "Allowance",
    "Clock",
    "Pause",
    "Remaining",
    "due",
    "pause",
    "reached",
    "recalculated",
    "remaining",
    "replay",
    "restart",
    "resume",
    "start",
]


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that has ended: from `start` up to, not including, `end`; both aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """The state of a clock: all that is needed, beside the calendar, to compute the due moment.

    `pauses` are in order and don't overlap. `known_at` is the moment as of which the calendar is read: later
    decrees count only after `recalculated`.
    """

    started_at: datetime
    allowance: Allowance
    paused_at: datetime | None
    pauses: tuple[Pause, ...]
    known_at: datetime


def start(allowance: Allowance, at: datetime, known_at: datetime | None = None) -> Clock:
    """A clock that begins to run. `known_at` is `at` unless given. Raises ValueError on a naive moment."""
    return Clock(_aware(at), allowance, None, (), _aware(known_at or at))


def pause(clock: Clock, at: datetime) -> Clock:
    """Stop counting. Raises ValueError if already paused, or before what happened last."""
    if clock.paused_at is not None:
        raise ValueError(f"the clock is already paused, since {clock.paused_at.isoformat()}")
    return replace(clock, paused_at=_later(clock, at))


def resume(clock: Clock, at: datetime) -> Clock:
    """Count on. Raises ValueError if not paused, or before the pause began."""
    if clock.paused_at is None:
        raise ValueError("the clock is not paused")
    return replace(clock, paused_at=None, pauses=(*clock.pauses, Pause(clock.paused_at, _later(clock, at))))


def restart(clock: Clock, at: datetime, allowance: Allowance | None = None, known_at: datetime | None = None) -> Clock:
    """Begin anew from `at`, without the pauses so far, with the same allowance or another one.

    Raises ValueError if `at` lies before what happened last.
    """
    return start(allowance or clock.allowance, _later(clock, at), known_at)


def recalculated(clock: Clock, known_at: datetime) -> Clock:
    """Read the calendar as of a later moment.

    Raises ValueError if it is an earlier one: nothing is unlearnt.
    """
    if _aware(known_at) < clock.known_at:
        raise ValueError(f"the calendar is known as of {clock.known_at.isoformat()}, which is later")
    return replace(clock, known_at=known_at)


def due(clock: Clock, calendar: WorkCalendar) -> datetime | None:
    """The moment the matter is due, in the calendar's zone; None while paused, whatever the kind.

    Raises ValueError when the calendar has no working hours within three years.
    """
    return None if clock.paused_at is not None else reached(clock, calendar)


def reached(clock: Clock, calendar: WorkCalendar) -> datetime | None:
    """As `due`, but for a paused clock the moment the allowance had run out before the pause, if it had."""
    known = calendar.known_at(clock.known_at)
    allowance = clock.allowance
    if allowance.until is not None:
        return allowance.until.astimezone(known.zone)
    if allowance.kind == "working_minutes":
        return _minutes_reached(clock, known)
    if clock.paused_at is None and not clock.pauses:
        add = add_working_days if allowance.kind == "working_days" else add_calendar_days
        return add(known, clock.started_at, allowance.amount)
    return _days_reached(clock, known)


@dataclass(frozen=True, slots=True)
class Remaining:
    """How far a moment is from the due moment, ahead or past, as amounts that are never negative.

    `minutes` are the working minutes between the two; `days` the working days after the day of the earlier
    up to the day of the later.
    """

    overdue: bool
    minutes: int
    days: int


def remaining(clock_due: datetime, now: datetime, calendar: WorkCalendar) -> Remaining:
    """How much working time lies between now and the due moment; overdue once `now` is past it."""
    overdue = now > clock_due
    a, b = (clock_due, now) if overdue else (now, clock_due)
    return Remaining(overdue, working_minutes(calendar, a, b), working_days(calendar, a, b))


def replay(events: Iterable[Mapping[str, object]]) -> Clock | None:
    """The clock after the events of a matter's entries, in order; None before a start and after a stop.

    An event is `{"event": ..., "at": ISO moment}` and one of

    - `start`, with `allowance` (as by `Allowance.to_json`) and maybe `known_at`;
    - `restart`, with `allowance` unless it stays the same, and maybe `known_at`; after a stop too, with `allowance`;
    - `pause`, `resume`, `stop`;
    - `recalculated`, with `known_at` unless it is `at`.

    Raises ValueError, naming the number of the event, on what is malformed or can't follow what was before.
    """
    clock: Clock | None = None
    for number, event in enumerate(events, 1):
        try:
            clock = _after(clock, event, first=number == 1)
        except ValueError as error:
            raise ValueError(f"clock event {number} ({event.get('event')}): {error}") from error
    return clock


def _after(clock: Clock | None, event: Mapping[str, object], *, first: bool) -> Clock | None:
    name = event.get("event")
    at = _read(event, "at")
    known_at = _read(event, "known_at") if event.get("known_at") is not None else None
    given = event.get("allowance")
    if given is not None and not isinstance(given, Mapping):
        raise ValueError(f"not an allowance: {given!r}")
    allowance = Allowance.from_json(given) if given is not None else None
    if name == "start" and clock is not None:
        raise ValueError("the clock already runs; restart it")
    # without a clock after the first event, it has been stopped
    if name == "start" or (name == "restart" and clock is None and not first):
        if allowance is None:
            raise ValueError("the allowance is missing")
        return start(allowance, at, known_at)
    if clock is None:
        raise ValueError("no clock has been started")
    match name:
        case "restart":
            return restart(clock, at, allowance, known_at)
        case "pause":
            return pause(clock, at)
        case "resume":
            return resume(clock, at)
        case "recalculated":
            return recalculated(clock, known_at or at)
        case "stop":
            _later(clock, at)
            return None
    raise ValueError("unknown event")


def _read(event: Mapping[str, object], key: str) -> datetime:
    value = event.get(key)
    if not isinstance(value, str):
        raise ValueError(f"{key} is an ISO moment, not {value!r}")
    return _aware(datetime.fromisoformat(value))


def _minutes_reached(clock: Clock, calendar: WorkCalendar) -> datetime | None:
    cursor, left = clock.started_at, clock.allowance.amount
    for gap in clock.pauses:
        found = add_working_minutes(calendar, cursor, left)
        if found <= gap.start:
            return found
        left -= working_minutes(calendar, cursor, gap.start)
        cursor = gap.end
    found = add_working_minutes(calendar, cursor, left)
    return None if clock.paused_at is not None and found > clock.paused_at else found


def _days_reached(clock: Clock, calendar: WorkCalendar) -> datetime | None:
    zone = calendar.zone
    # on one zone Python compares wall clocks, which is several times faster
    gaps = [(gap.start.astimezone(zone), gap.end.astimezone(zone)) for gap in clock.pauses]
    paused_at = clock.paused_at.astimezone(zone) if clock.paused_at is not None else None
    begun = clock.started_at.astimezone(zone)
    left = clock.allowance.amount
    first = begun.date() + timedelta(days=1 if left else 0)
    moments = closes(calendar, first) if clock.allowance.kind == "working_days" else day_ends(calendar, first)
    for moment in moments:
        if paused_at is not None and moment >= paused_at:
            return None
        if moment < begun or any(opened <= moment < ended for opened, ended in gaps):
            continue
        left -= 1
        if left <= 0:
            return moment
    return None


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"a moment on the clock needs a time zone: {moment.isoformat()}")
    return moment


def _later(clock: Clock, at: datetime) -> datetime:
    last = clock.paused_at or (clock.pauses[-1].end if clock.pauses else clock.started_at)
    if _aware(at) < last:
        raise ValueError(f"{at.isoformat()} lies before the last change of the clock, {last.isoformat()}")
    return at
