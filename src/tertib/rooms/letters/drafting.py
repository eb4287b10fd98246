"""Letters we write: the draft, its review desk by desk, and the signature that gives it its number."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.government.models import Security, Unit
from tertib.government.queries import living_posts, occupants
from tertib.ground.errors import Forbidden, Invalid, Moved, Problem
from tertib.ground.ids import new_id, parse_id
from tertib.ground.tenancy.here import zone
from tertib.ground.time import now
from tertib.matters import engine, registers
from tertib.matters.context import Act, Done, Opening
from tertib.matters.models import Matter, Urgency
from tertib.papers import actions as papers
from tertib.papers import kinds
from tertib.papers.blocks import line
from tertib.papers.models import Paper, PaperKind, PaperVersion
from tertib.rooms.letters import composing, copies, houses
from tertib.rooms.letters.addressees import in_government, of_units
from tertib.rooms.letters.forms import other_governments
from tertib.rooms.letters.models import Direction, Draft, Letter, LetterKind, Party, Recipient

REGISTER_OUT = "letters.out"
# ANRI 5/2021: secrecy-number/classification/unit/month/year. A government may set its own pattern.
PATTERN_OUT = "{security}-{n:03d}/{classification}/{unit}/{roman_month}/{year}"
MAX_RECIPIENTS = 200
MAX_REVIEWERS = 10


def start(draft: dict[str, Any], by: Reader, post: uuid.UUID) -> Done:
    """Begin an outgoing letter at the desk of one of the drafter's posts.

    Raises Invalid for fields that can't be taken.
    """
    seat = by.seat(post)
    if seat is None:
        raise Forbidden(Problem(_("You do not fill this post."), where="post"))
    clean = check(draft)
    unit = _house(clean)
    at = now()
    matter = new_id(at)
    opening = Opening(
        "letters.outgoing",
        clean["subject"],
        post,
        unit.id,
        clean["security"],
        clean["urgency"],
        None,
        {"draft": clean},
        matter,
    )
    with transaction.atomic():
        done = engine.open_matter(opening, by, post, at)
        letter = Letter(matter_id=matter, direction=Direction.OUT)
        _fill(letter, clean, unit)
        letter.save(force_insert=True)
        row = Draft(matter_id=matter, version=done.version)
        _fill_draft(row, clean)
        row.save(force_insert=True)
        _set_recipients(letter, clean["recipients"])
    return done


def save_draft(act: Act) -> None:
    """Keep what the drafter has written."""
    clean = check(act.data["draft"])
    letter = Letter.objects.get(pk=act.row.id)
    _fill(letter, clean, _house(clean))
    letter.save()
    row = Draft.objects.get(pk=act.row.id)
    _fill_draft(row, clean)
    row.version = act.row.version + 1
    row.save()
    copies.outdate(act.row.id)
    _set_recipients(letter, clean["recipients"])
    act.title, act.security, act.urgency = clean["subject"], clean["security"], clean["urgency"]
    act.data = {"draft": clean}


def _house(clean: dict[str, Any]) -> Unit:
    """Whose letter it is: the house of whoever signs. Its head is on the paper, its register gives the number."""
    return houses.house_of(Unit.objects.get(posts=uuid.UUID(clean["signer"])))


def _fill(letter: Letter, clean: dict[str, Any], unit: Unit) -> None:
    letter.unit, letter.sender_unit, letter.sender_name = unit, unit, unit.name
    letter.kind, letter.subject = clean["kind"], clean["subject"]
    letter.classification = clean["classification"]


def _fill_draft(row: Draft, clean: dict[str, Any]) -> None:
    row.fields = {name: clean[name] for name in composing.AS_TYPED if clean.get(name)}
    if clean["signer"]:
        row.signer_id = uuid.UUID(clean["signer"])
    row.reviewers = [uuid.UUID(post) for post in clean["reviewers"]]
    row.reviewed = 0


def preview(draft: dict[str, Any], at: uuid.UUID) -> bytes:
    """The paper of a draft that is not stored, as far as it is written, as PDF. Until it is known who signs, it bears
    the head of the house of the unit `at`. Raises Invalid for fields that can't be taken.
    """
    clean = check(draft, as_far=True)
    letter = Letter(direction=Direction.OUT)
    _fill(letter, clean, _house(clean) if clean["signer"] else houses.house_of(Unit.objects.get(pk=at)))
    letter.matter = Matter(security=clean["security"])
    row = Draft()
    _fill_draft(row, clean)
    return composing.unfinished_pdf(letter, row, now(), _recipients_of(letter, clean["recipients"]))


def _set_recipients(letter: Letter, recipients: list[dict[str, Any]]) -> None:
    letter.recipients.all().delete()
    Recipient.objects.bulk_create(_recipients_of(letter, recipients))


def _recipients_of(letter: Letter, recipients: list[dict[str, Any]]) -> list[Recipient]:
    return [
        Recipient(
            letter=letter,
            kind=item["kind"],
            unit_id=uuid.UUID(item["unit"]) if item.get("unit") else None,
            government=item.get("government", ""),
            name=item["name"],
            address=item.get("address", ""),
            is_copy=item.get("copy", False),
        )
        for item in recipients
    ]


def check(draft: dict[str, Any], *, as_far: bool = False) -> dict[str, Any]:
    """A draft with every field in its place and every reference existing. Raises Invalid with all problems; with
    `as_far`, what is still to be written is none.
    """
    problems: list[Problem] = []
    clean: dict[str, Any] = {}

    def text(name: str, most: int, *, needed: bool = False) -> str:
        value = line(str(draft.get(name) or ""))
        if needed and not value:
            problems.append(Problem(_("This field is needed."), where=name))
        if len(value) > most:
            problems.append(Problem(_("The text is too long; %s characters at most.") % most, where=name))
        return value[:most]

    def step(name: str, kinds: Any) -> int:
        value = str(draft.get(name) or 0)
        if value not in map(str, kinds.values):
            problems.append(Problem(_("Choose one of the values offered."), where=name))
            return 0
        return int(value)

    clean |= {
        "kind": text("kind", 20) or LetterKind.SURAT_DINAS.value,
        "subject": text("subject", 300, needed=not as_far),
        "classification": text("classification", 20),
        "security": step("security", Security),
        "urgency": step("urgency", Urgency),
    }
    if clean["kind"] not in LetterKind.values:
        problems.append(Problem(_("Choose one of the values offered."), where="kind"))
    else:
        clean |= _as_typed(clean["kind"], draft, problems)
    if clean["classification"] and not re.fullmatch(
        r"\d{3}(\.\d{1,3})*|[A-Z]{2,3}(\.\d{1,3})*", clean["classification"]
    ):
        mend = _("Write it like 000.8.3.3.")
        problems.append(Problem(_("This is no classification code."), where="classification", mend=mend))
    clean["signer"], clean["reviewers"] = _desks(draft, problems, needed=not as_far)
    clean["recipients"] = _recipients(draft, problems, named=not as_far)
    if problems:
        raise Invalid(*problems)
    return clean


def _as_typed(kind: str, draft: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The fields that go into the paper as they are, those of the kind alone."""
    known = _printed(kind)
    try:
        return kinds.check_part(kind, {name: draft[name] for name in known if draft.get(name)})
    except Invalid as error:
        places = error.facts.get("fields", [])
        for place, problem in zip(places, error.problems, strict=True):
            problems.append(Problem(problem.what, where=place, mend=problem.mend))
        return {}


