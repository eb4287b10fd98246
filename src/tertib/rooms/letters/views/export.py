"""The agenda book as a spreadsheet: the same rows as the page with the same filter, no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tertib.ground.pace import OneAtATime
from tertib.ground.tenancy import here
from tertib.ground.tenancy.here import today
from tertib.matters import procedures
from tertib.rooms.letters import houses, queries
from tertib.rooms.letters.forms import AgendaForm
from tertib.rooms.letters.http import reader_of
from tertib.rooms.letters.models import Direction, Letter

MOST = 50_000
# Fifty thousand lines keep a processor busy for twenty seconds, so nobody has two files made at once.
_EXPORTS = OneAtATime(
    what=gettext_lazy("Your file before this one is still being made."),
    mend=gettext_lazy("Wait until it has come, then ask again. A shorter period makes a smaller file."),
)
# What XML can't hold; Excel would call the file damaged.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def alone(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A view that makes a file of many letters: one at a time for each person, whatever file it is."""

    @wraps(view)
    def held(request: HttpRequest) -> HttpResponseBase:
        with _EXPORTS.hold((here.schema(), reader_of(request).person)):
            return view(request)

    return held


@alone
def agenda(request: HttpRequest) -> FileResponse:
    """`?direction=in` or `out` with the filter of the page."""
    direction = Direction.OUT if request.GET.get("direction") == Direction.OUT else Direction.IN
    form = AgendaForm(request.GET, direction=direction, units=houses.houses())
    letters = queries.every_letter(reader_of(request), form.wanted(), MOST)
    called = _("letters-outgoing") if direction == Direction.OUT else _("letters-incoming")
    widths = (16, 28, 14, 14, 60, 36, 30, 22, 22, 20)
    return spreadsheet(f"{called}-{today().isoformat()}", headings(direction), widths, map(row, letters))


def spreadsheet(
    name: str, headings: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[Any]]
) -> FileResponse:
    """Rows as a file to download, written as they come; `widths` of the columns in letters."""
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_("Agenda"))
    sheet.freeze_panes = "A2"
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_cell(sheet, text, bold=True) for text in headings])
    for values in rows:
        sheet.append([_cell(sheet, value) for value in values])
    book.save(file)
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=kind)


def headings(direction: str) -> list[str]:
    """The heads of the columns."""
    party = _("Sender") if direction == Direction.IN else _("Recipients")
    return [
        _("Agenda number"), _("Letter number"), _("Date of the letter"), _("Received on"), _("Subject"), party,
        _("Held by"), _("Due"), _("State"), _("Remark"),
    ]  # fmt: skip


def row(letter: Letter) -> list[Any]:
    """One letter as a row."""
    matter = letter.matter
    state = procedures.words(procedures.of(matter.procedure_id).states[matter.state].label)
    remark = _("imported") if letter.imported_at else ""
    if letter.agenda and letter.agenda.cancelled_at:
        remark = _("cancelled: %s") % letter.agenda.cancel_reason
    due = matter.due_at.astimezone().replace(tzinfo=None) if matter.due_at and not matter.closed_at else None
    return [
        letter.agenda.text if letter.agenda else "", letter.number, letter.letter_date, letter.received_on,
        letter.subject, queries.party(letter),
        matter.holder.name if matter.holder else "", due, state, remark,
    ]  # fmt: skip


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    """A cell whose text stays text: one that begins with = or + is no formula here."""
    if not isinstance(value, str):
        return value
    made: Any = WriteOnlyCell(sheet, value=_UNWRITABLE.sub("�", value)[:32_000])
    made.data_type = "s"
    if bold:
        made.font = Font(bold=True)
    return made
