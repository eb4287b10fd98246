"""Posts and the roles they carry."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tertib.government.actions import reach
from tertib.government.actions.record import get, note, store, writing
from tertib.government.authority import local_day, reader
from tertib.government.checks import Checks, limit
from tertib.government.models import Appointment, Deputy, Post, RoleGrant, Security, Unit
from tertib.ground.errors import Invalid, Problem


def save_post(
    *,
    by: uuid.UUID | None,
    post: uuid.UUID | None = None,
    code: str,
    name: str,
    unit: uuid.UUID,
    is_head: bool = False,
    superior: uuid.UUID | None = None,
    grade: str = "",
    clearance: int = Security.BIASA,
) -> Post:
    """Make a post, or change the one given by `post`.

    Raises `Invalid` (a second head is a problem of `is_head`, a circle of superiors one of `superior`) and `NotFound`.
    """
    with writing(whole=True):
        row = get(Post, post) if post else Post()
        checks = Checks()
        values: dict[str, Any] = {
            "code": checks.code("code", code, limit(Post, "code")),
            "name": checks.text("name", name, limit(Post, "name"), required=True),
            "grade": checks.text("grade", grade, limit(Post, "grade")),
            "clearance": checks.choice("clearance", clearance, Security.values),
            "unit_id": unit,
            "is_head": is_head,
            "superior_id": superior,
        }
        if row.abolished_on:
            checks.wrong("", _("This post was abolished."))
        if Post.objects.filter(code=values["code"]).exclude(pk=row.pk).exists():
            checks.wrong("code", _("Another post has the code “%s”.") % values["code"])
        if not Unit.objects.filter(pk=unit).exists():
            checks.wrong("unit", _("There is no such unit any more."))
        reach.check_clearance(checks, by, row.id, Security.BIASA if row._state.adding else row.clearance, clearance)
        reach.check_own_place(checks, by, row, unit, is_head)
        if is_head:
            _check_head(checks, row, unit)
        if superior:
            _check_superior(checks, row, superior)
        checks.done()
        store("post.saved", row, by, values, title=values["name"])
    return row


def _check_head(checks: Checks, row: Post, unit: uuid.UUID) -> None:
    head = Post.objects.filter(unit=unit, is_head=True, abolished_on__isnull=True).exclude(pk=row.pk).first()
    if head is not None:
        mend = _("A unit has one head. Change that post first.")
        checks.wrong("is_head", _("%s already heads this unit.") % head.name, mend)


_ABOVE = """WITH RECURSIVE above AS (
  SELECT id, superior_id FROM government_post WHERE id = %s
  UNION SELECT p.id, p.superior_id FROM government_post p JOIN above ON p.id = above.superior_id
) SELECT id FROM above"""


def _check_superior(checks: Checks, row: Post, superior: uuid.UUID) -> None:
    found = Post.objects.filter(pk=superior).first()
    if found is None or (found.abolished_on and found.abolished_on.isoformat() <= local_day()):
        checks.wrong("superior", _("There is no such post any more."))
        return
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, (superior,))
        if (row.id,) in cursor.fetchall():
            checks.wrong("superior", _("A post can't stand above itself."), _("Choose a post that is not below it."))


def abolish_post(post: uuid.UUID, on: date, *, by: uuid.UUID | None, holds_matters: Callable[[uuid.UUID], int]) -> Post:
    """The post no longer exists from the day `on`; whoever fills it then, does so until the day before.

    `holds_matters` tells how many open matters lie with a post. Raises `Invalid` while there are any, or while other
    posts stand below it.
    """
    with writing(whole=True):
        row = get(Post, post)
        if row.abolished_on:
            raise Invalid(_("This post was abolished."))
        checks = Checks()
        open_matters = holds_matters(post)
        if open_matters:
            what = ngettext("%d open matter lies with this post.", "%d open matters lie with this post.", open_matters)
            checks.wrong("", what % open_matters, _("Hand them to another post first."))
        below = list(row.subordinates.filter(abolished_on__isnull=True).values_list("name", flat=True)[:3])
        if below:
            mend = _("Give them another superior first.")
            checks.wrong("", _("This post is the superior of: %s.") % ", ".join(below), mend)
        checks.done()
        ended = _vacate(row, on)
        store("post.abolished", row, by, {"abolished_on": on}, title=row.name, ended=ended)
    return row


def _vacate(row: Post, on: date) -> int:
    last = on - timedelta(days=1)
    count = 0
    for model in (Appointment, Deputy):
        count += model._default_manager.filter(post=row, starts_on__gt=last).delete()[0]
        later = Q(ends_on__isnull=True) | Q(ends_on__gt=last)
        count += model._default_manager.filter(later, post=row).update(ends_on=last)
    return count


def grant_role(*, by: uuid.UUID | None, post: uuid.UUID, role: str, unit: uuid.UUID) -> RoleGrant:
    """The post carries the role for the unit and all below it; nothing happens where it already does.

    Raises `Invalid` where it is not for `by` to give.
    """
    with writing():
        seat, house = get(Post, post), get(Unit, unit, lock=False)
        checks = Checks()
        checks.choice("role", role, RoleGrant.Role.values)
        reach.check_grant(checks, by, seat, role, house.lineage)
        checks.done()
        grant, new = RoleGrant.objects.get_or_create(post=seat, role=role, unit=house)
        if new:
            note(
                "role.granted", grant.id, by, {}, {"post": seat.name, "role": role, "unit": house.name}, title=seat.name
            )
    return grant


def revoke_role(grant: uuid.UUID, *, by: uuid.UUID | None) -> None:
    """Take a role from a post.

    Raises `Invalid` for the last administrator of the whole government, and where it is not for `by` to take.
    """
    with writing(whole=True):
        row = get(RoleGrant, grant)
        checks = Checks()
        if by is not None and reader(by).seat(row.post_id) is None:
            # One's own role one may always lay down.
            reach.check_grant(checks, by, row.post, row.role, row.unit.lineage)
        checks.done()
        root = row.unit.parent_id is None and row.role == RoleGrant.Role.ADMINISTRATOR
        others = RoleGrant.objects.filter(role=row.role, unit=row.unit, post__abolished_on__isnull=True)
        if root and not others.exclude(pk=row.pk).exists():
            mend = _("Give the role to another post first.")
            raise Invalid(Problem(_("This is the last administrator of the whole government."), mend=mend))
        before = {"post": row.post.name, "role": row.role, "unit": row.unit.name}
        note("role.revoked", row.id, by, before, {}, title=row.post.name)
        row.delete()
