"""Reading a secret matter is itself an entry: once a day for each person, whoever they are."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time

from django.db import connection, transaction

from tertib.government.authority import Reader, Seat, local_day
from tertib.government.models import Security
from tertib.ground.tenancy import here
from tertib.ground.time import now
from tertib.matters import engine, procedures, store
from tertib.matters.context import Act, Row
from tertib.matters.procedures import Action

# From this secrecy on, whoever reads leaves a line in the record.
NOTED_FROM = Security.RAHASIA

READ = Action("read", {"id": "Dibaca", "en": "Read"}, frozenset(), "", ("system",), moves=False, after_closing=True)

_NOTED = """
SELECT EXISTS (SELECT 1 FROM matters_entry e JOIN matters_entrybody b ON b.entry_id = e.seq
WHERE e.matter_id = %s AND e.at >= %s AND b.body ->> 'action' = 'read' AND b.body #>> '{by,person}' = %s)"""


def note_reading(matter: uuid.UUID, security: int, reader: Reader) -> bool:
    """Enter that this reader reads the matter, unless that was entered today (local time).

    The caller has checked that they may see it. Costs nothing for a matter below `NOTED_FROM`. Answers whether
    an entry was written.
    """
    if security < NOTED_FROM or _noted(matter, reader):
        return False
    with transaction.atomic():
        locked = store.lock(matter)
        # Two pages opened at once: the second waits for the lock and then finds the entry.
        if not locked or _noted(matter, reader):
            return False
        row = locked[-1]
        act = Act(
            row, procedures.of(row.procedure), READ, reader, _seat(row, reader), engine.moment(row), {},
            target=row.state, holder=row.holder,
        )  # fmt: skip
        engine.write(act, final=row.closed_at is not None)
    return True


def _noted(matter: uuid.UUID, reader: Reader) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_NOTED, (matter, _midnight(), str(reader.person)))
        return bool(cursor.fetchone()[0])


def _midnight() -> datetime:
    zone = here.zone()
    return min(datetime.combine(date.fromisoformat(local_day()), time(), zone), now())


def _seat(row: Row, reader: Reader) -> Seat | None:
    """The post as which somebody reads: the holder's where they fill it, otherwise their first."""
    own = reader.seat(row.holder) if row.holder else None
    return own or (reader.seats[0] if reader.seats else None)
