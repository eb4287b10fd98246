"""Finding letters: those a reader may see that fit a filter, the newest first, at any depth, in one statement.

Three kinds of readers ask the same question. Who sees little: all of it is looked through. Who sees much and asks for
what is common: the newest are walked through until a page is full. Who sees much and asks for what is rare: the walk
ends after `WINDOW` rows, and an index gives the rare ones, each of which is then asked about by the rule of
visibility. PostgreSQL, which plans before it knows, can't choose between them; the statement tries them in that order,
and a part that is not needed any more is not run. How common words are PostgreSQL does know, so it is asked: for rare
ones only who sees little is walked through.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from tertib.government.authority import Reader
from tertib.matters import visibility

PAGE = 50
# Rows of sight, some two or three a matter. Such a walk takes some 20 ms; what fills no page in it is rare.
WINDOW = 10_000
# Words that so few letters have are sought by their index, where the reader sees more rows than `LITTLE`.
RARE = 10_000
LITTLE = 2_000
MOST_WORDS = 8
# Shorter words, and numbers, are meant whole: 12 is neither 112 nor 120.
SHORT = 3
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters are wanted; of both books where there is no direction. Everything may stay empty."""

    direction: str = ""
    text: str = ""
    unit: uuid.UUID | None = None
    security: int | None = None
    urgency: int | None = None
    # open, closed, cancelled (with a number that was given up), imported
    state: str = ""
    since: date | None = None
    until: date | None = None
    holder: uuid.UUID | None = None
    sender: str = ""

    @property
    def dated(self) -> bool:
        """Whether a period is wanted: then the order is that of the days, and not of the entries in the book."""
        return self.since is not None or self.until is not None


@dataclass(slots=True)
class _Filter:
    """Conditions over `f` (what is sought), and the other tables they need."""

    conditions: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    joins: set[str] = field(default_factory=set)

    def add(self, condition: str, join: str = "", **values: Any) -> None:
        self.conditions.append(condition)
        self.values |= values
        if join:
            self.joins.add(join)

    @property
    def source(self) -> str:
        return " ".join(["letters_sought f", *sorted(self.joins)])

    @property
    def where(self) -> str:
        return "".join(f" AND {condition}" for condition in self.conditions)


_MATTER = "JOIN matters_matter m ON m.id = f.matter_id"
_LETTER = "JOIN letters_letter l ON l.matter_id = f.matter_id"
_STATES: Mapping[str, tuple[str, str]] = {
    "open": ("m.closed_at IS NULL", _MATTER),
    "closed": ("m.closed_at IS NOT NULL", _MATTER),
    "imported": ("l.imported_at IS NOT NULL", _LETTER),
    "cancelled": (
        "EXISTS (SELECT FROM matters_number n WHERE n.matter_id = f.matter_id AND n.cancelled_at IS NOT NULL)",
        "",
    ),
    "unconfirmed": (
        """EXISTS (SELECT FROM letters_recipient r WHERE r.letter_id = f.matter_id AND r.status = 'sent'
          AND r.kind IN ('body', 'citizen'))""",
        "",
    ),
}


def _filter(wanted: Wanted) -> _Filter:
    found = _Filter()
    if wanted.direction:
        found.add("f.direction = %(direction)s", direction=wanted.direction)
    if wanted.unit:
        found.add("f.unit_id = %(unit)s", unit=wanted.unit)
    if wanted.text.strip():
        sought, words = query(wanted.text)
        found.add(f"f.words @@ ({sought})", **words)
    if wanted.state in _STATES:
        found.add(*_STATES[wanted.state])
    for name in ("security", "urgency", "holder"):
        value = getattr(wanted, name)
        if value is not None:
            column = f"m.{name}_id" if name == "holder" else f"m.{name}"
            found.add(f"{column} = %({name})s", _MATTER, **{name: value})
    if wanted.sender:
        found.add("l.sender_name = %(sender)s", _LETTER, sender=wanted.sender)
    if wanted.since:
        found.add("f.day >= %(since)s", since=wanted.since)
    if wanted.until:
        found.add("f.day <= %(until)s", until=wanted.until)
    return found


def query(text: str) -> tuple[str, dict[str, str]]:
    """SQL for what is looked for, and its parameters: every word, by its Indonesian stem or as a beginning."""
    parts, values = [], {}
    for n, word in enumerate(_WORD.findall(text.lower())[:MOST_WORDS]):
        values[f"word{n}"] = word
        if len(word) < SHORT or word.isdigit():
            parts.append(f"to_tsquery('pg_catalog.simple', %(word{n})s)")
        else:
            values[f"begin{n}"] = f"{word}:*"
            parts.append(
                f"(to_tsquery('pg_catalog.indonesian', %(word{n})s) || to_tsquery('pg_catalog.simple', %(begin{n})s))"
            )
    return " && ".join(parts) or "''::tsquery", values


