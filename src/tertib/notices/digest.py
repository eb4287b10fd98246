"""The e-mail of a working morning: what is overdue, what is due today, what came since the last one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tertib.government.authority import Reader, local_day
from tertib.government.models import Security
from tertib.ground.tenancy import here
from tertib.ground.time import now
from tertib.matters.models import Matter
from tertib.matters.visibility import visible
from tertib.notices import compose, queries
from tertib.notices.compose import Line
from tertib.notices.models import Sending
from tertib.notices.wishes import DIGEST_AT, Told

# Whoever could not be sent a digest by then is better served by the next one.
LATEST = timedelta(hours=3)
MOST_LINES = 30
# The first digest looks back so far; a weekend and a holiday.
LOOK_BACK = timedelta(days=4)

_PREPARE = """
INSERT INTO notices_sending (id, way, state, person_id, day, made_at, after, attempts, why)
SELECT gen_random_uuid(), 'digest', 'waiting', p.id, %(day)s::date, %(now)s, %(now)s, 0, ''
FROM government_person p LEFT JOIN notices_wishes w ON w.person_id = p.id
WHERE p.is_active AND p.email <> '' AND COALESCE(w.digest, true)
  AND %(time)s::time - COALESCE(w.digest_at, %(usual)s::time) >= interval '0'
  AND %(time)s::time - COALESCE(w.digest_at, %(usual)s::time) < %(latest)s::interval
  AND EXISTS (SELECT FROM government_appointment a WHERE a.person_id = p.id AND a.starts_on <= %(day)s::date
              AND (a.ends_on IS NULL OR a.ends_on >= %(day)s::date))
ON CONFLICT DO NOTHING"""


def prepare() -> int:
    """A digest of today for everybody whose time for it has come, once a day. One statement. Whether it is a working
    day for them, and whether there is anything to say, is asked when it is made.
    """
    local = now().astimezone(here.zone())
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"day": local_day(), "now": now(), "time": local.time().isoformat("seconds")}
        cursor.execute(_PREPARE, {**values, "usual": DIGEST_AT.isoformat("minutes"), "latest": f"{LATEST.seconds} s"})
        return int(cursor.rowcount)


def groups(reader: Reader, told: Told) -> list[tuple[str, Sequence[Line]]]:
    """What stands in a digest; empty where there is nothing to say. Three statements."""
    address, at = compose.base(), now()
    today = at.astimezone(here.zone()).date()
    late, due = [], []
    for matter in _pressing(reader, at):
        ends = matter.due_at
        if ends is not None and ends <= at:
            late.append(_of_desk(matter, address))
        elif ends is not None and ends.astimezone(here.zone()).date() == today:
            due.append(_of_desk(matter, address))
    fresh = [
        compose.line(shown, address)
        for shown in queries.since(reader, _last(reader.person) or at - LOOK_BACK, 2 * MOST_LINES)
        if told.way(shown.kind, shown.urgency) == "digest"
    ]
    found = [(_("Overdue"), late), (_("Due today"), due), (_("New since the last digest"), fresh)]
    return [(f"{title} ({len(lines)})", lines[:MOST_LINES]) for title, lines in found if lines]


def _pressing(reader: Reader, at: datetime) -> list[Matter]:
    held = Matter.objects.filter(
        holder_id__in=reader.posts, closed_at__isnull=True, due_at__lt=at + timedelta(days=1)
    ).only("id", "title", "security", "due_at")
    return list(visible(held, reader).order_by("due_at", "id")[: 4 * MOST_LINES])


def _of_desk(matter: Matter, address: str) -> Line:
    link = f"{address}/urusan/{matter.pk}"
    if matter.security >= Security.RAHASIA:
        return Line(compose.secret_words(), "", link)
    return Line(compose.when(matter.due_at), compose.one_line(matter.title), link)


def _last(person: uuid.UUID) -> datetime | None:
    return (
        Sending.objects.filter(person=person, way=Sending.Way.DIGEST, state=Sending.State.SENT)
        .order_by("-done_at")
        .values_list("done_at", flat=True)
        .first()
    )


def day_words(at: datetime) -> str:
    """The day of a digest, as its subject has it."""
    return date_format(at.astimezone(here.zone()), "l, j F Y")
