"""Rows of an agenda book as they are written, checked cell by cell before anything is imported."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from tertib.government.checks import Checks
from tertib.government.imports import Table, values
from tertib.government.imports.tables import Row, add_kind
from tertib.government.models import ROOMS_OF_A_HOUSE, Post, RoleGrant, Security, Unit
from tertib.ground.errors import Problem
from tertib.ground.tenancy.here import today, zone
from tertib.ground.tenancy.models import Government
from tertib.matters.models import Number, RegisterYear, Urgency
from tertib.rooms.letters.drafting import REGISTER_OUT
from tertib.rooms.letters.models import Direction, Party
from tertib.rooms.letters.receiving import AGENDA_IN

KIND = "agenda"
# Column -> other headings for it.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "unit": ("unit_kerja", "opd", "perangkat_daerah"),
    "direction": ("arah", "jenis"),
    "agenda_number": ("nomor_agenda", "no_agenda", "agenda"),
    "number": ("nomor", "nomor_surat", "no_surat"),
    "letter_date": ("tanggal_surat", "tgl_surat"),
    "received_date": ("tanggal_terima", "tanggal_diterima", "tgl_terima"),
    "sender": ("pengirim", "dari", "asal_surat"),
    "recipient": ("penerima", "kepada", "tujuan"),
    "subject": ("perihal", "hal"),
    "security": ("sifat", "keamanan", "klasifikasi_keamanan"),
    "urgency": ("kecepatan", "derajat"),
    "classification": ("klasifikasi", "kode_klasifikasi"),
    "summary": ("ringkasan", "isi_ringkas"),
    "note": ("catatan", "keterangan"),
}
COLUMNS = tuple(_HEADINGS)
NEEDED = ("unit", "direction", "agenda_number", "subject")
REGISTERS = {Direction.IN: AGENDA_IN, Direction.OUT: REGISTER_OUT}
_DIRECTIONS = {"in": Direction.IN, "masuk": Direction.IN, "out": Direction.OUT, "keluar": Direction.OUT}
_LIMITS = {
    "number": 120,
    "sender": 200,
    "recipient": 200,
    "subject": 500,
    "summary": 5000,
    "note": 2000,
    "classification": 20,
}
_SEVERAL_LINES = frozenset({"summary", "note"})
_MOST = 999_999
_CLASSIFICATION = re.compile(r"\d{3}(\.\d{1,3})*|[A-Z]{2,3}(\.\d{1,3})*")
add_kind(KIND, _HEADINGS, NEEDED)

# A number of a book: unit, register, year, number.
Place = tuple[uuid.UUID, str, int, int]


@dataclass(frozen=True, slots=True)
class Old:
    """A letter of an agenda book. `row` is its line in the file."""

    row: int
    unit: Unit
    direction: Direction
    n: int
    agenda: str
    number: str
    letter_date: date | None
    received_on: date | None
    other_kind: str
    other_unit: uuid.UUID | None
    other_government: str
    other: str
    subject: str
    security: int
    urgency: int
    classification: str
    summary: str
    note: str
    opener: uuid.UUID

    @property
    def day(self) -> date:
        """The day it was entered in the book, as far as the book tells."""
        found = (self.received_on or self.letter_date) if self.direction == Direction.IN else self.letter_date
        if found is None:  # checked when the row was read
            raise AssertionError
        return found

    @property
    def moment(self) -> datetime:
        """A moment of that day; within it, letters keep the order of their numbers."""
        return datetime.combine(self.day, time(8), zone()) + timedelta(seconds=min(self.n, 8 * 3600))

    @property
    def place(self) -> Place:
        return self.unit.id, REGISTERS[self.direction], self.day.year, self.n


@dataclass(slots=True)
class Reading:
    """What has been read of a file so far: letters, and what is wrong with it."""

    table: Table
    letters: list[Old] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, row: int, column: str, what: str, mend: str = "") -> None:
        self.problems.append(Problem(what, where=self.table.place(row)(column), mend=mend))


class Cells:
    """The cells of one row; each reader answers a usable value and notes what is wrong."""

    def __init__(self, table: Table, row: Row) -> None:
        self.row, self.cells = row.number, row.cells
        self.checks = Checks(table.place(row.number))

    def text(self, column: str) -> str:
        shown = values.text(self.checks, column, self.cells.get(column))
        most = _LIMITS.get(column, 200)
        if column not in _SEVERAL_LINES:
            return self.checks.text(column, shown, most, required=column in NEEDED)
        lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", shown).splitlines()]
        self.checks.text(column, " ".join(lines), most)
        return "\n".join(lines).strip()

    def direction(self) -> Direction | None:
        text = self.text("direction")
        found = _DIRECTIONS.get(text.casefold())
        if text and found is None:
            self.checks.wrong("direction", _("“%s” is no direction.") % text, _("Write masuk or keluar."))
        return found

    def agenda(self) -> tuple[str, int]:
        """The agenda number as it stands there and as a number."""
        text = self.text("agenda_number")
        if text and not (re.fullmatch(r"[0-9]{1,9}", text) and 1 <= int(text) <= _MOST):
            mend = _("Write a whole number; what stood beside it (12.a) belongs in the column note.")
            self.checks.wrong("agenda_number", _("“%s” is no agenda number.") % text, mend)
            return text, 0
        return text, int(text or 0)

    def day(self, column: str) -> date | None:
        day = values.day(self.checks, column, self.cells.get(column))
        if day and day > today():
            self.checks.wrong(column, _("%s lies in the future.") % day.isoformat())
        return day

    def missing(self, column: str) -> None:
        self.checks.wrong(column, _("This is missing."))

    def step(self, column: str, kinds: type[Security] | type[Urgency]) -> int:
        text = self.text(column)
        name = re.sub(r"[ _-]+", "_", text.upper())
        if not text:
            return 0
        if name in kinds.names:
            return int(kinds[name])
        offered = ", ".join(member.name.lower() for member in kinds)
        self.checks.wrong(column, _("“%s” is not one of the choices.") % text, _("There are: %s.") % offered)
        return 0

    def classification(self) -> str:
        text = self.text("classification")
        if text and not _CLASSIFICATION.fullmatch(text):
            mend = _("Write it like 000.8.3.3.")
            self.checks.wrong("classification", _("“%s” is no classification code.") % text, mend)
        return text


class Houses:
    """The houses of a government as a book names them, and the post in whose name each one's letters are filed."""

    def __init__(self) -> None:
        units = list(Unit.objects.all())
        self.units = {unit.code.casefold(): unit for unit in units} | {unit.name.casefold(): unit for unit in units}
        self.openers: dict[uuid.UUID, uuid.UUID] = dict(
            Post.objects.filter(is_head=True).order_by("-abolished_on").values_list("unit_id", "id")
        )
        registrars = RoleGrant.objects.filter(role=RoleGrant.Role.REGISTRAR).order_by("-post__code")
        self.openers |= dict(registrars.values_list("unit_id", "post_id"))
        self.governments = {
            name.casefold(): schema for schema, name in Government.objects.values_list("schema_name", "name")
        }

    def find(self, cells: Cells) -> tuple[Unit, uuid.UUID] | None:
        text = cells.text("unit")
        if not text:
            return None
        unit = self.units.get(text.casefold())
        if unit is None:
            cells.checks.wrong("unit", _("There is no unit “%s”.") % text, _("Write its code or its full name."))
        elif unit.kind in ROOMS_OF_A_HOUSE:
            mend = _("Write the agency or office it belongs to.")
            cells.checks.wrong("unit", _("%s keeps no agenda book of its own.") % unit, mend)
        elif unit.id not in self.openers:
            mend = _("Ask the administrator to name one.")
            cells.checks.wrong("unit", _("%s has neither a registrar nor a head.") % unit, mend)
        else:
            return unit, self.openers[unit.id]
        return None

    def other(self, name: str) -> tuple[str, uuid.UUID | None, str]:
        """Who the other side is: kind, unit, government."""
        unit = self.units.get(name.casefold())
        if unit:
            return Party.UNIT, unit.id, ""
        schema = self.governments.get(name.casefold(), "")
        return (Party.GOVERNMENT, None, schema) if schema else (Party.BODY, None, "")


