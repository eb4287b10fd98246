"""From the cells of a row to values, in the many ways people and spreadsheets write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext as _

from tertib.government.checks import Checks, digits
from tertib.government.imports.tables import Cell, Unusable
from tertib.ground.dates import parse_day
from tertib.ground.errors import Invalid

_SCIENTIFIC = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200

YES: Final = frozenset({"yes", "y", "true", "1", "ya", "benar"})
NO: Final = frozenset({"", "no", "n", "false", "0", "tidak", "t", "salah", "-"})
UNIT_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "government": ("pemerintah", "pemerintah_daerah", "pemda"),
    "leadership": ("pimpinan",),
    "secretariat": ("sekretariat",),
    "assistant": ("asisten",),
    "agency": ("opd", "dinas", "badan", "perangkat_daerah", "skpd"),
    "division": ("bidang", "bagian"),
    "section": ("seksi", "subbagian", "subbidang", "sub_bagian"),
    "kecamatan": ("district",),
    "kelurahan": ("ward",),
    "desa": ("village",),
    "task_force": ("gugus_tugas", "satuan_tugas", "satgas"),
}
CLEARANCES: Final[dict[str, tuple[str, ...]]] = {
    "biasa": ("ordinary", "0"),
    "terbatas": ("restricted", "1"),
    "rahasia": ("secret", "2"),
    "sangat_rahasia": ("top_secret", "3"),
}
APPOINTMENTS: Final[dict[str, tuple[str, ...]]] = {"definitive": ("definitif", "tetap"), "plt": (), "plh": ()}
ROLES: Final[dict[str, tuple[str, ...]]] = {
    "registrar": ("agendaris",),
    "archivist": ("arsiparis",),
    "administrator": ("admin",),
    "auditor": (),
    "reviewer": ("peninjau", "pemeriksa"),
}


def text(checks: Checks, column: str, cell: Cell) -> str:
    """The cell as text. A number is taken as it is shown; a date is not, for a spreadsheet made it of a code."""
    if cell is None:
        return ""
    if isinstance(cell, Unusable):
        if cell.shown.startswith("#"):
            checks.wrong(column, _("The cell holds the error %s.") % cell.shown, _("Correct it in the file."))
        else:
            mend = _("In the spreadsheet, copy the column and paste it as values.")
            checks.wrong(column, _("The cell holds a formula."), mend)
        return ""
    if isinstance(cell, date):
        mend = _("Format the column as text and type it anew.")
        checks.wrong(column, _("The spreadsheet turned this into a date: %s.") % cell.isoformat()[:10], mend)
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell).strip()


def number(checks: Checks, column: str, cell: Cell) -> str:
    """The digits of a NIP or NIK. Spreadsheets keep 15 digits of a number and no leading zero, so only text will do."""
    rounded = isinstance(cell, int | float) and not isinstance(cell, bool)
    if rounded or (isinstance(cell, str) and _SCIENTIFIC.fullmatch(cell.strip())):
        mend = _(
            "The column must be text: spreadsheets round long numbers. Format it as text and type the number anew."
        )
        checks.wrong(column, _("This number may have lost digits."), mend)
        return ""
    found = digits(text(checks, column, cell))
    if found and not found.isascii():
        found = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in found)
    return found


def day(checks: Checks, column: str, cell: Cell) -> date | None:
    """The cell as a date: a spreadsheet's own, or text as `ground.dates` reads it."""
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    else:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            mend = _("Write it like 02/07/2020, 2 Juli 2020 or 2020-07-02.")
            checks.wrong(column, _("“%s” is a number, not a date.") % cell, mend)
            return None
        shown = text(checks, column, cell)
        if not shown:
            return None
        try:
            found = parse_day(shown)
        except Invalid as error:
            checks.wrong(column, error.problems[0].what, error.problems[0].mend)
            return None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        checks.wrong(column, _("The year %d can't be right.") % found.year)
    return found


def yes(checks: Checks, column: str, cell: Cell) -> bool:
    """Yes or no; an empty cell is no."""
    shown = text(checks, column, cell)
    if shown.lower() not in YES | NO:
        checks.wrong(column, _("“%s” is neither yes nor no.") % shown[:40], _("Write ya or tidak."))
    return shown.lower() in YES


def chosen(checks: Checks, column: str, shown: str, choices: Mapping[str, tuple[str, ...]]) -> str:
    """The choice that is meant, written in English or Indonesian; empty where it is none."""
    plain = re.sub(r"[^a-z0-9]+", "_", shown.lower()).strip("_")
    for choice, others in choices.items():
        if plain == choice or plain in others:
            return choice
    if shown:
        known = ", ".join(choices)
        checks.wrong(column, _("“%s” is not one of the choices.") % shown[:40], _("There are: %s.") % known)
    else:
        checks.wrong(column, _("This is missing."), _("There are: %s.") % ", ".join(choices))
    return ""
