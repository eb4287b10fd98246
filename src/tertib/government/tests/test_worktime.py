from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertib.government.holidays_id import national_changes, usual_decree
from tertib.government.tests.brute import (
    ZONE,
    calendars,
    minutes_worked,
    moments,
    ruled_hours,
    working_minute,
)
from tertib.government.workhours import (
    GOVERNMENT_WEEK,
    RAMADAN_WEEK,
    WIB,
    WIT,
    WITA,
    Hours,
    hours_from_json,
    validate_hours,
    weekly_from_json,
    weekly_to_json,
)
from tertib.government.worktime import (
    Change,
    ChangeKind,
    WorkCalendar,
    add_calendar_days,
    add_working_days,
    add_working_minutes,
    closes,
    working_days,
    working_minutes,
)

EARLY = datetime(2019, 1, 1, tzinfo=ZONE)
NAIVE = datetime.fromisoformat("2020-01-01")
PLAIN = WorkCalendar("kota", WIB, GOVERNMENT_WEEK)
SHORT: Hours = ((8 * 60, 12 * 60),)


def at(text: str, zone: str = WIB) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def change(
    starts: str,
    kind: ChangeKind = "holiday",
    ends: str = "",
    hours: Hours | None = None,
    title: str = "Perubahan",
    decreed_at: datetime = EARLY,
) -> Change:
    return Change(date.fromisoformat(starts), date.fromisoformat(ends or starts), kind, hours, title, decreed_at)


@pytest.fixture(scope="module")
def city() -> WorkCalendar:
    """An ordinary office with the national holidays and the Ramadan hours of 2021 (13 April to 12 May)."""
    ramadan = Change(
        date(2021, 4, 13), date(2021, 5, 12), "hours", None, "Jam kerja Ramadan", EARLY, weekly=RAMADAN_WEEK
    )
    return WorkCalendar("kota", WIB, GOVERNMENT_WEEK, (*national_changes([2020, 2021]), ramadan))


def test_weeks_have_the_hours_of_the_regulation() -> None:
    assert sum(end - start for hours in GOVERNMENT_WEEK for start, end in hours) == 37 * 60 + 30
    assert sum(end - start for hours in RAMADAN_WEEK for start, end in hours) == 32 * 60 + 30


@pytest.mark.parametrize(
    ("a", "b", "minutes"),
    [
        ("2020-11-02T07:30", "2020-11-02T16:00", 450),  # a Monday, its break left out
        ("2020-11-02T11:30", "2020-11-02T13:15", 45),
        ("2020-11-02T12:10", "2020-11-02T12:50", 0),
        ("2020-11-06T11:00", "2020-11-06T13:30", 60),  # Friday's longer break
        ("2020-11-06T16:00", "2020-11-09T08:00", 60),  # over a weekend
        ("2020-11-02T08:00:59", "2020-11-02T08:01:00", 1),  # seconds are cut off
        ("2020-11-02T08:00:00", "2020-11-02T08:00:59", 0),
        ("2020-10-27T15:00", "2020-11-02T08:30", 120),  # joint leave 28 and 30 Oct round Maulid on the 29th
        ("2021-05-11T14:00", "2021-05-17T08:30", 120),  # Ramadan hours end 15:00; Eid; the first day after it
        ("2021-04-16T08:00", "2021-04-16T23:00", 390),  # a Friday in Ramadan
        ("2020-01-01T00:00", "2020-01-02T00:00", 0),
        ("2020-11-02T16:00", "2020-11-02T07:30", -450),
    ],
)
def test_working_minutes(city: WorkCalendar, a: str, b: str, minutes: int) -> None:
    assert working_minutes(city, at(a), at(b)) == minutes


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2020-11-02T08:00", 60, "2020-11-02T09:00"),
        ("2020-11-02T11:00", 60, "2020-11-02T12:00"),  # ends with the morning, not after the break
        ("2020-11-02T11:00", 61, "2020-11-02T13:01"),
        ("2020-11-02T15:00", 60, "2020-11-02T16:00"),
        ("2020-11-02T15:00", 61, "2020-11-03T07:31"),
        ("2020-11-07T10:00", 30, "2020-11-09T08:00"),  # begins on a Saturday
        ("2020-10-27T15:30", 31, "2020-11-02T07:31"),
        ("2020-11-02T08:00:40", 10, "2020-11-02T08:10"),
        ("2020-11-02T08:00:40", 0, "2020-11-02T08:00:40"),
        ("2020-11-02T12:00", 0, "2020-11-02T13:00"),
        ("2020-11-06T16:30", 0, "2020-11-09T07:30"),
        ("2020-12-23T15:00", 2 * 450, "2020-12-29T15:00"),  # 24 to 27 Dec are off
    ],
)
def test_add_working_minutes(city: WorkCalendar, start: str, minutes: int, end: str) -> None:
    assert add_working_minutes(city, at(start), minutes) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2020-11-02T07:00", 3, "2020-11-05T16:00"),  # any time on Monday ends on Thursday
        ("2020-11-02T23:00", 3, "2020-11-05T16:00"),
        ("2020-11-02T09:00", 4, "2020-11-06T16:30"),  # Friday closes later
        ("2020-11-07T09:00", 1, "2020-11-09T16:00"),
        ("2020-10-27T09:00", 1, "2020-11-02T16:00"),
        ("2021-05-10T09:00", 1, "2021-05-11T15:00"),  # Ramadan
        ("2021-05-10T09:00", 2, "2021-05-17T16:00"),  # joint leave 12, Eid 13 and 14, weekend
        ("2020-11-02T09:00", 0, "2020-11-02T16:00"),
        ("2020-11-02T16:01", 0, "2020-11-03T16:00"),
    ],
)
def test_add_working_days(city: WorkCalendar, start: str, days: int, end: str) -> None:
    assert add_working_days(city, at(start), days) == at(end)


