"""How far an administrator may go: nobody hands out more than they have, and nobody hands anything to themselves.

Every door obeys it, pages, interface and import alike. `by` None stands for the operator, who has the machine anyway.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from tertib.government.authority import Reader, reader
from tertib.government.checks import Checks
from tertib.government.models import (
    ROOMS_OF_A_HOUSE,
    AdminEntry,
    Appointment,
    Deputy,
    Post,
    RoleGrant,
    Security,
    Unit,
)

ROLE = RoleGrant.Role.ADMINISTRATOR
# They see what lies in one house, whatever is above or below it.
_OF_A_HOUSE = (RoleGrant.Role.REGISTRAR, RoleGrant.Role.ARCHIVIST)


def administers_everything(me: Reader) -> bool:
    """Whether the reader administers the unit at the top. One statement."""
    units = [grant.unit for grant in me.grants if grant.role == ROLE]
    return bool(units) and Unit.objects.filter(pk__in=units, parent__isnull=True).exists()


def check_clearance(checks: Checks, by: uuid.UUID | None, post: uuid.UUID, before: int, after: int) -> None:
    """Note where `by` may not raise the clearance of a post so far. Two statements, and none where nothing rises."""
    if by is not None and after > before:
        me = reader(by)
        check_raise(checks, me, post, after, whole=administers_everything(me))


def check_raise(checks: Checks, me: Reader, post: uuid.UUID, after: int, *, whole: bool) -> None:
    """Note where the reader may not raise the clearance of a post to this; `whole`: they administer everything."""
    if me.seat(post) is not None:
        checks.wrong("clearance", _("This is a post of your own."), elsewhere())
    elif not whole:
        mend = _("Ask an administrator of the whole government.")
        checks.wrong("clearance", _("The administrator of one unit can't raise a clearance."), mend)
    elif after > me.clearance:
        facts = {"wanted": Security(after).label, "own": Security(me.clearance).label}
        what = _("You can't give the clearance “%(wanted)s”: your own post has “%(own)s”.") % facts
        checks.wrong("clearance", what, _("Ask an administrator with that clearance, or the operator."))


def check_own_place(checks: Checks, by: uuid.UUID | None, row: Post, unit: uuid.UUID, is_head: bool) -> None:
    """Note where `by` would let their own post oversee more: as a head, or in another unit. One statement at most."""
    if by is None or row._state.adding:
        return
    moved, raised = row.unit_id != unit, is_head and not row.is_head
    if (moved or raised) and reader(by).seat(row.pk) is not None:
        checks.wrong("unit" if moved else "is_head", _("This is a post of your own."), elsewhere())


def check_unit(checks: Checks, by: uuid.UUID | None, row: Unit, parent: uuid.UUID | None, kind: str) -> None:
    """Note where `by` may not make a unit, move it below this parent, or make it another house's by another kind.

    Three statements at most, and none where nothing moves.
    """
    new = row._state.adding
    moved = new or row.parent_id != parent
    rehoused = not new and (row.kind in ROOMS_OF_A_HOUSE) != (kind in ROOMS_OF_A_HOUSE)
    if by is None or not (moved or rehoused):
        return
    me = reader(by)
    found = Unit.objects.filter(pk=parent).first() if parent else None
    above = found.lineage if found else []
    # What lies in the unit leaves one place and comes to another: both must be theirs who says so.
    around = [above, [] if new else row.lineage[1:] or row.lineage]
    if not all(me.has_role(ROLE, lineage) for lineage in around if lineage):
        mend = _("Ask an administrator of the whole government.")
        checks.wrong("parent" if moved else "kind", _("You don't administer this."), mend)
    elif not new:
        check_oversight(checks, me, row.lineage, above, kind, houses(me))


def houses(me: Reader) -> set[uuid.UUID]:
    """The units that keep a registry, as `check_oversight` wants them. One statement, and none for who keeps none."""
    if not any(grant.role in _OF_A_HOUSE for grant in me.grants):
        return set()
    return set(Unit.objects.exclude(kind__in=ROOMS_OF_A_HOUSE).values_list("pk", flat=True))


def check_oversight(
    checks: Checks,
    me: Reader,
    before: Sequence[uuid.UUID],
    above: Sequence[uuid.UUID],
    kind: str,
    houses: set[uuid.UUID],
) -> None:
    """Note where a unit of the lineage `before`, of this kind below `above`, shows the reader what they don't see yet.

    By heading a unit, or by a role for one; an administrator's shows no letters.
    """
    mine = {seat.unit for seat in me.seats if seat.is_head}
    mine |= {grant.unit for grant in me.grants if grant.role != ROLE}
    registries = {grant.unit for grant in me.grants if grant.role in _OF_A_HOUSE}
    old = next((step for step in before if step in houses), None)
    house = before[0] if kind not in ROOMS_OF_A_HOUSE else next((step for step in above if step in houses), None)
    if mine & (set(above) - set(before)):
        checks.wrong("parent", _("You would oversee what is in this unit."), elsewhere())
    elif house != old and house in registries:
        where = "parent" if list(above) != list(before[1:]) else "kind"
        checks.wrong(where, _("You keep the registry to which the letters of this unit would come."), elsewhere())


def check_grant(checks: Checks, by: uuid.UUID | None, post: Post, role: str, lineage: Sequence[uuid.UUID]) -> None:
    """Note where `by` may not give, or take, a role for the unit of this lineage. Two statements."""
    if by is None:
        return
    me = reader(by)
    whole = [lineage[-1]]
    mend = _("Ask an administrator of the whole government.")
    if me.seat(post.pk) is not None:
        checks.wrong("role", _("This is a post of your own."), elsewhere())
    elif not me.has_role(ROLE, list(post.unit.lineage)) or not me.has_role(ROLE, list(lineage)):
        checks.wrong("unit", _("You don't administer this."), mend)
    elif role == RoleGrant.Role.AUDITOR and not me.has_role(ROLE, whole):
        checks.wrong("role", _("An auditor is appointed by an administrator of the whole government."), mend)


def check_not_oneself(checks: Checks, by: uuid.UUID | None, person: uuid.UUID) -> None:
    """Note where somebody would seat themselves."""
    if by is not None and by == person:
        checks.wrong("person", _("Nobody gives a post to themselves."), elsewhere())


def may_open_unseated(me: Reader, person: uuid.UUID) -> bool:
    """Whether the account of somebody without a present or future post is the reader's to open. Five statements.

    It is for an administrator of the whole government, and for who added the person, until somebody else seats or
    retires them: else it would be anybody's who administers any section.
    """
    if administers_everything(me):
        return True
    entries = AdminEntry.objects.order_by("seq")
    first = entries.filter(object_id=person, what="person.saved").first()
    if first is None or first.person != me.person:
        return False
    seats = [*Appointment.objects.filter(person=person).values_list("pk", flat=True)]
    seats += Deputy.objects.filter(person=person).values_list("pk", flat=True)
    by_others = entries.exclude(person=me.person, person__isnull=False)
    seated = Q(object_id__in=seats, what__in=("appointment.added", "deputy.added"))
    return not by_others.filter(seated | Q(object_id=person, what="person.retired")).exists()


def elsewhere() -> str:
    """Who can do what nobody does for themselves."""
    return _("Ask another administrator, or the operator.")
