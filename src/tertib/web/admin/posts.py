"""Posts: who fills them, what roles they carry, and their end."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.government import actions
from tertib.government.authority import Reader
from tertib.government.models import Post, RoleGrant
from tertib.government.queries import living_posts
from tertib.ground.errors import NotFound
from tertib.matters.models import Matter
from tertib.matters.restructure import follow_posts
from tertib.web import session
from tertib.web.admin import touched
from tertib.web.admin.access import administrators, require, require_post
from tertib.web.admin.forms import DayForm, PostForm, RoleForm
from tertib.web.admin.shared import Sheet, form_page, posted, today
from tertib.web.admin.units import in_scope, unit_or_404


def post_or_404(me: Reader, post: uuid.UUID) -> Post:
    """The post with its unit, if the reader administers it. Raises `NotFound` and `Forbidden`."""
    found = Post.objects.select_related("unit", "superior").filter(pk=post).first()
    if found is None:
        raise NotFound(_("There is no such post."))
    require(me, found.unit.lineage)
    return found


def open_matters(post: uuid.UUID) -> int:
    """How many open matters lie with a post."""
    return Matter.objects.filter(holder=post, closed_at__isnull=True).count()


@require_safe
@administrators
def post(request: HttpRequest, post: uuid.UUID) -> HttpResponse:
    """One post: appointments, deputies, roles."""
    row = post_or_404(session.reader(request), post)
    day = today()
    facts = {
        "post": row,
        "gone": row.abolished_on is not None and row.abolished_on <= day,
        "today": day,
        "appointments": row.appointments.select_related("person").order_by("-starts_on", "kind"),
        "deputies": row.deputies.select_related("person").order_by("-starts_on")[:20],
        "grants": row.roles.select_related("unit"),
        "open": open_matters(row.id),
    }
    return render(request, "admin/post.html", facts)


def _superiors(row: Post | None) -> QuerySet[Post]:
    posts = living_posts().order_by("name")
    return posts.exclude(pk=row.pk) if row else posts


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def add(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Add a post to a unit."""
    me = session.reader(request)
    house = unit_or_404(unit)
    require(me, house.lineage)
    head = Post.objects.filter(unit=house, is_head=True, abolished_on__isnull=True).first()
    # Whoever comes from “nobody leads this unit” makes its head.
    initial = {"unit": house, "superior": head, "is_head": head is None and "kepala" in request.GET}
    form = PostForm(posted(request), units=in_scope(me), posts=_superiors(None), initial=initial)
    back = reverse("admin_unit", args=[house.id])
    sheet = Sheet(_("Add a post"), _("Add"), back, _("The post is there."), lead=house.name)
    return form_page(request, form, sheet, lambda values: _save(me, None, values))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def edit(request: HttpRequest, post: uuid.UUID) -> HttpResponse:
    """Change a post, or move it to another unit."""
    me = session.reader(request)
    row = post_or_404(me, post)
    require_post(me, row)
    columns = ("name", "code", "unit", "is_head", "superior", "grade", "clearance")
    initial = {name: getattr(row, name) for name in columns}
    form = PostForm(posted(request), units=in_scope(me), posts=_superiors(row), initial=initial)
    sheet = Sheet(row.name, _("Save"), reverse("admin_post", args=[row.id]), _("The post is saved."))

    def touches(values: dict[str, Any]) -> list[str]:
        return touched.by_moving_post(row, values["unit"])

    return form_page(request, form, sheet, lambda values: _save(me, row, values), touches)


def _save(me: Reader, row: Post | None, values: dict[str, Any]) -> str:
    require(me, values["unit"].lineage)
    saved = actions.save_post(
        by=me.person,
        post=row.id if row else None,
        **{name: value for name, value in values.items() if name not in ("unit", "superior")},
        unit=values["unit"].id,
        superior=values["superior"].id if values["superior"] else None,
    )
    if row is not None:
        follow_posts([saved.id])
    return reverse("admin_post", args=[saved.id])


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def abolish(request: HttpRequest, post: uuid.UUID) -> HttpResponse:
    """End a post. Refused while open matters lie with it or posts stand below it."""
    me = session.reader(request)
    row = post_or_404(me, post)
    require_post(me, row)
    form = DayForm(posted(request), label=_("From"), initial={"on": today()})
    sheet = Sheet(
        _("Abolish this post"),
        _("Abolish"),
        reverse("admin_post", args=[row.id]),
        _("The post is abolished."),
        lead=row.name,
        note=_("From that day nobody fills the post any more. This can't be undone; the record keeps it."),
        danger=True,
    )

    def save(values: dict[str, Any]) -> None:
        actions.abolish_post(row.id, values["on"], by=me.person, holds_matters=open_matters)

    def touches(values: dict[str, Any]) -> list[str]:
        # Where it is refused anyway, that is said instead.
        return [] if open_matters(row.id) else touched.by_abolishing(row, values["on"])

    return form_page(request, form, sheet, save, touches)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def grant(request: HttpRequest, post: uuid.UUID) -> HttpResponse:
    """Give a post a role for a unit that one administers."""
    me = session.reader(request)
    row = post_or_404(me, post)
    require_post(me, row)
    form = RoleForm(posted(request), units=in_scope(me), initial={"unit": row.unit})
    back = reverse("admin_post", args=[row.id])
    note = _(
        "Whoever fills the post has the role. A registrar sees all that lies in the unit, an auditor all there is."
    )
    sheet = Sheet(_("Give a role"), _("Give"), back, _("The role is given."), lead=row.name, note=note)

    def save(values: dict[str, Any]) -> None:
        actions.grant_role(by=me.person, post=row.id, role=values["role"], unit=values["unit"].id)

    return form_page(request, form, sheet, save)


@require_POST
@administrators
def revoke(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Take a role from a post."""
    me = session.reader(request)
    row = RoleGrant.objects.select_related("unit", "post__unit").filter(Q(pk=grant)).first()
    if row is None:
        raise NotFound(_("The post no longer has this role."))
    require(me, row.unit.lineage)
    require(me, row.post.unit.lineage)
    actions.revoke_role(row.id, by=me.person)
    return redirect("admin_post", row.post_id)
