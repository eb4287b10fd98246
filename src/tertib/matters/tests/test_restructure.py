"""A decree moves due dates, a unit that moves is seen from its new place: each with its entry, nothing lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tertib.government import actions
from tertib.government.actions.calendars import drafted
from tertib.government.calendars import change as as_change
from tertib.government.calendars import imagined
from tertib.government.models import Calendar, CalendarChange, Unit
from tertib.ground.time import travel
from tertib.matters import restructure, testing
from tertib.matters.allowance import Allowance
from tertib.matters.check import check
from tertib.matters.clocking import due
from tertib.matters.models import Matter, Sight
from tertib.matters.queries import record

MONDAY = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


def _open(city: testing.City, days: int) -> Matter:
    name = next(iter(city.posts))
    done = city.open(name, name, allowance=Allowance.parse(f"{days} working days"))
    return Matter.objects.get(pk=done.matter)


def _holiday(calendar: Calendar, day: date) -> None:
    CalendarChange.objects.create(
        calendar=calendar,
        kind="holiday",
        starts_on=day,
        ends_on=day,
        title="Libur setempat",
        decreed_at=MONDAY + timedelta(hours=2),
    )
    calendar.version += 1
    calendar.save()


def test_a_decree_moves_the_due_date_once_and_says_so(city: testing.City) -> None:
    with travel(MONDAY):
        matter = _open(city, 3)
        untouched = _open(city, 1)
    _holiday(matter.calendar, date(2026, 11, 4))
    with travel(MONDAY + timedelta(hours=3)):
        assert restructure.follow_calendar(matter.calendar_id) == 1
        assert restructure.follow_calendar(matter.calendar_id) == 0
    moved = Matter.objects.get(pk=matter.pk)
    assert moved.due_at is not None
    assert matter.due_at is not None
    assert (moved.due_at.date(), matter.due_at.date()) == (date(2026, 11, 6), date(2026, 11, 5))
    assert [event.action for event in record(moved.pk, moved.procedure_id)] == ["open", "recalculated"]
    told = record(moved.pk, moved.procedure_id)[-1]
    assert told.due == (matter.due_at, moved.due_at) and told.passed_to == ""
    assert (moved.version, moved.moved) == (2, 1)
    assert Matter.objects.get(pk=untouched.pk).version == 1
    assert [str(fault) for fault in check("bekasi")] == []


def test_a_withdrawn_decree_moves_back_what_it_moved_and_both_can_be_computed_again(city: testing.City) -> None:
    with travel(MONDAY):
        matter = _open(city, 3)
    _holiday(matter.calendar, date(2026, 11, 4))
    with travel(MONDAY + timedelta(hours=3)):
        restructure.follow_calendar(matter.calendar_id)
    row = CalendarChange.objects.get(calendar=matter.calendar, title="Libur setempat")
    then = imagined(matter.calendar, withdrawn=row.pk)
    with travel(MONDAY + timedelta(hours=4)):
        previewed = restructure.preview_calendar(matter.calendar_id, then, row.starts_on)
        assert (previewed.later, previewed.earlier, previewed.more) == (0, 1, False)
        actions.withdraw_change(row.pk, "Salah tanggal", by=None)
        assert restructure.follow_calendar(matter.calendar_id) == 1
        assert restructure.follow_calendar(matter.calendar_id) == 0
    back = Matter.objects.get(pk=matter.pk)
    assert back.due_at == matter.due_at
    assert [event.action for event in record(back.pk, back.procedure_id)] == ["open", "recalculated", "recalculated"]
    # What was due in between is still computed as it was then.
    assert due(back.clock[:2], back.calendar_id) == datetime(2026, 11, 6, 9, 30, tzinfo=UTC)
    assert [str(fault) for fault in check("bekasi")] == []


def test_a_holiday_is_previewed_before_it_is_entered(city: testing.City) -> None:
    with travel(MONDAY):
        matter = _open(city, 3)
        _open(city, 1)
        day = date(2026, 11, 4)
        house = matter.calendar
        asked = drafted(house, kind="holiday", starts_on=day, ends_on=day, title="Libur")
        found = restructure.preview_calendar(house.pk, imagined(house, as_change(asked)), day)
        assert (found.later, found.earlier) == (1, 0)
    assert not CalendarChange.objects.filter(title="Libur").exists()


def test_a_preview_tells_what_lapses_by_the_change_and_names_that_first(city: testing.City) -> None:
    with travel(MONDAY):
        far, near = _open(city, 5), _open(city, 2)
        house = near.calendar
        day = date(2026, 11, 4)
        actions.add_change(by=None, calendar=house.pk, kind="holiday", starts_on=day, ends_on=day, title="Libur")
        restructure.follow_calendar(house.pk)
        row = CalendarChange.objects.get(calendar=house, title="Libur")
    late, then = Matter.objects.get(pk=near.pk), imagined(house, withdrawn=row.pk)
    assert late.due_at is not None
    with travel(late.due_at - timedelta(minutes=1)):
        found = restructure.preview_calendar(house.pk, then, row.starts_on)
        assert (found.earlier, found.lapse) == (2, 1)
        assert [move.matter for move in found.first] == [near.pk, far.pk]
        assert found.first[0].was == late.due_at > found.first[0].will


@pytest.mark.parametrize(
    "values",
    [
        {"title": "Lain"},
        {"withdrawn_at": MONDAY, "withdrawn_why": "x"},
        {"withdrawn_at": MONDAY + timedelta(days=1), "withdrawn_why": "x", "ends_on": date(2026, 11, 6)},
        {"withdrawn_at": MONDAY + timedelta(days=1)},
    ],
)
def test_the_database_lets_a_change_only_be_withdrawn(city: testing.City, values: dict[str, Any]) -> None:
    with travel(MONDAY):
        house = _open(city, 3).calendar
    _holiday(house, date(2026, 11, 4))
    rows = CalendarChange.objects.filter(title="Libur setempat")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**values)
    rows.update(withdrawn_at=MONDAY + timedelta(days=1), withdrawn_why="Salah")
    for again in ({"withdrawn_at": None, "withdrawn_why": ""}, {"withdrawn_why": "lain"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**again)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()


def test_a_unit_that_moves_is_seen_from_its_new_place_and_still_from_the_old(city: testing.City) -> None:
    matter = _open(city, 3)
    holder = city.posts[next(iter(city.posts))]
    unit, old = holder.unit, list(holder.unit.lineage)
    above = testing.make_unit("Badan baru")
    Unit.objects.filter(pk=unit.pk).update(parent=above, lineage=[unit.pk, *above.lineage])
    restructure.follow_unit(unit.pk)
    viewers = set(Sight.objects.filter(matter=matter).values_list("viewer", flat=True))
    assert {above.pk, *old} <= viewers


def test_a_post_that_changes_its_unit_takes_sight_of_its_matters_along(city: testing.City) -> None:
    matter = _open(city, 3)
    holder = city.posts[next(iter(city.posts))]
    new = testing.make_unit("Dinas lain")
    type(holder).objects.filter(pk=holder.pk).update(unit=new)
    restructure.follow_posts([holder.pk])
    viewers = set(Sight.objects.filter(matter=matter).values_list("viewer", flat=True))
    assert {new.pk, new.registry} <= viewers
