"""The agenda book of a house and a year, number by number and without gaps: also what was cancelled, and why, and
numbers of letters that the reader may not see, of which nothing but the number is told.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from tertib.government.authority import EVERYTHING, Reader
from tertib.government.models import Unit
from tertib.ground.errors import NotFound
from tertib.ground.tenancy.here import zone
from tertib.matters import procedures
from tertib.matters.models import Matter, Number, RegisterYear
from tertib.matters.visibility import visible
from tertib.rooms.letters import houses
from tertib.rooms.letters.drafting import REGISTER_OUT
from tertib.rooms.letters.models import Letter, Recipient
from tertib.rooms.letters.receiving import AGENDA_IN

PAGE = 50
REGISTERS = {"in": AGENDA_IN, "out": REGISTER_OUT}


@dataclass(frozen=True, slots=True)
class Book:
    """A house's book of one direction in one year; `month` 0 for the whole year."""

    unit: Unit
    direction: str
    year: int
    month: int = 0

    def bounds(self) -> tuple[datetime, datetime]:
        """The moments between which its month lies."""
        after = (self.year + self.month // 12, self.month % 12 + 1)
        return datetime(self.year, self.month, 1, tzinfo=zone()), datetime(*after, 1, tzinfo=zone())


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the book. Without a letter it is one that the reader may not see, or numbers that the imported book
    does not have (`until` is the last of these).
    """

    n: int
    text: str
    letter: Letter | None = None
    cancelled: str = ""
    until: int = 0

    @property
    def missing(self) -> bool:
        return self.until > 0

    @property
    def written(self) -> str:
        """The number in full, where that says more than its place in the book and is not the letter's own."""
        known = (str(self.n), self.letter.number if self.letter else "")
        return "" if self.text in known else self.text

    @property
    def hidden(self) -> bool:
        return self.letter is None and not self.missing


def of_reader(reader: Reader) -> list[Unit]:
    """The houses whose books a reader may open: those they register for, head, oversee or audit. One statement."""
    keys = {key for key, _ceiling in reader.keys}
    return [
        unit
        for unit in houses.houses().order_by("lineage")
        if EVERYTHING in keys or unit.registry in keys or any(step in reader.oversees for step in unit.lineage)
    ]


def chosen(reader: Reader, units: Sequence[Unit], unit: uuid.UUID | None) -> Unit:
    """The house that is asked for, or the reader's likeliest: the one they register for. Raises NotFound."""
    if unit is None:
        mine = [grant.unit for grant in reader.grants if grant.role == "registrar"]
        mine += [seat.unit for seat in reader.seats]
        unit = next((key for key in mine if any(one.pk == key for one in units)), units[0].pk if units else None)
    found = next((one for one in units if one.pk == unit), None)
    if found is None:
        raise NotFound(_("There is no agenda book here that you may open."))
    return found


def years(unit: Unit, direction: str) -> list[int]:
    """The years for which there is a book, the newest first. One statement."""
    found = RegisterYear.objects.filter(register__unit=unit, register__kind=REGISTERS[direction])
    return list(found.order_by("-year").values_list("year", flat=True))


def _numbers(book: Book) -> QuerySet[Number]:
    found = Number.objects.filter(
        register__unit=book.unit, register__kind=REGISTERS[book.direction], year=book.year
    ).order_by("n")
    if book.month:
        begin, end = book.bounds()
        found = found.filter(given_at__gte=begin, given_at__lt=end)
    return found


def rows(book: Book, reader: Reader, after: int = 0, limit: int = PAGE) -> list[Row]:
    """The lines after a number, `limit` numbers at the most. Four statements."""
    numbers = list(_numbers(book).filter(n__gt=after)[:limit])
    matters = [number.matter_id for number in numbers]
    seen = set(visible(Matter.objects.filter(pk__in=matters), reader).values_list("id", flat=True))
    found = Letter.objects.filter(pk__in=seen).select_related("matter__holder").defer("matter__head")
    by_matter = {
        letter.pk: letter
        for letter in found.prefetch_related(Prefetch("recipients", Recipient.objects.order_by("is_copy", "id")))
    }
    lines: list[Row] = []
    # A month begins in the middle of the book.
    last = numbers[0].n - 1 if book.month and not after and numbers else after
    for number in numbers:
        if number.n > last + 1:
            lines.append(Row(last + 1, "", until=number.n - 1))
        why = number.cancel_reason if number.cancelled_at and number.matter_id in seen else ""
        cancelled = why or (_("cancelled") if number.cancelled_at else "")
        # The text of a number tells how secret its letter is, and what it is about.
        text = number.text if number.matter_id in seen else ""
        lines.append(Row(number.n, text, by_matter.get(number.matter_id), cancelled))
        last = number.n
    return lines


def every_row(book: Book, reader: Reader, most: int) -> Iterator[Row]:
    """All lines, read in pages; `most` at the most."""
    after = 0
    while most > 0:
        found = rows(book, reader, after, min(500, most))
        if not found:
            return
        yield from found
        most -= len(found)
        after = found[-1].n


def count(book: Book) -> int:
    """How many numbers the book has. One statement."""
    return _numbers(book).count()


def outcome(letter: Letter) -> str:
    """Where it lies, or how it ended."""
    matter = letter.matter
    state = procedures.words(procedures.of(matter.procedure_id).states[matter.state].label)
    return f"{matter.holder.name}: {state}" if matter.holder else state