def read(table: Table) -> Reading:
    """Check the rows one by one, and against each other."""
    reading = Reading(table, problems=list(table.problems))
    houses = Houses()
    seen: dict[Place, int] = {}
    for row in table.rows:
        cells = Cells(table, row)
        letter = _letter(cells, houses)
        reading.problems += cells.checks.problems
        if letter is None:
            continue
        first = seen.setdefault(letter.place, row.number)
        if first != row.number:
            facts = {"row": first, "n": letter.agenda}
            what = _("Row %(row)d has the number %(n)s of the same book and year already.") % facts
            reading.wrong(row.number, "agenda_number", what)
        else:
            reading.letters.append(letter)
    return reading


def _letter(cells: Cells, houses: Houses) -> Old | None:
    place, direction = houses.find(cells), cells.direction()
    incoming = direction == Direction.IN
    written, received = cells.day("letter_date"), cells.day("received_date")
    if not cells.checks.problems and not written and not (incoming and received):
        cells.missing("received_date" if incoming else "letter_date")
    if written and received and incoming and received < written:
        cells.checks.wrong("received_date", _("It was received before it was written."))
    agenda, n = cells.agenda()
    number, sender, recipient, subject, summary, note = (
        cells.text(column) for column in ("number", "sender", "recipient", "subject", "summary", "note")
    )
    security, urgency = cells.step("security", Security), cells.step("urgency", Urgency)
    classification = cells.classification()
    other = sender if incoming else recipient
    if direction and not other:
        cells.missing("sender" if incoming else "recipient")
    if cells.checks.problems or place is None or direction is None:
        return None
    kind, unit, government = houses.other(other)
    return Old(
        cells.row, place[0], direction, n, agenda, number, written, received if incoming else None, kind, unit,
        government,
        other, subject, security, urgency, classification, summary, note, place[1],
    )  # fmt: skip


