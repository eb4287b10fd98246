"""Registering a letter that came in."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.government.models import Unit
from tertib.ground.errors import Invalid
from tertib.ground.numbers import whole
from tertib.papers.models import PaperKind
from tertib.rooms.letters import houses, precedents, uploads, waiting
from tertib.rooms.letters.forms import CLASSIFICATIONS, RegisterForm
from tertib.rooms.letters.http import complain, page, reader_of, typed, unjudged
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.offers import Offer
from tertib.rooms.letters.receiving import Incoming, Registered
from tertib.rooms.letters.receiving import register as enter
from tertib.rooms.letters.views.precedents import twin_facts, twin_mark
from tertib.rooms.letters.views.scans import must_register, offered, pane


def register(request: HttpRequest) -> HttpResponse:
    """The form beside its scan, and what is sent with it."""
    reader = reader_of(request)
    must_register(reader)
    mine = houses.registering(reader)
    units = list(houses.houses())
    if request.method != "POST":
        queue = waiting.opened(request, reader)
        first = uploads.Uploads(queue.files[:1], queue.uploads.problems)
        return _show(request, RegisterForm(houses=mine, units=units), first, 200)
    form = RegisterForm(request.POST, houses=mine, units=units)
    files = uploads.of_request(request, reader)
    if dropped := request.POST.getlist("drop"):
        waiting.take(request, reader, dropped, done=False)
    if request.POST.get("left"):
        files = _decided(request, files, reader)
    if any(request.POST.get(name) for name in ("drop", "upload", "take", "left")):
        return _show(request, taking(form, files, request.POST.get("take", "")), files, 200)
    if not form.is_valid() or files.problems:
        return _show(request, form, files, 422)
    unit = next(house for house in mine if str(house.id) == form.cleaned_data["unit"])
    twin = precedents.letter_like(form.cleaned_data["number"], form.cleaned_data["sender_name"], unit.id)
    if twin and request.POST.get("confirmed") != twin_mark(twin):
        return _show(request, form, files, 409, twin)
    try:
        registered = save(form, unit, files.files, reader)
    except Invalid as error:
        complain(form, error)
        return _show(request, form, files, 422)
    waiting.take(request, reader, [file.sha256 for file in files.files], done=True)
    return _next(request, registered)


def _decided(request: HttpRequest, files: uploads.Uploads, reader: Reader) -> uploads.Uploads:
    """The files of the form once it is said what becomes of the scans of an earlier visit: the first of them stands
    beside a form that has none.
    """
    if request.POST["left"] != "use":
        waiting.forget(request)
        return files
    waiting.resume(request, reader)
    return files if files.files else uploads.Uploads(waiting.waiting(request, reader).files[:1], files.problems)


def taking(form: RegisterForm, files: uploads.Uploads, field: str) -> RegisterForm:
    """The form as it was typed, not judged yet, with what the scan proposes for one field, where that was asked for."""
    offer = offered(form, files).get(field) if field else None
    if offer and not (field == "security" and _has(form, field, offer)):
        data = typed(form).copy()
        for name, value in offer.fill.items():
            data[name] = value
        form.data = data
    unjudged(form)
    return form


def _has(form: RegisterForm, name: str, offer: Offer) -> bool:
    """Whether the form says already what is offered for this field, or something else was typed there. No letter is
    offered to be less secret than it is entered.
    """
    value = form[name].value()
    now = "" if value is None else str(value).strip()
    if name == "security":
        level = whole(now)
        return level is not None and level >= int(offer.fill[name])
    if name == "unit":
        # A list that nobody has touched says its first line.
        return (now or str(form.houses[0].pk)) == offer.fill[name]
    if name == "urgency":
        return now == offer.fill[name]
    return bool(now)


def _next(request: HttpRequest, registered: Registered) -> HttpResponse:
    """Where one goes on: to the next scan, or an empty form where that was asked for; else to the letter."""
    said = _("Registered with agenda number %s.") % registered.agenda
    letter = registered.done.matter
    if not waiting.go_on(request) and not request.POST.get("another"):
        messages.success(request, said)
        return redirect("letters:letter", letter)
    link = format_html('{} <a href="{}">{}</a>', said, reverse("letters:letter", args=[letter]), _("Open the letter"))
    messages.success(request, link)
    return redirect("letters:register")


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
    reader = reader_of(request)
    said = offered(form, files)
    facts = {
        "form": form,
        "proposals": {name: offer.said for name, offer in said.items() if not _has(form, name, offer)},
        "classifications": CLASSIFICATIONS,
        "left": waiting.aside(request, reader),
        **pane(request, reader, files, said),
        **twin_facts(twin, reader, request.POST.get("confirmed", "")),
    }
    return page(request, "register", facts, status)
