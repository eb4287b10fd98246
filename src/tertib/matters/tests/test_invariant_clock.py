"""Invariant 6: a due date can be recomputed from the record and the calendar by anyone, and explained."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F

from tertib.government import calendars
from tertib.government.models import Calendar, CalendarChange
from tertib.government.tests.brute import minutes_worked
from tertib.government.workhours import GOVERNMENT_WEEK, weekly_to_json
from tertib.government.worktime import WorkCalendar
from tertib.ground.errors import TertibError
from tertib.ground.time import now, travel
from tertib.matters import clock
from tertib.matters.check import check
from tertib.matters.clock_lines import LineKind, explain
from tertib.matters.engine import act
from tertib.matters.models import EntryBody, Matter
from tertib.matters.testing import City, make_post, make_unit, reader_of, seat

JAKARTA = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=JAKARTA)


def calendar_of(matter: Matter) -> WorkCalendar:
    """The calendar as anyone reads it, with every decree there is by now."""
    row = Calendar.objects.get(pk=matter.calendar_id)
    return calendars.load(row.id, row.version)


def events_of(matter: Matter) -> list[dict[str, Any]]:
    """The clock's events, from what the entries say and nothing else."""
    bodies = EntryBody.objects.filter(entry__matter=matter).order_by("entry__n")
    return [event for row in bodies for event in (row.body or {}).get("clock", [])]


def decree(days: int, kind: str, title: str, *, calendar: str = "default", weekly: Any = None) -> None:
    """A decree of this moment, for a day or a week some days ahead."""
    first = (now() + timedelta(days=days)).date()
    Calendar.objects.filter(code=calendar).update(version=F("version") + 1)
    CalendarChange.objects.create(
        calendar=Calendar.objects.get(code=calendar),
        kind=kind,
        starts_on=first,
        ends_on=first + timedelta(days=0 if kind != "hours" else 6),
        weekly=weekly,
        title=title,
        decreed_at=now(),
    )


def recomputed(matter: Matter) -> datetime | None:
    state = clock.replay(events_of(matter))
    return clock.due(state, calendar_of(matter)) if state else None


def counted(matter: Matter) -> int:
    """Working minutes up to the due date, counted one by one with the pauses left out."""
    state = clock.replay(events_of(matter))
    assert state and matter.due_at
    known = calendar_of(matter).known_at(state.known_at)
    end = matter.due_at.astimezone(JAKARTA)
    start, total = state.started_at.astimezone(JAKARTA), 0
    for gap in state.pauses:
        total += minutes_worked(known, min(start, end), min(gap.start.astimezone(JAKARTA), end))
        start = gap.end.astimezone(JAKARTA)
    return total + minutes_worked(known, min(start, end), end)


@pytest.mark.parametrize("seed", range(6))
def test_invariant_6_due_dates_come_out_of_record_and_calendar(city: City, seed: int) -> None:
    """Random people act at random moments over some weeks, while holidays are decreed and hours changed."""
    chance = random.Random(seed)
    short = weekly_to_json(tuple(((480, 720),) if day else () for day in GOVERNMENT_WEEK))  # type: ignore[arg-type]
    moment = MONDAY
    with travel(moment):
        matters = [city.open("mayor", name).matter for name in ("analyst", "nurse", "roads")]
    people = {
        city.posts[name].id: city.reader(name)
        for name in ("mayor", "health", "lab", "analyst", "nurse", "works", "roads")
    }
    posts = [str(city.posts[name].id) for name in ("analyst", "nurse", "roads")]
    for turn in range(40):
        moment += timedelta(minutes=chance.choice([1, 17, 240, 700, 1500]), seconds=chance.randint(0, 59))
        with travel(moment):
            if chance.random() < 0.2:
                kind = chance.choice(["holiday", "joint_leave", "workday", "hours"])
                weekly = short if kind == "hours" else None
                decree(chance.randint(0, 12), kind, f"{kind} {turn}", weekly=weekly)
            row = Matter.objects.get(pk=chance.choice(matters))
            action, data = chance.choice(
                [("ask", {}), ("answer", {"post": chance.choice(posts)}), ("submit", {}), ("send_back", {})]
                + [("forward", {"post": chance.choice(posts)})]
                + [("urge", {"urgency": 1, "allowance": text}) for text in ("90 working minutes", "2 calendar days")]
            )  # fmt: skip
            try:
                by = people[row.opener_id if action == "urge" else row.holder_id]  # type: ignore[index]
                act(row.id, action, by, data)
            except TertibError:
                continue
        row.refresh_from_db()
        assert row.clock == events_of(row) and recomputed(row) == row.due_at
        state = clock.replay(row.clock)
        if row.due_at and state and state.allowance.kind == "working_minutes":
            assert counted(row) == state.allowance.amount
        if row.due_at and state:
            lines = explain(state, calendar_of(row))
            assert lines[-1].kind in (LineKind.DUE, LineKind.FIXED) and lines[-1].at == row.due_at
    for matter in Matter.objects.all():
        assert recomputed(matter) == matter.due_at
    assert [str(fault) for fault in check("bekasi")] == []


