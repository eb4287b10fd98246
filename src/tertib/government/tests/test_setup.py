"""The default calendar and the national days off: added once, and never again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tertib.government import setup
from tertib.government.calendars import load
from tertib.government.models import Calendar, CalendarChange
from tertib.government.workhours import GOVERNMENT_WEEK, weekly_to_json
from tertib.ground.tenancy.models import Government
from tertib.ground.time import travel

pytestmark = pytest.mark.django_db
JUNE = datetime(2026, 6, 1, 3, tzinfo=UTC)


@pytest.fixture
def calendar(government: Government) -> Calendar:
    return Calendar.objects.create(code="baru", name="Baru", weekly=weekly_to_json(GOVERNMENT_WEEK))


def test_the_second_time_adds_nothing(government: Government) -> None:
    setup.ensure(government)
    before = Calendar.objects.get(code="default").version, CalendarChange.objects.count()
    setup.ensure(government)
    assert (Calendar.objects.get(code="default").version, CalendarChange.objects.count()) == before
    assert before[1] > 100


def test_a_new_calendar_knows_the_years_around(calendar: Calendar) -> None:
    with travel(JUNE):
        assert setup.add_national_days(calendar) > 100
    calendar.refresh_from_db()
    days = load(calendar.id, calendar.version)
    assert days.reason_on(date(2020, 8, 17)) and not days.hours_on(date(2027, 1, 1))
    assert calendar.version == 2
    # known as the decree for 2020 came out, so that history is counted as it was
    assert not days.known_at(datetime(2019, 12, 1, tzinfo=UTC)).hours_on(date(2020, 1, 1))


def test_a_day_added_late_is_known_from_then_on(calendar: Calendar) -> None:
    with travel(JUNE):
        setup.add_national_days(calendar)
    later = datetime(2027, 12, 1, tzinfo=UTC)
    with travel(later):
        assert setup.add_national_days(calendar) > 0
    added = calendar.changes.filter(starts_on__year=2028)
    assert added and all(row.decreed_at == later for row in added)


def test_what_the_government_decreed_itself_is_left_alone(calendar: Calendar) -> None:
    CalendarChange.objects.create(
        calendar=calendar, kind="workday", starts_on="2026-08-17", ends_on="2026-08-17", title="Masuk", decreed_at=JUNE
    )
    with travel(JUNE):
        setup.add_national_days(calendar)
    calendar.refresh_from_db()
    assert load(calendar.id, calendar.version).hours_on(date(2026, 8, 17))


def test_an_estimate_the_decree_has_moved_is_taken_back(calendar: Calendar) -> None:
    CalendarChange.objects.create(
        calendar=calendar,
        kind="holiday",
        starts_on="2027-03-01",
        ends_on="2027-03-01",
        title="Hari Raya (perkiraan)",
        decreed_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    with travel(JUNE):
        setup.add_national_days(calendar)
        calendar.refresh_from_db()
        assert load(calendar.id, calendar.version).hours_on(date(2027, 3, 1))
        assert setup.add_national_days(calendar) == 0
