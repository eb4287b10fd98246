"""Units of an import."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _

from tertib.government.checks import Checks, limit
from tertib.government.imports import values as read
from tertib.government.imports.graphs import cycles
from tertib.government.imports.planned import Plan, Progress
from tertib.government.imports.tables import Row, Table
from tertib.government.models import Unit
from tertib.ground.errors import Problem

Found = list[tuple[Table, Row, Unit, dict[str, Any], Checks]]


def plan_units(plan: Plan, tables: list[Table], problems: list[Problem], tell: Progress) -> dict[str, Unit]:
    """Check the rows and note what they change. Answers all units there will be, by code."""
    stored = {row.code: row for row in Unit.objects.all()}
    units = dict(stored)
    found: Found = []
    seen: dict[str, str] = {}
    faulty: set[str] = set()
    total = sum(len(table.rows) for table in tables)
    for table in tables:
        for row in table.rows:
            checks = Checks(table.place(row.number))
            values = _values(checks, row)
            code = values["code"]
            if code in seen:
                checks.wrong("code", _("The code stands in %s already.") % seen[code])
            elif code:
                seen[code] = table.place(row.number)("")
                units[code] = stored.get(code) or Unit()
                found.append((table, row, units[code], values, checks))
            if checks.problems:
                faulty.add(code)
            problems += checks.problems
            checks.problems = []
            tell("units", len(seen), total)
    _check_tree(found, units, stored, faulty)
    for table, row, unit, values, checks in found:
        values.pop("parent", None)
        plan.settle(table, row.number, unit, values["name"], values)
        problems += checks.problems
    _lineages(plan, units)
    return units


def _values(checks: Checks, row: Row) -> dict[str, Any]:
    def text(column: str) -> str:
        return read.text(checks, column, row.cells.get(column))

    values: dict[str, Any] = {
        "code": checks.code("code", text("code"), limit(Unit, "code")),
        "name": checks.text("name", text("name"), limit(Unit, "name"), required=True),
        "kind": read.chosen(checks, "kind", text("kind"), read.UNIT_KINDS),
    }
    for column in ("short_name", "letter_code", "address"):
        if column in row.cells:
            values[column] = checks.text(column, text(column), limit(Unit, column))
    if "area_code" in row.cells:
        values["area_code"] = checks.area_code("area_code", text("area_code"))
    if "ends_on" in row.cells:
        values["ends_on"] = read.day(checks, "ends_on", row.cells["ends_on"])
    if "parent" in row.cells:
        values["parent"] = text("parent")
    return values


def _check_tree(found: Found, units: dict[str, Unit], stored: dict[str, Unit], faulty: set[str]) -> None:
    """Parents that are not there, circles, more or less than one unit at the top."""
    by_id = {unit.id: code for code, unit in units.items()}
    above = {code: by_id.get(unit.parent_id) if unit.parent_id else None for code, unit in stored.items()}
    for _table, _row, unit, values, checks in found:
        parent = values.get("parent")
        if parent and parent not in units:
            mend = _("Add it to one of the files, or correct the code.")
            checks.wrong("parent", _("There is no unit “%s”.") % parent, mend)
        elif parent is not None:
            above[values["code"]] = parent or None
            values["parent_id"] = units[parent].id if parent else None
        elif unit._state.adding:
            above[values["code"]] = None
    looped = cycles(above)
    tops = [code for code, parent in above.items() if parent is None]
    old_top = next((code for code in tops if code in stored), None)
    first = old_top or (tops[0] if tops else "")
    for _table, _row, _unit, values, checks in found:
        code = values["code"]
        if code in looped:
            checks.wrong("parent", _("The units go in a circle here: a unit can't lie below itself."))
        elif above.get(code) is None and code != first and code not in faulty and not checks.problems:
            mend = _("Name the unit it belongs to.")
            what = _("Only one unit stands at the top: %s.") % units[first].name if old_top else ""
            checks.wrong("parent", what or _("Only one unit stands at the top: %s.") % first, mend)


def _lineages(plan: Plan, units: dict[str, Unit]) -> None:
    """The lineages that differ from the stored ones."""
    by_id = {unit.id: unit for unit in units.values()}
    known: dict[uuid.UUID, list[uuid.UUID]] = {}
    for unit in units.values():
        path: list[Unit] = []
        here: Unit | None = unit
        while here is not None and here.id not in known and len(path) <= len(units):
            path.append(here)
            here = by_id.get(here.parent_id) if here.parent_id else None
        above = known.get(here.id, []) if here is not None else []
        for step in reversed(path):
            above = known[step.id] = [step.id, *above]
    plan.lineages = {unit.id: known[unit.id] for unit in units.values() if list(unit.lineage) != known[unit.id]}
