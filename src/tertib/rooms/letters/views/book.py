"""The agenda book on the screen, as PDF and as a spreadsheet: the same lines each time."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tertib.ground.dates import month_names
from tertib.ground.errors import Invalid, Problem
from tertib.ground.ids import parse_id
from tertib.ground.tenancy.here import today
from tertib.papers import heads
from tertib.papers.typeset import render
from tertib.rooms.letters import book, queries
from tertib.rooms.letters.book import Book, Row
from tertib.rooms.letters.http import page, reader_of
from tertib.rooms.letters.views import export

# A PDF of more lines would keep others' papers waiting; a spreadsheet holds them all.
MOST_PRINTED, MOST_EXPORTED = 600, 50_000


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """One page of the book. Eight statements at the most."""
    reader = reader_of(request)
    units = book.of_reader(reader)
    wanted, years = _wanted(request, units)
    after = _number(request.GET.get("setelah", ""), 0)
    lines = book.rows(wanted, reader, after, book.PAGE + 1)
    numbered = [line for line in lines if not line.missing]
    more = len(numbered) > book.PAGE
    letters = reverse("letters:outgoing" if wanted.direction == "out" else "letters:incoming")
    # The menu marks the list that the book belongs to.
    request.belongs_to = letters  # type: ignore[attr-defined]
    facts = {
        "book": wanted,
        "title": title(wanted),
        "list": letters,
        "units": units,
        "years": years,
        "months": list(enumerate(month_names(), start=1)),
        "rows": lines[:-1] if more else lines,
        "after": after,
        "next": numbered[book.PAGE - 1].n if more else None,
        "before": max(after - book.PAGE, 0),
        "count": book.count(wanted),
    }
    return page(request, "book", facts)


def _wanted(request: HttpRequest, units: list[Any]) -> tuple[Book, list[int]]:
    direction = "out" if request.GET.get("arah") == "out" else "in"
    unit = book.chosen(reader_of(request), units, parse_id(request.GET.get("unit", "")))
    years = book.years(unit, direction)
    this = today().year
    year = _number(request.GET.get("tahun", ""), years[0] if years else this)
    month = _number(request.GET.get("bulan", ""), 0)
    return Book(unit, direction, year if 1900 < year < 3000 else this, month if month <= 12 else 0), years or [this]


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def title(of: Book) -> str:
    """What the book is called."""
    return _("Agenda book of outgoing letters") if of.direction == "out" else _("Agenda book of incoming letters")


def period(of: Book) -> str:
    """Its year, or its month and year."""
    return f"{month_names()[of.month - 1]} {of.year}" if of.month else str(of.year)


def headings(of: Book) -> list[str]:
    """The heads of the columns."""
    who = _("Recipients") if of.direction == "out" else _("Sender")
    return [
        _("No."), _("Agenda number"), _("Received on"), _("Letter number"), _("Date of the letter"), who, _("Subject"),
        _("Held by, or how it ended"), _("Remark"),
    ]  # fmt: skip


def cells(line: Row) -> list[Any]:
    """A line as cells."""
    if line.missing:
        return [line.n, "", None, "", None, "", "", "", missing(line)]
    letter = line.letter
    if letter is None:
        return [line.n, "", None, "", None, "", "", "", hidden(line)]
    remark = _("cancelled: %s") % line.cancelled if line.cancelled else _("imported") if letter.imported_at else ""
    return [
        line.n, line.text, letter.received_on, letter.number, letter.letter_date, queries.party(letter),
        letter.subject, book.outcome(letter), remark,
    ]  # fmt: skip


def missing(line: Row) -> str:
    """What is said of numbers that an imported book does not have."""
    if line.until == line.n:
        return _("Number %d is not in the book that was imported.") % line.n
    return _("Numbers %(first)d to %(last)d are not in the book that was imported.") % {
        "first": line.n,
        "last": line.until,
    }


def hidden(line: Row) -> str:
    """What is said of a letter that is not for the reader."""
    return _("Not for you to see.") + (f" {_('cancelled').capitalize()}." if line.cancelled else "")


@require_safe
@export.alone
def spreadsheet(request: HttpRequest) -> FileResponse:
    """All lines of the book."""
    reader = reader_of(request)
    wanted, _years = _wanted(request, book.of_reader(reader))
    widths = (8, 18, 14, 28, 14, 36, 60, 36, 40)
    lines = book.every_row(wanted, reader, MOST_EXPORTED)
    return export.spreadsheet(_name(wanted), headings(wanted), widths, map(cells, lines))


@require_safe
@export.alone
def printed(request: HttpRequest) -> HttpResponse:
    """All lines as a PDF on the house's head. Raises Invalid where they are too many for one file."""
    reader = reader_of(request)
    wanted, _years = _wanted(request, book.of_reader(reader))
    if book.count(wanted) > MOST_PRINTED:
        what = _("This book has more than %d numbers, too many for one file.") % MOST_PRINTED
        raise Invalid(Problem(what, where="bulan", mend=_("Choose a month, or take the spreadsheet.")))
    lines = [_printable(cells(line)) for line in book.every_row(wanted, reader, MOST_PRINTED + 1)]
    data = {
        "heading": title(wanted),
        "period": period(wanted),
        "columns": headings(wanted),
        "rows": lines or [[_("No letters yet"), *[""] * (len(headings(wanted)) - 1)]],
    }
    pdf = render("buku_agenda", data, heads.letterhead(wanted.unit))
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{_name(wanted)}.pdf"'
    return answer


def _printable(values: list[Any]) -> list[str]:
    return [value.strftime("%d-%m-%Y") if hasattr(value, "strftime") else str(value or "")[:600] for value in values]


def _name(of: Book) -> str:
    month = f"-{of.month:02d}" if of.month else ""
    called = _("agenda-book-outgoing") if of.direction == "out" else _("agenda-book-incoming")
    return f"{called}-{of.unit.code}-{of.year}{month}"
