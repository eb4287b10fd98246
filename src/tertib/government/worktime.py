"""Working time: minutes and days counted on the real calendar of an office. Pure Python, no database.

All minutes are minutes on the wall clock of the calendar's time zone (Indonesia's three zones have no summer
time). Seconds are cut off before counting, so that what a page shows in minutes adds up: `working_minutes(a,
b) + working_minutes(b, c) == working_minutes(a, c)` for any three moments.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from tertib.government.workhours import Hours, Weekly, validate_hours, validate_weekly

__all__ = [
    "Change",
    "ChangeKind",
    "Day",
    "Hours",
    "Weekly",
    "WorkCalendar",
    "add_calendar_days",
    "add_working_days",
    "add_working_minutes",
    "closes",
    "day_ends",
    "validate_hours",
    "working_days",
    "working_minutes",
]

ChangeKind = Literal["holiday", "local", "joint_leave", "workday", "hours"]

# A calendar without a single opening for so long is a mistake in its data, not a long holiday.
LONGEST_CLOSURE = timedelta(days=3 * 365 + 1)

_DAYS_KEPT = 20_000
# So many days are summed up together.
_RUN = 32


@dataclass(frozen=True, slots=True)
class Change:
    """A dated change of a calendar by a decree: from `starts` to `ends`, both days included.

    - `holiday`, `local` (declared by the region itself), `joint_leave` (cuti bersama): the days are off.
    - `workday`: the days are worked, with `hours`, or else with the usual hours of that weekday (of Monday
      where that weekday is normally off).
    - `hours`: other hours on the days that are worked anyway (Ramadan, PSBB); never makes a day off a working
      day. Either `hours`, alike for every weekday, or `weekly`, Monday first; an empty weekday there closes
      the office.

    `withdrawn_at` is the moment from which it counts no more, as if it had never been decreed.

    Raises ValueError when these don't fit together, or when a moment has no time zone.
    """

    starts: date
    ends: date
    kind: ChangeKind
    hours: Hours | None
    title: str
    decreed_at: datetime
    weekly: Weekly | None = None
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        where = f"calendar change {self.title!r}"
        if self.kind not in get_args(ChangeKind):
            raise ValueError(f"{where}: unknown kind {self.kind!r}; known are {', '.join(get_args(ChangeKind))}")
        if self.ends < self.starts:
            raise ValueError(f"{where}: ends on {self.ends}, before it starts on {self.starts}")
        _aware(self.decreed_at, f"{where}: decreed_at")
        if self.withdrawn_at is not None and _aware(self.withdrawn_at, f"{where}: withdrawn_at") < self.decreed_at:
            raise ValueError(f"{where}: withdrawn before it was decreed")
        if self.hours is not None:
            validate_hours(self.hours, where)
            if not self.hours:
                raise ValueError(f"{where}: empty hours; use the kind holiday for days off")
        if self.weekly is not None:
            validate_weekly(self.weekly, where)
        if self.kind == "hours":
            if (self.hours is None) == (self.weekly is None):
                raise ValueError(f"{where}: the kind hours needs either hours or weekly")
        elif self.weekly is not None:
            raise ValueError(f"{where}: only the kind hours may have weekly")
        elif self.kind != "workday" and self.hours is not None:
            raise ValueError(f"{where}: a day off has no hours")


class Day(NamedTuple):
    """One day as decided: its hours (none: off), their sum in minutes, and the change that made it so."""

    hours: Hours
    minutes: int
    change: Change | None


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working calendar of an office: usual weekly hours, Monday first, and the dated changes of them.

    Where several changes touch a day, the one decreed later holds; of those decreed at once, the later in
    `changes`. This is asked twice: first among those of days off and `workday`, whether the day is
    worked; then, if it is, among `hours` and a `workday` that brings its own hours, when.

    Days are kept once looked up, so keep the object rather than build it anew for each question.
    Raises ValueError on an unknown time zone, wrong hours, or not seven weekdays.
    """

    code: str
    timezone: str
    weekly: Weekly
    changes: tuple[Change, ...] = ()
    zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _in_order: tuple[Change, ...] = field(init=False, repr=False, compare=False)
    _moments: tuple[datetime, ...] = field(init=False, repr=False, compare=False)
    _days: dict[int, Day] = field(init=False, repr=False, compare=False)
    _runs: dict[int, tuple[int, int]] = field(init=False, repr=False, compare=False)
    _known: dict[int, WorkCalendar] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        validate_weekly(self.weekly, f"calendar {self.code}")
        try:
            zone = ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"calendar {self.code}: unknown time zone {self.timezone!r}") from error
        # sorted() is stable: changes decreed at the same moment stay in their sequence
        in_order = tuple(sorted(self.changes, key=lambda change: change.decreed_at))
        put = object.__setattr__
        put(self, "zone", zone)
        put(self, "_in_order", tuple(change for change in in_order if change.withdrawn_at is None))
        told = [change.decreed_at for change in in_order]
        told += [change.withdrawn_at for change in in_order if change.withdrawn_at is not None]
        put(self, "_moments", tuple(sorted(moment.astimezone(UTC) for moment in told)))
        put(self, "_days", {})
        put(self, "_runs", {})
        put(self, "_known", {})

    def known_at(self, moment: datetime) -> WorkCalendar:
        """The calendar as it stood at the moment: without the changes decreed later, with those withdrawn later.

        Kept, so cheap to ask again.
        """
        at = _aware(moment, "known_at").astimezone(UTC)
        count = bisect_right(self._moments, at)
        if count == len(self._moments):
            return self
        known = self._known.get(count)
        if known is None:
            changes = tuple(
                replace(change, withdrawn_at=None)
                for change in self.changes
                if change.decreed_at <= at and (change.withdrawn_at is None or change.withdrawn_at > at)
            )
            known = WorkCalendar(self.code, self.timezone, self.weekly, changes)
            self._known[count] = known
        return known

    def day(self, ordinal: int) -> Day:
        """The day with this proleptic Gregorian ordinal (`date.toordinal()`), decided by the rules above."""
        found = self._days.get(ordinal)
        if found is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            found = self._days[ordinal] = _decide(self, date.fromordinal(ordinal))
        return found

    def worked(self, first: int, last: int) -> tuple[int, int]:
        """Working minutes, and working days, of the days from `first` on up to the one before `last`.

        What is years late is told in working time as well, so runs of days are kept with their sums.
        """
        minutes = days = 0
        while first < last:
            if first % _RUN == 0 and first + _RUN <= last:
                more, worked = self._run(first)
                first += _RUN
            else:
                more = self.day(first).minutes
                worked = 1 if more else 0
                first += 1
            minutes += more
            days += worked
        return minutes, days

    def _run(self, first: int) -> tuple[int, int]:
        found = self._runs.get(first)
        if found is None:
            each = [self.day(ordinal).minutes for ordinal in range(first, first + _RUN)]
            if len(self._runs) >= _DAYS_KEPT:
                self._runs.clear()
            found = self._runs[first] = (sum(each), sum(1 for minutes in each if minutes))
        return found

    def hours_on(self, day: date) -> Hours:
        """The working hours of the day; empty when it is off."""
        return self.day(day.toordinal()).hours

    def change_on(self, day: date) -> Change | None:
        """The change in force on the day; None when the day is as every week."""
        return self.day(day.toordinal()).change

    def reason_on(self, day: date) -> str | None:
        """The title of the change in force on the day; None when the day is as every week."""
        change = self.change_on(day)
        return change.title if change else None

    def __contains__(self, moment: datetime) -> bool:
        """Whether the moment lies within working hours."""
        day, minute = _local(self, moment)
        return any(start <= minute < end for start, end in self.day(day).hours)


