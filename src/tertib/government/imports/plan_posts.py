"""Posts of an import, and the roles they carry."""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from tertib.government.checks import Checks, limit
from tertib.government.imports import values as read
from tertib.government.imports.graphs import cycles
from tertib.government.imports.planned import Plan, Progress
from tertib.government.imports.tables import Row, Table
from tertib.government.models import Post, RoleGrant, Security, Unit
from tertib.ground.errors import Problem

Found: TypeAlias = list[tuple[Table, Row, Post, dict[str, Any], Checks]]
# Roles that mean little below the top: without a unit of their own they count for the whole government.
_WHOLE = frozenset({RoleGrant.Role.ADMINISTRATOR, RoleGrant.Role.AUDITOR})
_CLEARANCE = {"biasa": Security.BIASA, "terbatas": Security.TERBATAS, "rahasia": Security.RAHASIA}


def plan_posts(
    plan: Plan, tables: list[Table], units: dict[str, Unit], problems: list[Problem], tell: Progress
) -> dict[str, Post]:
    """Check the rows and note what they change. Answers all posts there will be, by code."""
    stored = {row.code: row for row in Post.objects.all()}
    posts = dict(stored)
    found: Found = []
    seen: dict[str, str] = {}
    total = sum(len(table.rows) for table in tables)
    for table in tables:
        for row in table.rows:
            checks = Checks(table.place(row.number))
            values = _values(checks, row, units)
            code = values["code"]
            if code in seen:
                checks.wrong("code", _("The code stands in %s already.") % seen[code])
            elif code:
                seen[code] = table.place(row.number)("")
                posts[code] = stored.get(code) or Post()
                if posts[code].abolished_on:
                    checks.wrong("code", _("This post was abolished."), _("Remove the row, or use another code."))
                found.append((table, row, posts[code], values, checks))
            problems += checks.problems
            checks.problems = []
            tell("posts", len(seen), total)
    _check_superiors(found, posts, stored)
    _check_heads(found, posts)
    wanted = _wanted_roles(found, units)
    for table, row, post, values, checks in found:
        for extra in ("superior", "roles", "unit"):
            values.pop(extra, None)
        plan.settle(table, row.number, post, values["name"], values)
        problems += checks.problems
    _plan_roles(plan, wanted)
    return posts


def _values(checks: Checks, row: Row, units: dict[str, Unit]) -> dict[str, Any]:
    def text(column: str) -> str:
        return read.text(checks, column, row.cells.get(column))

    values: dict[str, Any] = {
        "code": checks.code("code", text("code"), limit(Post, "code")),
        "name": checks.text("name", text("name"), limit(Post, "name"), required=True),
        "unit": text("unit"),
    }
    if values["unit"] in units:
        values["unit_id"] = units[values["unit"]].id
    elif values["unit"]:
        mend = _("Add it to one of the files, or correct the code.")
        checks.wrong("unit", _("There is no unit “%s”.") % values["unit"], mend)
    else:
        checks.wrong("unit", _("This is missing."))
    if "is_head" in row.cells:
        values["is_head"] = read.yes(checks, "is_head", row.cells["is_head"])
    if "grade" in row.cells:
        values["grade"] = checks.text("grade", text("grade"), limit(Post, "grade"))
    if "clearance" in row.cells:
        shown = text("clearance")
        chosen = read.chosen(checks, "clearance", shown, read.CLEARANCES) if shown else "biasa"
        values["clearance"] = int(_CLEARANCE.get(chosen, Security.SANGAT_RAHASIA if chosen else Security.BIASA))
    for column in ("superior", "roles"):
        if column in row.cells:
            values[column] = text(column)
    return values


def _check_superiors(found: Found, posts: dict[str, Post], stored: dict[str, Post]) -> None:
    by_id = {post.id: code for code, post in posts.items()}
    above = {code: by_id.get(post.superior_id) if post.superior_id else None for code, post in stored.items()}
    for _table, _row, _post, values, checks in found:
        superior = values.get("superior")
        if superior and (superior not in posts or posts[superior].abolished_on):
            mend = _("Add it to one of the files, or correct the code.")
            checks.wrong("superior", _("There is no post “%s”.") % superior, mend)
        elif superior is not None:
            above[values["code"]] = superior or None
            values["superior_id"] = posts[superior].id if superior else None
    looped = cycles(above)
    for _table, _row, _post, values, checks in found:
        if values["code"] in looped:
            checks.wrong("superior", _("The superiors go in a circle here: a post can't stand above itself."))


def _check_heads(found: Found, posts: dict[str, Post]) -> None:
    heads: dict[uuid.UUID, list[str]] = defaultdict(list)
    mine = {values["code"]: values for _table, _row, _post, values, _checks in found}
    for code, post in posts.items():
        values = mine.get(code, {})
        unit = values.get("unit_id") if "unit_id" in values or post._state.adding else post.unit_id
        if unit and not post.abolished_on and values.get("is_head", post.is_head):
            heads[unit].append(code)
    for _table, _row, post, values, checks in found:
        rivals = [code for code in heads.get(values.get("unit_id", post.id), ()) if code != values["code"]]
        if rivals and values.get("is_head", post.is_head):
            what = _("A unit has one head, and “%s” already heads this one.") % rivals[0]
            checks.wrong("is_head", what, _("Say no in one of the rows."))


Wanted: TypeAlias = list[tuple[Post, str, set[tuple[str, uuid.UUID]]]]


def _wanted_roles(found: Found, units: dict[str, Unit]) -> Wanted:
    """For each post whose row tells of roles: (role, unit) as it shall be."""
    top = next((unit for unit in units.values() if unit.parent_id is None), None)
    wanted: Wanted = []
    for _table, _row, post, values, checks in found:
        if "roles" not in values or "unit_id" not in values:
            continue
        pairs: set[tuple[str, uuid.UUID]] = set()
        for part in re.split(r"[,;|\s]+", values["roles"]):
            word, _at, unit = part.partition("@")
            role = read.chosen(checks, "roles", word, read.ROLES) if part else ""
            if unit and unit not in units:
                checks.wrong("roles", _("There is no unit “%s”.") % unit)
            elif role:
                house = units[unit].id if unit else values["unit_id"]
                pairs.add((role, top.id if role in _WHOLE and not unit and top else house))
        wanted.append((post, values["name"], pairs))
    return wanted


def _plan_roles(plan: Plan, wanted: Wanted) -> None:
    ids = [post.id for post, _name, _pairs in wanted if not post._state.adding]
    stored: dict[uuid.UUID, list[RoleGrant]] = defaultdict(list)
    for grant in RoleGrant.objects.filter(post__in=ids).order_by("id"):
        stored[grant.post_id].append(grant)
    for post, name, pairs in wanted:
        had = {(grant.role, grant.unit_id) for grant in stored[post.id]}
        for role, unit in sorted(pairs - had):
            plan.given.append((RoleGrant(post_id=post.id, role=role, unit_id=unit), name))
        plan.taken += [(grant, name) for grant in stored[post.id] if (grant.role, grant.unit_id) not in pairs]
