"""Dispatch: a signed letter appears in the agendas of this government, travels to another one, or leaves as paper.

To another government the letter goes in one transaction of the database that holds both: it is registered there and
marked as delivered here, or neither. A crash between leaves it on its way, and the job tries again; the delivery's
key refuses a second registration.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django_tenants.utils import tenant_context

from tertib.government.authority import ENGINE, Seat
from tertib.government.models import Post, Unit
from tertib.government.queries import living_posts
from tertib.ground import blobs
from tertib.ground.errors import NotFound, TertibError
from tertib.ground.ids import new_id
from tertib.ground.tenancy import here
from tertib.ground.tenancy.here import zone
from tertib.ground.tenancy.models import Government
from tertib.ground.time import now
from tertib.matters import engine
from tertib.matters.context import Act
from tertib.matters.followers import Item
from tertib.matters.models import Link
from tertib.papers import actions as papers
from tertib.papers import heads
from tertib.papers.models import Paper, PaperKind, PaperVersion
from tertib.papers.typeset import render
from tertib.rooms.letters import houses
from tertib.rooms.letters.models import OUTSIDE, Letter, Party, Recipient
from tertib.rooms.letters.receiving import Incoming, Registered, receive


def dispatch(act: Act) -> None:
    """Send a signed letter to everybody it is addressed to."""
    letter = Letter.objects.select_related("unit", "matter").get(pk=act.row.id)
    recipients = list(letter.recipients.select_related("unit"))
    versions = final_papers(letter.matter_id)
    sent = []
    for recipient in recipients:
        recipient.sent_at = act.at
        if recipient.kind == Party.UNIT and recipient.unit:
            registered = _deliver_inside(act, letter, recipient.unit, recipient, versions)
            recipient.status, recipient.delivered_at = Recipient.Status.DELIVERED, act.at
            recipient.receipt = {"agenda": registered.agenda, "matter": str(registered.done.matter)}
        else:
            recipient.status = Recipient.Status.SENT
        sent.append(
            {"id": str(recipient.id), "kind": recipient.kind, "name": recipient.name, "status": recipient.status}
        )
    Recipient.objects.bulk_update(recipients, ["status", "sent_at", "delivered_at", "receipt"])
    act.result["recipients"] = sent
    outside = [r for r in recipients if r.kind in OUTSIDE]
    if outside:
        act.result["papers"] = [papers.reference(_delivery_note(act, letter, r)) for r in outside]


def final_papers(matter: uuid.UUID) -> list[PaperVersion]:
    """What goes out: the newest version of the letter and of each attachment."""
    found = Paper.objects.filter(matter=matter, kind__in=[PaperKind.LETTER, PaperKind.ATTACHMENT])
    return [max(paper.versions.all(), key=lambda v: v.number) for paper in found.prefetch_related("versions")]


def _deliver_inside(
    act: Act, letter: Letter, unit: Unit, recipient: Recipient, versions: list[PaperVersion]
) -> Registered:
    seat = act.seat or Seat(act.post, "", letter.unit_id, "", False, 0, "engine", "", None, ())
    incoming = incoming_of(letter, recipient, Party.UNIT)
    registered = receive(incoming, unit, act.reader, seat, houses.head(unit))
    for version in versions:
        copy_paper(version, registered.done.matter, act)
    Link.objects.create(
        id=new_id(act.at), source_id=registered.done.matter, target_id=letter.matter_id, kind=Link.Kind.DELIVERED_FROM
    )
    return registered


def incoming_of(letter: Letter, recipient: Recipient, kind: str) -> Incoming:
    """The letter as its recipient registers it."""
    return Incoming(
        subject=letter.subject,
        sender_name=letter.unit.name if kind == Party.UNIT else f"{letter.unit.name} · {here.name()}",
        sender_kind=kind,
        sender_unit=letter.unit_id if kind == Party.UNIT else None,
        sender_government=here.schema() if kind == Party.GOVERNMENT else "",
        number=letter.number,
        letter_date=letter.letter_date,
        received_on=now().astimezone(zone()).date(),
        security=letter.matter.security,
        urgency=letter.matter.urgency,
        classification=letter.classification,
        kind=letter.kind,
        delivery_key=recipient.id,
        origin={"delivery": str(recipient.id)},
    )


def copy_paper(version: PaperVersion, matter: uuid.UUID, act: Act | None = None) -> None:
    """Give a matter of the same government the same bytes: only a row is new."""
    at = act.at if act else now()
    paper = Paper.objects.create(
        id=new_id(at), matter_id=matter, kind=PaperKind.SCAN, title=version.paper.title, created_at=at
    )
    PaperVersion.objects.create(
        id=new_id(at), paper=paper, number=1, sha256=version.sha256, size=version.size, media_type=version.media_type,
        pages=version.pages, name=version.name, made_at=at, made_by=act.reader.person if act else None,
    )  # fmt: skip


def _delivery_note(act: Act, letter: Letter, recipient: Recipient) -> PaperVersion:
    local = act.at.astimezone(zone())
    data: dict[str, Any] = {
        "date": local.date().isoformat(),
        "to": recipient.name,
        "items": [{"number": letter.number, "date": str(letter.letter_date), "subject": letter.subject[:300]}],
        "sender": {"name": act.reader.name, **({"post": act.seat.post_name} if act.seat else {})},
    }
    if recipient.address:
        data["address"] = recipient.address
    pdf = render("bukti_pengiriman", data, heads.letterhead(letter.unit), created=act.at)
    name = _("Delivery note, %s") % recipient.name
    return papers.add_typeset(
        letter.matter_id, PaperKind.DELIVERY_NOTE, name, pdf, f"{name}.pdf", act.at, act.reader.person, data
    )


def follow_dispatches(item: Item) -> None:
    """Follower: for each dispatch in the record, a job for every recipient in another government."""
    if not item.body or item.body.get("action") != "dispatch":
        return
    from tertib.rooms.letters.jobs import deliver

    for recipient in item.body.get("result", {}).get("recipients", []):
        if recipient["kind"] == Party.GOVERNMENT:
            deliver.defer(schema=here.schema(), recipient=recipient["id"])


def deliver(recipient_id: uuid.UUID) -> str:
    """Carry one letter to another government. Safe to call again at any time. Answers the recipient's status.

    A refusal (no such government, no post to receive it) is recorded here as an entry; anything else is raised, to be
    tried again.
    """
    with transaction.atomic():
        recipient = (
            Recipient.objects.select_for_update(of=("self",))
            .select_related("letter__unit", "letter__matter")
            .get(pk=recipient_id)
        )
        if recipient.status != Recipient.Status.SENT or recipient.kind != Party.GOVERNMENT:
            return recipient.status
        recipient.attempts += 1
        target = Government.objects.filter(schema_name=recipient.government).first()
        try:
            if target is None:
                raise NotFound(_("There is no such government here."))
            # A savepoint, so that what the other side refuses leaves nothing behind there.
            with transaction.atomic():
                receipt = _deliver_across(recipient, target)
            recipient.status, recipient.delivered_at, recipient.receipt = Recipient.Status.DELIVERED, now(), receipt
        except TertibError as error:
            recipient.status, recipient.receipt = Recipient.Status.REFUSED, {"reason": str(error)[:500]}
        recipient.save()
        told = {
            "agenda": (recipient.receipt or {}).get("agenda", ""),
            "reason": (recipient.receipt or {}).get("reason", ""),
        }
        data = {"recipient": str(recipient.id), "status": str(recipient.status), "to": recipient.name}
        data |= {name: text for name, text in told.items() if text}
        engine.act(recipient.letter_id, "receipt", ENGINE, data)
        return recipient.status


def _deliver_across(recipient: Recipient, target: Government) -> dict[str, str]:
    letter = recipient.letter
    addressee = recipient.name if recipient.name != target.name else ""
    incoming = replace(incoming_of(letter, recipient, Party.GOVERNMENT), addressee=addressee)
    source = blobs.store(here.schema())
    carried = [(version, source.get(version.sha256)) for version in final_papers(letter.matter_id)]
    with tenant_context(target):
        known = Letter.objects.filter(delivery_key=recipient.id).select_related("agenda").first()
        if known:
            return {"agenda": known.agenda.text if known.agenda else "", "matter": str(known.matter_id)}
        unit = Unit.objects.filter(parent__isnull=True).first()
        if unit is None:
            raise NotFound(_("The other government has no units yet."))
        holder = houses.head(unit)
        registered = receive(incoming, unit, ENGINE, _doorstep(unit, holder), holder)
        at = now()
        for version, data in carried:
            papers.add_upload(registered.done.matter, PaperKind.SCAN, version.paper.title, data, version.name, at, None)
        desk = Post.objects.values_list("name", flat=True).get(pk=holder)
        return {"agenda": registered.agenda, "matter": str(registered.done.matter), "desk": desk}


def _doorstep(unit: Unit, head: uuid.UUID) -> Seat:
    """The post in whose name a letter from outside is opened: the registrar of the house, or its head."""
    post = living_posts().filter(roles__role="registrar", roles__unit=unit).order_by("code").first()
    opener = post.id if post else head
    return Seat(opener, "", unit.id, unit.name, False, 0, "exchange", "", None, tuple(unit.lineage))
