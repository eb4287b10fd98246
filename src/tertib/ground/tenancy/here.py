"""The government at hand: the one whose schema this thread's connection points at."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection as _connection

from tertib.ground.time import now

if TYPE_CHECKING:
    from tertib.ground.tenancy.models import Government

# The backend's connection has more than Django's types know of.
connection: Any = _connection


def schema() -> str:
    """The name of the schema."""
    return cast(str, connection.schema_name)


def name() -> str:
    """The government's name; empty in the shared schema."""
    return str(getattr(connection.tenant, "name", ""))


def short_name() -> str:
    """The name of its town, as it stands before a date; empty in the shared schema."""
    return str(getattr(connection.tenant, "short_name", ""))


def zone() -> ZoneInfo:
    """Its time zone."""
    return ZoneInfo(getattr(connection.tenant, "timezone", None) or "Asia/Jakarta")


def local_now() -> datetime:
    """Now, in its time zone."""
    return now().astimezone(zone())


def today() -> date:
    """Today, in its time zone."""
    return local_now().date()


def count_anew() -> None:
    """Let the database count its tables of this government now, after many rows came at once.

    It would do so by itself within minutes; until then it plans for tables as small as they were before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = %s", (schema(),)
        )
        cursor.execute(f"ANALYZE {cursor.fetchone()[0]}")


def is_demo() -> bool:
    """Whether this installation runs as a demo and this government is a sample. Nowhere else do its people work."""
    return bool(settings.DEMO and getattr(connection.tenant, "demo", False))


def leave() -> None:
    """Point the connection at the shared schema."""
    connection.set_schema_to_public()


def enter(government: Government) -> None:
    """Point the connection at a government's schema."""
    connection.set_tenant(government)