def _printed(kind: str) -> list[str]:
    """Which of the fields that are printed as they are a kind of paper has."""
    return [name for name in composing.AS_TYPED if name in kinds.fields(kind)["properties"]]


def _list(draft: dict[str, Any], name: str) -> list[Any]:
    """A list of the draft; something else, which only a program can send, is one thing that is not usable."""
    given = draft.get(name) or []
    return given if isinstance(given, list) else [given]


def _desks(draft: dict[str, Any], problems: list[Problem], *, needed: bool) -> tuple[str, list[str]]:
    signer = parse_id(str(draft.get("signer") or ""))
    wanted = [parse_id(str(post)) for post in _list(draft, "reviewers") if post]
    reviewers = list(dict.fromkeys(post for post in wanted if post))
    if None in wanted or len(wanted) > MAX_REVIEWERS:
        problems.append(Problem(_("The chain of review is not usable."), where="reviewers"))
    posts = {post.id: post for post in living_posts().filter(pk__in=[p for p in [signer, *reviewers] if p])}
    filled = occupants(list(posts))
    if not needed and not draft.get("signer"):
        signer = None
    elif signer is None or signer not in posts:
        problems.append(Problem(_("Choose who signs."), where="signer"))
    elif not posts[signer].is_head:
        mend = _("Choose the head of a unit, or whoever acts for them.")
        problems.append(
            Problem(_("“%s” heads no unit and signs no letters.") % posts[signer], where="signer", mend=mend)
        )
    for post in reviewers:
        if post not in posts:
            problems.append(Problem(_("One of the reviewers no longer exists."), where="reviewers"))
    for found in posts.values():
        if found.id not in filled:
            mend = _("Choose somebody else, or have somebody appointed to act.")
            where = "signer" if found.id == signer else "reviewers"
            problems.append(Problem(_("Nobody fills the post “%s” today.") % found, where=where, mend=mend))
    return str(signer or ""), [str(post) for post in reviewers if post != signer]


