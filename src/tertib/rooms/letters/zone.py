"""The time zone of the government at hand."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from tertib.ground.time import now


def zone() -> ZoneInfo:
    return ZoneInfo(getattr(connection.tenant, "timezone", None) or "Asia/Jakarta")


def local_now() -> datetime:
    """Now, in the government's time zone."""
    return now().astimezone(zone())


def today() -> date:
    return local_now().date()
