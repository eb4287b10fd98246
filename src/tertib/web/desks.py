"""The desk: what lies with the reader's posts, the most pressing first, in groups by the time that is left."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from tertib.government.authority import Reader
from tertib.ground.ids import parse_id
from tertib.matters import procedures, queries, rooms
from tertib.matters.models import Matter
from tertib.matters.pressing import Pile, Place
from tertib.matters.rooms import Line
from tertib.matters.visibility import SEES, given
from tertib.web import deadlines

PAGE = 50
TONES = ("late", "today", "week", "later", "none")
TITLES: Mapping[str, Any] = {
    "late": _("Overdue"),
    "today": _("Due today"),
    "week": _("This week"),
    "later": _("Later"),
    "none": _("Without a due date"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the desk is wanted: one post, one kind (a procedure's key), only what is late, after a cursor."""

    post: uuid.UUID | None = None
    kind: str = ""
    late: bool = False
    after: str = ""


@dataclass(slots=True)
class Group:
    tone: str
    title: Any
    count: int
    matters: list[Matter] = field(default_factory=list)


@dataclass(slots=True)
class Cell:
    """How much of one kind lies with one post, by tone."""

    post: uuid.UUID
    kind: str
    label: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


_TOTALS = """
SELECT holder_id, procedure_id, count(*) FILTER (WHERE due_at < %(now)s),
  count(*) FILTER (WHERE due_at >= %(now)s AND due_at < %(midnight)s),
  count(*) FILTER (WHERE due_at >= %(midnight)s AND due_at < %(sunday)s),
  count(*) FILTER (WHERE due_at >= %(midnight)s AND due_at >= %(sunday)s), count(*) FILTER (WHERE due_at IS NULL)
FROM matters_matter m WHERE holder_id = ANY(%(posts)s) AND closed_at IS NULL {seen} GROUP BY 1, 2"""
# Who stands in for somebody counts only what is not too secret for them; what lies with one's own posts one always
# sees.
_SEEN = f"AND (holder_id = ANY(%(own)s) OR {SEES})"


def totals(reader: Reader, at: datetime) -> list[Cell]:
    """How much lies with each of the reader's posts; one statement."""
    midnight, sunday = deadlines.edges(at)
    values: dict[str, Any] = {"posts": list(reader.posts), "now": at, "midnight": midnight, "sunday": sunday}
    own = [seat.post for seat in reader.seats if seat.capacity != "deputy"]
    if stands_in := len(own) < len(reader.seats):
        values |= {"own": own, **given(reader)}
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS.format(seen=_SEEN if stands_in else ""), values)
        rows = cursor.fetchall()
    cells = []
    for row in rows:
        definition = procedures.of(row[1])
        counts = dict(zip(TONES, row[2:], strict=True))
        cells.append(Cell(row[0], definition.key, procedures.words(definition.label), counts))
    return cells


# A desk is looked at all day: nothing is read that it doesn't show.
SHOWN = (
    "title", "state", "urgency", "due_at", "closed_at", "procedure_id", "calendar_id", "holder__name", "opener__name"
)  # fmt: skip


def matters(reader: Reader, wanted: Wanted, at: datetime) -> tuple[list[Matter], str]:
    """One page of the desk, and the cursor of the next one (empty when there is none)."""
    pile = Pile(
        posts=[wanted.post] if wanted.post else reader.posts,
        kind=wanted.kind,
        before=at if wanted.late else None,
        after=place(wanted.after),
        limit=PAGE + 1,
    )
    found = queries.desk(reader, pile).select_related(None).select_related("holder", "opener").only(*SHOWN)
    rows = list(found)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], cursor_of(last)


def cursor_of(last: Matter | None) -> str:
    """The cursor of the page after this matter, as an address carries it; empty after none."""
    return f"{last.due_at.isoformat() if last.due_at else ''}~{last.id}" if last else ""


def place(cursor: str) -> Place | None:
    """What `cursor_of` made; None for anything else."""
    moment, _sep, ident = cursor.partition("~")
    last = parse_id(ident)
    if last is None:
        return None
    try:
        due = parse_datetime(moment)
    except ValueError:
        return None
    return Place(due if due is not None and due.tzinfo is not None else None, last)


def lines(found: Iterable[Matter]) -> dict[uuid.UUID, Line]:
    """What its room says of each matter, in one statement a room; without a word of it, the post that opened it."""
    said: dict[uuid.UUID, Line] = {}
    by_room: dict[str, list[uuid.UUID]] = {}
    for matter in found:
        said[matter.pk] = Line(matter.opener.name)
        by_room.setdefault(procedures.of(matter.procedure_id).key.partition(".")[0], []).append(matter.pk)
    for room in rooms.rooms():
        if room.lines is not None and room.name in by_room:
            for matter_id, line in room.lines(by_room[room.name]).items():
                said[matter_id] = line if line.sender else replace(line, sender=said[matter_id].sender)
    return said


def grouped(found: Iterable[Matter], cells: Iterable[Cell], at: datetime) -> list[Group]:
    """The matters in their groups, each with the count of all that is in it, on this page or not."""
    counts = dict.fromkeys(TONES, 0)
    for cell in cells:
        for tone, count in cell.counts.items():
            counts[tone] += count
    groups = {tone: Group(tone, TITLES[tone], counts[tone]) for tone in TONES}
    for matter in found:
        groups[deadlines.tone_of(matter.due_at, at) if matter.due_at else "none"].matters.append(matter)
    return [group for group in groups.values() if group.matters]


def selected(cells: list[Cell], wanted: Wanted) -> list[Cell]:
    """The cells that the filters let through."""
    return [c for c in cells if wanted.post in (None, c.post) and wanted.kind in ("", c.kind)]
