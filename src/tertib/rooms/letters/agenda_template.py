"""An empty agenda book to fill in."""

from __future__ import annotations

import csv
import io
from typing import Literal

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tertib.rooms.letters.agenda_book import COLUMNS

_EXAMPLES = (
    ("dinkes", "masuk", "12", "B-018/400.7/Kemenkes/I/2020", "2020-01-08", "2020-01-10", "Kementerian Kesehatan",
     "Dinas Kesehatan", "Kesiapan puskesmas", "biasa", "segera", "400.7", "", "Contoh: ganti dengan surat sendiri"),
    ("dinkes", "keluar", "3", "B-003/400.7/Dinkes/I/2020", "2020-01-13", "", "Dinas Kesehatan",
     "Kementerian Kesehatan", "Laporan kesiapan puskesmas", "biasa", "biasa", "400.7", "", ""),
)  # fmt: skip


def template(form: Literal["csv", "xlsx"] = "csv") -> bytes:
    """An agenda book with heading and two rows as examples, to be replaced; a workbook explains its columns."""
    if form == "csv":
        text = io.StringIO(newline="")
        csv.writer(text).writerows([COLUMNS, *_EXAMPLES])
        # The mark makes Excel read it as UTF-8.
        return text.getvalue().encode("utf-8-sig")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 (a new workbook has a sheet)
    sheet.title = "agenda"
    for row in (COLUMNS, *_EXAMPLES):
        sheet.append(row)
    for index in range(1, len(COLUMNS) + 1):
        sheet.column_dimensions[get_column_letter(index)].width = 24
        # Text, so that no code becomes a date and no number loses its zeros.
        for number in range(1, 501):
            sheet.cell(number, index).number_format = "@"
        sheet.cell(1, index).font = Font(bold=True)
    sheet.freeze_panes = "A2"
    notes = book.create_sheet(_("Columns")[:31])
    for column, words in _notes().items():
        notes.append([column, words])
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 18, 100
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _notes() -> dict[str, str]:
    day = _("Like 2020-07-31, 31/07/2020 or 31 Juli 2020.")
    return {
        "unit": _("Code or full name of the unit that keeps the book."),
        "direction": _("masuk or keluar."),
        "agenda_number": _(
            "The number in the book, a whole number. By unit, direction, year and number a row is known again."
        ),
        "number": _("The number the letter bears."),
        "letter_date": _("The date of the letter; needed for what went out.") + " " + day,
        "received_date": _("The day it came in.") + " " + day,
        "sender": _("Needed for what came in."),
        "recipient": _("Needed for what went out."),
        "subject": "",
        "security": _("One of: %s.") % "biasa, terbatas, rahasia, sangat rahasia",
        "urgency": _("One of: %s.") % "biasa, segera, sangat segera",
        "classification": _("Write it like 000.8.3.3."),
        "summary": "",
        "note": "",
    }
