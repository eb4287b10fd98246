"""What is known of a letter that came in, checked alike for every door it may come by."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tertib.ground.errors import Invalid, Problem
from tertib.ground.tenancy.here import today
from tertib.papers.blocks import clean as cleaned
from tertib.papers.blocks import line

if TYPE_CHECKING:
    from tertib.rooms.letters.receiving import Incoming

# Three digits and further steps (Permendagri 83/2022), or the letters of the older archives' codes.
CODE = re.compile(r"\d{3}(\.\d{1,3})*|[A-Z]{2,3}(\.\d{1,3})*")
# Field, where an answer says it is, longest length.
TEXTS = (
    ("subject", "subject", 500),
    ("sender_name", "sender.name", 200),
    ("sender_address", "sender.address", 300),
    ("sender_government", "sender.government", 63),
    ("number", "number", 120),
    ("classification", "classification", 20),
    ("summary", "summary", 5000),
)


def check(incoming: Incoming) -> Incoming:
    """The same, each text as it is kept. Raises Invalid with all problems."""
    clean, problems = judge(incoming)
    if problems:
        raise Invalid(*problems)
    return clean


def judge(incoming: Incoming) -> tuple[Incoming, list[Problem]]:
    """The same, its texts without marks that turn or hide text and, but for the summary, on one line; and what is
    wrong with it.
    """
    problems: list[Problem] = []
    kept: dict[str, Any] = {
        name: (cleaned if name == "summary" else line)(str(getattr(incoming, name))).strip()
        for name, _where, _most in TEXTS
    }
    clean = replace(incoming, **kept)
    for name, where, most in TEXTS:
        value = getattr(clean, name)
        if "\x00" in str(getattr(incoming, name)):
            problems.append(Problem(_("The text holds a character that can't be stored (NUL)."), where=where))
        if len(value) > most:
            problems.append(Problem(_("The text is too long; %s characters at most.") % most, where=where))
        if not value and name in ("subject", "sender_name"):
            problems.append(Problem(_("This field is needed."), where=where))
    if clean.classification and not CODE.fullmatch(clean.classification):
        mend = _("Write it like 000.8.3.3.")
        problems.append(Problem(_("This is no classification code."), where="classification", mend=mend))
    return clean, problems + _days(clean)


def _days(incoming: Incoming) -> list[Problem]:
    written, received = incoming.letter_date, incoming.received_on
    problems = []
    if received and received > today():
        problems.append(Problem(_("This day has not come yet."), where="received_on"))
    if written and written > (received or today()):
        problems.append(Problem(_("The letter can't be dated after it was received."), where="letter_date"))
    for where, day in (("letter_date", written), ("received_on", received)):
        if day and day.year < 1945:
            problems.append(Problem(_("The year can't be right."), where=where))
    return problems
