"""Procedures: which there are, one drawn and in words, another version checked, compared and published."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any, cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from tertib.government import passwords
from tertib.government.models import AdminEntry, Person
from tertib.ground.errors import Invalid, NotFound, Problem, TooMany
from tertib.matters import procedures as stored
from tertib.matters import versions
from tertib.matters.models import Procedure
from tertib.web import session
from tertib.web.admin import diagram, procedure_words
from tertib.web.admin.access import of_everything
from tertib.web.admin.forms import ProcedureForm, PublishForm
from tertib.web.admin.shared import posted, tabs
from tertib.web.forms import complain


def procedure_or_404(procedure: uuid.UUID) -> Procedure:
    """The version. Raises `NotFound`."""
    found = Procedure.objects.filter(pk=procedure).first()
    if found is None:
        raise NotFound(_("There is no such procedure."))
    return found


def newest_of(key: str) -> Procedure:
    """The version that new matters follow."""
    return Procedure.objects.filter(key=key).order_by("-version")[0]


@require_safe
@of_everything
def procedures(request: HttpRequest) -> HttpResponse:
    """All procedures with the version in force and how many matters follow which. A constant number of statements."""
    working = versions.at_work()
    groups: dict[str, list[Procedure]] = {}
    for row in Procedure.objects.order_by("key", "-version"):
        groups.setdefault(row.key, []).append(row)
    rows = [
        {
            "newest": found[0],
            "label": stored.words(stored.of(found[0].id).label),
            "now": working.get(found[0].id, 0),
            "older": sum(working.get(row.id, 0) for row in found[1:]),
        }
        for found in groups.values()
    ]
    return render(request, "admin/procedures.html", {"rows": rows, "tabs": tabs("admin_procedures", True)})


@require_safe
@of_everything
def procedure(request: HttpRequest, procedure: uuid.UUID) -> HttpResponse:
    """One version: drawn, in words, and the versions beside it."""
    row = procedure_or_404(procedure)
    definition = stored.of(row.id)
    working = versions.at_work()
    all_versions = list(Procedure.objects.filter(key=row.key).order_by("-version"))
    told = {
        entry.object_id: entry
        for entry in AdminEntry.objects.filter(what=versions.PUBLISHED, object_id__in=[v.id for v in all_versions])
    }
    names = dict(Person.objects.filter(pk__in=[e.person for e in told.values() if e.person]).values_list("pk", "name"))
    facts = {
        "row": row,
        "label": stored.words(definition.label),
        "drawing": diagram.draw(definition, procedure_words.hints(definition)),
        "states": procedure_words.states(definition, diagram.order(definition)),
        "actions": procedure_words.actions(definition),
        "newest": all_versions[0],
        "overruled": _overruled(all_versions),
        "versions": [
            {
                "row": version,
                "working": working.get(version.id, 0),
                "who": names.get(cast(uuid.UUID, told[version.id].person), "") if version.id in told else "",
                "reason": told[version.id].body["after"].get("reason", "") if version.id in told else "",
                "changed": _changed(before, version) if before else [],
            }
            for version, before in zip(all_versions, [*all_versions[1:], None], strict=True)
        ],
    }
    return render(request, "admin/procedure.html", facts)


def _changed(old: Procedure, new: Procedure) -> list[dict[str, Any]]:
    """What a version changed in the one before, in words."""
    found = versions.differences(json.loads(old.definition), json.loads(new.definition))
    return [procedure_words.difference(item, stored.of(old.id), stored.of(new.id)) for item in found]


def _overruled(newest_first: list[Procedure]) -> Procedure | None:
    """The version of one's own that the program's newest took the place of."""
    if not newest_first[0].shipped or len(newest_first) < 2 or newest_first[1].shipped:
        return None
    return newest_first[1]


@require_safe
@of_everything
def source(request: HttpRequest, procedure: uuid.UUID) -> HttpResponse:
    """A version as a file, to begin another from."""
    row = procedure_or_404(procedure)
    head = {"Content-Disposition": f'attachment; filename="{row.key}.v{row.version}.yaml"'}
    return HttpResponse(versions.as_yaml(row.definition), content_type="application/yaml; charset=utf-8", headers=head)


@require_http_methods(["GET", "HEAD", "POST"])
@of_everything
def check(request: HttpRequest, procedure: uuid.UUID) -> HttpResponse:
    """Paste or choose another version: what is wrong with it, else what it changes and the way to publish it."""
    row = newest_of(procedure_or_404(procedure).key)
    form = ProcedureForm(posted(request), request.FILES if request.method == "POST" else None)
    if not form.is_bound:
        form = ProcedureForm(initial={"text": versions.as_yaml(row.definition)})
    problems: list[dict[str, Any]] = []
    if form.is_bound and form.is_valid():
        text, name = form.cleaned_data["text"], form.cleaned_data["name"]
        try:
            raw = versions.check(row.key, text, name)
        except Invalid as error:
            problems = [_placed(problem, text) for problem in error.problems]
            form.data = {**form.data.dict(), "text": text}  # type: ignore[attr-defined]
        else:
            return _compared(request, row, raw, PublishForm(initial={"text": text, "base": row.id}))
    facts = {"row": row, "form": form, "problems": problems, "label": stored.words(stored.of(row.id).label)}
    return render(request, "admin/procedure_check.html", facts, status=422 if problems or form.errors else 200)


_PLACE = re.compile(r":([0-9]+)(?::([0-9]+))?$")
_QUOTED = 100


def _placed(problem: Problem, text: str) -> dict[str, Any]:
    """A problem with its place in words and what stands there."""
    found = _PLACE.search(str(problem.where))
    if found is None:
        return {"problem": problem, "place": problem.where, "row": ""}
    line, column = int(found[1]), found[2]
    rows = text.splitlines()
    place = _("Line %d") % line
    return {
        "problem": problem,
        "place": _("%(line)s, column %(column)s") % {"line": place, "column": column} if column else place,
        "row": rows[line - 1].strip()[:_QUOTED] if line <= len(rows) else "",
    }


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@of_everything
def publish(request: HttpRequest, procedure: uuid.UUID) -> HttpResponse:
    """Publish what was compared, with the password again and a reason; where another came meanwhile, compare anew."""
    row = newest_of(procedure_or_404(procedure).key)
    if request.method != "POST":
        return redirect("admin_procedure_check", row.pk)
    form = PublishForm(request.POST)
    raw = versions.check(row.key, form.data.get("text", ""), "YAML")
    me = session.reader(request)
    if form.is_valid():
        try:
            passwords.confirm(cast(Person, request.user), form.cleaned_data["password"])
            version = versions.publish(raw, form.cleaned_data["base"], by=me.person, reason=form.cleaned_data["reason"])
        except (Invalid, TooMany) as error:
            complain(form, error)
        else:
            messages.success(request, _("The version is published. What begins from now on follows it."))
            return redirect("admin_procedure", version)
    # Whatever was wrong, the next try is compared with what is in force now.
    form.data = {**form.data.dict(), "base": str(row.id), "password": ""}  # type: ignore[attr-defined]
    return _compared(request, row, raw, form)


def _compared(request: HttpRequest, row: Procedure, raw: dict[str, Any], form: PublishForm) -> HttpResponse:
    old, new = stored.of(row.id), stored.build(raw)
    found = versions.differences(json.loads(row.definition), raw)
    working = versions.at_work()
    staying = sum(working.get(pk, 0) for pk in Procedure.objects.filter(Q(key=row.key)).values_list("pk", flat=True))
    stay = ngettext(
        "%d matter that runs keeps its version to the end.",
        "%d matters that run keep their version to the end.",
        staying,
    )
    facts = {
        "row": row,
        "label": stored.words(old.label),
        "next": row.version + 1,
        "lines": [procedure_words.difference(item, old, new) for item in found],
        "stay": stay % staying,
        "drawing": diagram.draw(new, procedure_words.hints(new)),
        "form": form,
    }
    return render(request, "admin/procedure_publish.html", facts, status=422 if form.errors else 200)