def test_add_calendar_days(city: WorkCalendar) -> None:
    assert add_calendar_days(city, at("2020-12-20T09:00"), 14) == at("2021-01-03T23:59")
    assert add_calendar_days(city, datetime(2020, 12, 20, 17, 0, tzinfo=UTC), 1) == at("2020-12-22T23:59")


def test_a_moment_elsewhere_is_read_on_the_clock_of_the_office() -> None:
    east = WorkCalendar("timur", WIT, GOVERNMENT_WEEK)
    assert add_working_days(east, at("2020-11-02T23:00", WITA), 1) == at("2020-11-04T16:00", WIT)
    assert working_minutes(east, at("2020-11-02T05:30"), at("2020-11-02T06:30")) == 60


def test_working_days_between(city: WorkCalendar) -> None:
    assert working_days(city, at("2020-10-27T16:00"), at("2020-11-03T00:00")) == 2
    assert working_days(city, at("2020-11-03T00:00"), at("2020-10-27T16:00")) == -2
    assert working_days(city, at("2020-11-03T00:00"), at("2020-11-03T23:00")) == 0


@pytest.mark.parametrize(
    ("changes", "day", "hours", "reason"),
    [
        ([change("2020-11-02", title="Libur")], "2020-11-02", (), "Libur"),
        ([change("2020-11-07", "workday")], "2020-11-07", GOVERNMENT_WEEK[0], "Perubahan"),
        ([change("2020-11-07", "workday", hours=SHORT)], "2020-11-07", SHORT, "Perubahan"),
        ([change("2020-11-06", "workday")], "2020-11-06", GOVERNMENT_WEEK[4], "Perubahan"),
        # hours don't open a day off, whether by week or by decree, and whatever came later
        ([change("2020-11-02", "hours", "2020-11-30", SHORT)], "2020-11-07", (), None),
        (
            [change("2020-11-02", title="Libur"), change("2020-11-01", "hours", "2020-11-30", SHORT)],
            "2020-11-02",
            (),
            "Libur",
        ),
        # a workday without hours of its own keeps the hours decreed for the time
        (
            [change("2020-11-01", "hours", "2020-11-30", SHORT), change("2020-11-07", "workday")],
            "2020-11-07",
            SHORT,
            "Perubahan",
        ),
        # the hours of a workday decree fall with it when another overrules it
        (
            [change("2020-11-07", "workday", hours=SHORT), change("2020-11-07", "workday", title="Biasa")],
            "2020-11-07",
            GOVERNMENT_WEEK[0],
            "Biasa",
        ),
        # decreed later wins, though written down first
        (
            [
                change("2020-11-02", "workday", title="Batal", decreed_at=EARLY + timedelta(days=1)),
                change("2020-11-02", title="Libur"),
            ],
            "2020-11-02",
            GOVERNMENT_WEEK[0],
            "Batal",
        ),
        # decreed at once: the later in sequence
        (
            [change("2020-11-02", "workday", title="Masuk"), change("2020-11-02", title="Libur")],
            "2020-11-02",
            (),
            "Libur",
        ),
    ],
)
def test_which_change_holds(changes: list[Change], day: str, hours: Hours, reason: str | None) -> None:
    calendar = WorkCalendar("kota", WIB, GOVERNMENT_WEEK, tuple(changes))
    assert calendar.hours_on(date.fromisoformat(day)) == hours
    assert calendar.reason_on(date.fromisoformat(day)) == reason


def test_a_weekly_change_may_close_a_weekday() -> None:
    closed_fridays = (*GOVERNMENT_WEEK[:4], (), (), ())
    decree = Change(date(2020, 11, 1), date(2020, 11, 30), "hours", None, "PSBB", EARLY, weekly=closed_fridays)
    calendar = WorkCalendar("kota", WIB, GOVERNMENT_WEEK, (decree,))
    assert calendar.hours_on(date(2020, 11, 6)) == ()
    assert calendar.reason_on(date(2020, 11, 6)) == "PSBB"


