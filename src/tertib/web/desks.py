"""The desk: what lies with the reader's posts, the most pressing first, in groups by the time that is left."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tertib.government.authority import Reader
from tertib.government.kept import keep
from tertib.government.queries import standing_in
from tertib.matters import desk_pages, procedures, rooms
from tertib.matters.desk_pages import States, Wanted
from tertib.matters.models import Matter
from tertib.matters.rooms import Line
from tertib.matters.visibility import SEES, given
from tertib.web import deadlines

TONES = ("late", "today", "week", "later", "none")
# What waits for a word of mine has no due date, for the other one's clock stands still; it must not lie at the bottom.
ASKED = "asked"
GROUPS = ("late", ASKED, "today", "week", "later", "none")
TITLES: Mapping[str, Any] = {
    "late": _("Overdue"),
    ASKED: _("Awaiting your explanation"),
    "today": _("Due today"),
    "week": _("This week"),
    "later": _("Later"),
    "none": _("Without a due date"),
}


@dataclass(slots=True)
class Group:
    tone: str
    title: Any
    count: int
    matters: list[Matter] = field(default_factory=list)


@dataclass(slots=True)
class Cell:
    """How much of one procedure lies with one post, by tone."""

    post: uuid.UUID
    procedure: uuid.UUID
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
        cells.append(Cell(row[0], row[1], definition.key, procedures.words(definition.label), counts))
    return cells


def asking(cells: Iterable[Cell]) -> States:
    """The states of `desk_pages.asking`, of those procedures of which anything without a due date lies here."""
    return desk_pages.asking(cell.procedure for cell in cells if cell.counts["none"])


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


def grouped(
    found: Sequence[Matter],
    cells: Iterable[Cell],
    wanted: Wanted,
    states: States,
    waiting: Sequence[Matter],
    at: datetime,
) -> list[Group]:
    """The matters in their groups, each with the count of all that is in it, on this page or not. `waiting` are those
    of `asked`, which stand on the first page, rather than where their missing due date would put them.
    """
    counts = dict.fromkeys(GROUPS, 0)
    for cell in cells:
        for tone, count in cell.counts.items():
            counts[tone] += count
    counts[ASKED] = len(found) if wanted.asked else len(waiting)
    counts["none"] -= len(waiting)
    groups = {tone: Group(tone, TITLES[tone], counts[tone]) for tone in GROUPS}
    for matter in desk_pages.arranged(found, waiting, wanted, states, at):
        groups[group_of(matter, states, at)].matters.append(matter)
    return [group for group in groups.values() if group.matters]


def group_of(matter: Matter, states: States, at: datetime) -> str:
    """In which group a matter of a desk stands."""
    if matter.due_at:
        return deadlines.tone_of(matter.due_at, at)
    return ASKED if (matter.procedure_id, matter.state) in states else "none"


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody stands in: the deputy, for whom, on which post, until when (ISO day)."""

    deputy: str
    principal: str
    post: uuid.UUID
    post_name: str
    until: str


def stand_ins(me: Reader) -> tuple[list[StandIn], list[StandIn]]:
    """Who stands in for me today, and for whom I do. Read once for as long as nobody is appointed or stands in anew."""
    return keep(me.structure, ("stand-ins", me.person, me.day), lambda: _stand_ins(me))


def _stand_ins(me: Reader) -> tuple[list[StandIn], list[StandIn]]:
    own = [seat.post for seat in me.seats if seat.capacity == "definitive"]
    theirs = [seat.post for seat in me.seats if seat.capacity == "deputy"]
    rows = standing_in().filter(Q(post__in=own) | Q(post__in=theirs, person=me.person), starts_on__lte=me.day)
    found = [
        (
            row.person_id,
            StandIn(
                row.person.name,
                row.principal.name if row.principal else "",
                row.post_id,
                row.post.name,
                row.ends_on.isoformat(),
            ),
        )
        for row in rows.select_related("person", "principal", "post").order_by("ends_on", "id")
    ]
    return [one for by, one in found if by != me.person], [one for by, one in found if by == me.person]


@dataclass(frozen=True, slots=True)
class Key:
    """A letter on the keyboard: which action of a line it begins, in words."""

    letter: str
    action: str
    label: str


def keys(matter: Matter) -> list[Key]:
    """The actions that whoever has the matter may do in its state and that have a letter, the likeliest first."""
    definition = procedures.of(matter.procedure_id)
    room = rooms.of(definition.key)
    letters = room.keys if room else {}
    found = [
        action
        for action in definition.actions.values()
        if action.name in letters and "holder" in action.by and (not action.source or matter.state in action.source)
    ]
    return [Key(letters[one.name], one.name, procedures.words(one.label)) for one in found]


def together(said: Mapping[uuid.UUID, Line]) -> list[rooms.Together]:
    """What can be done with several of these matters at once."""
    possible = {name for line in said.values() for name in line.together}
    return [one for room in rooms.rooms() for one in room.together if one.name in possible]


# So many unfinished texts stand on the desk; the others are folded away below them.
UNFINISHED = 5


def unfinished(me: Reader) -> tuple[list[rooms.Unfinished], list[rooms.Unfinished]]:
    """What I began to write and left, the newest first: those that stand on the desk, and the others."""
    texts = [text for room in rooms.rooms() if room.unfinished for text in room.unfinished(me)]
    texts.sort(key=lambda text: text.at, reverse=True)
    return texts[:UNFINISHED], texts[UNFINISHED:]


def selected(cells: list[Cell], wanted: Wanted) -> list[Cell]:
    """The cells that the filters let through."""
    return [c for c in cells if wanted.post in (None, c.post) and wanted.kind in ("", c.kind)]
