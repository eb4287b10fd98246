"""The due date explained line by line, and what is left of it in words.

Lines are plain data, so that a page, a file or a test may use them; `render` puts one into the reader's
language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from django.utils.formats import date_format, time_format
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tertib.government.worktime import WorkCalendar, closes, day_ends, working_minutes
from tertib.matters.clock import Clock, Remaining, reached

# Below so many working minutes "5 hours 20 minutes left" tells more than "1 working day left".
_TOLD_IN_HOURS = 6 * 60


class LineKind(StrEnum):
    """What a line of an explanation says."""

    STARTED = "started"
    MINUTES = "minutes"  # a day on which working minutes were counted
    DAY = "day"  # a day that was counted
    PAUSED_DAY = "paused_day"  # a day not counted: the clock was paused at its end
    WEEKLY_OFF = "weekly_off"  # a day off as every week
    DAY_OFF = "day_off"  # a day off by a decree, which `reason` names
    PAUSED = "paused"
    RESUMED = "resumed"
    DUE = "due"
    FIXED = "fixed"  # due at a moment fixed in the allowance


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation, in the order of time.

    `minutes` or `days` (1) were counted on the `day`; `total` is the running total of that unit after it.
    `at` is the moment of what happened at a moment. `reason` is the title of the decree in force that day, or
    empty.
    """

    kind: LineKind
    day: date
    at: datetime | None = None
    minutes: int = 0
    days: int = 0
    total: int = 0
    reason: str = ""


def explain(clock: Clock, calendar: WorkCalendar) -> list[Line]:
    """The lines that explain the due moment: the start, each day counted or passed over, pauses, the end.

    A paused clock that had not run out is explained up to its pause, and has no line of the kind `due`.
    """
    known = calendar.known_at(clock.known_at)
    zone = known.zone
    found = reached(clock, known)
    started = _event(LineKind.STARTED, clock.started_at.astimezone(zone))
    open_pause = _event(LineKind.PAUSED, clock.paused_at.astimezone(zone)) if clock.paused_at else None
    if clock.allowance.until is not None and found is not None:
        return [started, *([open_pause] if open_pause else []), _event(LineKind.FIXED, found)]
    end = found or clock.paused_at or clock.started_at
    events = [
        _event(kind, at.astimezone(zone))
        for gap in clock.pauses
        if gap.start < end
        for kind, at in ((LineKind.PAUSED, gap.start), (LineKind.RESUMED, gap.end))
    ]
    if open_pause and found is None:
        events.append(open_pause)
    lines = _merged([started, *events], list(_days(clock, known, end, found is not None)))
    if found is not None:
        lines.append(Line(LineKind.DUE, found.date(), found, total=lines[-1].total))
        if open_pause:
            lines.append(open_pause)
    return lines


def _event(kind: LineKind, at: datetime) -> Line:
    return Line(kind, at.date(), at)


def _merged(events: list[Line], days: list[Line]) -> list[Line]:
    """All lines in the order of days, on one day the events first; the running total carried through."""
    lines: list[Line] = []
    total = 0
    for line in sorted([*events, *days], key=lambda line: line.day):
        total += line.minutes + line.days
        lines.append(replace(line, total=total))
    return lines


def _days(clock: Clock, calendar: WorkCalendar, end: datetime, ran_out: bool) -> Iterator[Line]:
    first = clock.started_at.astimezone(calendar.zone).date()
    last = end.astimezone(calendar.zone).date()
    runs = _runs(clock, end)
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        if clock.allowance.kind == "working_minutes":
            line = _minutes_line(calendar, day, runs)
        else:
            line = _day_line(clock, calendar, day, end, ran_out)
        if line is not None:
            yield line


def _runs(clock: Clock, end: datetime) -> list[tuple[datetime, datetime]]:
    """The spans in which the clock ran, from its start to the end."""
    edges = [clock.started_at, *(at for gap in clock.pauses for at in (gap.start, gap.end)), end]
    return [(a, min(b, end)) for a, b in list(pairwise(edges))[::2] if a < end]


