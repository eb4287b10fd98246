"""CSV as programs write it: UTF-8 with and without a mark, UTF-16, Windows' old encoding; comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

from django.utils.translation import gettext as _

from tertib.government.imports.tables import KINDS, Cell, recognise
from tertib.ground.errors import Invalid, Problem


def decode(data: bytes, name: str) -> str:
    """The text of the file. Raises `Invalid` for what is no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in data:
        encodings = []
    else:
        # Spreadsheets on Windows still write cp1252; it names letters with accents, as in “André”.
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    mend = _("Save it as “CSV UTF-8” or as .xlsx.")
    raise Invalid(Problem(_("This is neither text nor an Excel workbook."), where=name, mend=mend))


def rows(data: bytes, name: str, kinds: Sequence[str] = KINDS) -> Iterator[tuple[int, list[Cell]]]:
    """Each row with its number. Raises `Invalid`, naming the row, where quotation marks don't fit."""
    content = decode(data, name)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=_separator(content, kinds), strict=True)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            where = _("%(file)s, row %(row)d") % {"file": name, "row": number + 1}
            mend = _("A quotation mark within a text is written twice. Save the file anew if it was cut off.")
            raise Invalid(Problem(_("Quotation marks don't fit here."), where=where, mend=mend)) from error
        number += 1
        yield number, list(cells)


def _separator(content: str, kinds: Sequence[str]) -> str:
    """The separator by which the first rows make the most sense as a heading."""
    best, most = ",", 0
    for line in islice(io.StringIO(content, newline=""), 10):
        for separator in (",", ";", "\t"):
            cells = next(csv.reader([line], delimiter=separator), [])
            count = max(len(recognise(cells, kind)) for kind in kinds)
            if count > most:
                best, most = separator, count
    return best
