"""What a house registered before: the senders and subjects it knows, and whether a letter is in its book already.

Each is one statement that walks an index of `folding` from the typed beginning on, however many letters there are.
Names and subjects come only from letters that the reader may see.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from tertib.government.authority import Reader
from tertib.government.queries import searches
from tertib.matters.visibility import SEES, given
from tertib.rooms.letters.folding import folded
from tertib.rooms.letters.models import Letter

MOST = 8
# Different names with the same beginning, of letters the reader may see; the ones used last are offered.
_NAMES = 40
# Letters of one name that are looked at for one that the reader may see.
_DEEP = 100
# Letters of one sender among which a subject is looked for.
_OF_SENDER = 300

# The rule for a letter on the way through an index. `OFFSET 0` keeps PostgreSQL from reading all sights for it.
_SEEN = SEES.replace("m.id", "l.matter_id").removesuffix(")") + " OFFSET 0)"

_TYPED = folded("%(text)s::text")


def _walk(column: str) -> str:
    """The different folded values of a column that begin as was typed, as `names`, each by one step in the index.

    A step goes over what the reader may not see: counted among the names, it would show by what it crowds out.
    """
    value = f'{folded(f"l.{column}")} COLLATE "C"'
    book = f"letters_letter l WHERE l.direction = 'in' AND l.unit_id = %(unit)s AND {_SEEN}"
    end = "t.text || chr(1114111)"
    return f"""typed AS MATERIALIZED (SELECT {_TYPED} COLLATE "C" AS text), names(name, place) AS (
  SELECT (SELECT {value} FROM {book} AND {value} >= t.text AND {value} < {end} ORDER BY {value} LIMIT 1), 1
  FROM typed t WHERE t.text <> ''
  UNION ALL
  SELECT (SELECT {value} FROM {book} AND {value} > n.name AND {value} < {end} ORDER BY {value} LIMIT 1), n.place + 1
  FROM names n, typed t WHERE n.name IS NOT NULL AND n.place < {_NAMES}
)"""  # noqa: S608 - constants of this file


_SENDERS = f"""
WITH RECURSIVE {_walk("sender_name")}
SELECT found.* FROM names n CROSS JOIN LATERAL (
  SELECT m.id, m.sender_name, m.sender_kind, m.sender_unit_id, m.sender_government, m.sender_address, m.subject,
    m.received_on
  FROM (SELECT l.matter_id AS id, l.* FROM letters_letter l
    WHERE l.direction = 'in' AND l.unit_id = %(unit)s AND {folded("l.sender_name")} COLLATE "C" = n.name
    ORDER BY l.matter_id DESC LIMIT {_DEEP}) m
  WHERE {SEES} ORDER BY m.id DESC LIMIT 1
) found ORDER BY found.id DESC LIMIT {MOST}"""  # noqa: S608 - constants of this file

_SUBJECTS = f"""
WITH RECURSIVE {_walk("subject")}
SELECT subject FROM (
  (SELECT m.id, m.subject, 0 AS nearness FROM (
     SELECT l.matter_id AS id, l.subject FROM letters_letter l
     WHERE l.direction = 'in' AND l.unit_id = %(unit)s
       AND {folded("l.sender_name")} COLLATE "C" = {folded("%(sender)s::text")} AND %(sender)s::text <> ''
     ORDER BY l.matter_id DESC LIMIT {_OF_SENDER}) m, typed t
   WHERE strpos({folded("m.subject")}, t.text) > 0 AND {SEES} ORDER BY m.id DESC LIMIT {2 * MOST})
  UNION ALL
  (SELECT found.id, found.subject, 1 FROM names n CROSS JOIN LATERAL (
     SELECT m.id, m.subject FROM (SELECT l.matter_id AS id, l.subject FROM letters_letter l
       WHERE l.direction = 'in' AND l.unit_id = %(unit)s AND {folded("l.subject")} COLLATE "C" = n.name
       ORDER BY l.matter_id DESC LIMIT {_DEEP}) m
     WHERE {SEES} ORDER BY m.id DESC LIMIT 1) found)
) near ORDER BY nearness, id DESC"""  # noqa: S608 - constants of this file

_TWIN = f"""
SELECT l.matter_id FROM letters_letter l LEFT JOIN matters_number n ON n.id = l.agenda_id
WHERE l.direction = 'in' AND l.number <> '' AND l.unit_id = %(unit)s AND n.cancelled_at IS NULL
  AND {folded("l.number")} = {folded("%(number)s::text")} AND {folded("l.sender_name")} = {folded("%(sender)s::text")}
ORDER BY l.matter_id DESC LIMIT 1"""  # noqa: S608 - constants of this file


@dataclass(frozen=True, slots=True)
class Sender:
    """A sender as it was registered last, and with which letter."""

    name: str
    kind: str
    unit: uuid.UUID | None
    government: str
    address: str
    subject: str
    received_on: date | None


def senders(reader: Reader, unit: uuid.UUID, text: str) -> list[Sender]:
    """Senders whose name begins so, those of the newest letters first. One statement. Raises `TooMany`."""
    searches(reader.person)
    rows = _rows(_SENDERS, {"unit": unit, "text": text, **given(reader)}) if reader.keys else []
    return [Sender(*row[1:]) for row in rows]


def subjects(reader: Reader, unit: uuid.UUID, sender: str, text: str) -> list[str]:
    """Subjects of letters this sender wrote that hold the text, then of any that begin so. One statement.

    Raises `TooMany`.
    """
    searches(reader.person)
    asked = {"unit": unit, "sender": sender, "text": text, **given(reader)}
    rows = _rows(_SUBJECTS, asked) if reader.keys else []
    return list(dict.fromkeys(row[0] for row in rows))[:MOST]


def letter_like(number: str, sender: str, unit: uuid.UUID) -> Letter | None:
    """A letter of the same sender and number that this house has registered already, and did not void.

    Spaces, punctuation and capitals don't make it another one. Two statements.
    """
    if not any(sign.isalnum() for sign in number):
        return None
    rows = _rows(_TWIN, {"unit": unit, "number": number, "sender": sender})
    return Letter.objects.select_related("agenda", "matter__holder").get(pk=rows[0][0]) if rows else None


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
