"""From a draft's fields to the data of its paper, and to the PDF."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import override

from tertib.government.fields import decrypt
from tertib.government.models import Appointment, Person, Post, Security
from tertib.government.queries import occupants
from tertib.papers.heads import letterhead, place
from tertib.papers.typeset import render
from tertib.rooms.letters.models import Draft, Letter, Recipient

# Fields of a draft that go into the paper as they are.
AS_TYPED = (
    "attachments", "to_place", "body", "event_date", "event_end", "time", "venue", "agenda", "closing", "heading",
    "considering",
    "grounds", "assigned", "tasks",
)  # fmt: skip


def paper_data(
    letter: Letter,
    draft: Draft,
    signed: dict[str, Any] | None = None,
    unsaved: Sequence[Recipient] | None = None,
) -> dict[str, Any]:
    """What the paper says. `signed` holds number, date and signature, which a draft has not got; `unsaved` are the
    recipients of a letter that is not stored yet.
    """
    given = draft.fields
    recipients = list(letter.recipients.all()) if unsaved is None else list(unsaved)
    data: dict[str, Any] = {
        "subject": letter.subject,
        "place": place(letter.unit),
        "to": [r.name for r in recipients if not r.is_copy],
        "copies": [r.name for r in recipients if r.is_copy],
        "nature": nature(letter.matter.security),
        **({"signer": signer(draft.signer)} if draft.signer_id else {}),
        **{name: given[name] for name in AS_TYPED if given.get(name)},
        **(signed or {}),
    }
    if letter.kind == "nota_dinas":
        data |= {"from": draft.signer.name} if draft.signer_id else {}
        data.pop("place")
    if letter.kind == "surat_perintah":
        for name in ("to", "nature"):
            data.pop(name, None)
        data["heading"] = given.get("heading") or "SURAT PERINTAH"
    if letter.kind != "undangan":
        for name in ("event_date", "event_end", "time", "venue", "agenda", "closing"):
            data.pop(name, None)
    if letter.kind == "surat_perintah":
        data.pop("body", None)
        data.pop("attachments", None)
        data.pop("to_place", None)
    else:
        for name in ("heading", "considering", "grounds", "assigned", "tasks"):
            data.pop(name, None)
    if letter.kind == "nota_dinas":
        data.pop("to_place", None)
    return data


def nature(security: int) -> str:
    """The line "sifat" of a letter. Papers are in Indonesian whatever the reader's language."""
    with override("id"):
        return str(Security(security).label)


def signer(post: Post, person: uuid.UUID | None = None, capacity: str = "") -> dict[str, Any]:
    """The signature block: the post and whoever fills it. A deputy or acting official signs with their own name."""
    holders = occupants([post.id]).get(post.id, [])
    who = Person.objects.filter(pk=person).first() if person else None
    if who is None and holders:
        row = Appointment.objects.filter(post=post, person__name=holders[0][0]).select_related("person").first()
        who = row.person if row else None
        capacity = holders[0][1]
    block: dict[str, Any] = {"post": post.name, "name": who.name if who else "…"}
    if capacity in ("plt", "plh", "deputy"):
        block["capacity"] = "Plt." if capacity == "plt" else "Plh."
    if who and who.nip_cipher:
        block["nip"] = decrypt(who.nip_cipher)
    return block


def draft_pdf(letter: Letter, draft: Draft, at: datetime, unsaved: Sequence[Recipient] | None = None) -> bytes:
    """The paper as it stands, marked as a draft."""
    data = paper_data(letter, draft, unsaved=unsaved)
    return render(letter.kind, data, letterhead(letter.unit), draft=True, created=at)


def unfinished_pdf(letter: Letter, draft: Draft, at: datetime, unsaved: Sequence[Recipient]) -> bytes:
    """The paper as far as it is written, with a mark where something is still to come."""
    data = paper_data(letter, draft, unsaved=unsaved)
    return render(letter.kind, data, letterhead(letter.unit), draft=True, unfinished=True, created=at)


def final_pdf(letter: Letter, draft: Draft, number: str, day: date, signed: dict[str, Any], at: datetime) -> bytes:
    """The paper that is signed: with number and date."""
    data = paper_data(letter, draft, {"number": number, "date": day.isoformat(), **signed})
    return render(letter.kind, data, letterhead(letter.unit), created=at)
