"""An import hands out no more than whoever imports could hand out on the pages."""

from __future__ import annotations

import uuid
from typing import cast

from django.utils.translation import gettext as _

from tertib.government.actions import reach
from tertib.government.authority import reader
from tertib.government.checks import Checks
from tertib.government.imports.planned import Change, Plan, refuse
from tertib.government.models import Appointment, Post, Security, Unit
from tertib.ground.errors import Forbidden, Problem


def check_reach(plan: Plan, by: uuid.UUID | None) -> None:
    """Raise `Invalid` for each row that gives more clearance than `by` has, or anything to `by`; `Forbidden` where
    they don't administer the whole government. None stands for the operator, who may. Three statements at most.
    """
    if by is None:
        return
    me = reader(by)
    if not reach.administers_everything(me):
        mend = _("Ask an administrator of the whole government.")
        raise Forbidden(Problem(_("You don't administer this."), mend=mend))
    problems: list[Problem] = []
    tables = {table.name: table for table in plan.tables}
    elsewhere = reach.elsewhere()
    houses = reach.houses(me) if plan.changes[Unit] else set()
    for change in plan.changes[Post]:
        post, checks = cast(Post, change.row), Checks(tables[change.file].place(change.number))
        after = change.after.get("clearance", Security.BIASA)
        if after > (Security.BIASA if change.new else change.before.get("clearance", after)):
            reach.check_raise(checks, me, post.pk, after, whole=True)
        if (
            not change.new
            and me.seat(post.pk) is not None
            and ("unit_id" in change.after or change.after.get("is_head"))
        ):
            checks.wrong("unit", _("This is a post of your own."), elsewhere)
        problems += checks.problems
    for change in plan.changes[Unit]:
        unit, checks = cast(Unit, change.row), Checks(tables[change.file].place(change.number))
        if not change.new and {"parent_id", "kind"} & set(change.after):
            above = plan.lineages.get(unit.pk, unit.lineage)[1:]
            reach.check_oversight(checks, me, unit.lineage, above, unit.kind, houses)
        problems += checks.problems
    for change in plan.changes[Appointment]:
        if cast(Appointment, change.row).person_id == by and not _only_shorter(change):
            where = tables[change.file].place(change.number)("")
            problems.append(Problem(_("Nobody gives a post to themselves."), where=where, mend=elsewhere))
    for grant, title in plan.given:
        if me.seat(grant.post_id) is not None:
            problems.append(Problem(_("This is a post of your own."), where=title, mend=elsewhere))
    refuse(problems)


def _only_shorter(change: Change) -> bool:
    """Whether an appointment ends earlier and is otherwise what it was."""
    before, after = change.before.get("ends_on"), change.after.get("ends_on")
    return not change.new and set(change.after) == {"ends_on"} and after is not None and (not before or after < before)