def _recipients(draft: dict[str, Any], problems: list[Problem], *, named: bool) -> list[dict[str, Any]]:
    given = [item if isinstance(item, dict) else {} for item in _list(draft, "recipients")]
    if len(given) > MAX_RECIPIENTS:
        problems.append(Problem(_("At most %d recipients.") % MAX_RECIPIENTS, where="recipients"))
        return []
    wanted = [unit for item in given if (unit := parse_id(str(item.get("unit") or "")))]
    units = of_units(houses.houses().filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else {}
    governments = {schema: name for schema, name in other_governments() if schema}
    found: list[dict[str, Any]] = []
    for item in given:
        kind = str(item.get("kind", ""))
        entry: dict[str, Any] = {"kind": kind, "copy": bool(item.get("copy"))}
        if kind == Party.UNIT and str(item.get("unit")) in units:
            entry |= {"unit": str(item["unit"]), "name": units[str(item["unit"])]}
        elif kind == Party.GOVERNMENT and str(item.get("government")) in governments:
            name = in_government(line(str(item.get("name") or "")), governments[item["government"]])
            entry |= {"government": item["government"], "name": name}
        elif kind in (Party.BODY, Party.CITIZEN) and line(str(item.get("name") or "")):
            entry |= {"name": line(str(item["name"]))[:200], "address": line(str(item.get("address") or ""))[:300]}
        elif kind in (Party.BODY, Party.CITIZEN) and not named:
            continue
        else:
            mend = _("Choose a unit or a government, or write a name.")
            problems.append(Problem(_("A recipient is not usable."), where="recipients", mend=mend))
            continue
        if entry not in found:
            found.append(entry)
    return found


def is_complete(act: Act) -> Problem | None:
    """A letter goes to review only when it could be sent: it has recipients and typesets without fault."""
    letter, draft = _both(act)
    if letter.kind != LetterKind.SURAT_PERINTAH and not letter.recipients.filter(is_copy=False).exists():
        return Problem(_("The letter has no recipient."), where="recipients", mend=_("Add one before you submit it."))
    composing.draft_pdf(letter, draft, act.at)
    return None


def _both(act: Act) -> tuple[Letter, Draft]:
    letter = Letter.objects.select_related("unit", "matter").get(pk=act.row.id)
    letter.matter.security = act.row.security
    return letter, Draft.objects.select_related("signer").get(pk=act.row.id)


def next_reviewer(act: Act) -> None:
    """To the next desk of the chain; after the last, to whoever signs. The paper of this round is kept."""
    letter, draft = _both(act)
    if act.action.name == "submit":
        _keep(act, composing.draft_pdf(letter, draft, act.at), letter, draft)
    if draft.reviewed < len(draft.reviewers):
        act.target, act.holder = "review", draft.reviewers[draft.reviewed]
    else:
        act.target, act.holder = "signing", draft.signer_id


def put_initials(act: Act) -> None:
    """The reviewer's paraf: one desk further."""
    draft = Draft.objects.get(pk=act.row.id)
    draft.reviewed += 1
    draft.save(update_fields=["reviewed"])


def restart_review(act: Act) -> None:
    """Sent back: the chain begins anew with the next version."""
    Draft.objects.filter(pk=act.row.id).update(reviewed=0)


def as_shown(act: Act) -> None:
    """What is reviewed or signed is the paper that was shown. The entry names it by its hash.

    Raises Moved where there is a newer one than the page showed.
    """
    newest = (
        PaperVersion.objects.filter(paper__matter=act.row.id, paper__kind=PaperKind.LETTER)
        .order_by("-number")
        .values_list("sha256", flat=True)
        .first()
    )
    shown = act.data.get("shown") or newest
    act.data = {name: value for name, value in act.data.items() if name != "shown"}
    if newest and shown != newest:
        mend = _("Read the newest version, then decide.")
        raise Moved(Problem(_("This is not the version any more that you were shown."), mend=mend))
    if newest:
        act.result["acted_on"] = newest


def sign(act: Act) -> None:
    """The signing official approves: only now the letter gets its number and its date."""
    letter, draft = _both(act)
    if act.seat is None:
        raise Forbidden(_("Only a person signs."))
    local = act.at.astimezone(zone())
    fields = {
        "security": act.row.security,
        "classification": letter.classification,
        "unit": letter.unit.letter_code or letter.unit.code,
    }
    number = registers.give(letter.unit_id, REGISTER_OUT, letter.matter_id, local, fields, PATTERN_OUT)
    signed = {"signer": composing.signer(draft.signer, act.reader.person, act.seat.capacity), "signature": {}}
    signed["signature"] = {"moment": local.strftime("%d-%m-%Y %H.%M")}
    pdf = composing.final_pdf(letter, draft, number.text, local.date(), signed, act.at)
    draft.number, draft.signed_at = number, act.at
    draft.save(update_fields=["number", "signed_at"])
    letter.number, letter.letter_date, letter.agenda = number.text, local.date(), number
    letter.save(update_fields=["number", "letter_date", "agenda"])
    copies.clear(act.row.id)
    act.result["number"] = {"id": str(number.id), "text": number.text, "n": number.n, "year": number.year}
    _keep(act, pdf, letter, draft)
    act.holder = _dispatcher(letter) or act.row.opener


def _dispatcher(letter: Letter) -> uuid.UUID | None:
    """The registrar's post of the house, which sends what is signed."""
    found = (
        living_posts()
        .filter(roles__role="registrar", roles__unit=letter.unit_id)
        .order_by("code")
        .values_list("id", flat=True)
    )
    posts = list(found)
    filled = occupants(posts)
    return next((post for post in posts if post in filled), None)


def _keep(act: Act, pdf: bytes, letter: Letter, draft: Draft) -> None:
    """Keep a version of the letter's paper; the entry names it by its hash."""
    source = {"kind": letter.kind, "fields": draft.fields}
    name = f"{letter.subject[:80]}.pdf"
    paper = Paper.objects.filter(matter=act.row.id, kind=PaperKind.LETTER).first()
    if paper is None:
        version = papers.add_typeset(
            act.row.id, PaperKind.LETTER, letter.subject, pdf, name, act.at, act.reader.person, source
        )
    else:
        version = papers.add_version(paper, pdf, name, act.at, act.reader.person, source)
    act.result["papers"] = [papers.reference(version)]


def cancel(act: Act) -> None:
    """Given up. A number that was given stays given, with the reason; it is never used again."""
    draft = Draft.objects.get(pk=act.row.id)
    copies.clear(act.row.id)
    if draft.number_id:
        number = registers.cancel(draft.number_id, act.data["reason"], act.at)
        act.result["cancelled"] = number.text