def test_a_decree_counts_from_its_own_moment() -> None:
    decree = change("2020-11-04", decreed_at=at("2020-11-03T10:00"))
    calendar = WorkCalendar("kota", WIB, GOVERNMENT_WEEK, (change("2020-11-05"), decree))
    before, after = calendar.known_at(at("2020-11-03T09:59:59")), calendar.known_at(at("2020-11-03T10:00"))
    assert before.hours_on(date(2020, 11, 4)) and not before.hours_on(date(2020, 11, 5))
    assert after is calendar and not after.hours_on(date(2020, 11, 4))
    assert calendar.known_at(at("2020-11-01T00:00")) is before


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "seven days"),
        ("07:30", "seven days"),
        ([[], "x", [], [], [], [], []], "Tuesday: expected a list"),
        ([[], [["07:30"]], [], [], [], [], []], "Tuesday, part 1: expected"),
        ([[], [], [["07:30", "12:60"]], [], [], [], []], "Wednesday, part 1: '12:60' is not a time"),
        ([[], [], [["7:30", "12:00"]], [], [], [], []], "Wednesday, part 1: '7:30' is not a time"),
        ([[], [], [[450, 720]], [], [], [], []], "Wednesday, part 1: 450 is not a time"),
        ([[["12:00", "07:30"]], [], [], [], [], [], []], "Monday, part 1: 12:00-07:30 is not a part"),
        (
            [[["07:30", "12:00"], ["11:00", "13:00"]], [], [], [], [], [], []],
            "Monday, part 2: begins",
        ),
    ],
)
def test_wrong_weekly_hours_are_refused_with_their_place(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weekly_from_json(value)


def test_weekly_hours_survive_json() -> None:
    assert weekly_from_json(weekly_to_json(GOVERNMENT_WEEK)) == GOVERNMENT_WEEK
    assert hours_from_json([["22:00", "24:00"]]) == ((1320, 1440),)
    assert weekly_to_json(GOVERNMENT_WEEK)[0] == [["07:30", "12:00"], ["13:00", "16:00"]]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: change("2020-11-02", ends="2020-11-01"), "before it starts"),
        (lambda: change("2020-11-02", "feast"), "unknown kind"),  # type: ignore[arg-type]
        (lambda: change("2020-11-02", hours=SHORT), "a day off has no hours"),
        (lambda: change("2020-11-02", "hours"), "either hours or weekly"),
        (lambda: change("2020-11-02", "workday", hours=()), "empty hours"),
        (lambda: change("2020-11-02", decreed_at=NAIVE), "needs a time zone"),
        (lambda: WorkCalendar("kota", "Asia/Atlantis", GOVERNMENT_WEEK), "unknown time zone"),
        (lambda: WorkCalendar("kota", WIB, GOVERNMENT_WEEK[:5]), "seven weekdays"),  # type: ignore[arg-type]
        (lambda: validate_hours(((600, 500),)), "not a part of one day"),
        (lambda: working_minutes(PLAIN, NAIVE, EARLY), "needs a time zone"),
    ],
)
def test_wrong_data_is_refused(wrong: object, message: str) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=message):
        wrong()


def test_a_calendar_that_never_opens_says_so() -> None:
    never = WorkCalendar("tutup", WIB, ((), (), (), (), (), (), ()))
    for add in (add_working_minutes, add_working_days):
        for amount in (0, 1):
            with pytest.raises(ValueError, match="no working hours in the three years after 2020-11-0"):
                add(never, at("2020-11-02T09:00"), amount)
    for add in (add_working_minutes, add_working_days, add_calendar_days):
        with pytest.raises(ValueError, match="negative"):
            add(never, at("2020-11-02T09:00"), -1)


def test_national_holidays_of_two_known_years() -> None:
    def days(year: int, kind: str) -> list[date]:
        return [found.starts for found in national_changes([year]) if found.kind == kind]

    joint_2020 = [date(2020, *day) for day in ((8, 21), (10, 28), (10, 30), (12, 24), (12, 31))]
    assert len(days(2020, "holiday")) == 17 and days(2020, "joint_leave") == joint_2020
    assert len(days(2021, "holiday")) == 15 and days(2021, "joint_leave") == [date(2021, 5, 12)]
    titles = {found.starts: found.title for found in national_changes(range(2020, 2022))}
    assert titles[date(2020, 8, 17)] == "Hari Kemerdekaan Republik Indonesia"
    assert titles[date(2020, 12, 31)] == "Pengganti Cuti Bersama Hari Raya Idul Fitri"


