"""The head of a unit's papers: how each kind is printed with it, and its change, looked at before it is saved."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tertib.government.models import Unit
from tertib.ground.errors import Invalid, Problem, TertibError, Unavailable
from tertib.papers import heads, typeset
from tertib.papers.kinds import SCHEMAS
from tertib.papers.pages import PDF, page_image
from tertib.papers.specimens import specimen
from tertib.papers.typeset import TITLES, Letterhead
from tertib.web import session
from tertib.web.admin import parked
from tertib.web.admin.access import administrators, require
from tertib.web.admin.forms import HeadForm
from tertib.web.admin.shared import posted
from tertib.web.admin.units import unit_or_404
from tertib.web.forms import complain

WIDTH = 480
_FIRST, _PARKED = "surat_dinas", "arms.png"


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def head(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """The unit's head as it is printed on one kind of paper, and the form. Nothing is saved unseen."""
    me = session.reader(request)
    row = unit_or_404(unit)
    require(me, row.lineage)
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("jenis", "")
    kind = kind if kind in TITLES and kind in SCHEMAS else _FIRST
    kept = heads.head_of(row.pk)
    initial = {"address": row.address, "contact": kept.contact, "place": kept.place}
    form = HeadForm(posted(request), request.FILES if request.method == "POST" else None, initial=initial)
    # Before anything was typed, what is printed now; afterwards what would be printed.
    printed, town, carried = heads.letterhead(row), heads.place(row), ""
    if form.is_bound and form.is_valid():
        try:
            arms = _arms(form.cleaned_data, me.person)
            carried = parked.park([(arms, _PARKED)], me.person) if arms and "save" not in request.POST else ""
            printed, town = _as_typed(row, printed, arms, form.cleaned_data)
            if "save" in request.POST:
                fields = {name: form.cleaned_data[name] for name in ("address", "contact", "place")}
                heads.save_head(row.pk, arms=arms, by=me.person, **fields)
                messages.success(request, _("The letterhead is saved. The next paper has it."))
                return redirect("admin_unit_head", row.pk)
        except (Invalid, Unavailable) as error:
            complain(form, error)
    picture, problem = _picture(kind, printed, town)
    facts = {
        "unit": row,
        "form": form,
        "kind": kind,
        "kinds": [{"kind": name, "label": label, "active": name == kind} for name, label in TITLES.items()],
        "picture": picture,
        "problem": problem,
        "carried": carried,
        "looked": form.is_bound and not form.errors,
        "arms": bool(kept.arms),
        "inherited": bool(printed.arms) and not kept.arms and not form.is_bound,
    }
    return render(request, "admin/head.html", facts, status=422 if form.errors else 200)


def _arms(values: dict[str, Any], person: uuid.UUID) -> bytes | None:
    """The arms that were chosen now or at the look before; b"" to take them away, None to leave them. Raises
    `Invalid`."""
    if values["without"]:
        return b""
    if values["arms"] is not None:
        return heads.fit_arms(values["arms"].read(heads.MOST_BYTES + 1))
    if values["carried"]:
        kept = parked.fetch(values["carried"], person)
        # A token of an import is no picture.
        if kept is None or kept[0][1] != _PARKED:
            raise Invalid(Problem(_("The picture was kept for an hour only."), "arms", _("Choose it again.")))
        return kept[0][0]
    return None


def _as_typed(row: Unit, now: Letterhead, arms: bytes | None, values: dict[str, Any]) -> tuple[Letterhead, str]:
    shown = Letterhead(
        now.government, now.unit, values["address"], values["contact"], now.arms if arms is None else arms
    )
    return shown, values["place"] or heads.place(row)


def _picture(kind: str, printed: Letterhead, town: str) -> tuple[str, str]:
    """The first page as an address that holds the picture itself, or what hindered it in words."""
    try:
        pdf = typeset.render(kind, specimen(kind, town), printed)
        data, media_type = page_image(pdf, PDF, 1, WIDTH)
    except TertibError as error:
        return "", " ".join(f"{problem.what} {problem.mend}".strip() for problem in error.problems)
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}", ""
