"""A desk page by page, in the order in which it is shown, and what lies on it before and behind a place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from tertib.government.authority import Reader
from tertib.ground.ids import parse_id
from tertib.matters import procedures, queries
from tertib.matters.models import Matter
from tertib.matters.pressing import Pile, Place
from tertib.matters.visibility import visible

PAGE = 50
# A desk is looked at all day: nothing is read that it doesn't show.
SHOWN = (
    "title", "state", "urgency", "due_at", "closed_at", "procedure_id", "calendar_id", "version", "holder__name",
    "opener__name",
)  # fmt: skip
# What an address says of the desk it came from.
FILTERS = ("jabatan", "jenis", "lewat", "tanya", "setelah")

States = list[tuple[uuid.UUID, str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the desk is wanted: one post, one kind (a procedure's key), only what is late or asked, after a
    cursor.
    """

    post: uuid.UUID | None = None
    kind: str = ""
    late: bool = False
    asked: bool = False
    after: str = ""


def wanted_of(given: QueryDict, reader: Reader) -> Wanted:
    """What an address wants of the desk; a post that is not the reader's says nothing."""
    post = parse_id(given.get("jabatan", ""))
    return Wanted(
        post=post if post in reader.posts else None,
        kind=given.get("jenis", "")[:80],
        late="lewat" in given,
        asked="tanya" in given,
        after=given.get("setelah", "")[:100],
    )


def asking(found: Iterable[uuid.UUID]) -> States:
    """The states in which a matter waits for a word of whoever it was handed to, its clock standing still; of these
    procedures.
    """
    return [
        (procedure, state.name)
        for procedure in dict.fromkeys(found)
        for state in procedures.of(procedure).states.values()
        if state.pauses_clock and state.holder != "keep"
    ]


def undated(reader: Reader) -> list[uuid.UUID]:
    """The procedures of which anything without a due date lies with the reader's posts, as far as a deputy may see it.
    One statement.
    """
    lies = Matter.objects.filter(holder__in=reader.posts, closed_at=None, due_at=None)
    return list(visible(lies, reader).order_by("procedure_id").values_list("procedure_id", flat=True).distinct())


def asked(reader: Reader, wanted: Wanted, states: States, at: datetime) -> tuple[list[Matter], bool]:
    """What waits for the reader's word, and whether there is more; one statement, none where nothing can wait."""
    if wanted.late or wanted.asked or not states:
        return [], False
    found, older = matters(reader, replace(wanted, asked=True, after=""), at, states)
    return found, bool(older)


def matters(reader: Reader, wanted: Wanted, at: datetime, states: States | None = None) -> tuple[list[Matter], str]:
    """One page of the desk, and the cursor of the next one (empty when there is none). `states` are those of
    `asking`.
    """
    rows = list(_pile(reader, wanted, at, states))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], cursor_of(last)


def _pile(reader: Reader, wanted: Wanted, at: datetime, states: States | None) -> QuerySet[Matter]:
    pile = Pile(
        posts=[wanted.post] if wanted.post else reader.posts,
        kind=wanted.kind,
        before=at if wanted.late else None,
        after=place(wanted.after),
        limit=PAGE + 1,
        states=(states or []) if wanted.asked else None,
    )
    return queries.desk(reader, pile).select_related(None).select_related("holder", "opener").only(*SHOWN)


def arranged(
    found: Sequence[Matter], waiting: Sequence[Matter], wanted: Wanted, states: States, at: datetime
) -> list[Matter]:
    """The matters of a page from the top to the bottom. `waiting` are those of `asked`, which stand on the first page
    behind what is late, rather than where their missing due date would put them.
    """
    if wanted.asked:
        return list(found)
    rest = [matter for matter in found if matter.due_at or (matter.procedure_id, matter.state) not in states]
    late = sum(1 for matter in rest if matter.due_at and matter.due_at < at)
    return [*rest[:late], *([] if wanted.after else waiting), *rest[late:]]


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


# Where on the desk a matter lay that has left it since, in an address: when it was due, in seconds, or one of these.
ASKED, UNDATED = "tanya", "tanpa"


def spot(matter: Matter, states: States) -> str:
    """Where a matter lies on the desk, as an address carries it beside the matter's id."""
    if matter.due_at:
        return str(int(matter.due_at.timestamp()))
    return ASKED if (matter.procedure_id, matter.state) in states else UNDATED


def origin(given: QueryDict, matter: Matter, states: States) -> str:
    """What a line of the desk adds to the address of its matter, so that its page knows the way on and back."""
    kept = {name: str(given[name])[:100] for name in FILTERS if given.get(name)}
    return f"?{urlencode({'dari': 'meja', **kept, 'di': spot(matter, states)})}"


def _rank(where: str, matter: uuid.UUID, at: datetime) -> tuple[int, int, uuid.UUID]:
    """What `arranged` sorts by."""
    if where.isdecimal():
        due = int(where[:12])
        return (0 if due < at.timestamp() else 2, due, matter)
    return (1 if where == ASKED else 3, 0, matter)


@dataclass(frozen=True, slots=True)
class Around:
    """The matters above and below one on the desk, the page that the lower one is on, and where this one lies."""

    above: Matter | None
    below: Matter | None
    after: str
    spot: str


def around(reader: Reader, wanted: Wanted, matter: Matter, where: str, at: datetime) -> Around:
    """The neighbours of a matter on a page of the reader's desk; of one that has left it, those of the place `where` it
    lay. Three statements, two where nothing waits for the reader's word.
    """
    states = asking(undated(reader))
    rows = list(_pile(reader, wanted, at, states))
    waiting, _more = asked(reader, wanted, states, at)
    lies = arranged(rows[:PAGE], waiting, wanted, states, at)
    # The one behind the last line of a page is the first of the next page.
    turned = len(lies)
    lies += arranged(rows[PAGE:], [], replace(wanted, after="~"), states, at)
    place = next((n for n, one in enumerate(lies) if one.pk == matter.pk), None)
    if place is None:
        own = _rank(where or spot(matter, states), matter.pk, at)
        below = sum(1 for one in lies if _rank(spot(one, states), one.pk, at) < own)
        above = below - 1
    else:
        where, above, below = "", place - 1, place + 1
    return Around(
        lies[above] if above >= 0 else None,
        lies[below] if below < len(lies) else None,
        cursor_of(rows[PAGE - 1]) if turned <= below < len(lies) else wanted.after,
        where or spot(matter, states),
    )