def _minutes_line(calendar: WorkCalendar, day: date, runs: list[tuple[datetime, datetime]]) -> Line | None:
    opens = datetime.combine(day, time(), calendar.zone)
    ends = opens + timedelta(days=1)
    parts = [(max(a, opens), min(b, ends)) for a, b in runs if a < ends and b > opens]
    if not parts:
        return None
    off = _off_line(calendar, day)
    if off is not None:
        return off
    minutes = sum(working_minutes(calendar, a, b) for a, b in parts)
    reason = calendar.reason_on(day) or ""
    return Line(LineKind.MINUTES, day, minutes=minutes, reason=reason) if minutes else None


def _off_line(calendar: WorkCalendar, day: date) -> Line | None:
    if calendar.hours_on(day):
        return None
    reason = calendar.reason_on(day)
    return Line(LineKind.DAY_OFF if reason else LineKind.WEEKLY_OFF, day, reason=reason or "")


def _day_line(clock: Clock, calendar: WorkCalendar, day: date, end: datetime, ran_out: bool) -> Line | None:
    if clock.allowance.amount and day == clock.started_at.astimezone(calendar.zone).date():
        return None
    if clock.allowance.kind == "working_days":
        off = _off_line(calendar, day)
        if off is not None:
            return off
    moments = closes if clock.allowance.kind == "working_days" else day_ends
    moment = next(iter(moments(calendar, day)))
    # a close at midnight has the date of the day after it, whose own close lies past the end
    if moment < clock.started_at or moment > end or (moment == end and not ran_out):
        return None
    if any(gap.start <= moment < gap.end for gap in clock.pauses):
        return Line(LineKind.PAUSED_DAY, day)
    reason = calendar.reason_on(day) or "" if clock.allowance.kind == "working_days" else ""
    return Line(LineKind.DAY, day, days=1, reason=reason)


def _render(line: Line) -> str:
    values = {
        "day": date_format(line.day, "l, j F Y"),
        "time": time_format(line.at, "TIME_FORMAT") if line.at else "",
        "reason": line.reason,
    }
    match line.kind:
        case LineKind.STARTED:
            text = _("%(day)s, %(time)s: the clock starts")
        case LineKind.MINUTES:
            values |= {"counted": _duration(line.minutes), "total": _duration(line.total)}
            text = _("%(day)s: %(counted)s, %(total)s in all")
        case LineKind.DAY:
            values |= {"number": str(line.total)}
            text = _("%(day)s: day %(number)s")
        case LineKind.PAUSED_DAY:
            text = _("%(day)s: not counted, paused at the end of the day")
        case LineKind.WEEKLY_OFF:
            text = _("%(day)s: no working day")
        case LineKind.DAY_OFF:
            return _("%(day)s: off, %(reason)s") % values
        case LineKind.PAUSED:
            text = _("%(day)s, %(time)s: paused")
        case LineKind.RESUMED:
            text = _("%(day)s, %(time)s: resumed")
        case LineKind.DUE:
            text = _("%(day)s, %(time)s: due")
        case LineKind.FIXED:
            text = _("%(day)s, %(time)s: due, as fixed; pauses do not move it")
    said = text % values
    return _("%(text)s (%(reason)s)") % {"text": said, "reason": line.reason} if line.reason else said


_render_lazily = lazy(_render, str)


def render(line: Line) -> str:
    """The line as one sentence, a lazy string: put into the reader's language when it is shown."""
    return _render_lazily(line)


def words(left: Remaining) -> str:
    """How much working time is left or past, in the active language: hours and minutes, or days if long."""
    # After a due moment that was the end of a day, nothing has passed until the next day begins.
    if not left.minutes:
        return _("overdue") if left.overdue else _("no working time left")
    said = amount(left.minutes, left.days)
    return (_("%(amount)s overdue") if left.overdue else _("%(amount)s left")) % {"amount": said}


def amount(minutes: int, days: int) -> str:
    """So much working time, in hours and minutes, or in days if it is long."""
    if days and minutes >= _TOLD_IN_HOURS:
        return ngettext("%(count)d working day", "%(count)d working days", days) % {"count": days}
    return _duration(minutes)


def _duration(minutes: int) -> str:
    """Hours and minutes; a part that is zero is left out."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if rest or not hours:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest})
    return " ".join(parts)
