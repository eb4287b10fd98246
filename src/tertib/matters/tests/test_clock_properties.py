"""Random clocks on random calendars, against walking minute by minute or day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tertib.government.tests.brute import ZONE, calendars, moments, ruled_hours, working_minute
from tertib.government.worktime import Change, WorkCalendar
from tertib.matters.allowance import Allowance
from tertib.matters.clock import (
    Clock,
    due,
    pause,
    recalculated,
    replay,
    resume,
    start,
)
from tertib.matters.clock_lines import LineKind, explain


def event(name: str, moment: str = "2020-11-02T09:00:00+07:00", **more: object) -> dict[str, object]:
    return {"event": name, "at": moment, **more}


@st.composite
def stories(draw: st.DrawFn) -> list[dict[str, object]]:
    """Events of a clock that is started, paused and resumed up to three times, and maybe recalculated."""
    allowance = draw(
        st.one_of(
            st.builds(Allowance, st.just("working_minutes"), st.integers(0, 2400)),
            st.builds(Allowance, st.sampled_from(("working_days", "calendar_days")), st.integers(0, 6)),
            st.builds(Allowance, st.just("until"), st.just(0), moments()),
        )
    )
    times = sorted(draw(st.lists(moments(0, 12 * 24 * 60), min_size=1, max_size=8)))
    events = [event("start", times[0].isoformat(), allowance=allowance.to_json())]
    for number, moment in enumerate(times[1:]):
        events.append(event("resume" if number % 2 else "pause", moment.isoformat()))
    if draw(st.booleans()):
        events.append(event("recalculated", max(times).isoformat(), known_at=max(times).isoformat()))
    return events


def known_plainly(calendar: WorkCalendar, moment: datetime) -> WorkCalendar:
    return replace(calendar, changes=tuple(found for found in calendar.changes if found.decreed_at <= moment))


def due_plainly(clock: Clock, calendar: WorkCalendar) -> datetime | None:
    """The due moment by walking minute by minute, or day by day, from the start."""
    if clock.paused_at is not None:
        return None
    allowance, plain = clock.allowance, known_plainly(calendar, clock.known_at)
    if allowance.until is not None:
        return allowance.until
    if allowance.kind == "working_minutes":
        return minutes_plainly(clock, plain)
    day, left = clock.started_at.astimezone(ZONE).date(), allowance.amount
    if left:
        day += timedelta(days=1)
    while True:
        midnight = datetime.combine(day, time(), ZONE)
        hours = ruled_hours(plain, day) if allowance.kind == "working_days" else ((0, 1439),)
        if hours:
            close = midnight + timedelta(minutes=hours[-1][1])
            if close >= clock.started_at and not any(gap.start <= close < gap.end for gap in clock.pauses):
                left -= 1
                if left <= 0:
                    return close
        day += timedelta(days=1)


def minutes_plainly(clock: Clock, plain: WorkCalendar) -> datetime:
    def cut(moment: datetime) -> datetime:
        return moment.replace(second=0, microsecond=0)

    def free(moment: datetime) -> bool:
        return not any(cut(gap.start) <= moment < cut(gap.end) for gap in clock.pauses)

    left = clock.allowance.amount
    minute = cut(clock.started_at)
    while left:
        left -= free(minute) and working_minute(plain, minute)
        minute += timedelta(minutes=1)
    return minute


quick = settings(max_examples=80, deadline=None)


@quick
@given(calendars(), stories())
def test_due_as_walked_step_by_step(calendar: WorkCalendar, events: list[dict[str, object]]) -> None:
    clock = replay(events)
    assert clock is not None
    if clock.allowance.to_json() == {"kind": "working_minutes", "amount": 0}:
        return  # "at once" has examples of its own above
    assert due(clock, calendar) == due_plainly(clock, calendar)


@quick
@given(calendars(), stories())
def test_the_explanation_adds_up(calendar: WorkCalendar, events: list[dict[str, object]]) -> None:
    clock = replay(events)
    assert clock is not None
    lines = explain(clock, calendar)
    found = due(clock, calendar)
    if found is not None and clock.allowance.kind != "until":
        assert (lines[-1].kind, lines[-1].at) == (LineKind.DUE, found)
        counted = sum(line.minutes + line.days for line in lines)
        wanted = clock.allowance.amount or (clock.allowance.kind != "working_minutes")
        assert counted == wanted == lines[-1].total
    if clock.allowance.kind != "until":
        assert all(a.day <= b.day for a, b in pairwise(lines))


@quick
@given(calendars(), stories(), st.integers(0, 6))
def test_a_decree_after_the_known_moment_changes_nothing(
    calendar: WorkCalendar, events: list[dict[str, object]], days: int
) -> None:
    clock = replay(events)
    assert clock is not None
    day = clock.started_at.date() + timedelta(days=days)
    late = Change(day, day, "holiday", None, "Terlambat", clock.known_at + timedelta(seconds=1))
    more = replace(calendar, changes=(late, *calendar.changes))
    assert due(clock, more) == due(clock, calendar)
    assert explain(clock, more) == explain(clock, calendar)


@quick
@given(stories())
def test_replay_is_what_the_functions_do(events: list[dict[str, object]]) -> None:
    clock: Clock | None = None
    for found in events:
        moment = datetime.fromisoformat(str(found["at"]))
        match found["event"]:
            case "start":
                allowance = found["allowance"]
                assert isinstance(allowance, dict)
                clock = start(Allowance.from_json(allowance), moment)
            case "pause":
                assert clock
                clock = pause(clock, moment)
            case "resume":
                assert clock
                clock = resume(clock, moment)
            case _:
                assert clock
                clock = recalculated(clock, moment)
    assert replay(events) == clock
