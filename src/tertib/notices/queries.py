"""Notices as they are shown: only those of matters that the reader may see at this moment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.ground.ids import parse_id
from tertib.matters import rooms
from tertib.matters.models import Urgency
from tertib.matters.telling import SAID
from tertib.matters.visibility import SEES, given
from tertib.notices.models import Kind

MOST_COUNTED = 100
PAGE = 40

# Filters of the page, by what stands in the address.
GROUPS: dict[str, tuple[str, ...]] = {
    "masuk": (Kind.ARRIVED, Kind.ASKED),
    "hasil": (Kind.ANSWERED, Kind.RETURNED, Kind.SIGNED, Kind.DELIVERED, Kind.WITHDRAWN),
    "tenggat": (Kind.DUE_SOON, Kind.OVERDUE),
    "pengingat": (Kind.REMINDER,),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One notice with what its reader may know. `procedure` is a key; `quote` what somebody wrote with the act."""

    id: uuid.UUID
    kind: str
    at: datetime
    read_at: datetime | None
    matter: uuid.UUID
    title: str
    security: int
    urgency: int
    procedure: str
    due_at: datetime | None
    action: str
    by_post: str
    by_person: str
    quote: str

    @property
    def words(self) -> str:
        """What happened, in a line."""
        news = rooms.news(self.procedure, self.action) if self.action else None
        return str(news.words) if news and news.kind == self.kind else plain_words(self.kind)

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def urgency_words(self) -> str:
        return str(Urgency(self.urgency).label) if self.urgency else ""

    @property
    def late(self) -> bool:
        return self.kind == Kind.OVERDUE

    @property
    def soon(self) -> bool:
        return self.kind == Kind.DUE_SOON


ICONS: dict[str, str] = {
    Kind.ARRIVED: "inbox",
    Kind.ASKED: "circle-question-mark",
    Kind.ANSWERED: "message-square-reply",
    Kind.RETURNED: "undo-2",
    Kind.SIGNED: "pen-line",
    Kind.DELIVERED: "truck",
    Kind.WITHDRAWN: "x",
    Kind.DUE_SOON: "clock",
    Kind.OVERDUE: "triangle-alert",
    Kind.REMINDER: "bell-ring",
}


def plain_words(kind: str) -> str:
    """What happened, where the room has no words of its own for it."""
    return {
        Kind.ARRIVED: _("Arrived on your desk"),
        Kind.ASKED: _("An explanation is asked of you"),
        Kind.ANSWERED: _("What you asked for was answered"),
        Kind.RETURNED: _("Came back to you"),
        Kind.SIGNED: _("Your draft was signed"),
        Kind.DELIVERED: _("News of a delivery"),
        Kind.WITHDRAWN: _("No longer on your desk"),
        Kind.DUE_SOON: _("Due soon"),
        Kind.OVERDUE: _("Overdue"),
        Kind.REMINDER: _("You are reminded"),
    }[Kind(kind)]


# What comes within that time of the newest of its kind is shown as one line, as an e-mail gathers it; of two, both are
# read as quickly as opened.
BUNDLED = timedelta(minutes=5)
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Bundle:
    """Notices of one kind that came almost together, the newest first; all of them read, or none."""

    notices: tuple[Shown, ...]

    @property
    def newest(self) -> Shown:
        return self.notices[0]

    @property
    def oldest(self) -> Shown:
        return self.notices[-1]

    @property
    def words(self) -> str:
        """What happened, in the words of the single ones where they agree."""
        said = {one.words for one in self.notices}
        return said.pop() if len(said) == 1 else plain_words(self.newest.kind)

    @property
    def more(self) -> int:
        """How many there are beside the newest."""
        return len(self.notices) - 1


def bundled(rows: Sequence[Shown]) -> list[Shown | Bundle]:
    """A page of notices, with those that came almost together as one, where the newest of them stood. What is very
    urgent stays by itself.
    """
    gathered: list[list[Shown]] = []
    latest: dict[tuple[str, bool], list[Shown]] = {}
    for row in rows:
        kind = (row.kind, row.read_at is None)
        group = latest.get(kind)
        if row.urgency == Urgency.SANGAT_SEGERA:
            gathered.append([row])
        elif group and abs(group[0].at - row.at) <= BUNDLED:
            group.append(row)
        else:
            latest[kind] = [row]
            gathered.append(latest[kind])
    place = {row.id: number for number, row in enumerate(rows)}
    found: list[Shown | Bundle] = []
    for group in gathered:
        found += [Bundle(tuple(group))] if len(group) >= FEWEST else group
    return sorted(found, key=lambda one: place[one.newest.id if isinstance(one, Bundle) else one.id])


