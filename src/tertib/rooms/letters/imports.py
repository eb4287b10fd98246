"""Agenda books of the past: how a city's history enters.

Nothing is imported unless every row is right. What was imported says so: in the letter (`imported_at`, `imported_from`)
and in the record, whose one entry is dated with the moment of the import.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tertib.government.authority import ENGINE, Reader
from tertib.government.imports import Table, read
from tertib.ground.errors import Invalid, Problem
from tertib.ground.ids import new_id
from tertib.ground.tenancy import here
from tertib.ground.time import now
from tertib.matters import past
from tertib.matters.context import Opening
from tertib.matters.models import Number, Reason
from tertib.rooms.letters import agenda_book, drafting, receiving
from tertib.rooms.letters.agenda_book import Old
from tertib.rooms.letters.models import Direction, Letter, Party, Recipient

BATCH = 500
MAX_CELL = 6_000
_KIND = {Direction.IN: ("letters.incoming", "done"), Direction.OUT: ("letters.outgoing", "sent")}
_PATTERNS = {Direction.IN: receiving.AGENDA_PATTERN, Direction.OUT: drafting.PATTERN_OUT}

# What is being done now, how many are done, of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: letters that are new, and letters that were here already."""

    added: int
    known: int


def import_agenda(
    path: Path, by: Reader = ENGINE, progress: Progress | None = None, *, dry_run: bool = False
) -> Imported:
    """Import an agenda book (CSV or XLSX with the columns of `agenda_book.COLUMNS`) into the current government.

    A row is known again by unit, direction, year and agenda number; importing it a second time changes nothing. `by` is
    the person who imports, the engine for the operator's command. `dry_run` only checks. Raises Invalid with every
    problem of the file, by file, row and column.
    """
    table = read(path, path.name, (agenda_book.KIND,), MAX_CELL)
    return import_table(table, by, progress, dry_run=dry_run)


def import_table(
    table: Table, by: Reader = ENGINE, progress: Progress | None = None, *, dry_run: bool = False
) -> Imported:
    """Import a table that was read already; otherwise as `import_agenda`."""
    tell = progress or (lambda _text, _done, _total: None)
    tell(_("Checking"), 0, 0)
    reading = agenda_book.read(table)
    try:
        with transaction.atomic():
            fresh = agenda_book.new_ones(reading)
            if reading.problems:
                raise Invalid(*reading.problems)
            at = now()
            for start in range(0, 0 if dry_run else len(fresh), BATCH):
                tell(_("Importing"), start, len(fresh))
                _write(table.name, fresh[start : start + BATCH], by, at)
    except IntegrityError as error:
        what = _("Somebody entered numbers in the same book meanwhile.")
        raise Invalid(Problem(what, where=table.name, mend=_("Import the file again."))) from error
    if fresh and not dry_run:
        here.count_anew()
    tell(_("Importing"), len(fresh), len(fresh))
    return Imported(len(fresh), len(reading.letters) - len(fresh))


def _write(file: str, letters: Sequence[Old], by: Reader, at: datetime) -> None:
    ids = {letter.place: new_id(letter.moment) for letter in letters}
    for direction, (procedure, state) in _KIND.items():
        openings = [
            _opening(procedure, letter, file, ids[letter.place]) for letter in letters if letter.direction == direction
        ]
        past.open_closed(openings, state, by, at)
    numbers = _enter_numbers(letters, ids, at)
    Letter.objects.bulk_create(_row(letter, file, ids[letter.place], numbers, at) for letter in letters)
    # Never "on its way", or the exchange would send it out today.
    Recipient.objects.bulk_create(
        Recipient(
            letter_id=ids[letter.place],
            kind=letter.other_kind,
            unit_id=letter.other_unit,
            government=letter.other_government,
            name=letter.other,
            status=Recipient.Status.DELIVERED,
        )
        for letter in letters
        if letter.direction == Direction.OUT
    )


def _opening(procedure: str, letter: Old, file: str, matter: uuid.UUID) -> Opening:
    data: dict[str, Any] = {
        "imported": {"file": file[:200], "row": letter.row, "agenda_number": letter.agenda, "note": letter.note},
        "number": letter.number,
        "letter_date": letter.letter_date.isoformat() if letter.letter_date else "",
        "received_on": letter.received_on.isoformat() if letter.received_on else "",
        "sender" if letter.direction == Direction.IN else "recipient": {
            "kind": str(letter.other_kind),
            "name": letter.other,
        },
        "classification": letter.classification,
        "summary": letter.summary,
    }
    # Beside the desk of its opener: the house, where it is another one's registrar who files it.
    house = [(key, int(Reason.UNIT)) for key in (letter.unit.registry, *letter.unit.lineage)]
    return Opening(
        procedure,
        letter.subject,
        letter.opener,
        letter.unit.id,
        letter.security,
        letter.urgency,
        None,
        data,
        matter,
        house,
    )


def _enter_numbers(
    letters: Sequence[Old], ids: Mapping[agenda_book.Place, uuid.UUID], at: datetime
) -> dict[uuid.UUID, Number]:
    numbers: dict[uuid.UUID, Number] = {}

    def book(letter: Old) -> tuple[str, str, int]:
        return str(letter.unit.id), letter.direction, letter.day.year

    for _book, group in groupby(sorted(letters, key=book), key=book):
        rows = list(group)
        one = rows[0]
        unit, kind, year, _n = one.place
        old = [past.OldNumber(row.n, _number_text(row), ids[row.place]) for row in rows]
        made = past.enter_numbers(unit, kind, _PATTERNS[one.direction], year, old, at)
        numbers |= {number.matter_id: number for number in made}
    return numbers


def _number_text(letter: Old) -> str:
    # A letter that went out bears the whole number; in the book of what came in stands the bare one.
    return (letter.number or letter.agenda) if letter.direction == Direction.OUT else letter.agenda


def _row(letter: Old, file: str, matter: uuid.UUID, numbers: Mapping[uuid.UUID, Number], at: datetime) -> Letter:
    incoming = letter.direction == Direction.IN
    return Letter(
        matter_id=matter,
        direction=letter.direction,
        unit=letter.unit,
        agenda=numbers[matter],
        number=letter.number,
        letter_date=letter.letter_date,
        received_on=letter.received_on,
        sender_kind=letter.other_kind if incoming else Party.UNIT,
        sender_unit_id=letter.other_unit if incoming else letter.unit.id,
        sender_government=letter.other_government if incoming else "",
        sender_name=letter.other if incoming else letter.unit.name,
        subject=letter.subject,
        summary=letter.summary,
        classification=letter.classification,
        imported_at=at,
        imported_from=file[:200],
    )
