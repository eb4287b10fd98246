"""Registers: which books give numbers, how far they are, and how their numbers are written."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tertib.government.models import ROOMS_OF_A_HOUSE, Unit
from tertib.ground.errors import Invalid, NotFound, Problem
from tertib.ground.tenancy import here
from tertib.matters import registers as numbers
from tertib.matters.models import Number, Register, RegisterYear
from tertib.matters.rooms import Book, books
from tertib.web import session
from tertib.web.admin.access import administers_everything, administrators, require, scope
from tertib.web.admin.forms import PatternForm, RegisterForm
from tertib.web.admin.shared import Sheet, posted, tabs, today
from tertib.web.admin.units import in_scope
from tertib.web.forms import complain

FOUND = 200
# Stands for the code of a letter in an example.
_CLASSIFICATION = "000.8.3.3"


@require_safe
@administrators
def registers(request: HttpRequest) -> HttpResponse:
    """The registers of what one administers, or of units that fit the search. A constant number of statements."""
    me = session.reader(request)
    sought = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:80]
    rows = Register.objects.filter(unit__lineage__overlap=scope(me)).select_related("unit")
    if sought:
        fits = Q(unit__name__icontains=sought) | Q(unit__code__icontains=sought) | Q(unit__short_name__icontains=sought)
        rows = rows.filter(fits)
    found = list(rows.order_by("unit__code", "kind")[: FOUND + 1])
    shown, year = found[:FOUND], today().year
    last = dict(RegisterYear.objects.filter(register__in=shown, year=year).values_list("register", "last"))
    gone = Number.objects.filter(register__in=shown, year=year, cancelled_at__isnull=False).values("register")
    cancelled = dict(gone.annotate(count=Count("pk")).order_by().values_list("register", "count"))
    facts = {
        "rows": [
            {
                "register": row,
                "kind": book_of(row.kind).label,
                "last": last.get(row.pk, 0),
                "cancelled": cancelled.get(row.pk, 0),
            }
            for row in shown
        ],
        "full": len(found) > FOUND,
        "year": year,
        "q": sought,
        "kinds": bool(books()),
        "tabs": tabs("admin_registers", administers_everything(me)),
    }
    return render(request, "admin/registers.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def add(request: HttpRequest) -> HttpResponse:
    """Make a register for a house before its first number."""
    me = session.reader(request)
    known = books()
    if not known:
        raise NotFound(_("No room here gives numbers."))
    houses = in_scope(me).exclude(kind__in=ROOMS_OF_A_HOUSE).exclude(ends_on__lt=today()).order_by("code")
    form = RegisterForm(posted(request), units=houses, books=known)
    note = _(
        "A register comes by itself with its first number. Make it here to have another pattern from the beginning."
    )
    books_page = reverse("admin_registers")
    sheet = Sheet(_("Add a register"), _("Add"), books_page, _("The register is there."), note=note)

    def save(values: dict[str, Any]) -> None:
        unit, kind = values["unit"], values["kind"]
        book = known[kind]
        title = f"{book.label} · {unit.name}"
        numbers.begin(unit.pk, kind, values["pattern"] or book.pattern, by=me.person, known=book.fields, title=title)

    def example(values: dict[str, Any]) -> str:
        book = known[values["kind"]]
        return _example(values["unit"], book, values["pattern"] or book.pattern, 1)

    return _sheet(request, form, sheet, save, example, {"books": known})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def edit(request: HttpRequest, register: uuid.UUID) -> HttpResponse:
    """Change how a register writes its numbers, from the next one on."""
    me = session.reader(request)
    row = Register.objects.select_related("unit").filter(pk=register).first()
    if row is None:
        raise NotFound(_("There is no such register."))
    require(me, row.unit.lineage)
    book = book_of(row.kind)
    form = PatternForm(posted(request), initial={"pattern": row.pattern})
    sheet = Sheet(
        str(book.label),
        _("Save"),
        reverse("admin_registers"),
        _("The register is saved."),
        lead=row.unit.name,
        note=_("The next number is written so. Numbers that were given stay as they are, and counting goes on."),
    )
    last = RegisterYear.objects.filter(register=row, year=today().year).values_list("last", flat=True).first() or 0

    def save(values: dict[str, Any]) -> None:
        title = f"{book.label} · {row.unit.name}"
        numbers.set_pattern(row.pk, values["pattern"], by=me.person, known=book.fields, title=title)

    def example(values: dict[str, Any]) -> str:
        return _example(row.unit, book, values["pattern"], last + 1)

    return _sheet(request, form, sheet, save, example, {"books": {row.kind: book}, "last": last})


def book_of(kind: str) -> Book:
    """What is known of a kind of register; of a room that is no longer installed, its bare name."""
    return books().get(kind) or Book(kind, "{n}", numbers.FIELDS)


def _sheet(
    request: HttpRequest,
    form: PatternForm,
    sheet: Sheet,
    save: Callable[[dict[str, Any]], None],
    example: Callable[[dict[str, Any]], str],
    facts: dict[str, Any],
) -> HttpResponse:
    """Show the form with an example; on POST save it, unless only the example was asked for."""
    looks, shown = "preview" in request.POST, ""
    if form.is_valid():
        try:
            shown = example(form.cleaned_data)
            if not looks:
                save(form.cleaned_data)
        except Invalid as error:
            complain(form, error)
        else:
            if not looks:
                messages.success(request, sheet.done)
                return redirect(sheet.cancel)
    elif not form.is_bound and form.initial.get("pattern"):
        # A pattern of before may not fit any more; then there is no example of it.
        with suppress(Invalid):
            shown = example(dict(form.initial))
    fields = {name for book in facts["books"].values() for name in book.fields}
    legend = [{"name": f"{{{name}}}", "what": what} for name, what in _legend().items() if name in fields]
    facts |= {"form": form, "sheet": sheet, "example": shown, "legend": legend, "year": today().year}
    return render(request, "admin/register.html", facts, status=422 if form.errors else 200)


def _example(unit: Unit, book: Book, pattern: str, n: int) -> str:
    """How number `n` would be written today. Raises Invalid for a pattern that is no use."""
    problems: list[Problem] = numbers.check_pattern(pattern, book.fields)
    if problems:
        raise Invalid(*problems)
    fields = {"security": 0, "classification": _CLASSIFICATION, "unit": unit.letter_code or unit.code}
    given = {name: value for name, value in fields.items() if name in book.fields}
    return numbers.render(pattern, n, here.local_now(), given)


def _legend() -> dict[str, str]:
    return {
        "n": _("the number; {n:03d} writes 7 as 007"),
        "year": _("the year, like 2026"),
        "month": _("the month, like 8"),
        "roman_month": _("the month, like VIII"),
        "security": _("secrecy: B, T, R or SR"),
        "classification": _("the classification code of the letter"),
        "unit": _("the letter code of the unit"),
    }
