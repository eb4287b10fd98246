"""What the clock says: a matter is due soon, or overdue. Looked for every few minutes, told once for each due date."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tertib.government import calendars
from tertib.government.authority import local_day
from tertib.government.models import Calendar
from tertib.government.worktime import add_working_minutes
from tertib.ground.time import now
from tertib.notices.following import Fact, tell
from tertib.notices.models import Kind

# Half a working day: enough to do something about it, and not so early that it is forgotten again.
SOON_MINUTES = 240
# What was overdue before that, when Tertib first looked, is not news.
LATE_DAYS = 3
BATCH = 500
# After every id of the moment it begins with.
_LAST = uuid.UUID(int=2**128 - 1)

_LACKING = """
SELECT m.id, m.urgency, m.holder_id, m.due_at FROM matters_matter m
WHERE m.closed_at IS NULL AND m.due_at >= %(after)s AND m.due_at <= %(until)s
  AND (m.due_at, m.id) > (%(after)s, %(last)s::uuid)
  AND (%(calendar)s::uuid IS NULL OR m.calendar_id = %(calendar)s)
  AND m.clock -> -1 ->> 'event' IS DISTINCT FROM 'pause'
  AND NOT EXISTS (SELECT FROM notices_notice n WHERE n.matter_id = m.id AND n.kind = %(kind)s AND n.due_at = m.due_at)
  -- Where nobody fills the post there is nobody to tell.
  AND EXISTS (SELECT FROM government_appointment a WHERE a.post_id = m.holder_id AND a.starts_on <= %(day)s
              AND (a.ends_on IS NULL OR a.ends_on >= %(day)s))
ORDER BY m.due_at, m.id LIMIT %(batch)s"""


def look() -> int:
    """Tell holders what is due soon or overdue, in the current government. Answers how many notices were made.

    A constant number of statements for each calendar and batch.
    """
    at = now()
    made = _tell(Kind.OVERDUE, at - timedelta(days=LATE_DAYS), at, at, None)
    for calendar, version in Calendar.objects.values_list("id", "version"):
        soon = add_working_minutes(calendars.load(calendar, version), at, SOON_MINUTES)
        made += _tell(Kind.DUE_SOON, at, soon, at, calendar)
    return made


def _tell(kind: str, after: datetime, until: datetime, at: datetime, calendar: uuid.UUID | None) -> int:
    made, last = 0, _LAST
    while True:
        values: dict[str, Any] = {"after": after, "last": last, "until": until, "calendar": calendar, "kind": str(kind)}
        with connection.cursor() as cursor:
            cursor.execute(_LACKING, {**values, "day": local_day(), "batch": BATCH})
            rows = cursor.fetchall()
        made += tell(Fact(str(kind), matter, urgency, holder, at, due_at=due) for matter, urgency, holder, due in rows)
        if len(rows) < BATCH:
            return made
        last, after = rows[-1][0], rows[-1][3]
