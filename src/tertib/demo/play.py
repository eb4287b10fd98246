"""Plays the letters of the current weeks: each step at its own time, by whoever fills the post, as any other act."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tertib.demo import publishing
from tertib.demo.scans import paragraphs, scan
from tertib.demo.stage import Stage
from tertib.demo.story import Letter, Link, Party, Step, sender_number, story
from tertib.government.authority import Reader
from tertib.government.models import Security
from tertib.ground.errors import TertibError
from tertib.matters import engine
from tertib.matters.models import Matter, Urgency
from tertib.papers import actions as papers
from tertib.papers.models import PaperKind
from tertib.rooms.letters import drafting, houses, receiving, sending
from tertib.rooms.letters.models import Letter as LetterRow
from tertib.rooms.letters.models import Recipient
from tertib.rooms.letters.receiving import Incoming

Progress = Callable[[str, int, int], None]
# Steps of the story that only differ from the procedure's action by name.
_SAME = {"submit": "submit", "approve": "initial", "sign": "sign", "dispatch": "dispatch"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at a moment on a stage."""

    at: datetime
    stage: Stage
    letter: Letter
    step: Step | None


def play(stages: dict[str, Stage], progress: Progress) -> int:
    """Play the stories of all stages, interleaved by time. Answers how many events there were.

    Raises the action's error, with letter and step, where the story asks for what can't be done, and ValueError where
    a link could not be made.
    """
    events = sorted(_events(stages.values()), key=lambda event: event.at)
    published: dict[str, int] = {}
    pending: dict[tuple[str, str], list[Link]] = {}
    for count, event in enumerate(events):
        progress("", count, len(events))
        stage, letter = event.stage, event.letter
        name = stage.government.schema_name
        published[name] = publishing.due(stage, event.at, published.get(name, 0))
        waiting = pending.setdefault((name, letter.key), list(letter.links))
        try:
            if event.step is None:
                begin(stages, stage, letter, event.at)
            _link(event, waiting)
            if event.step is not None:
                take(event)
        except (TertibError, KeyError) as error:
            done = event.step.do if event.step else "begin"
            error.add_note(f"{stage.government.schema_name}: {letter.key}, {done} at {event.at}")
            raise
    progress("", len(events), len(events))
    if left := [f"{schema}: {key} and {link.key}" for (schema, key), links in pending.items() for link in links]:
        raise ValueError(f"nobody who acted on these letters could tie them: {', '.join(left)}")
    return len(events)


def _events(stages: Iterable[Stage]) -> Iterable[Event]:
    for stage in stages:
        for letter in story(stage.government.schema_name).live:
            yield Event(stage.days.moment(letter.at), stage, letter, None)
            for step in letter.steps:
                yield Event(stage.days.moment(step.at), stage, letter, step)


def begin(stages: dict[str, Stage], stage: Stage, letter: Letter, at: datetime) -> None:
    """Register, draft or receive a letter, so that its steps can follow."""
    if letter.kind == "arrival":
        stage.letters[letter.key] = _arrive(stages, stage, letter, at)
        return
    with stage.at(at):
        make = _register if letter.kind == "incoming" else _draft
        stage.letters[letter.key] = make(stage, letter, at)


def _register(stage: Stage, letter: Letter, at: datetime) -> uuid.UUID:
    unit, by = stage.units[letter.unit], stage.reader(letter.actor)
    dated = stage.days.on(letter.letter_date)
    number = sender_number(letter, dated)
    sender = letter.parties[0]
    inside = stage.units[sender.unit] if sender.kind == "unit" else None
    incoming = Incoming(
        subject=letter.subject,
        sender_name=inside.name if inside else sender.name,
        sender_kind=sender.kind,
        sender_unit=inside.id if inside else None,
        sender_address=sender.address,
        number=number,
        letter_date=dated,
        received_on=at.astimezone(stage.days.zone).date(),
        security=int(Security[letter.security.upper()]),
        urgency=int(Urgency[letter.urgency.upper()]),
        classification=letter.classification,
        summary=letter.text.strip(),
    )
    matter = receiving.register(incoming, unit, by).done.matter
    pdf = scan(letter, number, dated, unit, at)
    version = papers.add_upload(matter, PaperKind.SCAN, letter.subject, pdf, f"{letter.key}.pdf", at, by.person)
    engine.act(matter, "attach", by, {"papers": [papers.reference(version)]})
    return matter


def _draft(stage: Stage, letter: Letter, at: datetime) -> uuid.UUID:
    by = stage.reader(letter.actor)
    # What a reviewer asks for is written when it is asked for.
    revised = any(step.do == "revise" for step in letter.steps)
    return drafting.start(draft(stage, letter, at, all_of_it=not revised), by, stage.posts[letter.actor].id).matter


