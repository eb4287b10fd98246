"""Import from the browser: choose files, look at what would change, confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.government import imports
from tertib.government.imports.planned import Plan
from tertib.ground.errors import Invalid, NotFound
from tertib.matters.restructure import follow_import
from tertib.web import session
from tertib.web.admin import parked
from tertib.web.admin.access import of_everything
from tertib.web.admin.forms import ImportForm
from tertib.web.admin.said import lines, names_of
from tertib.web.admin.shared import posted, tabs

SHOWN = 200
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_http_methods(["GET", "HEAD", "POST"])
@of_everything
def upload(request: HttpRequest) -> HttpResponse:
    """Choose files; what is wrong with them is listed, else the preview follows."""
    form = ImportForm(posted(request), request.FILES if request.method == "POST" else None)
    problems: tuple[Any, ...] = ()
    if request.method == "POST" and form.is_valid():
        files = [(file.read(), str(file.name or "")) for file in form.cleaned_data["uploads"]]
        try:
            plan = imports.plan(imports.read_all(files))
            imports.check_reach(plan, session.reader(request).person)
        except Invalid as error:
            problems = error.problems
        else:
            return _preview(request, plan, parked.park(files, session.reader(request).person))
    facts = {"form": form, "problems": problems, "tabs": tabs("admin_import", True), "kinds": imports.KINDS}
    return render(request, "admin/import.html", facts, status=422 if problems or form.errors else 200)


def _preview(request: HttpRequest, plan: Plan, token: str, *, anew: bool = False) -> HttpResponse:
    changes = [change for group in plan.changes.values() for change in group]
    counts = plan.counts
    ids = [value for change in changes[:SHOWN] for side in (change.before, change.after) for value in side.values()]
    names = names_of(value for value in ids if hasattr(value, "hex") and not isinstance(value, bytes))
    names |= {str(change.row.pk): change.title for change in changes}
    rows = [
        {
            "title": change.title,
            "where": f"{change.file} · {change.number}",
            "new": change.new,
            "what": change.row._meta.verbose_name,
            "lines": lines(change.before, change.after, names),
        }
        for change in changes[:SHOWN]
    ]
    tallies = (
        (_("Units"), counts.units),
        (_("Posts"), counts.posts),
        (_("People"), counts.people),
        (_("Appointments"), counts.appointments),
    )
    facts = {
        "rows": rows,
        "rest": len(changes) - len(rows),
        "tallies": [{"label": label, "tally": tally} for label, tally in tallies],
        "counts": counts,
        "given": [f"{title}: {grant.get_role_display()}" for grant, title in plan.given[:SHOWN]],
        "taken": [f"{title}: {grant.get_role_display()}" for grant, title in plan.taken[:SHOWN]],
        "digest": plan.digest,
        "token": token,
        "anew": anew,
        "tabs": tabs("admin_import", True),
    }
    return render(request, "admin/import_preview.html", facts)


@require_POST
@of_everything
def confirm(request: HttpRequest) -> HttpResponse:
    """Write what was looked at; where the government has changed meanwhile, show the preview anew."""
    me = session.reader(request)
    token = request.POST.get("token", "")
    files = parked.fetch(token, me.person)
    if files is None:
        messages.warning(request, _("The files were kept for an hour only. Choose them again."))
        return redirect("admin_import")
    plan = imports.plan(imports.read_all(files))
    if plan.digest != request.POST.get("digest", ""):
        return _preview(request, plan, token, anew=True)
    with transaction.atomic():
        counts = imports.apply(plan, me.person)
        follow_import(counts.units.changed + counts.posts.changed)
    parked.drop(token)
    total = counts.units, counts.posts, counts.people, counts.appointments
    facts = {"added": sum(t.added for t in total), "changed": sum(t.changed for t in total)}
    messages.success(request, _("Imported: %(added)d added, %(changed)d changed.") % facts)
    return redirect("admin_record")


@require_safe
@of_everything
def template(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """A file to begin from."""
    if kind not in imports.KINDS or form not in _TYPES:
        raise NotFound(_("There is no such template."))
    data = imports.template(kind, "xlsx" if form == "xlsx" else "csv")
    head = {"Content-Disposition": f'attachment; filename="{kind}.{form}"'}
    return HttpResponse(data, content_type=_TYPES[form], headers=head)
