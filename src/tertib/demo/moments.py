"""Working days before and after today, on a government's own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tertib.demo.story import When
from tertib.government import calendars
from tertib.government.models import Calendar
from tertib.government.setup import DEFAULT
from tertib.government.worktime import WorkCalendar
from tertib.ground.time import now

# Beyond a year without a working day the calendar is not usable.
_FAR = 400


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a story as seen from `today` in a government's time zone."""

    calendar: WorkCalendar
    zone: ZoneInfo
    today: date

    def on(self, days: int) -> date:
        """The working day that many after today (before it, where negative); 0 is today, working day or not."""
        day, step, left = self.today, timedelta(days=1 if days > 0 else -1), abs(days)
        for _ in range(_FAR):
            if not left:
                return day
            day += step
            left -= bool(self.calendar.hours_on(day))
        raise ValueError(f"no working day within {_FAR} days of {self.today}")

    def moment(self, when: When) -> datetime:
        """The moment of a step, aware."""
        return datetime.combine(self.on(when.days), when.clock, self.zone)


def days(timezone: str) -> Days:
    """The days of the current government, on its default calendar."""
    row = Calendar.objects.get(code=DEFAULT)
    zone = ZoneInfo(timezone)
    return Days(calendars.load(row.id, row.version), zone, now().astimezone(zone).date())
