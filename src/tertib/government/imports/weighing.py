"""A workbook is a zip of XML by strangers: weighed as it unpacks, before a library builds anything of it.

What the zip says of itself bounds what can come out of it; what the XML says bounds what a reader must hold at a time.
No document type is let through, so there are no entities, whatever the reader does with them.
"""

from __future__ import annotations

import io
import zipfile
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from tertib.ground.errors import Invalid, Problem

# What a workbook of 200,000 rows unpacks to, with room to spare.
MAX_UNPACKED = 256 * 1024 * 1024
MAX_STRINGS = 64 * 1024 * 1024
MAX_MEMBERS = 2_000
# A row number may be invented; we don't walk through a million empty rows to a last one.
LAST_ROW = 300_000
MAX_TEXTS = 1_500_000
# In one row, with room for all 16,384 columns; or of whatever stands outside of rows.
MAX_ELEMENTS = 200_000
MAX_DEPTH = 100
# Of one text, and of one tag with its attributes.
MAX_LENGTH = 1024 * 1024
_CHUNK = 64 * 1024
_BEFORE_XML = b"\xef\xbb\xbf\xfe\xff\0 \t\r\n"


def weigh(data: bytes, name: str) -> None:
    """Raise `Invalid` for a workbook that is damaged, protected, holds macros, or would fill the memory."""
    # Even the list of a million members would.
    if data.count(b"PK\x01\x02") > MAX_MEMBERS:
        raise too_large(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            strings = sum(member.file_size for member in members if "sharedStrings" in member.filename)
            if sum(member.file_size for member in members) > MAX_UNPACKED or strings > MAX_STRINGS:
                raise too_large(name)
            if any(member.flag_bits & 0x1 for member in members):
                raise Invalid(Problem(_("The workbook is protected by a password."), where=name))
            if any("vbaproject" in member.filename.lower() for member in members):
                mend = _("Save it as .xlsx, without macros.")
                raise Invalid(Problem(_("The workbook contains macros."), where=name, mend=mend))
            for member in members:
                # Whatever it is called: which member is a sheet, another member says.
                with archive.open(member) as part:
                    _Scale(name).weigh(part)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise damaged(name) from error


class _Scale:
    """Counts what one member would make a reader hold."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows = self.texts = self.elements = self.depth = self.length = 0

    def weigh(self, part: IO[bytes]) -> None:
        """Read it to its end, if it is XML. Raises `Invalid`."""
        piece = part.read(_CHUNK)
        if piece.lstrip(_BEFORE_XML)[:1] not in (b"<", b""):
            return
        parser = expat.ParserCreate()
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._document_type
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        fed = 0
        try:
            while piece:
                parser.Parse(piece, False)
                fed += len(piece)
                # The parser holds a tag until it is whole.
                if fed - parser.CurrentByteIndex > MAX_LENGTH:
                    raise too_large(self.name)
                piece = part.read(_CHUNK)
        except expat.ExpatError:
            # No reader gets further either; whether it needs this member, it will say.
            return

    def _document_type(self, *_given: object) -> None:
        raise damaged(self.name)

    def _begin(self, tag: str, _attributes: object) -> None:
        self.elements += 1
        self.depth += 1
        self.length = 0
        if tag == "row" or tag.endswith(":row"):
            self.rows, self.elements = self.rows + 1, 0
            if self.rows > LAST_ROW:
                raise too_many_rows(self.name)
        elif tag == "si" or tag.endswith(":si"):
            self.texts, self.elements = self.texts + 1, 0
        if self.elements > MAX_ELEMENTS or self.depth > MAX_DEPTH or self.texts > MAX_TEXTS:
            raise too_large(self.name)

    def _end(self, _tag: str) -> None:
        self.depth -= 1

    def _text(self, piece: str) -> None:
        self.length += len(piece)
        if self.length > MAX_LENGTH:
            raise too_large(self.name)


def too_large(name: str) -> Invalid:
    """More than a workbook of ours can have."""
    return Invalid(Problem(_("The workbook is far too large once unpacked."), where=name, mend=_("Split it.")))


def too_many_rows(name: str) -> Invalid:
    """More rows than are read."""
    mend = _("Delete the empty rows at its end.")
    return Invalid(Problem(_("The sheet has more than %d rows.") % LAST_ROW, where=name, mend=mend))


def damaged(name: str) -> Invalid:
    """Not what a spreadsheet program writes."""
    mend = _("Open it in a spreadsheet program and save it anew as .xlsx.")
    return Invalid(Problem(_("This is no sound Excel workbook."), where=name, mend=mend))
