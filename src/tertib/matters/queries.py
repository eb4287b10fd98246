"""Reads of the engine that more than one caller needs. Each has a constant number of SQL statements."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from tertib.government.authority import Reader
from tertib.ground.ids import parse_id
from tertib.matters import procedures
from tertib.matters.authorise import permitted
from tertib.matters.context import Row
from tertib.matters.models import Link, Matter
from tertib.matters.pressing import Pile, pressing
from tertib.matters.procedures import Action, words
from tertib.matters.visibility import SEES, given, visible


@dataclass(frozen=True, slots=True)
class Event:
    """One entry as the timeline shows it. `holder` is who holds the matter then, `passed_to` the same where it was
    another before; `due` are the due dates before and after, where the calendar moved it.
    """

    n: int
    at: datetime
    hash: str
    body: dict[str, Any] | None
    action: str
    label: str
    person: str
    post: str
    capacity: str
    holder: str
    erased_by_order: str
    passed_to: str = ""
    due: tuple[datetime, datetime] | None = None


_RECORD = """
SELECT e.n, e.at, encode(e.hash, 'hex'), b.body, b.erased_by_order, COALESCE(per.name, ''), COALESCE(po.name, ''),
  COALESCE(h.name, '')
FROM matters_entry e JOIN matters_entrybody b ON b.entry_id = e.seq
LEFT JOIN government_person per ON per.id = (b.body #>> '{by,person}')::uuid
LEFT JOIN government_post po ON po.id = (b.body #>> '{by,post}')::uuid
LEFT JOIN government_post h ON h.id = (b.body ->> 'holder')::uuid
WHERE e.matter_id = %s AND e.n >= %s ORDER BY e.n"""


def record(matter: uuid.UUID, procedure: uuid.UUID, after: int = 0) -> list[Event]:
    """The entries of a matter in order, with names. The caller has checked that the reader may see the matter."""
    definition = procedures.of(procedure)
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, (matter, after))
        rows = cursor.fetchall()
    # The entry before the first one that is wanted is read along, since it tells what that one changed.
    events, before = [], None
    for row in rows:
        body = json.loads(row[3]) if row[3] else None
        events.append(_event(row, body, before, definition))
        before = body
    return [event for event in events if event.n > after]


def _event(
    row: Sequence[Any], body: dict[str, Any] | None, before: dict[str, Any] | None, definition: procedures.Definition
) -> Event:
    action = body.get("action", "") if body else ""
    step = definition.actions.get(action)
    label = words(step.label) if step else ENGINE_LABELS.get(action, action)
    capacity = str((body or {}).get("by", {}).get("as", ""))
    known = before or {}
    passed = row[7] if body and body.get("holder") != known.get("holder") else ""
    due = None
    if action == "recalculated" and body and body.get("due") and known.get("due"):
        due = datetime.fromisoformat(known["due"]), datetime.fromisoformat(body["due"])
    names = row[5], row[6], capacity, row[7]
    return Event(row[0], row[1], row[2], body, action, str(label), *names, row[4], passed, due)


def veiled(events: Sequence[Event], reader: Reader) -> list[Event]:
    """The entries as they are shown with their bodies: the id of a linked matter that the reader may not see is left
    out. One statement where anything was linked, else none.
    """
    linked = {event.n: key for event in events if (key := _linked_in(event))}
    if not linked:
        return list(events)
    seen = set(visible(Matter.objects.filter(pk__in=linked.values()), reader).values_list("pk", flat=True))
    return [_without_target(event) if linked.get(event.n) not in {None, *seen} else event for event in events]


def _linked_in(event: Event) -> uuid.UUID | None:
    data = (event.body or {}).get("data") if event.action == "link" else None
    return parse_id(str(data.get("target"))) if isinstance(data, dict) else None


def _without_target(event: Event) -> Event:
    body = event.body or {}
    return replace(event, body={**body, "data": {**body["data"], "target": None}})


def _labels() -> dict[str, Any]:
    from django.utils.translation import gettext_lazy as _

    return {
        "open": _("Opened"),
        "withdraw": _("Withdrawn, because the matter above was decided"),
        "children_closed": _("All parts are finished"),
        "child_returned": _("A part came back undone"),
        "read": _("Read"),
        "reclassified": _("The security changed with the matter above"),
        "recalculated": _("The due date moved with the calendar"),
    }


ENGINE_LABELS = _labels()


def happened_since(matter: uuid.UUID, version: int) -> list[dict[str, Any]]:
    """What has happened since a version, as a 409 answer tells it."""
    procedure = Matter.objects.values_list("procedure_id", flat=True).get(pk=matter)
    return [
        {"n": event.n, "at": event.at.isoformat(), "what": event.label, "by": event.post}
        for event in record(matter, procedure, version)
    ]


def as_row(matter: Matter) -> Row:
    """A matter that was read (not locked), as the rules of who may act take it."""
    return Row(
        matter.id, matter.procedure_id, matter.state, matter.title, matter.unit_id, matter.opener_id, matter.holder_id,
        matter.holder_since, matter.ancestors, matter.parent_id, matter.security, matter.urgency, matter.opened_at,
        matter.closed_at, matter.due_at, matter.clock, matter.calendar_id, matter.version, matter.moved,
        bytes(matter.head), matter.holder.superior_id if matter.holder else None, list(matter.unit.lineage),
    )  # fmt: skip


def possible_actions(matter: Matter, reader: Reader) -> list[Action]:
    """The actions this reader may do now, the likely one first. `matter` comes from `visibility.seen`."""
    definition = procedures.of(matter.procedure_id)
    row = as_row(matter)
    parent_holder = None
    if matter.parent_id and any("parent_holder" in action.by for action in definition.actions.values()):
        parent_holder = Matter.objects.values_list("holder_id", flat=True).get(pk=matter.parent_id)
    found = [
        action
        for action in definition.actions.values()
        if (not action.source or row.state in action.source)
        and (row.closed_at is None or action.after_closing)
        and permitted(row, action, reader, parent_holder)
    ]
    return sorted(found, key=lambda action: not action.primary)


def desk(reader: Reader, pile: Pile | None = None) -> QuerySet[Matter]:
    """Open matters that lie with the reader's posts (own and deputised), the most pressing first; of a pile, those of
    its posts that are the reader's.
    """
    found = pressing(pile or Pile(reader.posts), reader)
    return found.select_related("holder", "opener__unit", "procedure").defer("procedure__definition", "clock")


@dataclass(slots=True)
class Node:
    """One matter in a tree: who holds what since when, due when."""

    id: uuid.UUID
    parent: uuid.UUID | None
    depth: int
    title: str
    state: str
    closed_at: datetime | None
    holder: str
    holder_since: datetime | None
    due_at: datetime | None
    visible: bool
    first_holder: str
    holder_id: uuid.UUID | None = None
    # The state by its name in the procedure.
    step: str = ""


_TREE = f"""
SELECT m.id, m.parent_id, cardinality(m.ancestors), m.title, m.procedure_id, m.state, m.closed_at, COALESCE(p.name,
  ''), m.holder_since, m.due_at,
  {SEES},
  COALESCE((SELECT f.name FROM matters_entry e JOIN matters_entrybody b ON b.entry_id = e.seq
            JOIN government_post f ON f.id = (b.body ->> 'holder')::uuid WHERE e.matter_id = m.id AND e.n = 1), ''),
  m.holder_id, m.state
FROM matters_matter m LEFT JOIN government_post p ON p.id = m.holder_id
WHERE m.id = %(root)s OR m.ancestors @> ARRAY[%(root)s]::uuid[] ORDER BY m.ancestors || m.id"""  # noqa: S608 - constants of the engine


def tree(root: uuid.UUID, reader: Reader) -> list[Node]:
    """The matters below a root in reading order. What the reader may not see keeps its place, but not its title."""
    with connection.cursor() as cursor:
        cursor.execute(_TREE, {"root": root, **given(reader)})
        rows = cursor.fetchall()
    nodes = []
    for row in rows:
        state = words(procedures.of(row[4]).states[row[5]].label)
        title = row[3] if row[10] else ""
        nodes.append(Node(row[0], row[1], row[2], title, state, *row[6:14]))
    return nodes


def links(matter: uuid.UUID, reader: Reader) -> list[tuple[str, Matter]]:
    """The matters this one is linked with, as (what it is to this one, matter), both directions; only visible ones."""
    found = list(Link.objects.filter(source=matter)) + list(Link.objects.filter(target=matter))
    ids = {link.target_id if link.source_id == matter else link.source_id for link in found}
    seen = {m.id: m for m in visible(Matter.objects.filter(pk__in=ids), reader)} if ids else {}
    answer = []
    for link in found:
        outward = link.source_id == matter
        other = seen.get(link.target_id if outward else link.source_id)
        if other:
            answer.append((link.kind if outward else f"{link.kind}_of", other))
    return answer
