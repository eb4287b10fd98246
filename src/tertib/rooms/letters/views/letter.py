"""The page of a letter, and of a disposition.

The paper, who holds it until when, what can be done, what has happened.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.government.queries import occupants
from tertib.ground.errors import NotFound
from tertib.matters import procedures, queries, visibility
from tertib.matters.models import Matter
from tertib.matters.procedures import Action, words
from tertib.matters.reading import note_reading
from tertib.matters.telling import Told
from tertib.papers.models import Paper, PaperVersion
from tertib.rooms.letters import branches, says, versions
from tertib.rooms.letters.desk import KEYS
from tertib.rooms.letters.http import page, reader_of
from tertib.rooms.letters.models import Disposition, Letter
from tertib.rooms.letters.queries import root_of
from tertib.rooms.letters.views.hop import Hop, hop
from tertib.rooms.letters.views.viewer import of_version, page_wanted

# What can be done about a part that came back.
WAYS_ON = ("dispose", "take_back", "report", "close", "finish")
# Actions that have no button: done by the engine, or on a page of their own.
HIDDEN = {"receipt", "settle"}
ICONS = {
    "dispose": "git-fork", "report": "reply", "ask": "circle-question-mark", "answer": "message-circle",
    "return": "undo-2", "remind": "bell-ring",
    "recall": "undo-2", "finish": "check", "close": "check-check", "forward": "corner-up-right", "correct": "pencil",
    "remark": "message-square", "attach": "paperclip", "link": "link", "sign": "pen-line", "send_back": "undo-2",
    "arrive": "package-check",
    "initial": "check", "submit": "send", "dispatch": "send", "cancel": "x", "void": "x", "save": "pencil",
    "take_back": "reply", "comment": "message-square-text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A button: what it does and where it leads."""

    name: str
    label: str
    href: str
    icon: str
    key: str
    primary: bool


@dataclass(slots=True)
class Sheet:
    """A paper as the page shows it: its newest version, and the older ones."""

    paper: Paper
    newest: PaperVersion
    older: list[PaperVersion] = field(default_factory=list)


