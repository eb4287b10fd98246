from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tertib.government.holidays_id import national_changes
from tertib.government.workhours import GOVERNMENT_WEEK, RAMADAN_WEEK, WIB
from tertib.government.worktime import Change, WorkCalendar
from tertib.matters.allowance import Allowance
from tertib.matters.clock import (
    Clock,
    Pause,
    due,
    pause,
    reached,
    recalculated,
    replay,
    restart,
    resume,
    start,
)
from tertib.matters.clock_lines import LineKind, explain

MONDAY = datetime.fromisoformat("2020-11-02T09:00+07:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(WIB))


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
    assert due(restart(told, at("2020-11-03T08:00"), Allowance("working_days", 1)), calendar) == at("2020-11-05T16:00")


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


def test_a_stopped_clock_may_begin_anew() -> None:
    stopped = [event("start", allowance=THREE_DAYS), event("stop", "2020-11-03T09:00:00+07:00")]
    for name in ("start", "restart"):
        anew = event(name, "2020-11-04T09:00:00+07:00", allowance=THREE_DAYS)
        assert replay([*stopped, anew]) == start(Allowance("working_days", 3), at("2020-11-04T09:00"))


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([event("pause")], r"event 1 \(pause\): no clock"),
        ([event("restart", allowance=THREE_DAYS)], r"event 1 \(restart\): no clock"),
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