def _decide(calendar: WorkCalendar, day: date) -> Day:
    weekday = day.weekday()
    usual = calendar.weekly[weekday]
    latest_first = [change for change in reversed(calendar._in_order) if change.starts <= day <= change.ends]
    ruling = next((change for change in latest_first if change.kind != "hours"), None)
    if not (usual if ruling is None else ruling.kind == "workday"):
        return Day((), 0, ruling)
    # a workday decree overruled by another decides neither whether nor when
    timing = next((c for c in latest_first if c.kind == "hours" or (c is ruling and c.hours)), None)
    hours = usual or _stand_in(calendar.weekly)
    if timing is not None and timing.hours is not None:
        hours = timing.hours
    elif timing is not None and timing.weekly is not None:
        hours = timing.weekly[weekday] or (() if usual else _stand_in(timing.weekly))
    return Day(hours, sum(end - start for start, end in hours), timing or ruling)


def _stand_in(weekly: Weekly) -> Hours:
    """Hours of a day that is worked though its weekday is normally off: Monday's, or the first."""
    return next((hours for hours in weekly if hours), ())


def _aware(moment: datetime, what: str) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{what} needs a time zone: {moment.isoformat()}")
    return moment


def _local(calendar: WorkCalendar, moment: datetime) -> tuple[int, int]:
    """The moment as day ordinal and minute of the day on the calendar's wall clock."""
    if moment.tzinfo is None:
        _aware(moment, "a moment of working time")
    local = moment.astimezone(calendar.zone)
    return local.toordinal(), local.hour * 60 + local.minute


