from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import django
import pytest
from django.apps import apps
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from tertib.government.holidays_id import national_changes
from tertib.government.tests.brute import ZONE, calendars, moments, ruled_hours, working_minute
from tertib.government.workhours import GOVERNMENT_WEEK, RAMADAN_WEEK, WIB
from tertib.government.worktime import Change, WorkCalendar
from tertib.matters.allowance import Allowance
from tertib.matters.clock import (
    Clock,
    Pause,
    Remaining,
    due,
    pause,
    reached,
    recalculated,
    remaining,
    replay,
    restart,
    resume,
    start,
)
from tertib.matters.clock_lines import LineKind, explain, render, words

MONDAY = datetime.fromisoformat("2020-11-02T09:00+07:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(WIB))


@pytest.fixture(scope="module")
def language() -> None:
    """Django's catalogues need its apps, which nothing else loads in a run without a database."""
    if not apps.ready:
        django.setup()


@pytest.fixture(scope="module")
def city() -> WorkCalendar:
    decreed = at("2019-01-01T00:00")
    ramadan = Change(
        date(2021, 4, 13), date(2021, 5, 12), "hours", None, "Jam kerja Ramadan", decreed, weekly=RAMADAN_WEEK
    )
    return WorkCalendar("kota", WIB, GOVERNMENT_WEEK, (*national_changes([2020, 2021]), ramadan))


def run(allowance: str, begun: str, *gaps: tuple[str, str]) -> Clock:
    clock = start(Allowance.parse(allowance), at(begun))
    for opened, ended in gaps:
        clock = resume(pause(clock, at(opened)), at(ended))
    return clock


@pytest.mark.parametrize(
    ("allowance", "begun", "gaps", "end"),
    [
        ("4 working hours", "2020-11-02T09:00", [], "2020-11-02T14:00"),
        ("90 working minutes", "2020-11-06T11:00", [], "2020-11-06T14:00"),  # Friday's break
        ("4 working hours", "2020-10-27T15:00", [], "2020-11-02T10:30"),  # joint leave, Maulid, weekend
        ("7 working hours", "2021-05-11T09:00", [], "2021-05-17T09:00"),  # Ramadan: 5.5 hours left; then Eid
        (
            "4 working hours",
            "2020-11-02T09:00",
            [("2020-11-02T10:00", "2020-11-02T10:30")],
            "2020-11-02T14:30",
        ),
        (
            "4 working hours",
            "2020-11-02T09:00",
            [("2020-11-02T12:00", "2020-11-02T13:00")],
            "2020-11-02T14:00",
        ),
        (
            "4 working hours",
            "2020-11-02T09:00",
            [("2020-11-02T10:00", "2020-11-09T07:30")],
            "2020-11-09T10:30",
        ),
        (
            "4 working hours",
            "2020-11-02T09:00",
            [("2020-11-02T14:00", "2020-11-09T07:30")],
            "2020-11-02T14:00",
        ),
        (
            "0 working minutes",
            "2020-11-07T09:00",
            [("2020-11-08T09:00", "2020-11-10T09:00")],
            "2020-11-10T09:00",
        ),
        ("3 working days", "2020-11-02T09:00", [], "2020-11-05T16:00"),
        ("3 working days", "2020-10-26T09:00", [], "2020-11-03T16:00"),
        # paused for an hour, or till just before the close: nothing moves; over the close: one day
        (
            "3 working days",
            "2020-11-02T09:00",
            [("2020-11-03T09:00", "2020-11-03T10:00")],
            "2020-11-05T16:00",
        ),
        (
            "3 working days",
            "2020-11-02T09:00",
            [("2020-11-03T09:00", "2020-11-03T16:00")],
            "2020-11-05T16:00",
        ),
        (
            "3 working days",
            "2020-11-02T09:00",
            [("2020-11-03T16:00", "2020-11-03T16:01")],
            "2020-11-06T16:30",
        ),
        (
            "3 working days",
            "2020-11-02T09:00",
            [("2020-11-03T16:01", "2020-11-04T07:00")],
            "2020-11-05T16:00",
        ),
        # on the day of the start, and over a weekend: nothing moves
        (
            "3 working days",
            "2020-11-02T09:00",
            [("2020-11-02T10:00", "2020-11-03T07:00")],
            "2020-11-05T16:00",
        ),
        (
            "5 working days",
            "2020-11-02T09:00",
            [("2020-11-06T16:31", "2020-11-09T07:00")],
            "2020-11-09T16:00",
        ),
        # begun after the due moment
        (
            "1 working days",
            "2020-11-02T09:00",
            [("2020-11-04T10:00", "2020-11-20T10:00")],
            "2020-11-03T16:00",
        ),
        ("14 calendar days", "2020-12-20T09:00", [], "2021-01-03T23:59"),
        (
            "14 calendar days",
            "2020-12-20T09:00",
            [("2020-12-21T09:00", "2020-12-23T09:00")],
            "2021-01-05T23:59",
        ),
        (
            "1 calendar day",
            "2020-11-07T09:00",
            [("2020-11-07T10:00", "2020-11-07T23:59")],
            "2020-11-08T23:59",
        ),
        (
            "0 working days",
            "2020-11-02T09:00",
            [("2020-11-02T10:00", "2020-11-03T10:00")],
            "2020-11-03T16:00",
        ),
        (
            "until 2020-11-30T16:00:00+07:00",
            "2020-11-02T09:00",
            [("2020-11-03T09:00", "2020-12-10T09:00")],
            "2020-11-30T16:00",
        ),
    ],
)
def test_due(city: WorkCalendar, allowance: str, begun: str, gaps: list[tuple[str, str]], end: str) -> None:
    clock = run(allowance, begun, *gaps)
    assert due(clock, city) == at(end)
    lines = explain(clock, city)
    assert lines[0].kind == LineKind.STARTED
    assert lines[-1].at == at(end)
    assert due(pause(clock, at("2021-12-01T09:00")), city) is None


def test_a_running_out_before_the_pause_is_still_known(city: WorkCalendar) -> None:
    clock = run("1 working day", "2020-11-02T09:00")
    assert reached(pause(clock, at("2020-11-03T16:01")), city) == at("2020-11-03T16:00")
    assert reached(pause(clock, at("2020-11-03T16:00")), city) is None
    hours = run("2 working hours", "2020-11-02T09:00")
    assert reached(pause(hours, at("2020-11-02T11:00")), city) == at("2020-11-02T11:00")
    assert reached(pause(hours, at("2020-11-02T10:59")), city) is None


def test_a_decree_moves_the_due_date_only_once_it_is_taken_up(city: WorkCalendar) -> None:
    decree = Change(date(2020, 11, 4), date(2020, 11, 4), "holiday", None, "PSBB", at("2020-11-02T12:00"))
    calendar = replace(city, changes=(*city.changes, decree))
    clock = run("3 working days", "2020-11-02T09:00")
    assert due(clock, calendar) == at("2020-11-05T16:00")
    told = recalculated(clock, at("2020-11-02T12:00"))
    assert due(told, calendar) == at("2020-11-06T16:30")
    assert [line.reason for line in explain(told, calendar) if line.kind == LineKind.DAY_OFF] == ["PSBB"]
    assert due(restart(told, at("2020-11-03T08:00"), Allowance("working_days", 1)), calendar) == at(
        "2020-11-05T16:00"
    )


@pytest.mark.parametrize(
    ("text", "allowance"),
    [
        ("4 working hours", Allowance("working_minutes", 240)),
        ("1 working hour", Allowance("working_minutes", 60)),
        ("90 working minutes", Allowance("working_minutes", 90)),
        ("  3  Working Days ", Allowance("working_days", 3)),
        ("14 calendar days", Allowance("calendar_days", 14)),
        ("until 2026-11-30T16:00:00+07:00", Allowance("until", 0, at("2026-11-30T16:00"))),
        ("UNTIL 2026-11-30T09:00:00Z", Allowance("until", 0, at("2026-11-30T16:00"))),
    ],
)
def test_allowances_are_read(text: str, allowance: Allowance) -> None:
    assert Allowance.parse(text) == allowance
    written = allowance.to_json()
    assert all(type(value) in (str, int) for value in written.values())
    assert Allowance.from_json(written) == allowance


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "days",
        "3 days",
        "three working days",
        "-3 working days",
        "3.5 working hours",
        "3 working weeks",
        "3 calendar hours",
        "9999 working days",
        "until tomorrow",
        "until 2026-11-30T16:00:00",
        "until",
    ],
)
def test_other_allowances_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"allowance|moment"):
        Allowance.parse(text)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"kind": "working_days"},
        {"kind": "working_days", "amount": True},
        {"kind": "working_days", "amount": 1.5},
        {"kind": "working_days", "amount": "3"},
        {"kind": "working_days", "amount": -1},
        {"kind": "working_days", "amount": 3, "until": "2026-11-30T16:00:00+07:00"},
        {"kind": "weeks", "amount": 3},
        {"kind": "until", "until": 5},
        {"kind": "until", "amount": 5},
    ],
)
def test_malformed_allowances_are_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"allowance|moment"):
        Allowance.from_json(value)


