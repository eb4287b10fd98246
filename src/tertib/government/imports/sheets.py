"""Tables in XLSX workbooks, which are weighed before they are opened."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

from tertib.government.imports.tables import KINDS, Cell, Table, Unusable, kind_of
from tertib.government.imports.weighing import LAST_ROW, damaged, too_many_rows, weigh
from tertib.ground.errors import Invalid, Problem

_MAX_COLUMNS = 64
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')

Build = Callable[[Iterator[tuple[int, list[Cell]]], str], Table]


def table(data: bytes, name: str, build: Build, kinds: Sequence[str] = KINDS) -> Table:
    """The one sheet of the workbook that holds a table. Raises `Invalid` for damaged, hostile or ambiguous ones."""
    weigh(data, name)
    try:
        with warnings.catch_warnings():
            # It warns of features that are of no account here, like drop-down lists.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            try:
                return _table(data, book, name, build, kinds)
            finally:
                book.close()
    except Invalid:
        raise
    except Exception as error:  # the library fails in many ways on what is no workbook
        raise damaged(name) from error


def _table(data: bytes, book: Any, name: str, build: Build, kinds: Sequence[str]) -> Table:
    found = []
    for sheet in book.worksheets:
        # The stated size may be anything; rows are counted as they come.
        sheet.reset_dimensions()
        kind = any(kind_of(_words(cells), name, kinds) for _number, cells in _first(sheet))
        if kind:
            found.append(sheet)
    if len(found) > 1:
        mend = _("Save each in a file of its own.")
        titles = ", ".join(sheet.title[:40] for sheet in found)
        raise Invalid(Problem(_("Several sheets hold tables: %s.") % titles, where=name, mend=mend))
    sheets = found or book.worksheets[:1]
    if not sheets:
        raise damaged(name)
    sheet = sheets[0]
    result = build(_rows(sheet, name), name)
    _refuse_merged(data, sheet, result)
    return result


def _words(cells: list[Cell]) -> list[str]:
    return [cell if isinstance(cell, str) else "" for cell in cells]


def _first(sheet: Any) -> list[tuple[int, list[Cell]]]:
    return [
        (number, [_cell(c) for c in row])
        for number, row in enumerate(sheet.iter_rows(max_row=10, max_col=_MAX_COLUMNS), 1)
    ]


def _rows(sheet: Any, name: str) -> Iterator[tuple[int, list[Cell]]]:
    for number, row in enumerate(sheet.iter_rows(max_col=_MAX_COLUMNS), 1):
        if number > LAST_ROW:
            raise too_many_rows(name)
        yield number, [_cell(cell) for cell in row]


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return Unusable("=")
    if cell.data_type == "e":
        return Unusable(str(value) if str(value).startswith("#") else "#?")
    if isinstance(value, str | bool | int | float | datetime | date):
        return value
    return Unusable("=") if not hasattr(value, "isoformat") else str(value)


def _refuse_merged(data: bytes, sheet: Any, result: Table) -> None:
    """A merged cell leaves the rows beneath it empty; nobody can tell whether that was meant."""
    rows = [row.number for row in result.rows]
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as part:
        tail = b""
        for piece in iter(lambda: part.read(1 << 20), b""):
            window = tail + piece
            for match in _MERGED.finditer(window):
                first, last = int(match[2]), int(match[4])
                if bisect_left(rows, first) < bisect_right(rows, last):
                    where = f"{result.name}, {match[1].decode()}{first}:{match[3].decode()}{last}"
                    mend = _("Unmerge the cells and fill in each row.")
                    raise Invalid(Problem(_("Cells are merged here."), where=where, mend=mend))
            tail = window[-200:]
