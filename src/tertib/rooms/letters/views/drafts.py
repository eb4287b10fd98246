"""Writing a letter: the form, its rows, the preview of the paper."""

from __future__ import annotations

import base64
import threading
import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.ground.errors import Forbidden, Invalid, Moved, NotFound, Problem, TertibError, Unavailable
from tertib.ground.ids import parse_id
from tertib.matters import engine, procedures, queries
from tertib.matters.models import Link, Matter
from tertib.papers import pages
from tertib.rooms.letters import drafting, says
from tertib.rooms.letters import queries as letters
from tertib.rooms.letters.draft_forms import DraftForm, Rows, initial_of, reply_to, rows_from, rows_of, units_like
from tertib.rooms.letters.forms import CLASSIFICATIONS
from tertib.rooms.letters.http import at_version, complain, page, reader_of, unjudged, working_seat
from tertib.rooms.letters.models import Direction, Draft, Letter, LetterKind
from tertib.rooms.letters.views.acts import must_be_possible
from tertib.rooms.letters.views.letter import paper_facts, papers, read

PREVIEW_PAGES = 5
PREVIEW_WIDTH = 960

_lock = threading.Lock()
_previewing: set[tuple[str, Any]] = set()


def new(request: HttpRequest) -> HttpResponse:
    """A new letter; `?balas=<letter>` answers one."""
    reader = reader_of(request)
    if not reader.seats:
        raise Forbidden(Problem(_("You fill no post, so you can write no letter."), mend=_("Ask the administrator.")))
    answered = _answered(request, reader)
    if request.method != "POST":
        start, rows = reply_to(answered) if answered else ({}, Rows())
        kind = request.GET.get("jenis", "")
        start |= {
            "kind": kind if kind in LetterKind.values else LetterKind.SURAT_DINAS,
            "post": str(reader.seats[0].post),
        }
        return _show(request, DraftForm(initial=start, reader=reader), rows, 200, {"answered": answered})
    form, rows = DraftForm(request.POST, reader=reader), rows_of(request.POST)
    more: dict[str, Any] = {"answered": answered}
    if rows.edited:
        unjudged(form)
        return _show(request, form, rows, 200, more)
    if not form.is_valid():
        return _show(request, form, rows, 422, more)
    seat = working_seat(reader, parse_id(form.cleaned_data["post"] or str(reader.seats[0].post)))
    if seat is None:
        raise Forbidden(Problem(_("You do not fill this post."), where="post"))
    _usual_chain(form, rows, reader)
    try:
        with transaction.atomic():
            done = drafting.start(form.draft(rows), reader, seat.post)
            if answered:
                data = {"target": str(answered.pk), "kind": Link.Kind.REPLY_TO.value}
                engine.act(done.matter, "link", reader, data)
            if request.POST.get("then") == "submit":
                engine.act(done.matter, "submit", reader, {})
    except Invalid as error:
        complain(form, error)
        return _show(request, form, rows, 422, more)
    return _done(request, done.matter)


