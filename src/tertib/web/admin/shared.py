"""What the pages of administration share: tabs, forms that are checked and saved alike, and how a change reads."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from tertib.government.authority import local_day
from tertib.government.models import (
    Appointment,
    Calendar,
    CalendarChange,
    Post,
    RoleGrant,
    Security,
    Unit,
    UnitKind,
)
from tertib.ground.errors import Invalid
from tertib.ground.seals import seal
from tertib.matters.models import Urgency
from tertib.web import moments
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


# What the record calls a column, where it is not the name of the column in words.
def _labels() -> dict[str, str]:
    return {
        "parent_id": _("parent unit"),
        "unit_id": _("unit"),
        "superior_id": _("superior"),
        "calendar_id": _("calendar"),
        "post_id": _("post"),
        "person_id": _("person"),
        "post": _("post"),
        "unit": _("unit"),
        "reason": _("reason"),
        "short_name": _("short name"),
        "letter_code": _("letter code"),
        "area_code": _("area code"),
        "address": _("address"),
        "grade": _("grade"),
        "language": _("language"),
        "abolished_on": _("abolished on"),
        "on": _("last day"),
        "title": _("title"),
        "nip": "NIP",
        "nik": "NIK",
        "is_active": _("account open"),
        "is_head": _("heads its unit"),
        "kind": _("kind"),
        "name": _("name"),
        "code": _("code"),
        "starts_on": _("from"),
        "ends_on": _("until"),
        "decree": _("decree"),
        "clearance": _("clearance"),
        "email": _("e-mail"),
        "username": _("user name"),
        "role": _("role"),
        "weekly": _("weekly hours"),
        "pattern": _("pattern"),
        "urgency": _("urgency"),
        "allowance": _("allowance"),
        "valid_from": _("valid from"),
        "source": _("source"),
        "version": _("version"),
        "contact": _("contact"),
        "place": _("place"),
        "arms": _("arms"),
    }


def lines(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, str]]:
    """A change as lines of label, old and new; `names` turns ids into names."""
    labels = _labels()
    found = []
    for column in sorted({*before, *after}):
        if column.endswith(("_cipher",)) or column in ("is_sample", "password", "lineage", "timezone"):
            continue
        shown = column.replace("_hash", "")
        old, new = _said(before.get(column), column, names), _said(after.get(column), column, names)
        if old or new:
            label = labels.get(shown, shown.replace("_", " "))
            found.append({"label": label, "old": old if before else "", "new": new})
    return found


def _said(value: Any, column: str, names: Mapping[str, str]) -> str:
    if value is None or value == "":
        return ""
    if column.endswith("_hash"):
        return "•••"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _("(a week of hours)")
    known = _choices(column).get(value) if isinstance(value, str | int) else None
    if known is not None:
        return str(known)
    day = parse_date(value) if isinstance(value, str) and len(value) == 10 else None
    return moments.day(day) if day else names.get(str(value), str(value))


def _choices(column: str) -> dict[Any, Any]:
    """The words for what a column may hold, where that is one of a few."""
    found: dict[str, Any] = {
        "role": RoleGrant.Role.choices,
        "clearance": Security.choices,
        "urgency": Urgency.choices,
        "kind": [*UnitKind.choices, *Appointment.Kind.choices, *CalendarChange.Kind.choices],
        "language": settings.LANGUAGES,
    }
    return dict(found.get(column, ()))


def names_of(ids: Iterable[str | uuid.UUID | None]) -> dict[str, str]:
    """The names of units, posts and calendars among these ids. Three statements."""
    wanted = {str(item) for item in ids if item}
    found: dict[str, str] = {}
    for model in (Unit, Post, Calendar):
        found |= {str(pk): name for pk, name in model._default_manager.filter(pk__in=wanted).values_list("pk", "name")}
    return found
