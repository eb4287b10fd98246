"""Moments in words: the day in full, on the clock of the government's own zone."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def local(at: datetime) -> datetime:
    """The moment in the government's zone, which the middleware has made the current one."""
    return timezone.localtime(at)


def clock(at: datetime) -> str:
    """“16.00 WIB”; in English “16:00 WIB”."""
    here = local(at)
    return f"{here:%H:%M} {here:%Z}" if get_language() == "en" else f"{here:%H.%M} {here:%Z}"


def day(on: date | datetime) -> str:
    """“Kamis, 2 Juli 2020”."""
    return date_format(local(on) if isinstance(on, datetime) else on, "l, j F Y")


def short_day(on: date | datetime) -> str:
    """“2 Jul”, with the year when it is another one."""
    here = local(on).date() if isinstance(on, datetime) else on
    return date_format(here, "j M" if here.year == timezone.localdate().year else "j M Y")


def moment(at: datetime) -> str:
    """“Kamis, 2 Juli 2020, 16.00 WIB”."""
    return f"{day(at)}, {clock(at)}"


def short(at: datetime) -> str:
    """“2 Jul, 16.00”; today only the time."""
    here = local(at)
    time = f"{here:%H:%M}" if get_language() == "en" else f"{here:%H.%M}"
    return time if here.date() == timezone.localdate() else f"{short_day(at)}, {time}"
