"""Checking all rows of all files together, against each other and against what the government already has."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from tertib.government.imports.plan_people import plan_people
from tertib.government.imports.plan_posts import plan_posts
from tertib.government.imports.plan_units import plan_units
from tertib.government.imports.planned import Plan, Progress, refuse
from tertib.government.imports.tables import Table
from tertib.ground.errors import Problem


def plan(tables: Sequence[Table], *, sample: bool = False, progress: Progress | None = None) -> Plan:
    """What the tables would change. A column that is not there leaves its values as they are.

    `sample` marks new people as samples, for the demo. Raises `Invalid` with everything that is wrong in any file, each
    with file, row and column.
    """
    found = Plan(tuple(tables), sample)
    problems = [problem for table in tables for problem in table.problems]
    tell = progress or (lambda _text, _done, _total: None)
    units = plan_units(found, _of(tables, "units"), problems, tell)
    posts = plan_posts(found, _of(tables, "posts"), units, problems, tell)
    plan_people(found, _of(tables, "people"), posts, problems, tell)
    if not any(table.rows for table in tables) and not problems:
        names = ", ".join(table.name for table in tables)
        problems.append(Problem(_("There are no rows beneath the heading."), where=names))
    refuse(problems)
    return found


def _of(tables: Sequence[Table], kind: str) -> list[Table]:
    return [table for table in tables if table.kind == kind]
