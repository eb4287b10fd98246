"""What the pages of administration share: tabs, forms that are checked and saved alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tertib.government.authority import local_day
from tertib.ground.errors import Invalid
from tertib.ground.seals import seal
from tertib.web.forms import complain


def today() -> date:
    """Today where the government is."""
    return date.fromisoformat(local_day())


def posted(request: HttpRequest) -> Any:
    """What a form was sent with; None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def tabs(active: str, everything: bool) -> list[dict[str, Any]]:
    """The tabs of administration; some are only for administrators of the whole government."""
    items = [
        ("admin_units", _("Units and posts")),
        ("admin_people", _("People")),
        ("admin_registers", _("Registers")),
    ]
    if everything:
        items += [
            ("admin_calendars", _("Calendars")),
            ("admin_procedures", _("Procedures")),
            ("admin_import", _("Import")),
            ("admin_record", _("Record of changes")),
        ]
    return [{"label": label, "href": reverse(name), "active": name == active} for name, label in items]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with one form: title, words on the button, where Cancel leads, what is said once it is saved."""

    title: str
    label: str
    cancel: str
    done: str
    lead: str = ""
    note: str = ""
    danger: bool = False


def form_page(
    request: HttpRequest,
    form: forms.Form,
    sheet: Sheet,
    save: Callable[[dict[str, Any]], str | None],
    touches: Callable[[dict[str, Any]], Sequence[object]] | None = None,
) -> HttpResponse:
    """Show the form; on POST check and save it. What was typed stays where something is wrong (status 422).

    `save` takes the cleaned values and answers the address to go to (None: where Cancel leads); its `Invalid` is shown
    beside the fields it names. `touches` says in lines whom the change touches: where it says anything, that is shown
    first, and saved is what was shown. What is wrong is said before either: the change is tried and taken back.
    """
    touched: Sequence[object] = ()
    if request.method == "POST" and form.is_valid():
        try:
            touched = touches(dict(form.cleaned_data)) if touches else ()
            meant = not touched or request.POST.get("touched") == seal(touched)
            with transaction.atomic():
                target = save(dict(form.cleaned_data))
                transaction.set_rollback(not meant)
            if meant:
                messages.success(request, sheet.done)
                return redirect(target or sheet.cancel)
        except Invalid as error:
            touched = ()
            complain(form, error)
    facts = {"form": form, "sheet": sheet, "touched": touched, "seal": seal(touched) if touched else ""}
    return render(request, "admin/form.html", facts, status=422 if form.errors else 200)
