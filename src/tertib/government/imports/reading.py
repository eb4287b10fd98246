"""Reading one file into a table, whatever program wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from tertib.government.imports import csvs, sheets
from tertib.government.imports.tables import COLUMNS, KINDS, REQUIRED, Cell, Row, Table, kind_of, normal, recognise
from tertib.ground.errors import Invalid, Problem

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 200_000
# A title and a few empty rows may stand above the heading.
_HEADING_WITHIN = 10
_MAX_CELL = 2_000


def read_all(files: Iterable[tuple[Path | bytes, str]]) -> list[Table]:
    """All files as tables, each given with its name. Raises `Invalid` with what is wrong with any of them."""
    tables: list[Table] = []
    problems: list[Problem] = []
    for source, name in files:
        try:
            tables.append(read(source, name))
        except Invalid as error:
            problems.extend(error.problems)
    if problems:
        raise Invalid(*problems)
    return tables


def read(source: Path | bytes, name: str, kinds: Sequence[str] = KINDS, most: int = _MAX_CELL) -> Table:
    """The table in a CSV or XLSX file, recognised by its heading as one of `kinds`; `name` is how messages call it.

    `most` is the number of characters a cell may have. Raises `Invalid` where the file can't be read, is too large, or
    is no such table.
    """
    name = name.replace("\\", "/").rpartition("/")[2][:120] or "file"
    data = _bytes(source, name)
    if data[:4] == b"PK\x03\x04":
        return sheets.table(data, name, partial(_table, kinds=kinds, most=most), kinds)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        mend = _("Open it in a spreadsheet program and save it as .xlsx, without a password.")
        raise _refused(name, _("This is an old or protected Excel file."), mend)
    return _table(csvs.rows(data, name, kinds), name, kinds, most, exact=True)


def _bytes(source: Path | bytes, name: str) -> bytes:
    if isinstance(source, bytes):
        data = source
    else:
        try:
            if source.stat().st_size > MAX_BYTES:
                raise _too_large(name)
            data = source.read_bytes()
        except OSError as error:
            raise _refused(name, _("The file can't be read: %s.") % error.strerror, _("Check its name.")) from error
    if len(data) > MAX_BYTES:
        raise _too_large(name)
    if not data.strip():
        raise _refused(name, _("The file is empty."))
    return data


def _too_large(name: str) -> Invalid:
    return _refused(name, _("The file is larger than %d MB.") % (MAX_BYTES // 2**20), _("Split it."))


def _refused(name: str, what: str, mend: str = "") -> Invalid:
    return Invalid(Problem(what, where=name, mend=mend))


def _table(
    rows: Iterator[tuple[int, list[Cell]]], name: str, kinds: Sequence[str], most: int, exact: bool = False
) -> Table:
    """`exact`: a row must have as many cells as the heading, since fewer mean that something was cut off."""
    kind, headings = _heading(rows, name, kinds)
    columns = recognise(headings, kind)
    faults = list(_heading_problems(headings, kind, name))
    if faults:
        raise Invalid(*faults)
    found: list[Row] = []
    problems: list[Problem] = []
    for number, cells in rows:
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
            continue
        if len(found) >= MAX_ROWS:
            raise _refused(name, _("The file has more than %d rows.") % MAX_ROWS, _("Split it."))
        where = _("%(file)s, row %(row)d") % {"file": name, "row": number}
        if exact and len(cells) < len(headings):
            facts = {"cells": len(cells), "columns": len(headings)}
            what = _("This row has %(cells)d cells, the heading %(columns)d.") % facts
            mend = _("Compare it with the file it was made from; it may have been cut off.")
            problems.append(Problem(what, where=where, mend=mend))
            continue
        if any(cell not in (None, "") for cell in cells[len(headings) :]):
            mend = _("A text that contains the separator needs quotation marks around it.")
            problems.append(Problem(_("This row has more cells than the heading."), where=where, mend=mend))
        if any(isinstance(cell, str) and len(cell) > most for cell in cells):
            problems.append(Problem(_("This row has a cell of more than %d characters.") % most, where=where))
            continue
        padded = [*cells, *[None] * (len(headings) - len(cells))]
        found.append(Row(number, {column: padded[index] for column, index in columns.items()}))
    shown = {column: headings[index].strip() for column, index in columns.items()}
    return Table(name, kind, shown, tuple(found), tuple(problems))


def _heading(rows: Iterator[tuple[int, list[Cell]]], name: str, kinds: Sequence[str]) -> tuple[str, list[str]]:
    for number, cells in rows:
        headings = [cell if isinstance(cell, str) else "" for cell in cells]
        while headings and not headings[-1].strip():
            headings.pop()
        kind = kind_of(headings, name, kinds)
        if kind:
            return kind, headings
        if number >= _HEADING_WITHIN:
            break
    needed = "; ".join(f"{kind}: {', '.join(REQUIRED[kind])}" for kind in kinds)
    if tuple(kinds) != KINDS:
        mend = _("The first row must name the columns. At least: %s.") % needed
        raise _refused(name, _("This is not the table that is wanted here."), mend)
    mend = _("The first row must name the columns. At least: %s (with nip or nik).") % needed
    raise _refused(name, _("This is no table of units, posts or people."), mend)


def _heading_problems(headings: list[str], kind: str, name: str) -> Iterator[Problem]:
    names = [normal(heading) for heading in headings]
    known = set(recognise(headings, kind).values())
    for index, heading in enumerate(headings):
        where = _("%(file)s, heading") % {"file": name}
        if names[index] and names.index(names[index]) != index:
            yield Problem(_("The column “%s” stands there twice.") % heading[:40], where=where)
        elif index not in known:
            what = _("The column “%s” is not known.") % heading[:40] if names[index] else _("A column has no heading.")
            yield Problem(what, where=where, mend=_("There are: %s.") % ", ".join(COLUMNS[kind]))