def _moment(calendar: WorkCalendar, day: int, minute: int) -> datetime:
    return datetime.combine(date.fromordinal(day), time(), calendar.zone) + timedelta(minutes=minute)


def _before(hours: Hours, minute: int) -> int:
    """Working minutes of the day before the minute."""
    return sum(min(end, minute) - start for start, end in hours if start < minute)


def _working(calendar: WorkCalendar, day: int) -> Iterator[tuple[int, Day]]:
    """The working days from the day on, without end. Raises ValueError after too long a closure."""
    last = day
    while True:
        found = calendar.day(day)
        if found.minutes:
            yield day, found
            last = day
        elif day - last > LONGEST_CLOSURE.days:
            since = date.fromordinal(last)
            raise ValueError(f"calendar {calendar.code} has no working hours in the three years after {since}")
        day += 1


def working_minutes(calendar: WorkCalendar, a: datetime, b: datetime) -> int:
    """Working minutes from a to b, both aware; negative when b comes before a.

    Raises ValueError on naive moments.
    """
    (first, start), (last, end) = _local(calendar, a), _local(calendar, b)
    if (last, end) < (first, start):
        return -working_minutes(calendar, b, a)
    day = calendar.day
    until_end = _before(day(last).hours, end)
    between, _days = calendar.worked(first, last)
    return between + until_end - _before(day(first).hours, start)


def add_working_minutes(calendar: WorkCalendar, start: datetime, minutes: int) -> datetime:
    """The earliest moment by which so many working minutes have passed since the start, in local time.

    With 0 minutes: the start itself if it lies within working hours, else the next opening.
    Raises ValueError on negative minutes, a naive start, or a calendar without working hours within three
    years.
    """
    if minutes < 0:
        raise ValueError(f"cannot add {minutes} working minutes: the number is negative")
    first, minute = _local(calendar, start)
    if not minutes:
        if start in calendar:
            return start.astimezone(calendar.zone)
        minutes, opening = 1, 1
    else:
        opening = 0
    left = minutes + _before(calendar.day(first).hours, minute)
    for day, found in _working(calendar, first):
        if found.minutes < left:
            left -= found.minutes
            continue
        for begins, ends in found.hours:
            if ends - begins >= left:
                return _moment(calendar, day, begins + left - opening)
            left -= ends - begins
    raise AssertionError("the working days have no end")


def closes(calendar: WorkCalendar, day: date) -> Iterator[datetime]:
    """The close of working hours of each working day from the day on, without end.

    Raises ValueError after three years without working hours.
    """
    return (_moment(calendar, number, found.hours[-1][1]) for number, found in _working(calendar, day.toordinal()))


def day_ends(calendar: WorkCalendar, day: date) -> Iterator[datetime]:
    """23:59 of each calendar day from the day on, without end."""
    number = day.toordinal()
    while True:
        yield _moment(calendar, number, 23 * 60 + 59)
        number += 1


def add_working_days(calendar: WorkCalendar, start: datetime, days: int) -> datetime:
    """The close of working hours of the n-th working day after the start's day.

    The day of the start never counts ("3 hari kerja" from any time on a Monday ends at the close of
    Thursday). With 0 days: the first close not before the start. In the calendar's zone. Raises ValueError on
    a negative number, a naive start, or a calendar without working hours within three years.
    """
    if days < 0:
        raise ValueError(f"cannot add {days} working days: the number is negative")
    first, _ = _local(calendar, start)
    if not days:
        return next(close for close in closes(calendar, date.fromordinal(first)) if close >= start)
    day, found = next(islice(_working(calendar, first + 1), days - 1, None))
    return _moment(calendar, day, found.hours[-1][1])


def add_calendar_days(calendar: WorkCalendar, start: datetime, days: int) -> datetime:
    """23:59 on the calendar's wall clock of the n-th day after the day of the start.

    Raises ValueError on a negative number.
    """
    if days < 0:
        raise ValueError(f"cannot add {days} calendar days: the number is negative")
    first, _ = _local(calendar, start)
    return _moment(calendar, first + days, 23 * 60 + 59)


def working_days(calendar: WorkCalendar, a: datetime, b: datetime) -> int:
    """Working days after a's day up to b's day, b's day included; negative when b comes before a."""
    (first, _), (last, _) = _local(calendar, a), _local(calendar, b)
    if last < first:
        return -working_days(calendar, b, a)
    return calendar.worked(first + 1, last + 1)[1]
