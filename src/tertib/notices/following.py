"""The follower that turns entries of the record into notices, and all followers of an installation."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from tertib.government.queries import seated
from tertib.ground.config import config
from tertib.ground.ids import new_id
from tertib.ground.time import now
from tertib.matters import rooms
from tertib.matters.followers import Handler, Item
from tertib.notices import smtp, wishes
from tertib.notices.models import Kind, Notice, Sending

NAME = "notices"
# What is older is history that was brought here, not news.
FRESH = timedelta(days=7)
# Only what has just happened is worth an e-mail at once: nothing is sent of what a restored backup goes through again.
JUST_NOW = timedelta(hours=24)


def handlers() -> dict[str, Handler]:
    """All followers of this installation: those of the rooms, and this one."""
    return {**{name: handle for room in rooms.rooms() for name, handle in room.followers.items()}, NAME: follow}


@dataclass(frozen=True, slots=True)
class Fact:
    """Somebody at a post is to be told something of a matter."""

    kind: str
    matter: uuid.UUID
    urgency: int
    post: uuid.UUID
    at: datetime
    position: int | None = None
    due_at: datetime | None = None


# The matter, and who held it before this entry.
_AROUND = """
SELECT pr.key, m.urgency, m.opener_id, (
  SELECT b.body ->> 'holder' FROM matters_entry e JOIN matters_entrybody b ON b.entry_id = e.seq
  WHERE e.matter_id = m.id AND e.n < %s AND b.body IS NOT NULL ORDER BY e.n DESC LIMIT 1)
FROM matters_matter m JOIN matters_procedure pr ON pr.id = m.procedure_id WHERE m.id = %s"""


def follow(item: Item) -> None:
    """Follower: whoever is concerned by an entry gets a notice of it, but not whoever did it."""
    if item.body is None or item.body.get("imported") or now() - item.at > FRESH:
        return
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, (item.n, item.matter))
        row = cursor.fetchone()
    if row is None:
        return
    procedure, urgency, opener, before = row
    told = _told(item.body, procedure, opener, uuid.UUID(before) if before else None)
    facts = [Fact(kind, item.matter, urgency, post, item.at, position=item.position) for kind, post in told]
    by = (item.body.get("by") or {}).get("person")
    tell(facts, besides=uuid.UUID(by) if by else None)


def _told(
    body: dict[str, object], procedure: str, opener: uuid.UUID, before: uuid.UUID | None
) -> list[tuple[str, uuid.UUID]]:
    """What an entry says to which post. What the room calls it comes before the plain arrival."""
    action, found = str(body.get("action", "")), []
    holder = uuid.UUID(str(body["holder"])) if body.get("holder") else None
    news = rooms.news(procedure, action)
    if news:
        post = {"opener": opener, "holder": holder, "left": before}[news.to]
        if post:
            found.append((news.kind, post))
    if holder and holder != before:
        found.append((str(Kind.ARRIVED), holder))
    if action == "withdraw" and before:
        found.append((str(Kind.WITHDRAWN), before))
    return found


def tell(facts: Iterable[Fact], besides: uuid.UUID | None = None) -> int:
    """Make the notices, and what is to be sent of them. Five statements. Answers how many were made.

    Safe to call again with the same facts.
    """
    facts = list(facts)
    if not facts:
        return 0
    people = seated({fact.post for fact in facts})
    pairs: dict[tuple[uuid.UUID, object, object], tuple[uuid.UUID, Fact]] = {}
    for fact in facts:
        for person in people.get(fact.post, []):
            if person != besides:
                pairs.setdefault((person, fact.position, (fact.matter, fact.due_at)), (person, fact))
    wanted = wishes.of(person for person, _fact in pairs.values())
    notices = [
        (_notice(person, fact), wanted[person].way(fact.kind, fact.urgency))
        for person, fact in pairs.values()
        if person in wanted and wanted[person].way(fact.kind, fact.urgency) != "off"
    ]
    Notice.objects.bulk_create([notice for notice, _way in notices], ignore_conflicts=True)
    ways = [
        (notice, name)
        for notice, way in notices
        for name, ones in _outward()
        if way in ones and now() - notice.at < JUST_NOW
    ]
    _send(ways)
    return len(notices)


def _outward() -> list[tuple[str, tuple[str, ...]]]:
    """The ways out that the operator has switched on. What is off piles up nothing for the day it is switched on."""
    ways: list[tuple[str, tuple[str, ...]]] = []
    if smtp.server():
        ways.append((str(Sending.Way.MAIL), wishes.BY_MAIL))
    if config().push:
        ways.append((str(Sending.Way.PUSH), wishes.BY_PUSH))
    return ways


def _notice(person: uuid.UUID, fact: Fact) -> Notice:
    return Notice(
        id=new_id(fact.at), person_id=person, matter_id=fact.matter, kind=fact.kind, urgency=fact.urgency,
        post_id=fact.post, at=fact.at, position=fact.position, due_at=fact.due_at,
    )  # fmt: skip


# A notice that was there already has another id than ours, and is sent already or waits.
_SEND = """
INSERT INTO notices_sending (id, way, state, person_id, notice_id, made_at, after, attempts, why)
SELECT x.id, x.way, 'waiting', n.person_id, n.id, %(now)s, %(now)s, 0, ''
FROM jsonb_to_recordset(%(rows)s::jsonb) AS x(id uuid, way text, notice uuid)
JOIN notices_notice n ON n.id = x.notice ON CONFLICT DO NOTHING"""


def _send(ways: Sequence[tuple[Notice, str]]) -> None:
    if not ways:
        return
    rows = [{"id": str(new_id()), "way": str(way), "notice": str(notice.id)} for notice, way in ways]
    with connection.cursor() as cursor:
        cursor.execute(_SEND, {"rows": json.dumps(rows), "now": now()})
