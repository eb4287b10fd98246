"""Files to begin from: the heading, two rows as examples, and in a workbook a sheet that explains the columns."""

from __future__ import annotations

import csv
import io
from typing import Final, Literal

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tertib.government.imports import values
from tertib.government.imports.tables import COLUMNS

_EXAMPLES: Final = {
    "units": (
        {
            "code": "kota",
            "name": "Pemerintah Kota Contoh",
            "kind": "government",
            "letter_code": "WK",
            "area_code": "32.75",
        },
        {
            "code": "dinkes",
            "name": "Dinas Kesehatan",
            "kind": "agency",
            "parent": "kota",
            "short_name": "Dinkes",
            "letter_code": "Dinkes",
            "address": "Jalan Contoh Nomor 1",
        },
    ),
    "posts": (
        {
            "code": "walikota",
            "name": "Wali Kota",
            "unit": "kota",
            "is_head": "ya",
            "grade": "pejabat negara",
            "clearance": "sangat_rahasia",
        },
        {
            "code": "dinkes.kepala",
            "name": "Kepala Dinas Kesehatan",
            "unit": "dinkes",
            "is_head": "ya",
            "superior": "walikota",
            "grade": "II.b",
            "clearance": "rahasia",
            "roles": "registrar;administrator@dinkes",
        },
    ),
    "people": (
        {
            "nip": "198001012005011999",
            "nik": "3275010101809999",
            "name": "Andi Contoh",
            "email": "walikota@contoh.example",
            "post": "walikota",
            "appointment": "definitive",
            "starts_on": "2025-02-20",
            "decree": "SK 1/2025",
        },
        {
            "nip": "198202022006022999",
            "nik": "3275014202829999",
            "name": "Budi Contoh",
            "email": "dinkes@contoh.example",
            "post": "dinkes.kepala",
            "appointment": "plt",
            "starts_on": "2025-03-01",
            "ends_on": "2025-08-31",
            "decree": "SK 2/2025",
        },
    ),
}


def template(kind: str, form: Literal["csv", "xlsx"] = "csv") -> bytes:
    """A template file of the kind (units, posts or people). The two rows are examples to be replaced."""
    columns = list(COLUMNS[kind])
    rows = [[row.get(column, "") for column in columns] for row in _EXAMPLES[kind]]
    if form == "csv":
        text = io.StringIO(newline="")
        csv.writer(text).writerows([columns, *rows])
        # The mark makes Excel read it as UTF-8.
        return text.getvalue().encode("utf-8-sig")
    return _workbook(kind, columns, rows)


def _workbook(kind: str, columns: list[str], rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 (a new workbook has a sheet)
    sheet.title = kind
    for row in (columns, *rows):
        sheet.append(row)
    for index in range(1, len(columns) + 1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = 24
        # Text, so that no number is rounded and no code becomes a date.
        for number in range(1, 501):
            sheet.cell(number, index).number_format = "@"
        sheet.cell(1, index).font = Font(bold=True)
    sheet.freeze_panes = "A2"
    notes = book.create_sheet(_("Columns")[:31])
    for column, words in _notes(kind).items():
        notes.append([column, words])
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 16, 100
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _notes(kind: str) -> dict[str, str]:
    day = _("Like 2020-07-31, 31/07/2020 or 31 Juli 2020.")
    code = _("Letters, digits and . _ / - without spaces. By it the row is found again.")
    if kind == "units":
        return {
            "code": code,
            "name": "",
            "kind": _("One of: %s.") % ", ".join(values.UNIT_KINDS),
            "parent": _("Code of the unit it belongs to; empty for the one at the top."),
            "short_name": "",
            "letter_code": _("How letters of this unit are marked in their number."),
            "area_code": _("Code of the area, like 32.75.01."),
            "ends_on": _("Last day of a unit for a time, like a task force.") + " " + day,
            "address": "",
        }
    if kind == "posts":
        return {
            "code": code,
            "name": "",
            "unit": _("Code of the unit."),
            "is_head": _("ya or tidak; a unit has one head."),
            "superior": _("Code of the post above."),
            "grade": "",
            "clearance": _("One of: %s.") % ", ".join(values.CLEARANCES),
            "roles": " ".join(
                (
                    _("Any of: %s; several with ; between them.") % ", ".join(values.ROLES),
                    _("A role counts for the unit of the post and all below; “registrar@dinkes” names another unit."),
                    _("Administrator and auditor alone count for the whole government."),
                    _("An empty cell takes all roles away."),
                )
            ),
        }
    return {
        "nip": _("18 digits, as text. A person needs a NIP or a NIK."),
        "nik": _("16 digits, as text."),
        "name": "",
        "email": "",
        "post": _("Code of the post. Who fills several posts has a row for each."),
        "appointment": _("One of: %s.") % ", ".join(values.APPOINTMENTS),
        "starts_on": day,
        "ends_on": _("The last day; empty where there is no end.") + " " + day,
        "decree": "",
    }