RUNNING = start(Allowance("working_days", 3), MONDAY)
PAUSED = pause(RUNNING, MONDAY + timedelta(hours=1))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: pause(PAUSED, MONDAY + timedelta(hours=2)), "already paused"),
        (lambda: resume(RUNNING, MONDAY), "not paused"),
        (lambda: pause(RUNNING, MONDAY - timedelta(minutes=1)), "before the last change"),
        (lambda: resume(PAUSED, MONDAY), "before the last change"),
        (lambda: restart(PAUSED, MONDAY), "before the last change"),
        (lambda: pause(resume(PAUSED, MONDAY + timedelta(hours=3)), MONDAY), "before the last change"),
        (lambda: recalculated(RUNNING, MONDAY - timedelta(days=1)), "which is later"),
        (lambda: start(Allowance("working_days", 3), datetime.fromisoformat("2020-11-02")), "time zone"),
        (lambda: pause(RUNNING, datetime.fromisoformat("2020-11-02T10:00")), "time zone"),
    ],
)
def test_illegal_sequences_are_refused(wrong: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wrong()


def event(name: str, moment: str = "2020-11-02T09:00:00+07:00", **more: object) -> dict[str, object]:
    return {"event": name, "at": moment, **more}


THREE_DAYS = Allowance("working_days", 3).to_json()


def test_replay_of_all_events() -> None:
    events = [
        event("start", allowance=THREE_DAYS),
        event("pause", "2020-11-03T09:00:00+07:00"),
        event("resume", "2020-11-04T02:00:00Z"),
        event("recalculated", "2020-11-04T09:30:00+07:00", known_at="2020-11-04T09:15:00+07:00"),
    ]
    gap = Pause(at("2020-11-03T09:00"), at("2020-11-04T09:00"))
    clock = Clock(MONDAY, Allowance("working_days", 3), None, (gap,), at("2020-11-04T09:15"))
    assert replay(events) == clock
    again = [*events, event("restart", "2020-11-05T09:00:00+07:00")]
    assert replay(again) == start(Allowance("working_days", 3), at("2020-11-05T09:00"))
    assert replay([*again, event("stop", "2020-11-06T09:00:00+07:00")]) is None
    assert replay([]) is None


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([event("pause")], r"event 1 \(pause\): no clock"),
        ([event("start")], r"event 1 \(start\): the allowance is missing"),
        ([event("start", allowance=THREE_DAYS)] * 2, r"event 2 \(start\): the clock already runs"),
        ([event("start", allowance="3 working days")], "not an allowance"),
        ([event("start", allowance=THREE_DAYS), event("leap")], r"event 2 \(leap\): unknown event"),
        ([event("start", "yesterday", allowance=THREE_DAYS)], "event 1"),
        ([{"event": "start", "allowance": THREE_DAYS}], "at is an ISO moment"),
        (
            [event("start", allowance=THREE_DAYS), event("stop", "2020-11-01T00:00:00Z")],
            "before the last change",
        ),
    ],
)
def test_events_that_make_no_sense_are_named(events: list[dict[str, object]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replay(events)


def test_explanation_of_working_days_over_joint_leave(city: WorkCalendar) -> None:
    clock = run("3 working days", "2020-10-26T09:00", ("2020-11-02T15:00", "2020-11-03T08:00"))
    told = [(line.day.isoformat(), line.kind.value, line.total, line.reason) for line in explain(clock, city)]
    assert told == [
        ("2020-10-26", "started", 0, ""),
        ("2020-10-27", "day", 1, ""),
        ("2020-10-28", "day_off", 1, "Cuti Bersama Maulid Nabi Muhammad"),
        ("2020-10-29", "day_off", 1, "Maulid Nabi Muhammad"),
        ("2020-10-30", "day_off", 1, "Cuti Bersama Maulid Nabi Muhammad"),
        ("2020-10-31", "weekly_off", 1, ""),
        ("2020-11-01", "weekly_off", 1, ""),
        ("2020-11-02", "paused", 1, ""),
        ("2020-11-02", "paused_day", 1, ""),
        ("2020-11-03", "resumed", 1, ""),
        ("2020-11-03", "day", 2, ""),
        ("2020-11-04", "day", 3, ""),
        ("2020-11-04", "due", 3, ""),
    ]


@pytest.mark.usefixtures("language")
def test_explanation_in_words(city: WorkCalendar) -> None:
    lines = [render(line) for line in explain(run("7 working hours", "2021-05-11T09:00"), city)]
    with translation.override("en"):
        assert [str(line) for line in lines] == [
            "Tuesday, 11 May 2021, 9 a.m.: the clock starts",
            "Tuesday, 11 May 2021: 5 hours 30 minutes, 5 hours 30 minutes in all (Jam kerja Ramadan)",
            "Wednesday, 12 May 2021: off, Cuti Bersama Hari Raya Idul Fitri",
            "Thursday, 13 May 2021: off, Hari Raya Idul Fitri; Kenaikan Yesus Kristus",
            "Friday, 14 May 2021: off, Hari kedua dari Hari Raya Idul Fitri",
            "Saturday, 15 May 2021: no working day",
            "Sunday, 16 May 2021: no working day",
            "Monday, 17 May 2021: 1 hour 30 minutes, 7 hours in all",
            "Monday, 17 May 2021, 9 a.m.: due",
        ]
    with translation.override("id"):
        assert str(lines[0]).startswith("Selasa, 11 Mei 2021")


@pytest.mark.usefixtures("language")
def test_explanation_of_a_paused_clock_ends_with_the_pause(city: WorkCalendar) -> None:
    early = explain(pause(run("3 working days", "2020-11-02T09:00"), at("2020-11-04T10:00")), city)
    assert [line.kind for line in early] == ["started", "day", "paused"]
    late = explain(pause(run("1 working day", "2020-11-02T09:00"), at("2020-11-04T10:00")), city)
    assert [line.kind for line in late] == ["started", "day", "due", "paused"]
    fixed = explain(
        pause(run("until 2020-11-30T16:00+07:00", "2020-11-02T09:00"), at("2020-11-04T10:00")), city
    )
    assert [line.kind for line in fixed] == ["started", "paused", "fixed"]
    with translation.override("en"):
        assert "pauses do not move it" in str(render(fixed[-1]))


@pytest.mark.parametrize(
    ("end", "now", "left", "said"),
    [
        ("2020-11-05T16:00", "2020-11-02T09:00", Remaining(False, 1710, 3), "3 working days left"),
        ("2020-11-02T14:10", "2020-11-02T11:00", Remaining(False, 130, 0), "2 hours 10 minutes left"),
        ("2020-11-03T09:00", "2020-11-02T15:00", Remaining(False, 150, 1), "2 hours 30 minutes left"),
        ("2020-11-02T09:01", "2020-11-02T09:00", Remaining(False, 1, 0), "1 minute left"),
        ("2020-11-02T16:00", "2020-11-05T16:00", Remaining(True, 1350, 3), "3 working days overdue"),
        ("2020-10-27T16:00", "2020-11-02T16:00", Remaining(True, 450, 1), "1 working day overdue"),
        ("2020-11-02T09:00", "2020-11-02T09:00", Remaining(False, 0, 0), "no working time left"),
        ("2020-11-06T16:30", "2020-11-08T09:00", Remaining(True, 0, 0), "overdue"),
        ("2020-11-06T09:00", "2020-11-06T10:00", Remaining(True, 60, 0), "1 hour overdue"),
    ],
)
@pytest.mark.usefixtures("language")
def test_remaining(city: WorkCalendar, end: str, now: str, left: Remaining, said: str) -> None:
    assert remaining(at(end), at(now), city) == left
    with translation.override("en"):
        assert words(left) == said


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
