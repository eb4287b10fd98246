"""Who may administer what: the administrator's role counts for its unit and all below it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tertib.government.actions.reach import administers_everything, may_open_unseated
from tertib.government.authority import Reader, local_day
from tertib.government.models import Appointment, Deputy, Post, RoleGrant
from tertib.ground.errors import Forbidden, Problem
from tertib.web import session

__all__ = [
    "administers_everything",
    "administrators",
    "of_everything",
    "refusal",
    "require",
    "require_person",
    "require_post",
    "scope",
]

ROLE = "administrator"
View = Callable[..., HttpResponse]


def administrators(view: View) -> View:
    """Only for someone who administers at least one unit; the view then looks which."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not session.reader(request).has_role(ROLE):
            raise refusal()
        return view(request, *args, **kwargs)

    return guarded


def of_everything(view: View) -> View:
    """Only for an administrator of the whole government."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not administers_everything(session.reader(request)):
            raise refusal()
        return view(request, *args, **kwargs)

    return guarded


def refusal() -> Forbidden:
    """What someone is told who may not."""
    mend = _("Ask an administrator of the whole government.")
    return Forbidden(Problem(_("You don't administer this."), mend=mend))


def scope(me: Reader) -> list[uuid.UUID]:
    """The units below which this reader administers."""
    return [grant.unit for grant in me.grants if grant.role == ROLE]


def require(me: Reader, lineage: Sequence[uuid.UUID]) -> None:
    """Raise `Forbidden` unless the reader administers the unit of this lineage."""
    if not me.has_role(ROLE, list(lineage)):
        raise refusal()


def require_post(me: Reader, post: Post) -> None:
    """Raise `Forbidden` unless the reader administers the unit of the post and every unit its roles count for.

    Whoever says who fills a post hands out its roles: an administrator of one section may not hand out more than that.
    """
    require(me, post.unit.lineage)
    for grant in post.roles.select_related("unit"):
        lineage = grant.unit.lineage
        # An auditor sees the whole government, whatever the unit.
        require(me, lineage[-1:] if grant.role == RoleGrant.Role.AUDITOR else lineage)


def require_person(me: Reader, person: uuid.UUID) -> None:
    """Raise `Forbidden` unless the reader may say who fills every post that the person has, now or later.

    Else the administrator of one section could open the account of somebody who is also elsewhere, or of somebody who
    has no post yet and gets one with more.
    """
    day = local_day()
    seated = False
    for model in (Appointment, Deputy):
        rows = model._default_manager.filter(person=person).exclude(ends_on__lt=day)
        for row in rows.select_related("post__unit"):
            require_post(me, row.post)
            seated = True
    if not seated and not may_open_unseated(me, person):
        raise refusal()