def test_invariant_6_a_later_decree_moves_nothing_by_itself(city: City) -> None:
    with travel(MONDAY):
        before = city.open("mayor", "analyst")
    with travel(MONDAY + timedelta(hours=1)):
        decree(1, "holiday", "Libur bersama")
        after = city.open("mayor", "analyst")
    first, second = Matter.objects.get(pk=before.matter), Matter.objects.get(pk=after.matter)
    assert first.due_at == datetime(2026, 3, 5, 9, tzinfo=UTC) == recomputed(first)
    assert second.due_at == datetime(2026, 3, 6, 9, 30, tzinfo=UTC) == recomputed(second)
    # what moves it is an entry that says so, and then anyone comes to the same date
    state = clock.replay(events_of(first))
    assert state
    assert clock.due(clock.recalculated(state, MONDAY + timedelta(hours=2)), calendar_of(first)) == second.due_at
    reasons = [
        line.reason for line in explain(clock.recalculated(state, MONDAY + timedelta(hours=2)), calendar_of(first))
    ]
    assert "Libur bersama" in reasons


def test_invariant_6_a_clock_restarted_after_a_decree_knows_it(city: City) -> None:
    with travel(MONDAY):
        done = city.open("mayor", "analyst")
    with travel(MONDAY + timedelta(minutes=5)):
        decree(0, "holiday", "Libur mendadak")
        urged = act(done.matter, "urge", city.reader("mayor"), {"urgency": 1, "allowance": "1 working days"})
    assert urged.due_at == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert (
        Matter.objects.get(pk=done.matter).clock[-1]["known_at"]
        > Matter.objects.get(pk=done.matter).clock[0]["known_at"]
    )


def test_invariant_6_the_clock_runs_on_the_calendar_of_the_holders_unit(city: City) -> None:
    shifts = Calendar.objects.create(
        code="shifts",
        name="Piket",
        weekly=weekly_to_json(tuple(((0, 1440),) for _ in range(7))),  # type: ignore[arg-type]
    )
    ward = make_unit("Puskesmas", city.units["health"], calendar=shifts)
    inner = make_unit("Ruang gawat darurat", ward, kind="section")
    nurse = make_post(inner, "jaga", superior=city.posts["health"])
    person = city.people["nobody"]
    seat(person, nurse)
    saturday = datetime(2026, 3, 7, 20, tzinfo=JAKARTA)
    with travel(saturday):
        day = city.open("mayor", "analyst")
        city.posts["jaga"] = nurse
        night = city.open("mayor", "jaga")
        assert night.due_at == datetime(2026, 3, 10, 17, tzinfo=UTC)  # midnight after the third day
        assert day.due_at == datetime(2026, 3, 11, 9, tzinfo=UTC)
        moved = act(day.matter, "forward", city.reader("analyst"), {"post": str(nurse.id)})
        assert moved.due_at == day.due_at  # a clock that runs keeps its calendar
        submitted = act(night.matter, "submit", reader_of(person))
        assert submitted.due_at == datetime(2026, 3, 9, 4, 30, tzinfo=UTC)  # four hours of the agency's Monday
    for matter in Matter.objects.all():
        assert recomputed(matter) == matter.due_at
    assert [str(fault) for fault in check("bekasi")] == []


def test_invariant_6_the_zone_is_the_calendars(city: City) -> None:
    jayapura = Calendar.objects.create(
        code="wit", name="Papua", timezone="Asia/Jayapura", weekly=weekly_to_json(GOVERNMENT_WEEK)
    )
    unit = make_unit("Kantor penghubung", calendar=jayapura)
    city.posts["liaison"] = make_post(unit, "penghubung")
    with travel(MONDAY):
        done = city.open("mayor", "liaison")
    assert done.due_at == datetime(2026, 3, 5, 7, tzinfo=UTC)  # 16:00 in Jayapura
    assert date(2026, 3, 5) == done.due_at.astimezone(ZoneInfo("Asia/Jayapura")).date()
