"""What has happened to a matter and its parts since somebody looked at it."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tertib.government.authority import Reader
from tertib.matters import procedures
from tertib.matters.procedures import words
from tertib.matters.queries import ENGINE_LABELS, Event
from tertib.matters.telling import tell
from tertib.matters.visibility import SEES, given

MOST = 20


@dataclass(frozen=True, slots=True)
class News:
    """The last step: when, what was done and as which post, whether to a part; and how many more there were before it.

    What was done to a part that is not for the reader to see is not said.
    """

    at: datetime
    label: str
    post: str
    of_part: bool
    more: int


_SINCE = f"""
SELECT e.at, m.id <> %(matter)s, {SEES}, m.procedure_id, b.body, COALESCE(p.name, ''), e.n
FROM matters_matter m JOIN matters_entry e ON e.matter_id = m.id JOIN matters_entrybody b ON b.entry_id = e.seq
LEFT JOIN government_post p ON p.id = (b.body #>> '{{by,post}}')::uuid
WHERE (m.id = %(matter)s OR m.ancestors @> ARRAY[%(matter)s]::uuid[])
  AND CASE WHEN m.id = %(matter)s THEN e.n > %(version)s ELSE e.at >= %(at)s END
  AND b.body ->> 'action' IS DISTINCT FROM 'read'
ORDER BY e.at DESC, e.seq DESC LIMIT {MOST}"""  # noqa: S608 - constants of the engine


def since(matter: uuid.UUID, version: int, at: datetime, reader: Reader) -> News | None:
    """What was done after that version of the matter, and to its parts from that moment on. None where nothing was.

    The caller has checked that the reader may see the matter. One statement, and one of the room that words it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, {"matter": matter, "version": version, "at": at, **given(reader)})
        rows = cursor.fetchall()
    if not rows:
        return None
    moment, of_part, sees, procedure, text, post, n = rows[0]
    if not sees:
        return News(moment, "", "", of_part, len(rows) - 1)
    definition = procedures.of(procedure)
    body = json.loads(text) if text else None
    action = body["action"] if body else ""
    step = definition.actions.get(action)
    label = words(step.label) if step else str(ENGINE_LABELS.get(action, action))
    told = tell(definition.key, [Event(n, moment, "", body, action, label, "", post, "", "", "")], {})
    return News(moment, told[0].label, post, of_part, len(rows) - 1)