def draft(stage: Stage, letter: Letter, at: datetime, *, all_of_it: bool) -> dict[str, Any]:
    """The fields of an outgoing letter, with or without its last paragraph."""
    body = paragraphs(letter.text)
    if not all_of_it and len(body) > 1:
        body.pop()
    fields: dict[str, Any] = {
        "kind": letter.template,
        "subject": letter.subject,
        "classification": letter.classification,
        "security": int(Security[letter.security.upper()]),
        "urgency": int(Urgency[letter.urgency.upper()]),
        "signer": str(stage.posts[letter.signer].id),
        "reviewers": [str(stage.posts[code].id) for code in letter.reviewers],
        "recipients": [
            *(_recipient(stage, party) for party in letter.parties),
            *(_recipient(stage, party) | {"copy": True} for party in letter.copies),
        ],
        "body": body,
    }
    if letter.template == "undangan":
        fields |= {
            "event_date": stage.days.on(min(letter.at.days + 4, -1)).isoformat(),
            "time": "09.00 WIB sampai selesai",
            "venue": f"Ruang rapat {stage.units[letter.unit].name}",
            "agenda": letter.subject,
        }
    if letter.template == "surat_perintah":
        del fields["body"]
        fields |= {
            "heading": "SURAT PERINTAH",
            "grounds": ["Hasil rapat koordinasi pimpinan (contoh)."],
            "assigned": [{"name": stage.units[party.unit].name} for party in letter.parties],
            "tasks": [block["text"] for block in body],
        }
    return fields


def _recipient(stage: Stage, party: Party) -> dict[str, Any]:
    if party.kind == "unit":
        return {"kind": "unit", "unit": str(stage.units[party.unit].id)}
    return {"kind": party.kind, "government": party.government, "name": party.name, "address": party.address}


def _arrive(stages: dict[str, Stage], stage: Stage, letter: Letter, at: datetime) -> uuid.UUID:
    """The letter `of` as it came here: dispatched inside, or carried over by the exchange at this moment."""
    schema, _, key = letter.of.partition(":")
    source = stages[schema]
    unit = stage.units[letter.unit]
    with source.at(at):
        recipients = Recipient.objects.filter(letter=source.letters[key])
        if source is stage:
            delivery = recipients.get(unit=unit).id
        else:
            delivery = recipients.get(government=stage.government.schema_name).id
            sending.deliver(delivery)
    with stage.at(at):
        row = LetterRow.objects.select_related("matter", "unit").get(delivery_key=delivery)
        if row.unit_id != unit.id:
            # The exchange delivers at the front door of a government; from there it is passed on.
            desk = next(code for code, post in stage.posts.items() if post.id == row.matter.holder_id)
            to = {"post": str(houses.head(unit)), "note": "Untuk ditindaklanjuti."}
            engine.act(row.matter_id, "forward", stage.reader(desk), to)
        return row.matter_id


def _link(event: Event, waiting: list[Link]) -> None:
    """Tie the letter to others as soon as somebody acts who may see them: not every drafter may."""
    stage, letter = event.stage, event.letter
    for link in list(waiting):
        with stage.at(event.at), suppress(TertibError):
            by = stage.reader(event.step.by if event.step else letter.actor)
            target = {"target": str(stage.letters[link.key]), "kind": link.kind}
            engine.act(stage.letters[letter.key], "link", by, target)
            waiting.remove(link)


def take(event: Event) -> None:
    """Take a step."""
    if event.step is None:
        raise ValueError("this event begins a letter")
    with event.stage.at(event.at):
        _step(event.stage, event.letter, event.step)


def _step(stage: Stage, letter: Letter, step: Step) -> None:
    by = stage.reader(step.by)
    matter = stage.children[letter.key, step.child] if step.child else stage.letters[letter.key]
    if step.do in _SAME:
        engine.act(matter, _SAME[step.do], by, confirmed=step.do == "sign")
    elif step.do == "dispose":
        _dispose(stage, letter, step, matter, by)
    elif step.do == "comment":
        engine.act(matter, "comment", by, {"part": "body.1", "text": step.text})
    elif step.do == "revise":
        whole = draft(stage, letter, stage.days.moment(letter.at), all_of_it=True)
        engine.act(matter, "save", by, {"draft": whole})
        engine.act(matter, "remark", by, {"text": step.text})
    elif step.do == "close":
        _close(matter, by, step.text)
    else:
        action, name = _TOLD[step.do]
        engine.act(matter, action, by, {name: step.text})


# Steps that carry a text: the action, and what its form calls the text.
_TOLD = {
    "report": ("report", "text"),
    "return": ("return", "reason"),
    "ask": ("ask", "question"),
    "answer": ("answer", "text"),
    "remind": ("remind", "note"),
    "send_back": ("send_back", "remarks"),
    "cancel_number": ("cancel", "reason"),
}


def _dispose(stage: Stage, letter: Letter, step: Step, matter: uuid.UUID, by: Reader) -> None:
    recipients = [stage.posts[code].id for code in step.to]
    data: dict[str, Any] = {"recipients": [str(post) for post in recipients]}
    if step.instructions:
        data["instructions"] = list(step.instructions)
    if step.note:
        data["note"] = step.note
    if step.due is not None:
        data["due"] = stage.days.on(step.due).isoformat()
        if Matter.objects.filter(pk=matter, parent=None).exists():
            data["also_letter"] = True
    done = engine.act(matter, "dispose", by, data)
    for code, child in zip(step.to, done.children, strict=True):
        stage.children[letter.key, code] = child


def _close(matter: uuid.UUID, by: Reader, text: str) -> None:
    state = Matter.objects.values_list("state", "parent").get(pk=matter)
    if state[1]:
        engine.act(matter, "take_back", by, {"text": text, "reason": text})
    elif state[0] == "received":
        engine.act(matter, "finish", by, {"note": text})
    else:
        engine.act(matter, "close", by, {"reason": text})
