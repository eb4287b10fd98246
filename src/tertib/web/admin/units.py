"""Units: the tree, one unit with its posts, and its form."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count, Func, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tertib.government import actions
from tertib.government.authority import Reader
from tertib.government.models import Post, Unit
from tertib.government.queries import occupants
from tertib.ground.errors import NotFound
from tertib.matters.restructure import follow_unit
from tertib.web import session
from tertib.web.admin import touched
from tertib.web.admin.access import administers_everything, administrators, require, scope
from tertib.web.admin.forms import UnitForm
from tertib.web.admin.shared import Sheet, form_page, posted, tabs, today

FOUND = 100
# The first page shows this many levels; deeper ones are on the pages of their units.
_LEVELS = 2


def in_scope(me: Reader) -> QuerySet[Unit]:
    """The units this reader administers."""
    return Unit.objects.filter(lineage__overlap=scope(me))


def unit_or_404(unit: uuid.UUID) -> Unit:
    """The unit, with the one above it. Raises `NotFound`."""
    found = Unit.objects.select_related("parent", "calendar").filter(pk=unit).first()
    if found is None:
        raise NotFound(_("There is no such unit."))
    return found


@require_safe
@administrators
def units(request: HttpRequest) -> HttpResponse:
    """The upper levels of what one administers, or what fits the search. A constant number of statements."""
    me = session.reader(request)
    sought = " ".join(request.GET.get("q", "").split())[:80]
    mine = scope(me)
    posts = Count("posts", filter=Q(posts__abolished_on__isnull=True), distinct=True)
    rows = in_scope(me).annotate(post_count=posts, child_count=Count("children", distinct=True))
    if sought:
        fits = Q(name__icontains=sought) | Q(code__icontains=sought) | Q(short_name__icontains=sought)
        found = list(rows.filter(fits).order_by("name")[:FOUND])
        shown = [{"unit": unit, "depth": 0} for unit in found]
    else:
        near = Q(pk__in=mine) | Q(parent__in=mine) | Q(parent__parent__in=mine)
        shown = _tree(list(rows.filter(near)), set(mine))
    facts = {
        "rows": shown,
        "q": sought,
        "tabs": tabs("admin_units", administers_everything(me)),
        "full": len(shown) >= FOUND,
    }
    return render(request, "admin/units.html", facts)


def _tree(rows: list[Unit], tops: set[uuid.UUID]) -> list[dict[str, Any]]:
    """Parents before their children, each with its depth."""
    below: dict[uuid.UUID | None, list[Unit]] = {}
    known = {unit.id for unit in rows}
    for unit in rows:
        inside = unit.parent_id in known and not (unit.id in tops and unit.parent_id not in known)
        below.setdefault(unit.parent_id if inside else None, []).append(unit)
    found: list[dict[str, Any]] = []
    waiting = [(unit, 0) for unit in reversed(below.get(None, []))]
    while waiting:
        unit, depth = waiting.pop()
        found.append({"unit": unit, "depth": depth, "more": depth >= _LEVELS and unit.child_count})  # type: ignore[attr-defined]
        waiting += [(child, depth + 1) for child in reversed(below.get(unit.id, []))]
    return found


@require_safe
@administrators
def unit(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """One unit: what is above, what is below, its posts and who fills them today."""
    me = session.reader(request)
    row = unit_or_404(unit)
    require(me, row.lineage)
    above = {found.id: found for found in Unit.objects.filter(pk__in=row.lineage[1:])}
    posts = list(Post.objects.filter(unit=row).order_by("-is_head", "code"))
    living = [post for post in posts if post.abolished_on is None or post.abolished_on > today()]
    filled = occupants([post.id for post in living])
    facts = {
        "unit": row,
        "above": [above[step] for step in reversed(row.lineage[1:]) if step in above],
        "mine": set(scope(me)),
        "children": row.children.annotate(child_count=Count("children")).order_by("code"),
        "posts": [{"post": post, "filled": filled.get(post.id, [])} for post in living],
        "gone": [post for post in posts if post not in living],
        "ended": row.ends_on is not None and row.ends_on < today(),
    }
    return render(request, "admin/unit.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def add(request: HttpRequest) -> HttpResponse:
    """Add a unit below one that one administers."""
    me = session.reader(request)
    parents = in_scope(me)
    # Most units that are added one by one lie right below the uppermost one that one administers.
    top = parents.order_by(Func("lineage", function="cardinality"), "code").first()
    below = request.GET.get("di")
    initial = {"parent": below or (top and top.pk), "kind": "section" if below else "agency"}
    form = UnitForm(posted(request), parents=parents, top=top is None, initial=initial)
    title = _("Add a unit")
    sheet = Sheet(title, _("Add"), reverse("admin_units"), _("The unit is there."))
    return form_page(request, form, sheet, lambda values: _save(me, None, values))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def edit(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Change a unit, or move it with all below."""
    me = session.reader(request)
    row = unit_or_404(unit)
    require(me, row.lineage)
    parents = in_scope(me).exclude(lineage__contains=[row.id])
    if row.parent_id and row.id in scope(me):
        # Whoever administers just this unit may keep it where it is.
        parents = parents | Unit.objects.filter(pk=row.parent_id)
    columns = (
        "name",
        "code",
        "kind",
        "parent",
        "short_name",
        "letter_code",
        "area_code",
        "address",
        "calendar",
        "ends_on",
    )
    initial = {name: getattr(row, name) for name in columns}
    form = UnitForm(posted(request), parents=parents, top=row.parent_id is None, initial=initial)
    note = _("Where it moves, all units below move with it.")
    sheet = Sheet(row.name, _("Save"), reverse("admin_unit", args=[row.id]), _("The unit is saved."), note=note)

    def touches(values: dict[str, Any]) -> list[str]:
        moved = touched.by_changing_unit(row, values["parent"], values["ends_on"])
        return [*moved, *touched.by_other_calendar(row, values["calendar"])]

    return form_page(request, form, sheet, lambda values: _save(me, row, values), touches)


def _save(me: Reader, row: Unit | None, values: dict[str, Any]) -> str:
    parent: Unit | None = values["parent"]
    saved = actions.save_unit(
        by=me.person,
        unit=row.id if row else None,
        **{name: value for name, value in values.items() if name not in ("parent", "calendar")},
        parent=parent.id if parent else None,
        calendar=values["calendar"].id if values["calendar"] else None,
    )
    if row is not None:
        follow_unit(saved.id)
    return reverse("admin_unit", args=[saved.id])