def show(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """The letter or disposition of this id."""
    reader = reader_of(request)
    found = read(matter, reader)
    facts = gather(found, reader, hop(request, found, reader))
    facts |= paper_facts(request, facts["sheets"])
    return page(request, "letter", facts)


def read(matter: uuid.UUID, reader: Reader) -> Matter:
    """A matter of this room that the reader may see; where it is secret, the reading is entered first."""
    found = visibility.seen(matter, reader)
    if not procedures.of(found.procedure_id).key.startswith("letters."):
        raise NotFound(_("There is no such letter, or it is not for you to see."))
    if note_reading(found.pk, found.security, reader):
        found = visibility.seen(matter, reader)
    return found


def gather(matter: Matter, reader: Reader, near: Hop | None = None) -> dict[str, Any]:
    """Everything the page says. The number of statements does not depend on how much there is."""
    root = root_of(matter)
    letter = Letter.objects.select_related("agenda", "unit", "matter").filter(pk=root).first()
    if letter is None:
        raise NotFound(_("There is no such letter, or it is not for you to see."))
    recipients = list(letter.recipients.all()) if letter.direction == "out" else []
    may = {action.name: action for action in queries.possible_actions(matter, reader) if action.name not in HIDDEN}
    waited_for = any(recipient.unconfirmed for recipient in recipients)
    steps = [
        step(matter, action, near.origin if near else "")
        for name, action in may.items()
        if name != "arrive" or waited_for
    ]
    links = queries.links(root, reader)
    events = queries.record(matter.pk, matter.procedure_id)
    sheets = papers(root, matter.pk)
    told = says.tell(events, {str(other.pk): other.title for _kind, other in links})
    _show_papers(told, sheets)
    filled = occupants([matter.holder_id]).get(matter.holder_id, []) if matter.holder_id else []
    nodes = queries.tree(root, reader)
    tree = branches.branches(root, nodes, reader) if len(nodes) > 1 else []
    parts = branches.parts_of(matter.pk, tree) if matter.closed_at is None else []
    came_back = [part for part in parts if part.came_back]
    remarks = says.remarks(events)
    first = "save" if remarks else ""
    likely = next((item for item in steps if item.name == first), next((item for item in steps if item.primary), None))
    disposition = own_disposition(matter)
    return {
        "matter": matter,
        "hop": near,
        "letter": letter,
        "disposition": disposition,
        "asked_instructions": says.instructions(disposition.instructions) if disposition else [],
        "holders": filled,
        "steps": steps,
        "remarks": remarks,
        "likely": likely,
        "quiet": [item for item in steps if item is not likely],
        "tree": tree,
        "came_back": came_back,
        "came_back_words": branches.came_back_words(len(came_back)),
        "ways_on": [item for item in steps if item.name in WAYS_ON],
        "asking_parts": [part for part in parts if part.asking],
        "asking": asking(matter, disposition, told, reader),
        "links": [(says.link_words(kind), other) for kind, other in links],
        "told": told,
        "lead": lead(letter),
        "sheets": sheets,
        "compares": len(versions.of_record(events)) > 1,
        "recipients": recipients,
        "arrivals": {item.pk: says.arrival(item.receipt) for item in recipients},
        "may_record_arrival": "arrive" in may,
        "may_answer": letter.direction == "in" and bool(reader.seats) and letter.imported_at is None,
    }


def lead(letter: Letter) -> str:
    """Under the subject: from whom, its number, its date."""
    sender = letter.sender_name if letter.direction == "in" else letter.get_kind_display()
    dated = date_format(letter.letter_date, "j F Y") if letter.letter_date else ""
    return " · ".join(str(part) for part in (sender, letter.number, dated) if part)


def _show_papers(told: list[Told], sheets: list[Sheet]) -> None:
    """Lead from an entry to the paper it names, where this page shows it."""
    here = {version.sha256: version.pk for sheet in sheets for version in [sheet.newest, *sheet.older]}
    for item in told:
        item.papers = [{**paper, "shown": here.get(paper.get("sha256", ""))} for paper in item.papers]


def own_disposition(matter: Matter) -> Disposition | None:
    """What was asked, where the matter is a disposition."""
    if not matter.ancestors:
        return None
    return Disposition.objects.select_related("giver", "recipient").filter(pk=matter.pk).first()


@dataclass(frozen=True, slots=True)
class Asking:
    """An explanation that is owed: who asked for it and what, and whether the reader is who owes it."""

    asker: str
    question: str
    of_reader: bool


def asking(matter: Matter, disposition: Disposition | None, told: list[Told], reader: Reader) -> Asking | None:
    """What is asked of whoever holds this part, where its recipient waits for an explanation."""
    if disposition is None or matter.state != branches.ASKING:
        return None
    questions = [item.quotes[0] for item in told if item.event.action == "ask" and item.quotes]
    return Asking(disposition.recipient.name, questions[-1] if questions else "", matter.holder_id in reader.posts)


def step(matter: Matter, action: Action, came_from: str = "") -> Step:
    """An action as a button, whose page leads back to where one came from."""
    if action.name == "save":
        href, label = reverse("letters:edit", args=[matter.pk]), _("Edit the draft")
    elif action.name == "comment":
        href, label = reverse("letters:text", args=[matter.pk]), words(action.label)
    else:
        href, label = reverse("letters:act", args=[matter.pk, action.name]) + came_from, words(action.label)
    return Step(
        action.name,
        label,
        href,
        ICONS.get(action.name, "chevron-right"),
        "e" if action.name == "save" else KEYS.get(action.name, ""),
        action.primary,
    )


def papers(*matters: uuid.UUID) -> list[Sheet]:
    """The papers of these matters in the order of the matters, newest version first. Two statements."""
    found = Paper.objects.filter(matter__in=set(matters)).prefetch_related("versions")
    order = {matter: place for place, matter in reversed(list(enumerate(matters)))}
    sheets = []
    for paper in sorted(found, key=lambda p: (order[p.matter_id], p.created_at, p.pk)):
        versions = sorted(paper.versions.all(), key=lambda v: -v.number)
        if versions:
            sheets.append(Sheet(paper, versions[0], versions[1:]))
    return sheets


def paper_facts(request: HttpRequest, sheets: list[Sheet]) -> dict[str, Any]:
    """Which paper and page the reader is looking at: `?berkas=<version>&hal=<n>`."""
    if not sheets:
        return {"sheet": None}
    wanted = request.GET.get("berkas", "")
    titles = {version.pk: sheet.paper.title for sheet in sheets for version in [sheet.newest, *sheet.older]}
    versions = {str(version.pk): version for sheet in sheets for version in [sheet.newest, *sheet.older]}
    version = versions.get(wanted, sheets[0].newest)
    number = page_wanted(request, version.pages)
    return {
        "sheet": version,
        "page_number": number,
        "viewer": of_version(version, titles[version.pk], number),
    }
