"""Registering a letter that came in."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.government.models import Unit
from tertib.ground.errors import Forbidden, Invalid, Problem
from tertib.matters.visibility import may_see
from tertib.papers.models import PaperKind
from tertib.rooms.letters import houses, queries, uploads
from tertib.rooms.letters.forms import CLASSIFICATIONS, RegisterForm
from tertib.rooms.letters.http import complain, page, reader_of
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.receiving import Incoming, Registered
from tertib.rooms.letters.receiving import register as enter


def register(request: HttpRequest) -> HttpResponse:
    """The form, and what is sent with it."""
    reader = reader_of(request)
    mine = houses.registering(reader)
    if not mine:
        mend = _("Ask the administrator for the role of registrar.")
        raise Forbidden(Problem(_("Only a registrar registers letters."), mend=mend))
    units = list(houses.houses())
    if request.method != "POST":
        return _show(request, RegisterForm(houses=mine, units=units), uploads.Uploads(), 200)
    form = RegisterForm(request.POST, houses=mine, units=units)
    files = uploads.of_request(request, reader)
    if request.POST.getlist("drop") or not form.is_valid() or files.problems:
        return _show(request, form, files, 200 if request.POST.getlist("drop") else 422)
    unit = next(house for house in mine if str(house.id) == form.cleaned_data["unit"])
    twin = queries.letter_like(form.cleaned_data["number"], form.cleaned_data["sender_name"], unit.id)
    if twin and request.POST.get("confirmed") != str(twin.pk):
        return _show(request, form, files, 409, twin)
    try:
        registered = save(form, unit, files.files, reader)
    except Invalid as error:
        complain(form, error)
        return _show(request, form, files, 422)
    said = _("Registered with agenda number %s.") % registered.agenda
    messages.success(request, said)
    if request.POST.get("another"):
        return redirect("letters:register")
    return redirect("letters:letter", registered.done.matter)


def save(form: RegisterForm, unit: Unit, files: list[uploads.Staged], reader: Reader) -> Registered:
    """The letter with its scan, in one transaction."""
    given = form.cleaned_data
    incoming = Incoming(
        subject=given["subject"],
        sender_name=given["sender_name"],
        sender_kind=given["sender_kind"],
        sender_unit=form.sender_unit_id(),
        sender_government=given["sender_government"] if given["sender_kind"] == "government" else "",
        sender_address=given["sender_address"],
        number=given["number"],
        letter_date=given["letter_date"],
        received_on=given["received_on"],
        security=given["security"],
        urgency=given["urgency"],
        classification=given["classification"],
        summary=given["summary"],
        kind=given["kind"],
    )
    with transaction.atomic():
        registered = enter(incoming, unit, reader)
        uploads.attach(registered.done.matter, PaperKind.SCAN, files, reader, given["subject"])
    return registered


def _show(
    request: HttpRequest, form: RegisterForm, files: uploads.Uploads, status: int, twin: Letter | None = None
) -> HttpResponse:
    facts = {
        "form": form,
        "files": files.files,
        "problems": files.said(),
        "classifications": CLASSIFICATIONS,
        "twin": twin,
        # A registrar is told that the number is taken, but of what is too secret for them no more than that.
        "twin_seen": twin is not None and may_see(twin.pk, reader_of(request)),
    }
    return page(request, "register", facts, status)
