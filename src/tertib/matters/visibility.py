"""Who may see a matter: one rule for every door (page, list, search, count, export, PDF, API, feed).

`matters_sight` says which keys see a matter and why; a reader is a list of keys with a ceiling of secrecy each.
Everything here compares those two and nothing else.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, Field, JSONField, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tertib.government.authority import EVERYTHING, Reader
from tertib.government.models import Post, Unit
from tertib.ground.errors import NotFound
from tertib.matters.models import Matter, Procedure, Reason, Sight


def _keys(reader: Reader) -> Q:
    by_ceiling: dict[int, list[uuid.UUID]] = {}
    for key, ceiling in reader.keys:
        by_ceiling.setdefault(ceiling, []).append(key)
    condition = Q(pk__in=[])
    for ceiling, keys in by_ceiling.items():
        condition |= Q(viewer__in=keys, security__lte=ceiling)
    return condition


def visible(matters: QuerySet[Matter], reader: Reader) -> QuerySet[Matter]:
    """Only the matters this reader may see."""
    if not reader.keys:
        return matters.none()
    return matters.filter(Exists(Sight.objects.filter(_keys(reader), matter=OuterRef("pk"))))


def may_see(matter: uuid.UUID, reader: Reader) -> bool:
    """Whether this reader may see the matter."""
    return bool(reader.keys) and Sight.objects.filter(_keys(reader), matter=matter).exists()


def given(reader: Reader) -> dict[str, Any]:
    """The reader as parameters of a statement that asks `SEES`."""
    return {"keys": [key for key, _ in reader.keys], "ceilings": [ceiling for _, ceiling in reader.keys]}


# The rule in hand-written statements: whether the reader sees the matter `m`.
SEES = """EXISTS (SELECT 1 FROM matters_sight s
  JOIN unnest(%(keys)s::uuid[], %(ceilings)s::smallint[]) AS k(key, ceiling)
    ON s.viewer = k.key AND s.security <= k.ceiling WHERE s.matter_id = m.id)"""


def _fields(model: type[Model], *besides: str) -> list[Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if field.name not in besides]


# Every page of a matter begins with this statement. Composed by the ORM it would take five times as long.
_PARTS: dict[str, tuple[type[Model], list[Field[Any, Any]]]] = {
    "m": (Matter, _fields(Matter)),
    "pr": (Procedure, _fields(Procedure, "definition")),
    "u": (Unit, _fields(Unit)),
    "h": (Post, _fields(Post)),
    "hu": (Unit, _fields(Unit)),
    "o": (Post, _fields(Post)),
    "ou": (Unit, _fields(Unit)),
}
_SEEN = f"""
SELECT {", ".join(f"{part}.{field.column}" for part, (_, fields) in _PARTS.items() for field in fields)}
FROM matters_matter m
JOIN matters_procedure pr ON pr.id = m.procedure_id JOIN government_unit u ON u.id = m.unit_id
JOIN government_post o ON o.id = m.opener_id JOIN government_unit ou ON ou.id = o.unit_id
LEFT JOIN government_post h ON h.id = m.holder_id LEFT JOIN government_unit hu ON hu.id = h.unit_id
WHERE m.id = %(matter)s AND {SEES}"""  # noqa: S608 - constants of this file


def seen(matter: uuid.UUID, reader: Reader) -> Matter:
    """The matter with its procedure (without the definition), unit, opener and holder, these two with their units.

    Raises NotFound alike for what does not exist and what may not be seen.
    """
    row = None
    if reader.keys:
        with connection.cursor() as cursor:
            cursor.execute(_SEEN, {"matter": matter, **given(reader)})
            row = cursor.fetchone()
    if row is None:
        raise NotFound(_("There is no such matter, or it is not for you to see."))
    found: Any = {}
    values = iter(row)
    for part, (model, fields) in _PARTS.items():
        found[part] = _made(model, fields, [next(values) for _field in fields])
    one: Matter = found["m"]
    one.procedure, one.unit, one.opener, one.holder = found["pr"], found["u"], found["o"], found["h"]
    one.opener.unit = found["ou"]
    if one.holder:
        one.holder.unit = found["hu"]
    return one


def _made(model: type[Model], fields: list[Field[Any, Any]], values: list[Any]) -> Model | None:
    """A row as an object of its model; None where an outer join found nothing."""
    if values[0] is None:
        return None
    for place, field in enumerate(fields):
        if isinstance(field, JSONField):
            values[place] = json.loads(values[place])
    return model.from_db(connection.alias, [field.attname for field in fields], values)


_BRANCH = """(SELECT s.matter_id FROM matters_sight s WHERE s.viewer = %(key{n})s AND s.security <= %(ceiling{n})s
  {only} AND s.matter_id < %(before)s ORDER BY s.matter_id DESC LIMIT {rows})"""


def walk(reader: Reader, rows: int, only: str = "") -> str:
    """SQL for the ids of matters a reader may see, the newest first, below the parameter `before`.

    Its other parameters are those of `keys_of`; the reader must have keys. It reads `rows` rows of sight, of which one
    matter may have several, one after the other: whoever takes the first few pays for these few only, however much
    there is and however deep one has paged. The keys are written out one by one, for PostgreSQL merges branches of a
    union in their order, but not the rounds of a lateral join; and each is limited, for else it plans to sort. `only`
    is a further condition over the sight `s`.
    """
    return f"SELECT DISTINCT ON (matter_id) matter_id FROM {_rows(reader, rows, only)} k ORDER BY matter_id DESC"  # noqa: S608


def end_of_walk(reader: Reader, rows: int, only: str = "") -> str:
    """SQL for the last matter that a `walk` of so many rows comes to; none where the walk comes to its natural end."""
    return f"(SELECT matter_id FROM {_rows(reader, rows, only)} k OFFSET {rows - 1})"  # noqa: S608


def _rows(reader: Reader, rows: int, only: str) -> str:
    merged = " UNION ALL ".join(_BRANCH.format(n=n, rows=rows, only=only) for n in range(len(reader.keys)))
    return f"(SELECT matter_id FROM ({merged}) b ORDER BY matter_id DESC LIMIT {rows})"  # noqa: S608


def keys_of(reader: Reader) -> dict[str, Any]:
    """The parameters of `walk` and `sees`."""
    keys = {f"key{n}": key for n, (key, _ceiling) in enumerate(reader.keys)}
    return keys | {f"ceiling{n}": ceiling for n, (_key, ceiling) in enumerate(reader.keys)}


def sees(reader: Reader, matter: str) -> str:
    """SQL for the rule: whether the reader sees the matter in this column. Its parameters are those of `keys_of`.

    Asked row by row: `OFFSET 0` keeps PostgreSQL from reading all that somebody sees for it.
    """
    keys = " OR ".join(f"s.viewer = %(key{n})s AND s.security <= %(ceiling{n})s" for n in range(len(reader.keys)))
    return f"EXISTS (SELECT FROM matters_sight s WHERE s.matter_id = {matter} AND ({keys}) OFFSET 0)"


LAST = uuid.UUID(int=2**128 - 1)


def newest(reader: Reader, limit: int, before: uuid.UUID | None = None) -> list[uuid.UUID]:
    """Ids of the newest visible matters, older than `before`. One statement."""
    if not reader.keys:
        return []
    rows = limit * len(reader.keys) * len(Reason)
    values = {**keys_of(reader), "before": before or LAST}
    with connection.cursor() as cursor:
        cursor.execute(f"{walk(reader, rows)} LIMIT {int(limit)}", values)
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for which a matter may be seen.

    The reason's words, and the post, unit or whole government it is seen by.
    """

    reason: str
    key: uuid.UUID
    name: str


