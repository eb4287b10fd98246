"""Remarks at a paragraph of a draft. They are entries of the record; where they belong now is found by the text."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tertib.ground.errors import Invalid, Moved, Problem
from tertib.matters.context import Act
from tertib.matters.queries import Event, record
from tertib.papers.blocks import text_from_blocks
from tertib.rooms.letters.models import Draft, Letter

# How much of a paragraph the record repeats, and how alike a changed one must be to be the same still.
QUOTED = 300
ALIKE = 0.6
_BLOCKS = ("body", "closing")
_LINES = ("considering", "grounds", "tasks")


@dataclass(slots=True)
class Part:
    """A paragraph, list, table or line of a draft that can be remarked on. `key` is where it stands: `body.3`."""

    key: str
    field: str
    text: str
    block: Mapping[str, Any] | None = None
    remarks: list[Remark] = dataclasses.field(default_factory=list)

    @property
    def mark(self) -> str:
        """The same for the same words, whatever the spaces between them."""
        return hashlib.sha256(" ".join(self.text.split()).encode()).hexdigest()[:16]

    @property
    def quote(self) -> str:
        return self.text[:QUOTED] + ("…" if len(self.text) > QUOTED else "")


@dataclass(slots=True)
class Remark:
    """A remark with what came of it. `n` is the number of its entry."""

    n: int
    at: datetime
    person: str
    post: str
    key: str
    mark: str
    quote: str
    text: str
    changed: bool = False
    answer: str = ""
    settled_at: datetime | None = None
    settled_by: str = ""


def parts(subject: str, fields: Mapping[str, Any]) -> list[Part]:
    """What of a draft can be remarked on, in its order."""
    found = [Part("subject.0", "subject", subject)]
    for name in ("considering", "grounds", "body", "closing", "tasks"):
        for place, item in enumerate(fields.get(name) or ()):
            if name in _BLOCKS:
                found.append(Part(f"{name}.{place}", name, text_from_blocks([item]), item))
            elif name in _LINES:
                found.append(Part(f"{name}.{place}", name, str(item)))
    return found


def of_record(events: Iterable[Event]) -> list[Remark]:
    """All remarks at paragraphs, in order, with their answers. An erased entry says nothing any more."""
    found: dict[int, Remark] = {}
    for event in events:
        data = (event.body or {}).get("data") or {}
        result = (event.body or {}).get("result") or {}
        if event.action == "comment":
            said = {"key": data.get("part", ""), "text": data.get("text", ""), "mark": "", "quote": "", **result}
            key, mark, quote, text = (str(said[name]) for name in ("key", "mark", "quote", "text"))
            found[event.n] = Remark(event.n, event.at, event.person, event.post, key, mark, quote, text)
        elif event.action == "settle" and data.get("remark") in found:
            remark = found[data["remark"]]
            remark.answer, remark.settled_at, remark.settled_by = data.get("text", ""), event.at, event.person
    return list(found.values())


def place(found: Sequence[Part], remarks: Iterable[Remark]) -> list[Remark]:
    """Put each remark to its part: the same words, the nearest of them; else the most alike, which then has changed.

    Returns those whose paragraph is gone.
    """
    gone: list[Remark] = []
    for remark in remarks:
        part, changed = _part_of(found, remark)
        if part is None:
            gone.append(remark)
        else:
            remark.changed = changed
            part.remarks.append(remark)
    return gone


def _part_of(found: Sequence[Part], remark: Remark) -> tuple[Part | None, bool]:
    name, _dot, stood = remark.key.partition(".")
    near = int(stood) if stood.isdecimal() else 0
    of_field = sorted(
        (part for part in found if part.field == name), key=lambda part: abs(int(part.key.partition(".")[2]) - near)
    )
    for part in of_field:
        if part.mark == remark.mark:
            return part, False
    if name == "subject" and of_field:
        return of_field[0], True
    quoted = Counter(remark.quote.rstrip("…").split())
    best, most = None, ALIKE
    for part in of_field:
        # By the words they share, whatever their order: this is asked for each remark at each look.
        words = Counter(part.text[:QUOTED].split())
        alike = 2 * (quoted & words).total() / max(quoted.total() + words.total(), 1)
        if alike > most:
            best, most = part, alike
    return best, best is not None


def comment(act: Act) -> None:
    """A remark at a part of the version that was read. Raises Moved where there is a newer one, Invalid where there is
    no such part.
    """
    draft = Draft.objects.get(pk=act.row.id)
    if act.data.get("written", draft.version) != draft.version:
        raise Moved(Problem(_("There is a newer version of this draft."), mend=_("Read it, then write your remark.")))
    subject = Letter.objects.values_list("subject", flat=True).get(pk=act.row.id)
    part = next((item for item in parts(subject, draft.fields) if item.key == act.data["part"]), None)
    if part is None:
        mend = _("Choose one of those shown.")
        raise Invalid(Problem(_("The draft has no such paragraph."), where="part", mend=mend))
    act.result |= {"mark": part.mark, "quote": part.quote, "written": draft.version}


def settle(act: Act) -> None:
    """A remark is answered, or done. Raises Invalid where there is none of this number."""
    wanted = act.data["remark"]
    found = next((item for item in of_record(record(act.row.id, act.row.procedure)) if item.n == wanted), None)
    if found is None:
        mend = _("Choose one of those shown.")
        raise Invalid(Problem(_("There is no such remark."), where="remark", mend=mend))
    act.result["quote"] = found.text[:QUOTED]
