"""Writing a plan: in one transaction, with as many statements for five thousand rows as for five."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from tertib.government.actions.record import entry, lock_government
from tertib.government.imports.planned import Change, Counts, Plan, Progress
from tertib.government.imports.planning import plan as make_plan
from tertib.government.imports.reach import check_reach
from tertib.government.models import AdminEntry, Appointment, Person, Post, RoleGrant, Unit
from tertib.ground.errors import Invalid, Problem
from tertib.ground.tenancy import here

_BATCH = 1000
_WHAT: dict[type[models.Model], str] = {
    Unit: "unit.saved",
    Post: "post.saved",
    Person: "person.saved",
    Appointment: "appointment.added",
}
_LINEAGES = """UPDATE government_unit u SET lineage = string_to_array(v.lineage, ',')::uuid[]
FROM unnest(%s::uuid[], %s::text[]) AS v(id, lineage) WHERE u.id = v.id"""


def apply(plan: Plan, by: uuid.UUID | None, progress: Progress | None = None) -> Counts:
    """Write everything the plan says, or nothing. `by` is who does it; None stands for the operator's command.

    The plan is worked out again under a lock: raises `Invalid` where the government has changed since it was made, and
    where it would hand out what is not `by`'s to give.
    """
    tell = progress or (lambda _text, _done, _total: None)
    try:
        with transaction.atomic():
            lock_government()
            fresh = make_plan(plan.tables, sample=plan.sample)
            if fresh.digest != plan.digest:
                mend = _("Look at the preview again.")
                raise Invalid(Problem(_("The government has changed since the files were checked."), mend=mend))
            check_reach(fresh, by)
            _write(fresh, by, tell)
    except IntegrityError as error:
        mend = _("If nobody else is at work, import the rows that end something first, then the rest.")
        raise Invalid(Problem(_("The database refused these rows together."), mend=mend)) from error
    here.count_anew()
    return fresh.counts


def _write(plan: Plan, by: uuid.UUID | None, tell: Progress) -> None:
    total = sum(len(changes) for changes in plan.changes.values())
    done = 0
    for model, changes in plan.changes.items():
        _store(model, changes, plan)
        done += len(changes)
        tell(model._meta.model_name or "", done, total)
        if model is Unit:
            _store_lineages(plan.lineages)
    RoleGrant.objects.filter(pk__in=[grant.pk for grant, _title in plan.taken]).delete()
    RoleGrant.objects.bulk_create([grant for grant, _title in plan.given], batch_size=_BATCH)
    notes = [
        entry(
            _what(model, change), change.row.pk, by, change.before, change.after, title=change.title, file=change.file
        )
        for model, changes in plan.changes.items()
        for change in changes
    ]
    notes += _role_notes(plan, by)
    AdminEntry.objects.bulk_create(notes, batch_size=_BATCH)


def _what(model: type[models.Model], change: Change) -> str:
    return "appointment.changed" if model is Appointment and not change.new else _WHAT[model]


def _store(model: type[models.Model], changes: Sequence[Change], plan: Plan) -> None:
    """Changed rows first, so that what ends makes room for what begins; then the new ones."""
    changed = [change for change in changes if not change.new]
    for group in _in_turn(model, changed):
        fields = sorted({name for change in group for name in change.after})
        model._default_manager.bulk_update([change.row for change in group], fields, batch_size=_BATCH)
    new = [change.row for change in changes if change.new]
    for row in new:
        if isinstance(row, Unit):
            row.lineage = plan.lineages[row.id]
    model._default_manager.bulk_create(new, batch_size=_BATCH)


def _in_turn(model: type[models.Model], changed: list[Change]) -> Iterable[list[Change]]:
    """Heads step down before others become head; terms get shorter before others get longer."""
    if model is Post:
        gives_way = [c for c in changed if c.before.get("is_head") and not c.after.get("is_head", True)]
    elif model is Appointment:
        gives_way = [c for c in changed if _shorter(c.before, c.after)]
    else:
        gives_way = []
    ids = {id(change) for change in gives_way}
    return [group for group in (gives_way, [c for c in changed if id(c) not in ids]) if group]


def _shorter(before: dict[str, Any], after: dict[str, Any]) -> bool:
    if "ends_on" not in after or after["ends_on"] is None:
        return False
    return before["ends_on"] is None or after["ends_on"] < before["ends_on"]


def _store_lineages(lineages: dict[uuid.UUID, list[uuid.UUID]]) -> None:
    if lineages:
        texts = [",".join(str(step) for step in lineage) for lineage in lineages.values()]
        with connection.cursor() as cursor:
            cursor.execute(_LINEAGES, (list(lineages), texts))


def _role_notes(plan: Plan, by: uuid.UUID | None) -> list[AdminEntry]:
    notes = []
    for what, grants in (("role.granted", plan.given), ("role.revoked", plan.taken)):
        for grant, title in grants:
            facts = {"post": title, "role": str(grant.role), "unit": str(grant.unit_id)}
            before, after = ({}, facts) if what == "role.granted" else (facts, {})
            notes.append(entry(what, grant.pk, by, before, after, title=title))
    return notes
