"""What letters that were found have in common, and where in them the words stand that were looked for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tertib.rooms.letters.finding import query

# So many of the letters found, the newest, are counted by what they have in common.
COUNTED = 500
MOST = 6
FACETS = ("direction", "state", "unit", "holder", "sender", "year")


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that some of the letters have in common: `value` narrows to them, `label` names it for people."""

    value: str
    label: str
    count: int


_COUNTS = """
SELECT CASE WHEN GROUPING(direction) = 0 THEN 'direction' WHEN GROUPING(state) = 0 THEN 'state'
    WHEN GROUPING(unit) = 0 THEN 'unit' WHEN GROUPING(holder) = 0 THEN 'holder'
    WHEN GROUPING(sender) = 0 THEN 'sender' ELSE 'year' END AS facet,
  COALESCE(direction, state, unit::text, holder::text, sender, year::text) AS value,
  COALESCE(unit_name, holder_name, direction, state, sender, year::text) AS label,
  count(*)::int
FROM (
  SELECT l.direction, CASE WHEN m.closed_at IS NULL THEN 'open' ELSE 'closed' END AS state, l.unit_id AS unit,
    COALESCE(NULLIF(u.short_name, ''), u.name) AS unit_name, m.holder_id AS holder, h.name AS holder_name,
    NULLIF(l.sender_name, '') AS sender, extract(year FROM f.day)::int AS year
  FROM unnest(%s::uuid[]) AS found(id) JOIN letters_letter l ON l.matter_id = found.id
  JOIN letters_sought f ON f.matter_id = l.matter_id JOIN matters_matter m ON m.id = l.matter_id
  JOIN government_unit u ON u.id = l.unit_id LEFT JOIN government_post h ON h.id = m.holder_id
) x GROUP BY GROUPING SETS ((direction), (state), (unit, unit_name), (holder, holder_name), (sender), (year))
ORDER BY count(*) DESC, 3"""


def facets(letters: Sequence[uuid.UUID]) -> dict[str, list[Facet]]:
    """How many of these letters are of which book, state, house, holder, sender and year; the most frequent of each.

    One statement. The caller has found the letters by the rule of visibility.
    """
    found: dict[str, list[Facet]] = {name: [] for name in FACETS}
    if letters:
        with connection.cursor() as cursor:
            cursor.execute(_COUNTS, [list(letters)])
            for name, value, label, count in cursor.fetchall():
                if value is not None and len(found[name]) < MOST:
                    found[name].append(Facet(value, label, count))
    # Years are read in their own order.
    found["year"].sort(key=lambda one: one.value, reverse=True)
    return found


_BEGIN, _END = "\ue000", "\ue001"
_OPTIONS = f"StartSel={_BEGIN}, StopSel={_END}, HighlightAll=true"
# Punctuation becomes blank, so that each part of a number is a word.
_HEADLINES = """
SELECT x.id, ts_headline('pg_catalog.indonesian', x.plain, q.q, %(options)s),
  ts_headline('pg_catalog.simple', x.plain, q.q, %(options)s)
FROM (
  SELECT l.matter_id AS id, regexp_replace(concat_ws(' ', l.subject, l.number, l.sender_name,
    (SELECT string_agg(r.name, ' ') FROM letters_recipient r WHERE r.letter_id = l.matter_id),
    l.summary), '[^[:alnum:]]', ' ', 'g') AS plain
  FROM letters_letter l WHERE l.matter_id = ANY(%(letters)s)
) x, (SELECT {query} AS q) q"""


def marks(text: str, letters: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, frozenset[str]]:
    """The words of each letter that fit what was looked for, in lower case. One statement."""
    if not text.strip() or not letters:
        return {}
    sought, values = query(text)
    with connection.cursor() as cursor:
        cursor.execute(_HEADLINES.format(query=sought), {**values, "options": _OPTIONS, "letters": list(letters)})
        return {row[0]: frozenset(_marked(row[1]) | _marked(row[2])) for row in cursor.fetchall()}


def _marked(headline: str) -> set[str]:
    return {word.lower() for word in re.findall(f"{_BEGIN}([^{_END}]*){_END}", headline)}


_WORD = re.compile(r"[^\W_]+")


def marked(text: str, words: frozenset[str]) -> SafeString:
    """The text with those of its words in `<mark>`, safe to show."""
    parts, last = [], 0
    for found in _WORD.finditer(text):
        if found.group().lower() in words:
            parts += [escape(text[last : found.start()]), f"<mark>{escape(found.group())}</mark>"]
            last = found.end()
    parts.append(escape(text[last:]))
    return mark_safe("".join(parts))  # noqa: S308 - everything is escaped above


def excerpt(text: str, words: frozenset[str], around: int = 80) -> str:
    """The part of a long text around the first word that fits; empty where none does."""
    for found in _WORD.finditer(text):
        if found.group().lower() in words:
            begin, end = max(found.start() - around, 0), min(found.end() + around, len(text))
            return f"{'… ' if begin else ''}{text[begin:end].strip()}{' …' if end < len(text) else ''}"
    return ""
