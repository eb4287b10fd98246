"""Checks of NIK and NIP. RULES §10: neither has a check digit.

Region codes and dates are weak evidence, so some findings only warn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tertib.ground.errors import Problem

_NIP = re.compile(r"(\d{4})(\d\d)(\d\d)(\d{4})(\d\d)([12])(\d{3})")


@dataclass(frozen=True, slots=True)
class Birth:
    """What a number tells of its owner."""

    day: date | None
    female: bool


def check_nik(text: str, born: date | None = None) -> list[Problem]:
    """What is wrong with a NIK: 16 digits PPKKCC·DDMMYY·SSSS, day + 40 for women, SSSS not 0000.

    The century is not in the number; where `born` is given, its two-digit year decides. The region is where the
    number was first issued and may be abolished since, so it is never judged.
    """
    mend = _("Copy the 16 digits from the identity card.")
    if not re.fullmatch(r"\d{16}", text):
        return [Problem(_("A NIK has 16 digits, this one %d characters.") % len(text), where="nik", mend=mend)]
    day, month, year, serial = int(text[6:8]), int(text[8:10]), int(text[10:12]), text[12:]
    problems = []
    if not (1 <= day <= 31 or 41 <= day <= 71):
        problems.append(Problem(_("Digits 7 and 8 of the NIK are no day of birth."), where="nik", mend=mend))
    elif not any(_is_date(century + year, month, (day - 1) % 40 + 1) for century in (1900, 2000)):
        problems.append(Problem(_("Digits 7 to 12 of the NIK are no date."), where="nik", mend=mend))
    elif born and (born.year % 100, born.month, born.day) != (year, month, (day - 1) % 40 + 1):
        problems.append(Problem(_("The NIK does not fit the date of birth."), where="nik", mend=mend))
    if serial == "0000":
        problems.append(Problem(_("The last four digits of a NIK are never 0000."), where="nik", mend=mend))
    return problems


def check_nip(text: str) -> list[Problem]:
    """What is wrong with a NIP: 18 digits, birth date, month of appointment, sex, serial.

    A PPPK's month slot may hold 21, so months above 12 are not refused.
    """
    mend = _("Copy the 18 digits from the letter of appointment.")
    match = _NIP.fullmatch(text)
    if not match:
        return [Problem(_("A NIP has 18 digits, of which the 15th is 1 or 2."), where="nip", mend=mend)]
    if not _is_date(int(match[1]), int(match[2]), int(match[3])):
        return [Problem(_("The first eight digits of the NIP are no date of birth."), where="nip", mend=mend)]
    return []


def nip_birth(text: str) -> Birth:
    """Date of birth and sex in a well-formed NIP."""
    return Birth(date(int(text[:4]), int(text[4:6]), int(text[6:8])), text[14] == "2")


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