# What the walk found; then, if that is no full page and the walk has not seen everything, what an index gives below
# where it ended. `OFFSET 0` keeps PostgreSQL from turning the walk around.
_BY_ENTRY = """
WITH hit AS MATERIALIZED (
  SELECT f.matter_id FROM ({walk}) s
  CROSS JOIN LATERAL (SELECT f.matter_id FROM {source} WHERE f.matter_id = s.matter_id{where} OFFSET 0) f
  LIMIT %(limit)s
)
SELECT matter_id FROM hit UNION ALL (
  SELECT f.matter_id FROM {source}
  WHERE (SELECT count(*) FROM hit) < %(enough)s AND {older}{where} AND {sees}
  ORDER BY f.matter_id DESC LIMIT %(limit)s
) LIMIT %(limit)s"""

# All that is seen where that is little, else what an index gives, in its order or sorted.
_EITHER = """
WITH ending AS MATERIALIZED {end}
(
  SELECT f.matter_id FROM ({walk}) s
  CROSS JOIN LATERAL (SELECT f.matter_id, f.day FROM {source} WHERE f.matter_id = s.matter_id{where} OFFSET 0) f
  WHERE NOT EXISTS (SELECT FROM ending) ORDER BY {order} LIMIT %(limit)s
) UNION ALL (
  SELECT f.matter_id FROM {indexed} AND EXISTS (SELECT FROM ending) AND {sees} ORDER BY {order} LIMIT %(limit)s
)"""
# Sorted before each is asked about, so that no more are asked about than are shown. `OFFSET 0` lets no limit through,
# for which PostgreSQL would rather go through all days or ids than trust the index of words.
_SORTED = "(SELECT f.matter_id, f.day FROM {source} WHERE true{where} ORDER BY {order} OFFSET 0) f WHERE true"
_BEFORE = "(f.matter_id < %(before)s) IS TRUE"
# Where a page ends counts only if the reader sees it; else the id of a hidden letter would tell its day.
_AFTER = """(f.day, f.matter_id) <
  ((SELECT b.day FROM letters_sought b WHERE b.matter_id = %(after)s AND {sees}), %(after)s)"""


def find(
    reader: Reader, wanted: Wanted, limit: int = PAGE, before: uuid.UUID | None = None, *, enough: int = 0
) -> list[uuid.UUID]:
    """Ids of the letters that fit and that the reader may see, after `before` in their order. One statement, and one
    more for words.

    The newest entries come first; where a period is wanted, the latest days. With `enough`, no index is asked once the
    walk has found so many: then there may be more than are given.
    """
    if not reader.keys:
        return []
    filtered = _filter(wanted)
    if wanted.dated and before:
        filtered.add(_AFTER.format(sees=visibility.sees(reader, "b.matter_id")), after=before)
    rare = bool(wanted.text.strip()) and _rare(wanted.text)
    values = filtered.values | visibility.keys_of(reader) | {"limit": limit, "enough": enough or limit}
    values["before"] = visibility.LAST if wanted.dated or before is None else before
    with connection.cursor() as cursor:
        cursor.execute(_statement(reader, wanted, filtered, rare), values)
        return [row[0] for row in cursor.fetchall()]


def _statement(reader: Reader, wanted: Wanted, filtered: _Filter, rare: bool) -> str:
    # A sight knows how secret its matter is, so what is secret need not be searched for among what is not.
    only = "" if wanted.security is None else "AND s.security = %(security)s"
    rows = LITTLE if rare else WINDOW
    end = visibility.end_of_walk(reader, rows, only)
    parts = {
        "walk": visibility.walk(reader, rows, only), "end": end, "source": filtered.source, "where": filtered.where,
        "order": "f.day DESC, f.matter_id DESC" if wanted.dated else "f.matter_id DESC",
        "sees": visibility.sees(reader, "f.matter_id"),
    }  # fmt: skip
    if rare:
        where = filtered.where if wanted.dated else f"{filtered.where} AND {_BEFORE}"
        return _EITHER.format(**parts, indexed=_SORTED.format(**{**parts, "where": where}))
    if wanted.dated:
        return _EITHER.format(**parts, indexed=f"{filtered.source} WHERE true{filtered.where}")
    # Words lead to few letters. `IS TRUE` keeps PostgreSQL from asking the index of ids for a million besides.
    older = f"(f.matter_id < {end}) IS TRUE" if wanted.text.strip() else f"f.matter_id < {end}"
    return _BY_ENTRY.format(**parts, older=older)


def _rare(text: str) -> bool:
    """Whether few letters have these words, of all there are, by what PostgreSQL keeps count of. One statement."""
    sought, words = query(text)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT FROM letters_sought f WHERE f.words @@ ({sought})", words)
        (plan,) = cursor.fetchone()
    (told,) = plan if isinstance(plan, list) else json.loads(plan)
    return bool(told["Plan"]["Plan Rows"] <= RARE)
