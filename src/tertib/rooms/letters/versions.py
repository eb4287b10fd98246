"""The versions of a draft as the record has them, and what differs between two of them, word by word."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tertib.government.models import Post, Security
from tertib.ground.ids import parse_id
from tertib.matters.models import Urgency
from tertib.matters.queries import Event
from tertib.papers.blocks import text_from_blocks
from tertib.rooms.letters.draft_forms import DraftForm, person_line
from tertib.rooms.letters.models import LetterKind

# Comparing costs the more, the more of two texts repeats itself. Of one comparison so many steps, half a second, are
# spent; what is beyond is compared by its place, or shown as one taken out and one put in.
MOST_STEPS = 12_000_000
ALIKE = 0.3
_WORDS = re.compile(r"\S+\s*|\s+")


class _Purse:
    """The steps that a comparison may still take."""

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def pays(self, before: Sequence[str], after: Sequence[str]) -> bool:
        """Whether comparing these two piece by piece can be afforded; then it is paid."""
        ours, theirs = Counter(before), Counter(after)
        alike = sum(count * theirs[piece] for piece, count in ours.items())
        cost = (alike + len(before)) * min(len(before), len(after))
        if cost > self.left:
            return False
        self.left -= cost
        return True


@dataclass(slots=True)
class Version:
    """A draft as an entry has it. `key` names it in an address; a text that is no version yet has the copy's id."""

    key: str
    number: int
    at: datetime
    person: str
    draft: dict[str, Any]
    came_to: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, that are in both (""), only in the old ("gone"), or only in the new ("new")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph or field of two versions side by side. `kind` is "", "gone", "new" or "changed"."""

    kind: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Field:
    label: str
    changes: list[Change]

    @property
    def differs(self) -> bool:
        return any(change.kind for change in self.changes)


def of_record(events: Iterable[Event]) -> list[Version]:
    """All versions, the oldest first, each with what was done with it."""
    found: list[Version] = []
    done = {
        "submit": _("submitted"),
        "initial": _("initialled"),
        "send_back": _("sent back"),
        "sign": _("signed"),
    }
    for event in events:
        draft = ((event.body or {}).get("data") or {}).get("draft")
        if event.action in ("open", "save") and isinstance(draft, dict):
            found.append(Version(str(event.n), len(found) + 1, event.at, event.person, draft))
        elif found and event.action in done and done[event.action] not in found[-1].came_to:
            found[-1].came_to.append(done[event.action])
    return found


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Field]:
    """Every field of two drafts, with what differs."""
    names = _post_names([old, new])
    fields, purse = [], _Purse()
    for name, label in _labels().items():
        before, after = _said(name, old, names), _said(name, new, names)
        if before or after:
            fields.append(Field(label, list(_changes(before, after, purse))))
    return fields


def _labels() -> dict[str, str]:
    of_form: Any = DraftForm.base_fields
    order = (
        "kind", "subject", "classification", "security", "urgency", "recipients", "copies", "attachments", "to_place",
        "heading", "considering", "grounds", "assigned", "body", "event_date", "event_end", "time", "venue", "agenda",
        "closing", "tasks", "signer", "reviewers",
    )  # fmt: skip
    own = {"recipients": _("Recipients"), "copies": _("Copies to"), "reviewers": _("Reviewed by")}
    return {name: own.get(name) or str(of_form[name].label) for name in order}


def _post_names(drafts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    wanted = {key for draft in drafts for key in [draft.get("signer"), *(draft.get("reviewers") or [])] if key}
    ids = [found for found in map(parse_id, map(str, wanted)) if found]
    return {str(key): name for key, name in Post.objects.filter(pk__in=ids).values_list("id", "name")} if ids else {}


def _said(name: str, draft: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """A field as paragraphs of text."""
    value = draft.get(name)
    if name in ("recipients", "copies"):
        found = [item for item in draft.get("recipients") or [] if bool(item.get("copy")) == (name == "copies")]
        return [", ".join(filter(None, (item.get("name", ""), item.get("address", "")))) for item in found]
    if name in ("security", "urgency"):
        levels: Any = Security if name == "security" else Urgency
        return [str(levels(value).label)] if value in levels.values else []
    if not value:
        return []
    if name == "kind":
        return [str(LetterKind(value).label)] if value in LetterKind.values else []
    if name in ("signer", "reviewers"):
        return [names.get(str(key), "…") for key in (value if isinstance(value, list) else [value])]
    if name in ("body", "closing"):
        return [line for block in value for line in _lines(block)]
    if name == "assigned":
        return [person_line(item) for item in value]
    if name in ("event_date", "event_end"):
        return [date_format(datetime.fromisoformat(value), "j F Y")]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _lines(block: Mapping[str, Any]) -> list[str]:
    """A paragraph is compared as one, a list point by point, a table row by row."""
    text = text_from_blocks([block])
    return [text] if block.get("type") in ("paragraph", "heading") else text.split("\n")


def _changes(before: Sequence[str], after: Sequence[str], purse: _Purse) -> Iterator[Change]:
    if not purse.pays(before, after):
        yield from _by_position(before, after, purse)
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, low, high, start, end in matcher.get_opcodes():
        if kind == "equal":
            yield from (Change("", [Piece("", text)]) for text in after[start:end])
            continue
        yield from _by_position(before[low:high], after[start:end], purse)


def _by_position(before: Sequence[str], after: Sequence[str], purse: _Purse) -> Iterator[Change]:
    for old, new in zip(before, after, strict=False):
        yield from [Change("", [Piece("", new)])] if old == new else _change(old, new, purse)
    both = min(len(before), len(after))
    yield from (Change("gone", [Piece("gone", text)]) for text in before[both:])
    yield from (Change("new", [Piece("new", text)]) for text in after[both:])


def _change(old: str, new: str, purse: _Purse) -> Iterator[Change]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    # A word is the same whatever white space follows it.
    ours, theirs = [word.strip() for word in before], [word.strip() for word in after]
    if purse.pays(ours, theirs):
        matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
        if matcher.ratio() >= ALIKE:
            yield Change("changed", list(_pieces(matcher, before, after)))
            return
    yield Change("gone", [Piece("gone", old)])
    yield Change("new", [Piece("new", new)])


def _pieces(matcher: SequenceMatcher[str], before: list[str], after: list[str]) -> Iterator[Piece]:
    for kind, low, high, start, end in matcher.get_opcodes():
        gone, new = "".join(before[low:high]), "".join(after[start:end])
        if kind == "equal":
            yield Piece("", new)
            continue
        # What parts the words belongs to neither.
        if gone.strip():
            yield Piece("gone", gone.rstrip())
        if gone.strip() and new.strip():
            yield Piece("", " ")
        if new.strip():
            yield Piece("new", new.rstrip())
        yield Piece("", (new or gone)[len((new or gone).rstrip()) :])


def change_words(kind: str) -> str:
    """What happened to a paragraph, in a word."""
    return {
        "gone": pgettext("a paragraph", "removed"),
        "new": pgettext("a paragraph", "added"),
        "changed": pgettext("a paragraph", "changed"),
    }.get(kind, "")


def choose(versions: Sequence[Version], wanted: str, otherwise: int) -> Version | None:
    """The version an address names, or the one that is shown without a choice."""
    found = next((item for item in versions if item.key == wanted), None)
    if found or not versions:
        return found
    return versions[max(otherwise, -len(versions))]


def copy_as_version(copy: Any, draft: dict[str, Any]) -> Version:
    """A text that is no version yet, to be compared with those that are."""
    key: uuid.UUID = copy.pk
    return Version(str(key), 0, copy.saved_at, copy.person.name, draft)