_QUOTED = ", ".join(f"b.body #>> '{{data,{name}}}'" for name in SAID)
_SHOWN = f"""
SELECT n.id, n.kind, n.at, n.read_at, m.id, m.title, m.security, m.urgency, pr.key, COALESCE(n.due_at, m.due_at),
  COALESCE(b.body ->> 'action', ''), COALESCE(po.name, ''), COALESCE(pe.name, ''), COALESCE({_QUOTED}, '')
FROM notices_notice n JOIN matters_matter m ON m.id = n.matter_id
JOIN matters_procedure pr ON pr.id = m.procedure_id
LEFT JOIN matters_sealed s ON s.position = n.position LEFT JOIN matters_entrybody b ON b.entry_id = s.entry_id
LEFT JOIN government_post po ON po.id = (b.body #>> '{{by,post}}')::uuid
LEFT JOIN government_person pe ON pe.id = (b.body #>> '{{by,person}}')::uuid
WHERE n.person_id = %(person)s AND {SEES}"""  # noqa: S608 - constants of this file


def _fetch(where: str, reader: Reader, values: dict[str, Any]) -> list[Shown]:
    if not reader.keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN + where, {**given(reader), "person": reader.person, **values})
        return [Shown(*row) for row in cursor.fetchall()]


def page(
    reader: Reader, kinds: Sequence[str] = (), *, unread: bool = False, after: str = ""
) -> tuple[list[Shown], str]:
    """A page of notices, what is unread first, then the newest; and where the next page begins. At most two
    statements, each along an index, so that the page costs the same however many there are.
    """
    part, _dot, last = after.partition(".")
    begin = parse_id(last)
    rows: list[Shown] = []
    if begin is None or part == "0":
        rows = _part("IS NULL", reader, kinds, begin, PAGE + 1)
        begin = None
    if not unread and len(rows) <= PAGE:
        rows += _part("IS NOT NULL", reader, kinds, begin, PAGE + 1 - len(rows))
    shown = rows[:PAGE]
    older = f"{int(shown[-1].read_at is not None)}.{shown[-1].id}" if len(rows) > PAGE else ""
    return shown, older


def _part(read: str, reader: Reader, kinds: Sequence[str], begin: uuid.UUID | None, limit: int) -> list[Shown]:
    values = {"limit": limit, "kinds": list(kinds), "begin": begin}
    where = f" AND n.read_at {read} AND (%(kinds)s::text[] = '{{}}' OR n.kind = ANY(%(kinds)s::text[]))"
    if begin:
        where += " AND n.id < %(begin)s"
    return _fetch(where + " ORDER BY n.id DESC LIMIT %(limit)s", reader, values)


def one(reader: Reader, notice: uuid.UUID) -> Shown | None:
    """A notice of the reader's, if they still may see what it is about. One statement."""
    return next(iter(_fetch(" AND n.id = %(notice)s", reader, {"notice": notice})), None)


def since(reader: Reader, moment: datetime, limit: int) -> list[Shown]:
    """What came since a moment and is not read yet, the newest first. One statement."""
    where = " AND n.read_at IS NULL AND n.at > %(since)s ORDER BY n.id DESC LIMIT %(limit)s"
    return _fetch(where, reader, {"since": moment, "limit": limit})


_COUNT = f"""
SELECT x.kind, count(*) FROM (
  SELECT n.kind FROM notices_notice n JOIN matters_matter m ON m.id = n.matter_id
  WHERE n.person_id = %(person)s AND n.read_at IS NULL AND {SEES} ORDER BY n.id DESC LIMIT %(most)s) x
GROUP BY x.kind"""  # noqa: S608 - constants of this file


def unread(reader: Reader) -> dict[str, int]:
    """How many notices are unread, by kind; at most `MOST_COUNTED` are counted. One statement."""
    if not reader.keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {**given(reader), "person": reader.person, "most": MOST_COUNTED})
        return dict(cursor.fetchall())