_NAMES = """
SELECT s.viewer, s.reason, COALESCE(p.name, u.name, '') FROM matters_sight s
LEFT JOIN government_post p ON p.id = s.viewer LEFT JOIN government_unit u ON u.id = s.viewer OR u.registry = s.viewer
WHERE s.matter_id = %(matter)s {mine} ORDER BY s.reason, 3"""


def reasons(matter: uuid.UUID, reader: Reader | None = None) -> list[Why]:
    """Why this reader may see the matter; without a reader, all reasons anybody has."""
    mine, params = "", {"matter": matter}
    if reader is not None:
        mine = """AND EXISTS (SELECT 1 FROM unnest(%(keys)s::uuid[], %(ceilings)s::smallint[]) AS k(key, ceiling)
          WHERE k.key = s.viewer AND s.security <= k.ceiling)"""
        params |= given(reader)
    with connection.cursor() as cursor:
        cursor.execute(_NAMES.format(mine=mine), params)
        rows: Sequence[Any] = cursor.fetchall()
    # A house is seen by its unit and by its registry, which to a reader is the same place.
    found: dict[tuple[int, str], Why] = {}
    for key, reason, name in rows:
        shown = name or (str(_("Auditors")) if key == EVERYTHING else "")
        found.setdefault((reason, shown), Why(str(Reason(reason).label), key, shown))
    return list(found.values())
