"""Random calendars and moments, and a counter minute by minute: the judge of the quick arithmetic."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tertib.government.workhours import GOVERNMENT_WEEK, WIB, Hours, Weekly
from tertib.government.worktime import Change, ChangeKind, WorkCalendar

ZONE = ZoneInfo(WIB)
FIRST = datetime(2020, 10, 19, tzinfo=ZONE)
SPAN = 20 * 24 * 60


def moments(first: int = 0, last: int = SPAN) -> st.SearchStrategy[datetime]:
    """Moments between two minutes after FIRST, with a leaning to whole hours and now and then seconds."""
    minutes = st.one_of(st.integers(first, last), st.integers(first // 30, last // 30).map(lambda n: n * 30))
    return st.builds(
        lambda minute, second: FIRST + timedelta(minutes=minute, seconds=second),
        minutes,
        st.sampled_from([0, 0, 0, 1, 59]),
    )


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    edges = sorted(draw(st.lists(st.integers(0, 48), min_size=2, max_size=6, unique=True)))
    return tuple((a * 30, b * 30) for a, b in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def weeks(draw: st.DrawFn) -> Weekly:
    if draw(st.booleans()):
        return GOVERNMENT_WEEK
    days = [draw(st.one_of(st.just(()), hours())) for _ in range(7)]
    mon, tue, wed, thu, fri, sat, sun = days
    return mon or ((450, 720),), tue, wed, thu, fri, sat, sun


@st.composite
def changes(draw: st.DrawFn) -> Change:
    starts = FIRST.date() + timedelta(days=draw(st.integers(0, 25)))
    ends = starts + timedelta(days=draw(st.sampled_from([0, 0, 1, 3, 10])))
    decreed_at = draw(st.one_of(st.just(FIRST), moments()))
    kind: ChangeKind = draw(st.sampled_from(get_args(ChangeKind)))
    when: Hours | None = None
    weekly: Weekly | None = None
    if kind == "workday":
        when = draw(st.one_of(st.none(), hours()))
    elif kind == "hours" and draw(st.booleans()):
        when = draw(hours())
    elif kind == "hours":
        weekly = draw(weeks())
    return Change(starts, ends, kind, when, f"{kind} {starts}", decreed_at, weekly)


def calendars() -> st.SearchStrategy[WorkCalendar]:
    """Calendars with up to six changes between FIRST and some weeks later."""
    return st.builds(
        lambda weekly, decrees: WorkCalendar("acak", WIB, weekly, tuple(decrees)),
        weeks(),
        st.lists(changes(), max_size=6),
    )


def working_minute(calendar: WorkCalendar, moment: datetime) -> bool:
    """Whether the minute that begins at the moment is worked, from the rules and nothing that is cached."""
    local = moment.astimezone(ZONE)
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in ruled_hours(calendar, local.date()))


def ruled_hours(calendar: WorkCalendar, day: date) -> Hours:
    """The hours of a day, by going through the decrees in the order they were issued."""
    weekday = day.weekday()
    normal = calendar.weekly[weekday]
    monday = next(found for found in calendar.weekly if found)
    on = bool(normal)
    own: Hours | None = None
    ramadan: Hours | None = None
    own_is_newer = False
    for change in sorted(calendar.changes, key=lambda found: found.decreed_at):
        if not change.starts <= day <= change.ends:
            continue
        if change.kind == "hours":
            assert change.hours or change.weekly
            week = change.weekly or (change.hours or (),) * 7
            ramadan = week[weekday]
            if not normal and not ramadan:
                ramadan = next(found for found in week if found)
            own_is_newer = False
        else:
            on, own = change.kind == "workday", change.hours
            own_is_newer = own is not None
    if not on:
        return ()
    if own is not None and (own_is_newer or ramadan is None):
        return own
    return ramadan if ramadan is not None else (normal or monday)


def minutes_worked(calendar: WorkCalendar, a: datetime, b: datetime) -> int:
    """Working minutes between two moments, counted one by one, seconds cut off."""
    minute = a.replace(second=0, microsecond=0)
    last = b.replace(second=0, microsecond=0)
    kept: dict[date, Hours] = {}
    count = 0
    while minute < last:
        day = minute.date()
        if day not in kept:
            kept[day] = ruled_hours(calendar, day)
        now = minute.hour * 60 + minute.minute
        count += any(start <= now < end for start, end in kept[day])
        minute += timedelta(minutes=1)
    return count