def new_ones(reading: Reading) -> list[Old]:
    """The letters that are not here yet. Locks the years of their books, and notes numbers that can't be imported any
    more."""
    letters = reading.letters
    known = _numbers(letters)
    limits = _limits(letters)
    fresh = []
    for letter in letters:
        if letter.place in known:
            imported, subject = known[letter.place]
            if not imported:
                reading.wrong(
                    letter.row, "agenda_number", _("Number %s is used by a letter registered here.") % letter.agenda
                )
            elif subject != letter.subject:
                what = _("Number %(n)s was imported before, with the subject “%(subject)s”.") % {
                    "n": letter.agenda,
                    "subject": subject,
                }
                reading.wrong(letter.row, "agenda_number", what, _("Correct the row; what was imported stays."))
            continue
        imported_to, last = limits.get(letter.place[:3], (0, 0))
        if letter.n > imported_to and imported_to != last:
            what = _("Number %s can't be imported any more: since then this book is kept here.") % letter.agenda
            reading.wrong(letter.row, "agenda_number", what, _("Register the letter instead."))
            continue
        fresh.append(letter)
    return fresh


def _numbers(letters: Sequence[Old]) -> dict[Place, tuple[bool, str]]:
    """Numbers that are taken: whether by an imported letter, and its subject."""
    rows = Number.objects.filter(
        register__unit__in={letter.unit.id for letter in letters},
        register__kind__in=REGISTERS.values(),
        year__in={letter.day.year for letter in letters},
    ).values_list(
        "register__unit", "register__kind", "year", "n", "matter__letter__imported_at", "matter__letter__subject"
    )
    return {(unit, kind, year, n): (at is not None, subject or "") for unit, kind, year, n, at, subject in rows}


def _limits(letters: Sequence[Old]) -> dict[tuple[uuid.UUID, str, int], tuple[int, int]]:
    rows = (
        RegisterYear.objects.select_for_update(of=("self",))
        .filter(register__unit__in={letter.unit.id for letter in letters}, register__kind__in=REGISTERS.values())
        .order_by("id")
    )
    found = rows.values_list("register__unit", "register__kind", "year", "imported_to", "last")
    return {(unit, kind, year): (imported_to, last) for unit, kind, year, imported_to, last in found}
