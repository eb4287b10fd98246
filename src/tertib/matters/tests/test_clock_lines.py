from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import django
import pytest
from django.apps import apps
from django.utils import translation

from tertib.government.holidays_id import national_changes
from tertib.government.workhours import GOVERNMENT_WEEK, RAMADAN_WEEK, WIB
from tertib.government.worktime import Change, WorkCalendar
from tertib.matters.allowance import Allowance
from tertib.matters.clock import (
    Clock,
    Remaining,
    pause,
    remaining,
    resume,
    start,
)
from tertib.matters.clock_lines import explain, render, words


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
    fixed = explain(pause(run("until 2020-11-30T16:00+07:00", "2020-11-02T09:00"), at("2020-11-04T10:00")), city)
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
        ("2020-11-02T16:00", "2020-11-03T06:00", Remaining(True, 0, 1), "overdue"),
    ],
)
@pytest.mark.usefixtures("language")
def test_remaining(city: WorkCalendar, end: str, now: str, left: Remaining, said: str) -> None:
    assert remaining(at(end), at(now), city) == left
    with translation.override("en"):
        assert words(left) == said


def test_a_close_at_midnight_counts_for_its_own_day() -> None:
    night = WorkCalendar("malam", WIB, (((22 * 60, 24 * 60),),) * 7)
    clock = run("2 working days", "2020-11-02T09:00")
    told = [(line.day.isoformat(), line.kind.value, line.total) for line in explain(clock, night)]
    assert told == [
        ("2020-11-02", "started", 0),
        ("2020-11-03", "day", 1),
        ("2020-11-04", "day", 2),
        ("2020-11-05", "due", 2),
    ]
