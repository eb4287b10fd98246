"""Units: the tree and its lineages."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from tertib.government.actions import reach
from tertib.government.actions.record import assign, get, note, writing
from tertib.government.checks import Checks, limit
from tertib.government.models import Calendar, Unit, UnitKind

# One statement for the whole subtree: everybody keeps the part of the lineage that ends with the moved unit.
_MOVE = """UPDATE government_unit SET lineage = lineage[1:array_position(lineage, %(unit)s)] || %(above)s::uuid[]
WHERE lineage @> ARRAY[%(unit)s]::uuid[]"""


def save_unit(
    *,
    by: uuid.UUID | None,
    unit: uuid.UUID | None = None,
    code: str,
    name: str,
    kind: str,
    parent: uuid.UUID | None,
    short_name: str = "",
    letter_code: str = "",
    area_code: str = "",
    address: str = "",
    calendar: uuid.UUID | None = None,
    ends_on: date | None = None,
) -> Unit:
    """Make a unit, or change the one given by `unit`; where its parent changes, all units below move with it.

    Raises `Invalid` (fields code, name, kind, parent, ...; a cycle is a problem of `parent`) and `NotFound`.
    """
    with writing(whole=True):
        row = get(Unit, unit) if unit else Unit()
        checks = Checks()
        values: dict[str, Any] = {
            "code": checks.code("code", code, limit(Unit, "code")),
            "name": checks.text("name", name, limit(Unit, "name"), required=True),
            "short_name": checks.text("short_name", short_name, limit(Unit, "short_name")),
            "kind": checks.choice("kind", kind, UnitKind.values),
            "letter_code": checks.text("letter_code", letter_code, limit(Unit, "letter_code")),
            "area_code": checks.area_code("area_code", area_code),
            "address": checks.text("address", address, limit(Unit, "address")),
            "calendar_id": calendar,
            "ends_on": ends_on,
        }
        if Unit.objects.filter(code=values["code"]).exclude(pk=row.pk).exists():
            checks.wrong("code", _("Another unit has the code “%s”.") % values["code"])
        if calendar and not Calendar.objects.filter(pk=calendar).exists():
            checks.wrong("calendar", _("There is no such calendar."))
        above = _above(checks, row, parent)
        reach.check_unit(checks, by, row, parent, values["kind"])
        checks.done()
        values["parent_id"] = parent
        _store(row, by, values, above)
    return row


def _above(checks: Checks, row: Unit, parent: uuid.UUID | None) -> list[uuid.UUID]:
    """The lineage of the parent; notes a cycle, a second root, or a parent that is gone."""
    if parent is None:
        root = Unit.objects.filter(parent__isnull=True).exclude(pk=row.pk).first()
        if root is not None:
            what = _("Only one unit stands at the top: %s.") % root.name
            checks.wrong("parent", what, _("Choose the unit it belongs to."))
        return []
    found = Unit.objects.filter(pk=parent).first()
    if found is None:
        checks.wrong("parent", _("There is no such unit any more."))
        return []
    if row.pk in found.lineage:
        checks.wrong("parent", _("A unit can't lie below itself."), _("Choose a unit outside of it."))
    return list(found.lineage)


def _store(row: Unit, by: uuid.UUID | None, values: dict[str, Any], above: list[uuid.UUID]) -> None:
    new = row._state.adding
    moved = not new and row.parent_id != values["parent_id"]
    before, after = assign(row, values)
    if not after:
        return
    if new:
        row.lineage = [row.id, *above]
    row.save()
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, {"unit": row.id, "above": above})
        row.refresh_from_db(fields=["lineage"])
    note("unit.saved", row.id, by, before, after, title=row.name)