def edit(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """A draft that is there already."""
    reader = reader_of(request)
    found = read(matter, reader)
    step = procedures.of(found.procedure_id).actions.get("save")
    letter = Letter.objects.select_related("unit", "matter").filter(pk=matter, direction=Direction.OUT).first()
    if step is None or letter is None:
        raise NotFound(_("There is no such draft."))
    # A letter of an old agenda book never was a draft here.
    draft = Draft.objects.select_related("signer").filter(pk=matter).first()
    if draft is None:
        raise NotFound(_("There is no such draft."))
    more: dict[str, Any] = {"matter": found, "letter": letter, **_versions(request, found), "remarks": _remarks(found)}
    if request.method != "POST":
        must_be_possible(found, step, reader)
        form = DraftForm(initial=initial_of(letter, draft, found.version), reader=reader)
        return _show(request, form, rows_from(letter, draft), 200, more)
    form, rows = DraftForm(request.POST, reader=reader), rows_of(request.POST)
    if rows.edited:
        unjudged(form)
        return _show(request, form, rows, 200, more)
    if not form.is_valid():
        return _show(request, form, rows, 422, more)
    _usual_chain(form, rows, reader)
    try:
        with transaction.atomic():
            version = form.cleaned_data["version"] or 0
            engine.act(matter, "save", reader, {"draft": form.draft(rows)}, expected_version=version)
            if request.POST.get("then") == "submit":
                engine.act(matter, "submit", reader, {})
    except Moved as error:
        fresh = read(matter, reader)
        at_version(form, fresh.version)
        meanwhile = error.facts.get("meanwhile") or queries.happened_since(matter, version)
        more |= {
            "moved": error.problems[0],
            "meanwhile": [{**item, "at": parse_datetime(item["at"])} for item in meanwhile],
            "over": not any(item.name == "save" for item in queries.possible_actions(fresh, reader)),
        }
        return _show(request, form, rows, 409, more)
    except Invalid as error:
        complain(form, error)
        return _show(request, form, rows, 422, more)
    return _done(request, matter)


def preview(request: HttpRequest) -> HttpResponse:
    """The paper as it would look: pictures of its first pages, nothing is stored. One at a time for each person."""
    reader = reader_of(request)
    # Another process of the web may make one too; what is kept within this one needs no statement.
    whose = (request.get_host(), request.user.pk)
    with _lock:
        if whose in _previewing:
            what = _("Your preview before this one is still being made.")
            raise Unavailable(Problem(what, mend=_("Try again in a moment.")))
        _previewing.add(whose)
    try:
        return _preview(request, reader)
    finally:
        with _lock:
            _previewing.discard(whose)


def _preview(request: HttpRequest, reader: Reader) -> HttpResponse:
    form, rows = DraftForm(request.POST or None, reader=reader), rows_of(request.POST)
    pictures: list[str] = []
    problems: list[str] = []
    total = 0
    if form.is_valid():
        _usual_chain(form, rows, reader)
        try:
            pdf = drafting.preview(form.draft(rows))
            total = pages.page_count(pdf, pages.PDF)
            for number in range(1, min(total, PREVIEW_PAGES) + 1):
                picture, kind = pages.page_image(pdf, pages.PDF, number, PREVIEW_WIDTH)
                pictures.append(f"data:{kind};base64,{base64.b64encode(picture).decode()}")
        except TertibError as error:
            if error.status not in (404, 422):
                raise
            complain(form, error)
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        problems += [f"{label}: {said}" if label else str(said) for said in errors]
    asked_by_page = request.headers.get("HX-Request") == "true"
    template = "parts/preview" if asked_by_page else "preview"
    facts = {"pictures": pictures, "problems": problems, "more": max(total - PREVIEW_PAGES, 0)}
    return page(request, template, facts, 422 if problems and not asked_by_page else 200)


def _answered(request: HttpRequest, reader: Reader) -> Letter | None:
    wanted = parse_id(request.POST.get("balas") or request.GET.get("balas") or "")
    if wanted is None:
        return None
    found = read(wanted, reader)
    return Letter.objects.select_related("matter").filter(pk=letters.root_of(found)).first()


def _usual_chain(form: DraftForm, rows: Rows, reader: Reader) -> None:
    """Without a choice of one's own: the superiors between the drafter and who signs."""
    signer = parse_id(str(form["signer"].value() or ""))
    seat = working_seat(reader, parse_id(str(form["post"].value() or ""))) or working_seat(reader)
    if not rows.own_chain and signer and seat:
        rows.reviewers = letters.chain_to(seat, signer)


def _done(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    if request.POST.get("then") == "submit":
        messages.success(request, _("The draft is saved and submitted."))
        return redirect("letters:letter", matter)
    messages.success(request, _("The draft is saved."))
    return redirect("letters:edit", matter)


def _versions(request: HttpRequest, matter: Matter) -> dict[str, Any]:
    sheets = papers(matter.pk)
    return {"sheets": sheets, **paper_facts(request, sheets)}


def _remarks(matter: Matter) -> str:
    """What the last reviewer who sent it back had to say, while the draft lies with its drafter again."""
    return "" if matter.version == 1 else says.remarks(queries.record(matter.pk, matter.procedure_id))


def _show(request: HttpRequest, form: DraftForm, rows: Rows, status: int, more: dict[str, Any]) -> HttpResponse:
    reader = reader_of(request)
    _usual_chain(form, rows, reader)
    signer = parse_id(str(form["signer"].value() or ""))
    seat = working_seat(reader, parse_id(str(form["post"].value() or ""))) or working_seat(reader)
    given = request.POST
    look, look_to, look_reviewer = (
        given.get(name, "")[:100].replace("\x00", "") for name in ("look", "look_to", "look_reviewer")
    )
    # What was found and taken is not looked for any more.
    look_to = "" if given.get("add_to") else look_to
    look_reviewer = "" if given.get("add_reviewer") else look_reviewer
    above = letters.posts_of(letters.chain_to_top(seat)) if seat else []
    for choice in above:
        choice.chosen = choice.id == signer
    known = {choice.id for choice in above}
    taken = {f"{row.kind}:{row.ref}" for row in rows.recipients}
    facts: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "reviewers": letters.posts_of(rows.reviewers),
        "name": "signer",
        "type": "radio",
        "suggested": above,
        "chosen": letters.posts_of([signer]) if signer and signer not in known else [],
        "found": letters.posts_like(look, known | ({signer} if signer else set()), reader),
        "look": look,
        "units_found": units_like(look_to, taken),
        "look_to": look_to,
        "reviewers_found": letters.posts_like(look_reviewer, set(rows.reviewers), reader),
        "look_reviewer": look_reviewer,
        "classifications": CLASSIFICATIONS,
        **more,
    }
    return page(request, "draft", facts, status)
