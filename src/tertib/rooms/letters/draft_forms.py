"""The form of a letter we write: its fields, and the rows of recipients and reviewers that are added one by one."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tertib.government.authority import Reader
from tertib.government.models import Security
from tertib.ground.dates import DayField
from tertib.ground.ids import parse_id
from tertib.ground.numbers import whole
from tertib.matters.models import Urgency
from tertib.papers.blocks import blocks_from_text, text_from_blocks
from tertib.rooms.letters import houses
from tertib.rooms.letters.addressees import in_government, of_units
from tertib.rooms.letters.forms import CODE, LineField, other_governments
from tertib.rooms.letters.http import searches_only
from tertib.rooms.letters.models import Draft, Letter, LetterKind, Party

MOST_ROWS = 200
# The searches beside the form: for who signs, a recipient, a reviewer.
LOOKS = ("look", "look_to", "look_reviewer")
HEADINGS = (("SURAT PERINTAH", "Surat Perintah"), ("SURAT TUGAS", "Surat Tugas"))
# Which of the fields each kind has beside those of all.
OF_KIND: dict[str, tuple[str, ...]] = {
    LetterKind.SURAT_DINAS: ("attachments", "to_place", "body"),
    LetterKind.NOTA_DINAS: ("attachments", "body"),
    LetterKind.UNDANGAN: (
        "attachments",
        "to_place",
        "body",
        "event_date",
        "event_end",
        "time",
        "venue",
        "agenda",
        "closing",
    ),
    LetterKind.SURAT_PERINTAH: ("heading", "considering", "grounds", "assigned", "tasks"),
}
_BLOCKS = ("body", "closing")
_LINES = ("considering", "grounds", "tasks")
_DAYS = ("event_date", "event_end")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class DraftForm(forms.Form):
    """The fields of all kinds; the page shows those of the kind that is chosen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    post = forms.ChoiceField(label=gettext_lazy("Written by"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=LetterKind.choices, widget=forms.RadioSelect)
    subject = LineField(label=gettext_lazy("Subject"), max_length=300)
    classification = forms.RegexField(
        label=gettext_lazy("Classification"), regex=CODE, max_length=20, required=False,
        error_messages={"invalid": gettext_lazy("This is no classification code. Write it like 000.8.3.3.")},
    )  # fmt: skip
    security = forms.TypedChoiceField(label=gettext_lazy("Security"), choices=Security.choices, coerce=int, initial=0)
    urgency = forms.TypedChoiceField(label=gettext_lazy("Urgency"), choices=Urgency.choices, coerce=int, initial=0)
    attachments = LineField(label=gettext_lazy("Attachments"), max_length=80, required=False)
    to_place = LineField(label=gettext_lazy("Place of the recipient"), max_length=80, required=False)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=60_000, required=False, widget=_area(14),
        help_text=gettext_lazy(
            "An empty line begins a paragraph; “1. ” a numbered list; “# ” a heading; | a | b | a table; **bold**."
        ),
    )  # fmt: skip
    event_date = DayField(label=gettext_lazy("Day of the event"), required=False)
    event_end = DayField(label=gettext_lazy("Last day"), required=False)
    time = LineField(label=gettext_lazy("Time"), max_length=100, required=False)
    venue = LineField(label=gettext_lazy("Venue"), max_length=300, required=False)
    agenda = forms.CharField(
        label=gettext_lazy("Agenda of the event"), max_length=1000, required=False, widget=_area(2)
    )
    closing = forms.CharField(label=gettext_lazy("Closing text"), max_length=10_000, required=False, widget=_area(3))
    heading = forms.ChoiceField(label=gettext_lazy("Heading"), choices=HEADINGS, required=False)
    considering = forms.CharField(
        label=gettext_lazy("Considering"),
        max_length=20_000,
        required=False,
        widget=_area(3),
        help_text=gettext_lazy("One a line."),
    )
    grounds = forms.CharField(
        label=gettext_lazy("Legal grounds"),
        max_length=20_000,
        required=False,
        widget=_area(4),
        help_text=gettext_lazy("One a line."),
    )
    assigned = forms.CharField(
        label=gettext_lazy("Persons assigned"), max_length=20_000, required=False, widget=_area(4),
        help_text=gettext_lazy("One a line: name; post, or name; NIP; post."),
    )  # fmt: skip
    tasks = forms.CharField(
        label=gettext_lazy("Tasks"),
        max_length=20_000,
        required=False,
        widget=_area(4),
        help_text=gettext_lazy("One a line."),
    )
    signer = forms.UUIDField(
        label=gettext_lazy("Signed by"), error_messages={"required": gettext_lazy("Choose who signs.")}
    )

    def __init__(self, *args: Any, reader: Reader, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: Any = self.fields
        fields["post"].choices = [(str(seat.post), seat.post_name) for seat in reader.seats]
        if len(reader.seats) == 1:
            fields["post"].widget = forms.HiddenInput()
        fields["classification"].widget.attrs["list"] = "classifications"

    def shown(self) -> list[forms.BoundField]:
        """The fields that only the chosen kind has."""
        return [self[name] for name in OF_KIND.get(self.chosen_kind(), ())]

    def chosen_kind(self) -> str:
        """The kind that is chosen, or the first."""
        value = str(self["kind"].value() or "")
        return value if value in OF_KIND else LetterKind.SURAT_DINAS.value

    def draft(self, rows: Rows) -> dict[str, Any]:
        """The draft as `drafting.check` takes it. Call after `is_valid`."""
        return self._draft(self.cleaned_data, rows)

    def draft_as_far(self, rows: Rows) -> dict[str, Any]:
        """What of the draft can be taken, where some of its fields are not filled or wrong yet."""
        empty = {"kind": self.chosen_kind(), "subject": "", "classification": "", "security": 0, "urgency": 0}
        return self._draft({**empty, "signer": "", **self.cleaned_data}, rows)

    def _draft(self, given: dict[str, Any], rows: Rows) -> dict[str, Any]:
        draft: dict[str, Any] = {
            name: given[name] for name in ("kind", "subject", "classification", "security", "urgency")
        }
        for name in OF_KIND[given["kind"]]:
            value = given.get(name)
            if name in _BLOCKS:
                draft[name] = blocks_from_text(value or "")
            elif name in _LINES:
                draft[name] = lines(value or "")
            elif name == "assigned":
                draft[name] = [person(line) for line in lines(value or "")]
            elif value:
                draft[name] = value.isoformat() if hasattr(value, "isoformat") else value
        draft["signer"] = str(given["signer"])
        draft["reviewers"] = [str(post) for post in rows.reviewers]
        draft["recipients"] = [row.to_json() for row in rows.recipients]
        return draft


def lines(text: str) -> list[str]:
    """The lines of a text that are not empty, without a numbering somebody typed."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def person(line: str) -> dict[str, str]:
    """A line such as “name; NIP; post” as the paper takes it."""
    parts = [part.strip() for part in line.split(";")]
    names = {1: ("name",), 2: ("name", "post"), 3: ("name", "nip", "post")}.get(
        len(parts), ("name", "rank", "nip", "post")
    )
    return {name: part for name, part in zip(names, parts, strict=False) if part}


def person_line(item: dict[str, str]) -> str:
    """The line from which `person` makes this again."""
    if item.get("rank"):
        order: tuple[str, ...] = ("name", "rank", "nip", "post")
    elif item.get("nip"):
        order = ("name", "nip", "post")
    else:
        order = ("name", "post") if item.get("post") else ("name",)
    return "; ".join(item.get(name, "") for name in order)


@dataclass(slots=True)
class Row:
    """A recipient in the form. `ref` is a unit's id or a government's schema."""

    kind: str
    ref: str = ""
    name: str = ""
    address: str = ""
    copy: bool = False

    def to_json(self) -> dict[str, Any]:
        item: dict[str, Any] = {"kind": self.kind, "copy": self.copy}
        if self.kind == Party.UNIT:
            item["unit"] = self.ref
        elif self.kind == Party.GOVERNMENT:
            item |= {"government": self.ref, "name": self.name}
        else:
            item |= {"name": self.name, "address": self.address}
        return item

    @property
    def typed(self) -> bool:
        return self.kind in (Party.BODY, Party.CITIZEN)

    @property
    def words(self) -> str:
        return str(Party(self.kind).label) if self.kind in Party.values else ""


@dataclass(slots=True)
class Rows:
    """Who receives the letter and who reviews it, as the form has them.

    `own_chain` is false while the usual chain stands.
    """

    recipients: list[Row] = field(default_factory=list)
    reviewers: list[uuid.UUID] = field(default_factory=list)
    own_chain: bool = False
    # Whether a button of the rows was pressed: then nothing is saved yet.
    edited: bool = False


def rows_of(data: QueryDict) -> Rows:
    """The rows that came with the form, after the button that was pressed on them."""
    lists = [
        [text.replace("\x00", "") for text in data.getlist(name)[:MOST_ROWS]]
        for name in ("to_kind", "to_ref", "to_name", "to_address")
    ]
    copies = set(data.getlist("to_copy"))
    recipients = [
        Row(kind, ref, name[:200], address[:300], str(place) in copies)
        for place, (kind, ref, name, address) in enumerate(zip(*lists, strict=False))
        if kind in Party.values
    ]
    reviewers = [found for found in map(parse_id, data.getlist("reviewer")[:20]) if found]
    rows = Rows(recipients, reviewers, data.get("chain") == "own")
    _press(rows, data)
    typed = [row for row in rows.recipients if row.ref or row.name or row.address or rows.edited]
    rows.recipients = _named(typed)
    return rows


def _press(rows: Rows, data: QueryDict) -> None:
    add, drop = data.get("add_to", ""), data.get("drop_to", "")
    if add:
        kind, _colon, ref = add.partition(":")
        if kind in Party.values and not any(row.kind == kind and row.ref == ref and ref for row in rows.recipients):
            rows.recipients.append(Row(kind, ref))
    if (place := whole(drop)) is not None and place < len(rows.recipients):
        del rows.recipients[place]
    add, drop, up = data.get("add_reviewer", ""), data.get("drop_reviewer", ""), data.get("up_reviewer", "")
    post = parse_id(add)
    if post and post not in rows.reviewers:
        rows.reviewers.append(post)
    if (place := whole(drop)) is not None and place < len(rows.reviewers):
        del rows.reviewers[place]
    if (place := whole(up)) is not None and 0 < place < len(rows.reviewers):
        rows.reviewers[place - 1], rows.reviewers[place] = rows.reviewers[place], rows.reviewers[place - 1]
    if add or drop or up:
        rows.own_chain = True
    if data.get("usual_chain"):
        rows.own_chain = False
    buttons = (
        "add_to", "drop_to", "add_reviewer", "drop_reviewer", "up_reviewer", "usual_chain", "find", "find_to",
        "find_reviewer", "change",
    )  # fmt: skip
    rows.edited = searches_only(data) or any(name in data for name in buttons)


def _named(recipients: list[Row]) -> list[Row]:
    """Called by what they refer to. At most two statements for units, and one for governments."""
    units = [unit for row in recipients if row.kind == Party.UNIT and (unit := parse_id(row.ref))]
    names = of_units(units) if units else {}
    others = dict(other_governments()) if any(row.kind == Party.GOVERNMENT for row in recipients) else {}
    for row in recipients:
        if row.kind == Party.UNIT:
            row.name = names.get(row.ref, "")
        elif row.kind == Party.GOVERNMENT:
            row.name = in_government(row.name, others[row.ref]) if row.ref and row.ref in others else ""
    return recipients


def units_like(text: str, besides: Iterable[str]) -> list[tuple[str, str]]:
    """Units and governments whose name holds the text, as (value of the button, name)."""
    words = text.split()[:6]
    if not words:
        return []
    found = houses.houses()
    for word in words:
        found = found.filter(name__icontains=word)
    units = [(f"unit:{unit.id}", unit.name) for unit in found.order_by("code")[:15]]
    others = [
        (f"government:{schema}", name)
        for schema, name in other_governments()
        if schema and all(word.lower() in name.lower() for word in words)
    ]
    return [item for item in [*units, *others] if item[0] not in set(besides)]


def initial_of(letter: Letter, draft: Draft, version: int) -> dict[str, Any]:
    """A stored draft as the form shows it."""
    start: dict[str, Any] = {
        "version": version, "kind": letter.kind, "subject": letter.subject, "classification": letter.classification,
        "security": letter.matter.security, "urgency": letter.matter.urgency, "signer": draft.signer_id,
        "post": str(letter.matter.opener_id),
    }  # fmt: skip
    for name, value in draft.fields.items():
        if name in _BLOCKS:
            start[name] = text_from_blocks(value)
        elif name in _LINES:
            start[name] = "\n".join(value)
        elif name == "assigned":
            start[name] = "\n".join(person_line(item) for item in value)
        elif name in _DAYS:
            start[name] = parse_date(value)
        else:
            start[name] = value
    return start


def rows_from(letter: Letter, draft: Draft) -> Rows:
    """The rows of a stored draft."""
    recipients = [
        Row(item.kind, str(item.unit_id or "") or item.government, item.name, item.address, item.is_copy)
        for item in letter.recipients.all()
    ]
    return Rows(_named(recipients), list(draft.reviewers), own_chain=True)


def reply_to(letter: Letter) -> tuple[dict[str, Any], Rows]:
    """What an answer to a letter begins with: its sender as recipient, and its subject."""
    start = {
        "subject": (_("Answer to: %s") % letter.subject)[:300],
        "security": letter.matter.security,
        "urgency": letter.matter.urgency,
        "classification": letter.classification,
    }
    ref = str(letter.sender_unit_id or "") if letter.sender_kind == Party.UNIT else letter.sender_government
    kind = letter.sender_kind if ref or letter.sender_kind in (Party.BODY, Party.CITIZEN) else Party.BODY.value
    return start, Rows(_named([Row(kind, ref, letter.sender_name, letter.sender_address)]))
