"""What the text of a scan says of its letter, as plain rules find it on the first page: who wrote it and to whom,
number, day and subject, how fast and how secret it is.

Proposals only: whoever registers takes them or does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tertib.government.models import Security
from tertib.ground.dates import parse_day
from tertib.ground.errors import Invalid
from tertib.ground.tenancy.here import today
from tertib.matters.models import Urgency
from tertib.papers.blocks import line
from tertib.rooms.letters.senders import Writer, writer

# “Nomor : 005/112/424.309/2020”; in two columns the value may stand on the line below.
_VALUE = r"(\S.{0,300}?)(?:[ \t]{3,}|$)"
_NUMBER = re.compile(r"^[ \t]*+(?:nomor|no\.?|number)[ \t]*+\n?[ \t]*+[:.]?[ \t]*+\n?[ \t]*+" + _VALUE, re.I | re.M)
_SUBJECT = re.compile(r"^[ \t]*+(?:perihal|hal|subject)[ \t]*+\n?[ \t]*+:[ \t]*+\n?[ \t]*+" + _VALUE, re.I | re.M)
# The scan is a stranger's: white space it is full of must not be tried in every way there is.
_WHITE = re.compile(r"[ \t]{4,}")
_DAY = re.compile(r"\b\d{1,2}[ .-]+[^\W\d_]{3,9}[ .,-]+\d{4}\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b")
# A letterhead, the block of the number and the first paragraph stand in so much.
_MOST = 4000

# A subject may go on with “di loket”; an address says “di Bekasi”, “di tempat” or only “di”.
_NO_SUBJECT = re.compile(r"\s*(?i:yth|kepada|lampiran|sifat|di\s*-?\s*(?:tempat\b|$)|.*:)|\s*[Dd]i\s+[A-Z]")

_NATURE = re.compile(
    r"^[ \t]*+(?:sifat|derajat|kecepatan|klasifikasi keamanan)[ \t]*+\n?[ \t]*+:[ \t]*+\n?[ \t]*+(\S[^\n]{0,80})",
    re.I | re.M,
)
# “Sangat segera” is found before “segera” within it.
_FAST = re.compile(r"\b(?:(sangat segera|amat segera|kilat)|(segera)|(biasa))\b", re.I)
_SECRET = re.compile(r"\b(?:(sangat rahasia)|(rahasia|konfidensial)|(terbatas))\b", re.I)
# A stamp, or the mark at the top of each page.
_STAMP = re.compile(r"^[ \t]*+((?:sangat[ \t])?rahasia)[ \t.]*$", re.I | re.M)
# “R-031/700.1/…”: how secret a letter is begins its number.
_CODE = re.compile(r"(SR|R|T)[-/](?=\d)")
_CODES = {"SR": Security.SANGAT_RAHASIA, "R": Security.RAHASIA, "T": Security.TERBATAS}
_ADDRESSEE = re.compile(
    r"^[ \t]*+(?:kepada[ \t]*+:?[ \t]*+\n?[ \t]*+)?yth\b\.?[ \t]*+:?[ \t]*+\n?[ \t]*+(?:1[.)][ \t]*+)?"
    r"(?:(?:bapak|ibu|bpk\.?|sdr\.?|saudara)[ \t]+)?(?:(?:plt|plh|pjs?)\b\.?[ \t]*)?"
    r"(wali[ \t]?kota|bupati|gubernur)\b([^\n]{0,80})\n?([^\n]{0,80})",
    re.I | re.M,
)
# Through whom, or at whose attention: the letter is for somebody else then.
_THROUGH = re.compile(r"\b(?:c\.? ?q|u\.? ?p|melalui|ub)\b", re.I)
_UNDECIDED = re.compile(r"\b(?:tidak|bukan)\b|\*", re.I)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a government to whom a letter is addressed: the title, and the place where one is named."""

    title: str
    place: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a page says. What was not found, or is not sure, is None or empty."""

    number: str = ""
    letter_date: str = ""
    subject: str = ""
    writer: Writer | None = None
    head: Head | None = None
    urgency: Urgency | None = None
    security: Security | None = None


def proposals(text: str) -> Found:
    """What a first page says of its letter."""
    head = _WHITE.sub("   ", text[:_MOST])
    number = _number(head)
    return Found(
        number=number,
        letter_date=_day(head),
        subject=_subject(head),
        # A signature stands at the end of the page.
        writer=writer(head if len(text) <= _MOST else f"{head}\n{_WHITE.sub('   ', text[-2000:])}"),
        head=_addressed(head),
        urgency=_urgency(head),
        security=_security(head, number),
    )


def _natures(head: str) -> list[str]:
    return [match[1] for match in _NATURE.finditer(head) if not _UNDECIDED.search(match[1])]


def _urgency(head: str) -> Urgency | None:
    """The one that is named; none where a form names several to choose among."""
    steps = (Urgency.SANGAT_SEGERA, Urgency.SEGERA, Urgency.BIASA)
    said = {steps[_which(match)] for nature in _natures(head) for match in _FAST.finditer(nature)}
    return said.pop() if len(said) == 1 else None


def _security(head: str, number: str) -> Security | None:
    """The highest of what nature, stamp and number say; none where nothing says that the letter is secret."""
    steps = (Security.SANGAT_RAHASIA, Security.RAHASIA, Security.TERBATAS)
    said = {steps[_which(match)] for nature in _natures(head) for match in _SECRET.finditer(nature)}
    said |= {steps[_which(match)] for stamp in _STAMP.finditer(head) for match in _SECRET.finditer(stamp[1])}
    if code := _CODE.match(number):
        said.add(_CODES[code[1]])
    return max(said, default=None)


def _which(match: re.Match[str]) -> int:
    return next(place for place, group in enumerate(match.groups()) if group)


def _addressed(head: str) -> Head | None:
    match = _ADDRESSEE.search(head)
    if match is None or _THROUGH.search(match[2]) or _THROUGH.search(match[3]):
        return None
    # In two columns the rest of the line is another one's.
    place = line(re.split(r"[ \t]{3,}|,", match[2])[0]).strip(" .;:")
    return Head(" ".join(match[1].lower().split()).replace("walikota", "wali kota"), place)


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
        if not further.strip() or _NO_SUBJECT.match(further):
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
