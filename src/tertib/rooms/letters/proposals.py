"""What the text of a scan says of its letter: number, day and subject, as plain rules find them on its first page.

Proposals only: whoever registers takes them or does not.
"""

from __future__ import annotations

import re

from tertib.ground.dates import parse_day
from tertib.ground.errors import Invalid
from tertib.ground.tenancy.here import today
from tertib.papers.blocks import line

# “Nomor : 005/112/424.309/2020”; in two columns the value may stand on the line below.
_VALUE = r"(\S.{0,300}?)(?:[ \t]{3,}|$)"
_NUMBER = re.compile(r"^[ \t]*+(?:nomor|no\.?|number)[ \t]*+\n?[ \t]*+[:.]?[ \t]*+\n?[ \t]*+" + _VALUE, re.I | re.M)
_SUBJECT = re.compile(r"^[ \t]*+(?:perihal|hal|subject)[ \t]*+\n?[ \t]*+:[ \t]*+\n?[ \t]*+" + _VALUE, re.I | re.M)
# The scan is a stranger's: white space it is full of must not be tried in every way there is.
_WHITE = re.compile(r"[ \t]{4,}")
_DAY = re.compile(r"\b\d{1,2}[ .-]+[^\W\d_]{3,9}[ .,-]+\d{4}\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b")
# A letterhead, the block of the number and the first paragraph stand in so much.
_MOST = 4000


def proposals(text: str) -> dict[str, str]:
    """By the names of the form's fields; what was not found is left out."""
    head = _WHITE.sub("   ", text[:_MOST])
    found = {"number": _number(head), "letter_date": _day(head), "subject": _subject(head)}
    return {name: value for name, value in found.items() if value}


def _number(head: str) -> str:
    for match in _NUMBER.finditer(head):
        value = line(match[1]).strip(" :")
        # A letterhead has “No. 12” of its street as well; a letter's number has parts.
        if any(sign.isdigit() for sign in value) and re.search(r"[/.-]", value) and len(value) <= 120:
            return value
    return ""


def _subject(head: str) -> str:
    match = _SUBJECT.search(head)
    if match is None:
        return ""
    value = match[1]
    # A long subject runs on in lines of its own, until the addressee or another label.
    for further in head[match.end() :].split("\n")[1:3]:
        if not further.strip() or re.match(r"\s*(yth|kepada|di\b|lampiran|sifat)|.*:", further, re.I):
            break
        if not further[:1].isspace() and not further[:1].islower():
            break
        value += f" {further.strip()}"
    return line(value).strip(" :")[:500]


def _day(head: str) -> str:
    for match in _DAY.finditer(head):
        try:
            day = parse_day(match[0])
        except Invalid:
            continue
        if day.year >= 1945 and day <= today():
            return day.strftime("%d/%m/%Y")
    return ""
