"""Numbers: given once, without gaps, per register and year.

The row of the year is locked from the moment a number is taken until the transaction ends, so the next signer
  waits for this one to commit
or to give the number back by failing. That is why there can be no gap and no double, whatever crashes.
"""

from __future__ import annotations

import re
import string
import uuid
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from tertib.government.actions.record import get, store, writing
from tertib.ground.errors import Invalid, NotFound, Problem, invalid
from tertib.ground.ids import new_id
from tertib.matters.models import Number, Register

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
# What a number may come to, and what is kept free in it for each of the two codes.
MAX_LENGTH, CODE_LENGTH = 160, 30
_SECURITY = ("B", "T", "R", "SR")
FIELDS = frozenset({"n", "year", "month", "roman_month", "security", "classification", "unit"})

_TAKE = """
WITH book AS (
  INSERT INTO matters_register (id, unit_id, kind, pattern) VALUES (%(new)s, %(unit)s, %(kind)s, %(default)s)
  ON CONFLICT (unit_id, kind) DO UPDATE SET kind = EXCLUDED.kind RETURNING id, pattern
)
INSERT INTO matters_registeryear AS y (id, register_id, year, last) SELECT %(new_year)s, id, %(year)s, 1 FROM book
ON CONFLICT (register_id, year) DO UPDATE SET last = y.last + 1
RETURNING y.register_id, y.last, (SELECT pattern FROM book)"""


def give(
    unit: uuid.UUID,
    kind: str,
    matter: uuid.UUID,
    at: datetime,
    fields: dict[str, Any],
    default: str = "{n}",
    *,
    identity: uuid.UUID | None = None,
) -> Number:
    """Take the next number of a unit's register for the year of `at` (aware, local). Must run in the act's transaction.

    Whoever else wants a number of this register waits until the transaction ends, so take it last; a row that names the
    number by its `identity` may be written before. `default` is the pattern of a register that does not exist yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            {
                "new": new_id(),
                "new_year": new_id(),
                "unit": unit,
                "kind": kind,
                "default": default,
                "year": at.year,
            },
        )
        register, n, pattern = cursor.fetchone()
    text = render(pattern, n, at, fields)
    return Number.objects.create(
        id=identity or new_id(at), register_id=register, year=at.year, n=n, text=text, matter_id=matter, given_at=at
    )


def render(pattern: str, n: int, at: datetime, fields: dict[str, Any]) -> str:
    """The number as written, e.g. `{security}-{n:03d}/{classification}/{unit}/{roman_month}/{year}` (ANRI 5/2021).

    `security` in `fields` is 0 to 3; `classification` and `unit` are codes. A code that is empty takes the sign before
    it along, so that no number reads `B-005//Setda`.
    """
    for code in ("classification", "unit"):
        if not fields.get(code):
            pattern = re.sub(rf"[/.-]?\{{{code}\}}", "", pattern)
    return pattern.format(
        n=n,
        year=at.year,
        month=at.month,
        roman_month=_ROMAN[at.month - 1],
        security=_SECURITY[int(fields.get("security", 0))],
        classification=fields.get("classification", ""),
        unit=fields.get("unit", ""),
    )


def begin(
    unit: uuid.UUID,
    kind: str,
    pattern: str,
    *,
    by: uuid.UUID | None,
    known: frozenset[str] = FIELDS,
    title: str = "",
) -> Register:
    """Make a unit's register before its first number is given. `title` is what the record of changes calls it.

    Raises Invalid for a pattern that is no use, and where the unit has the register already.
    """
    invalid(check_pattern(pattern, known))
    with writing():
        if Register.objects.filter(unit=unit, kind=kind).exists():
            mend = _("Change its pattern instead.")
            raise Invalid(Problem(_("This unit has such a register already."), where="kind", mend=mend))
        row = Register(unit_id=unit, kind=kind)
        store("register.saved", row, by, {"unit_id": unit, "pattern": pattern}, title=title)
    return row


def set_pattern(
    register: uuid.UUID, pattern: str, *, by: uuid.UUID | None, known: frozenset[str] = FIELDS, title: str = ""
) -> bool:
    """Let numbers be written by another pattern from the next one on; what was given stays as it is.

    Whoever is taking a number of this register is waited for. Answers whether anything changed. Raises Invalid for a
    pattern that is no use, NotFound where there is no such register.
    """
    invalid(check_pattern(pattern, known))
    with writing():
        return store("register.saved", get(Register, register), by, {"pattern": pattern}, title=title)


def check_pattern(pattern: str, known: frozenset[str] = FIELDS) -> list[Problem]:
    """What is wrong with a number pattern an administrator wrote; `known` are the fields that will be filled in."""
    if not pattern.isprintable():
        return [Problem(_("The pattern must be one line of visible characters."), where="pattern")]
    mend = _("Use %s.") % ", ".join("{" + name + "}" for name in sorted(known))
    try:
        fields = [(name, spec) for _text, name, spec, _how in string.Formatter().parse(pattern) if name is not None]
    except ValueError:
        return [Problem(_("The braces of the pattern do not match."), where="pattern", mend=mend)]
    names = [name for name, _spec in fields]
    unknown = [name for name in names if name not in known]
    if unknown:
        return [Problem(_("The pattern has no field “%s”.") % unknown[0], where="pattern", mend=mend)]
    if "n" not in names:
        return [Problem(_("The pattern must contain {n}, or numbers would repeat."), where="pattern")]
    mend = _("Write {n:03d} for 001.")
    # A width of a million digits would be formatted faithfully, so only what can be meant is tried.
    if not all(re.fullmatch(r"(0?[1-9]d?)?", spec or "") for _name, spec in fields):
        return [Problem(_("The format of a field is not usable."), where="pattern", mend=mend)]
    try:
        written = render(pattern, 10**9, datetime(2020, 8, 1), {"security": 3})  # noqa: DTZ001 - only the format is tried
    except (ValueError, IndexError, KeyError):
        return [Problem(_("The format of a field is not usable."), where="pattern", mend=mend)]
    if len(written) > MAX_LENGTH - 2 * CODE_LENGTH:
        return [Problem(_("Numbers by this pattern would be too long."), where="pattern")]
    return []


def cancel(number: uuid.UUID, reason: str, at: datetime) -> Number:
    """Cancel a number for good. Raises Invalid without a reason, NotFound when it is not there or cancelled."""
    if not reason.strip():
        raise Invalid(Problem(_("Say why the number is cancelled."), where="reason"))
    changed = Number.objects.filter(pk=number, cancelled_at__isnull=True).update(
        cancelled_at=at, cancel_reason=reason.strip()[:500]
    )
    if not changed:
        raise NotFound(_("There is no such number, or it is cancelled already."))
    return Number.objects.get(pk=number)