def test_new_years_day_is_known_in_december() -> None:
    calendar = WorkCalendar("kota", WIB, GOVERNMENT_WEEK, tuple(national_changes([2020, 2021])))
    then = calendar.known_at(at("2020-12-30T09:00"))
    assert add_working_days(then, at("2020-12-30T09:00"), 1) == at("2021-01-04T16:00")
    told = {2021: at("2020-12-31T09:00")}
    assert {found.decreed_at for found in national_changes([2021], told)} == {told[2021]}
    assert usual_decree(2021) < at("2020-12-01T00:00")


quick = settings(max_examples=60, deadline=None)


@quick
@given(calendars(), moments(), moments())
def test_working_minutes_as_counted_one_by_one(calendar: WorkCalendar, a: datetime, b: datetime) -> None:
    a, b = min(a, b), max(a, b)
    assert working_minutes(calendar, a, b) == minutes_worked(calendar, a, b)
    assert working_minutes(calendar, b, a) == -working_minutes(calendar, a, b)


@quick
@given(calendars(), st.integers(-100, 20), st.integers(-5, 400), st.integers(1, 90))
def test_runs_of_days_are_summed_as_one_by_one(calendar: WorkCalendar, first: int, length: int, more: int) -> None:
    """The days that differ lie within; spans begin and end anywhere in a run, and are asked for again."""
    begin = date(2020, 10, 19).toordinal() + first
    for last in (begin + length, begin + length + more):
        minutes = [calendar.day(ordinal).minutes for ordinal in range(begin, last)]
        assert calendar.worked(begin, last) == (sum(minutes), sum(1 for each in minutes if each))


@quick
@given(calendars(), moments(), st.integers(0, 3000))
def test_add_working_minutes_is_the_earliest_moment(calendar: WorkCalendar, a: datetime, amount: int) -> None:
    end = add_working_minutes(calendar, a, amount)
    if amount:
        assert minutes_worked(calendar, a, end) == amount
        assert working_minute(calendar, end - timedelta(minutes=1))
    else:
        assert working_minute(calendar, end) and end >= a and not minutes_worked(calendar, a, end)


@quick
@given(calendars(), moments(), st.integers(1, 8))
def test_add_working_days_counts_days_with_hours(calendar: WorkCalendar, a: datetime, amount: int) -> None:
    day, left = a.date(), amount
    while left:
        day += timedelta(days=1)
        left -= bool(ruled_hours(calendar, day))
    closed = datetime.combine(day, time(), ZONE) + timedelta(minutes=ruled_hours(calendar, day)[-1][1])
    assert add_working_days(calendar, a, amount) == closed
    assert list(islice(closes(calendar, a.date() + timedelta(days=1)), amount))[-1] == closed


@quick
@given(calendars(), moments(), moments(), st.integers(0, 30))
def test_what_is_decreed_later_changes_nothing(
    calendar: WorkCalendar, known_at: datetime, a: datetime, days: int
) -> None:
    earlier = tuple(found for found in calendar.changes if found.decreed_at <= known_at)
    plain = WorkCalendar("lain", calendar.timezone, calendar.weekly, earlier)
    known = calendar.known_at(known_at)
    for number in range(days):
        day = a.date() + timedelta(days=number)
        assert known.hours_on(day) == plain.hours_on(day)
        assert known.reason_on(day) == plain.reason_on(day)
    assert known.known_at(known_at) is known


def test_a_withdrawn_change_counts_until_then_and_is_known_so_later() -> None:
    decreed, withdrawn = at("2020-03-01 09:00"), at("2020-03-05 09:00")
    wrong = Change(date(2020, 3, 9), date(2020, 3, 9), "holiday", None, "Salah", decreed, withdrawn_at=withdrawn)
    later = Change(date(2020, 3, 10), date(2020, 3, 10), "holiday", None, "Benar", at("2020-03-06 09:00"))
    calendar = WorkCalendar("kota", WIB, GOVERNMENT_WEEK, (wrong, later))
    known = {
        "2020-02-28 09:00": (True, True),
        "2020-03-01 09:00": (False, True),
        "2020-03-05 08:59": (False, True),
        "2020-03-05 09:00": (True, True),
        "2020-03-06 09:00": (True, False),
    }
    for moment, (ninth, tenth) in known.items():
        seen = calendar.known_at(at(moment))
        assert bool(seen.hours_on(date(2020, 3, 9))) is ninth, moment
        assert bool(seen.hours_on(date(2020, 3, 10))) is tenth, moment
    assert calendar.hours_on(date(2020, 3, 9)) and calendar.reason_on(date(2020, 3, 9)) is None
    with pytest.raises(ValueError, match="before it was decreed"):
        Change(date(2020, 3, 9), date(2020, 3, 9), "holiday", None, "Salah", decreed, withdrawn_at=EARLY)
