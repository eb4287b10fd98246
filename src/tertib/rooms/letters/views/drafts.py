"""Writing a letter: the form, its rows, the preview of the paper."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tertib.government.authority import Reader
from tertib.ground.errors import Forbidden, Invalid, Moved, NotFound, Problem, TertibError
from tertib.ground.ids import parse_id
from tertib.ground.pace import Busy, OneAtATime
from tertib.ground.tenancy import here
from tertib.matters import engine, procedures, queries
from tertib.matters.models import Link, Matter
from tertib.papers import kinds, pages
from tertib.rooms.letters import copies, drafting, remarks, says, versions
from tertib.rooms.letters import queries as letters
from tertib.rooms.letters.draft_forms import (
    LOOKS,
    OF_KIND,
    DraftForm,
    Rows,
    initial_of,
    reply_to,
    rows_from,
    rows_of,
    units_like,
)
from tertib.rooms.letters.forms import CLASSIFICATIONS
from tertib.rooms.letters.http import at_version, complain, page, reader_of, unjudged, working_seat
from tertib.rooms.letters.models import Direction, Draft, Letter, LetterKind
from tertib.rooms.letters.pickers import picker
from tertib.rooms.letters.views.acts import must_be_possible
from tertib.rooms.letters.views.copies import as_sent, pen_words, seen_copy, window_of
from tertib.rooms.letters.views.letter import paper_facts, papers, read

PREVIEW_PAGES = 5
PREVIEW_WIDTH = 960

_PREVIEWS = OneAtATime(
    what=gettext_lazy("Your preview before this one is still being made."), mend=gettext_lazy("Try again in a moment.")
)


def new(request: HttpRequest) -> HttpResponse:
    """A new letter; `?balas=<letter>` answers one."""
    reader = reader_of(request)
    if not reader.seats:
        raise Forbidden(Problem(_("You fill no post, so you can write no letter."), mend=_("Ask the administrator.")))
    if request.method != "POST":
        answered = _answered(request, reader)
        start, rows = reply_to(answered) if answered else ({}, Rows())
        if going_on := _unbegun(request, reader):
            return going_on
        kind = request.GET.get("jenis", "")
        start |= {
            "kind": kind if kind in LetterKind.values else LetterKind.SURAT_DINAS,
            "post": str(reader.seats[0].post),
        }
        more = {"answered": answered, "unbegun": copies.unbegun(reader)}
        return _show(request, DraftForm(initial=start, reader=reader), rows, 200, more)
    form, rows = DraftForm(request.POST, reader=reader), rows_of(request.POST)
    try:
        answered = _answered(request, reader)
    except NotFound:
        # It was for them to see when they began to write; sent again, the letter answers nothing.
        unjudged(form)
        return _show(request, form, rows, 200 if rows.edited else 409, {"answers_hidden": True, **_seen(request)})
    more = {"answered": answered, **_seen(request)}
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
            copies.begun(reader, seen_copy(request)[0])
            if answered:
                data = {"target": str(answered.pk), "kind": Link.Kind.REPLY_TO.value}
                engine.act(done.matter, "link", reader, data)
            if request.POST.get("then") == "submit":
                engine.act(done.matter, "submit", reader, {})
    except Invalid as error:
        complain(form, error)
        return _show(request, form, rows, 422, more)
    return _done(request, done.matter, 1)


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
    events = queries.record(found.pk, found.procedure_id) if found.version > 1 else []
    known = versions.of_record(events)
    # What is not begun anew has one version, and no need to read the record.
    number = len(known) or 1
    more: dict[str, Any] = {
        "matter": found,
        "letter": letter,
        "number": number,
        **_versions(request, found, known),
        "sent_back": says.remarks(events),
        "noted": [item for item in remarks.of_record(events) if item.settled_at is None],
        "compares": number > 1,
    }
    if request.method != "POST":
        must_be_possible(found, step, reader)
        return _show(request, *_begin(found, letter, draft, reader, more), 200, more)
    more |= _seen(request)
    form, rows = DraftForm(request.POST, reader=reader), rows_of(request.POST)
    try:
        must_be_possible(found, step, reader)
    except Moved as error:
        unjudged(form)
        return _moved(request, found, form, rows, error, more)
    if "settle" in request.POST:
        return _settle(request, found, form, rows, more)
    if rows.edited:
        unjudged(form)
        return _show(request, form, rows, 200, more)
    if not form.is_valid():
        return _show(request, form, rows, 422, more)
    _usual_chain(form, rows, reader)
    try:
        _save(request, found, form.cleaned_data["version"] or 0, form.draft(rows))
    except Moved as error:
        return _moved(request, found, form, rows, error, more)
    except Invalid as error:
        complain(form, error)
        return _show(request, form, rows, 422, more)
    return _done(request, matter, number + 1)


def _begin(
    matter: Matter, letter: Letter, draft: Draft, reader: Reader, more: dict[str, Any]
) -> tuple[DraftForm, Rows]:
    """The form with the text that goes on, or with the last version. Who writes and what was set aside is told."""
    kept = copies.of_draft(matter.pk, reader)
    goes_on, more["aside"], more["hidden"] = kept.goes_on, kept.aside, kept.hidden
    pen = copies.pen_of(matter.pk)
    # Whether it is another window of the same person, only the window knows.
    if pen and pen.person_id != reader.person:
        more["pen_words"] = pen_words(pen, reader)
    if goes_on is None:
        return DraftForm(initial=initial_of(letter, draft, matter.version), reader=reader), rows_from(letter, draft)
    more |= {"goes_on": goes_on, "copy": str(goes_on.pk), "revision": goes_on.revision}
    data = as_sent(goes_on.typed, version=str(matter.version), post=str(letter.matter.opener_id))
    form = DraftForm(data, reader=reader)
    unjudged(form)
    return form, rows_of(data)


def _save(request: HttpRequest, matter: Matter, version: int, draft: dict[str, Any]) -> None:
    """Make a version of what was typed, and submit it if that was asked."""
    reader = reader_of(request)
    copy, revision, _based_on = seen_copy(request)
    with transaction.atomic():
        window = window_of(request, reader, matter)
        copies.become_version(matter.pk, window, copy, revision, over="over" in request.POST)
        engine.act(matter.pk, "save", reader, {"draft": draft}, expected_version=version)
        if request.POST.get("then") == "submit":
            engine.act(matter.pk, "submit", reader, {})


def _moved(
    request: HttpRequest, matter: Matter, form: DraftForm, rows: Rows, error: Moved, more: dict[str, Any]
) -> HttpResponse:
    """Tell what has happened meanwhile, or who holds the pen; everything that was typed stays."""
    reader = reader_of(request)
    fresh = read(matter.pk, reader)
    over = not any(item.name == "save" for item in queries.possible_actions(fresh, reader))
    version = form.cleaned_data.get("version") or 0
    at_version(form, fresh.version)
    # Who writes is told only to whoever may write.
    held = None if over else copies.held_elsewhere(matter.pk, window_of(request, reader, matter))
    meanwhile = error.facts.get("meanwhile") or queries.happened_since(matter.pk, version)
    more |= {
        "moved": error.problems[0],
        "held": held,
        "meanwhile": [{**item, "at": parse_datetime(item["at"])} for item in meanwhile],
        "over": over,
    }
    return _show(request, form, rows, 409, more)


def _settle(request: HttpRequest, matter: Matter, form: DraftForm, rows: Rows, more: dict[str, Any]) -> HttpResponse:
    """A remark is answered in the middle of writing: an entry of its own, and everything typed stays."""
    n = request.POST["settle"]
    text = request.POST.get(f"answer_{n}", "").replace("\x00", "").strip()[:2000]
    data = {"remark": int(n) if n.isdecimal() and len(n) < 9 else 0, **({"text": text} if text else {})}
    engine.act(matter.pk, "settle", reader_of(request), data)
    more["noted"] = [item for item in more["noted"] if str(item.n) != n]
    version = request.POST.get("version", "")
    unjudged(form)
    if version == str(matter.version):
        at_version(form, matter.version + 1)
    messages.success(request, _("The remark is answered."))
    return _show(request, form, rows, 200, more)


def _seen(request: HttpRequest) -> dict[str, Any]:
    """Which copy the page has shown, to be sent again."""
    copy, revision, _based_on = seen_copy(request)
    return {"copy": str(copy) if copy else "", "revision": revision, "dirty": True}


def _unbegun(request: HttpRequest, reader: Reader) -> HttpResponse | None:
    """A letter somebody began to type: `?salinan=<id>` goes on with it."""
    wanted = parse_id(request.GET.get("salinan", ""))
    found = next((item for item in copies.unbegun(reader) if item.pk == wanted), None) if wanted else None
    if found is None:
        return None
    data = as_sent(found.typed)
    form = DraftForm(data, reader=reader)
    unjudged(form)
    answered = parse_id("".join(found.typed.get("balas", [])))
    more: dict[str, Any] = {}
    try:
        more["answered"] = _letter(answered, reader) if answered else None
    except NotFound:
        more["answers_hidden"] = True
    more |= {"copy": str(found.pk), "revision": found.revision, "goes_on": found}
    return _show(request, form, rows_of(data), 200, more)


def preview(request: HttpRequest) -> HttpResponse:
    """The paper as it would look: pictures of its first pages, nothing is stored. One at a time for each person."""
    reader = reader_of(request)
    # Another process of the web may make one too; what is kept within this one needs no statement.
    try:
        with _PREVIEWS.hold((here.schema(), reader.person)):
            return _preview(request, reader)
    except Busy:
        if "later" in request.POST:
            # The page's script asks again by itself.
            return HttpResponse(status=204)
        raise


def _preview(request: HttpRequest, reader: Reader) -> HttpResponse:
    form, rows = DraftForm(request.POST, reader=reader), rows_of(request.POST)
    pictures: list[str] = []
    # Who has only begun to write has done nothing wrong: what is not filled in yet is marked on the paper.
    problems = [
        {"field": name, "block": "", "said": f"{form[name].label}: {said}" if name in form.fields else str(said)}
        for name, errors in form.errors.as_data().items()
        for error in errors
        if error.code != "required"
        for said in error.messages
    ]
    total = 0
    seat = working_seat(reader, parse_id(str(form["post"].value() or ""))) or working_seat(reader)
    if seat and not problems and _written(form.draft_as_far(rows)):
        _usual_chain(form, rows, reader)
        try:
            pdf = drafting.preview(form.draft_as_far(rows), seat.unit)
            total = pages.page_count(pdf, pages.PDF)
            for number in range(1, min(total, PREVIEW_PAGES) + 1):
                picture, kind = pages.page_image(pdf, pages.PDF, number, PREVIEW_WIDTH)
                pictures.append(f"data:{kind};base64,{base64.b64encode(picture).decode()}")
        except TertibError as error:
            if error.status not in (404, 422):
                raise
            problems = _at_blocks(form, error)
    asked_by_page = request.headers.get("HX-Request") == "true"
    template = "parts/preview" if asked_by_page else "preview"
    to_write = [] if pictures or problems else _to_write(form)
    more = max(total - PREVIEW_PAGES, 0)
    facts = {"pictures": pictures, "problems": problems, "to_write": to_write, "more": more}
    return page(request, template, facts, 422 if problems and not asked_by_page else 200)


def _written(draft: dict[str, Any]) -> bool:
    """Whether anything is there that would stand on the paper. The heading of an order always is."""
    return any(draft.get(name) for name in ("subject", "recipients", *OF_KIND[draft["kind"]]) if name != "heading")


def _to_write(form: DraftForm) -> list[str]:
    """What a paper of this kind can't be without, in the words of the form."""
    own = [name for name in kinds.fields(form.chosen_kind())["required"] if name in form.fields]
    to = [] if form.chosen_kind() == LetterKind.SURAT_PERINTAH else [_("To")]
    return [*to, *(str(form[name].label) for name in dict.fromkeys(["subject", *own]))]


def _at_blocks(form: DraftForm, error: TertibError) -> list[dict[str, str]]:
    """Why the paper can't be made, each with the field and the block it is about: `body.2.text` is the third one."""
    places = error.facts.get("fields") or [str(problem.where) for problem in error.problems]
    found = []
    for place, problem in zip(places, error.problems, strict=False):
        name, block = [*str(place).split("."), ""][:2]
        label = form.fields[name].label if name in form.fields else problem.where
        said = f"{problem.what} {problem.mend}".strip()
        found.append({"field": name, "block": block, "said": f"{label}: {said}" if label else said})
    return found


def _answered(request: HttpRequest, reader: Reader) -> Letter | None:
    # A page that was sent says by itself what it answers, and its address may know of a letter it answers no more.
    given = request.POST if request.method == "POST" else request.GET
    wanted = parse_id(given.get("balas", ""))
    return _letter(wanted, reader) if wanted else None


def _letter(wanted: uuid.UUID, reader: Reader) -> Letter | None:
    """The letter that is answered by way of one of its matters. Raises NotFound where the reader sees none."""
    found = read(wanted, reader)
    return Letter.objects.select_related("matter").filter(pk=letters.root_of(found)).first()


def _usual_chain(form: DraftForm, rows: Rows, reader: Reader) -> None:
    """Without a choice of one's own: the superiors between the drafter and who signs."""
    signer = parse_id(str(form["signer"].value() or ""))
    seat = working_seat(reader, parse_id(str(form["post"].value() or ""))) or working_seat(reader)
    if not rows.own_chain and signer and seat:
        rows.reviewers = letters.chain_to(seat, signer)


def _done(request: HttpRequest, matter: uuid.UUID, number: int) -> HttpResponse:
    if request.POST.get("then") == "submit":
        messages.success(request, _("The draft is saved and submitted."))
        return redirect("letters:letter", matter)
    messages.success(request, _("The draft is saved as version %d.") % number)
    return redirect("letters:edit", matter)


def _versions(request: HttpRequest, matter: Matter, known: list[versions.Version]) -> dict[str, Any]:
    """The papers of what was submitted. A version that was saved since is not shown by an older one's paper, unless
    that is asked for.
    """
    sheets = papers(matter.pk)
    facts = {"sheets": sheets, **paper_facts(request, sheets)}
    if known and not known[-1].came_to and "berkas" not in request.GET:
        facts["sheet"] = None
    return facts


def _says() -> dict[str, str]:
    """What the page's script says."""
    return {
        "paragraph": _("Paragraph"),
        "points": _("Points"),
        "bold": _("Bold"),
        "heading": _("Heading"),
        "table": _("Table"),
        "row": _("Add a row"),
        "column": _("Add a column"),
        "drop_row": _("Remove the row"),
        "drop_column": _("Remove the column"),
        "deeper": _("One level deeper"),
        "higher": _("One level higher"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "tools": _("Form of the text"),
        "keys": _("Enter begins a paragraph. “1. ” and “a. ” begin points, Tab makes them deeper. Ctrl+B is bold."),
        "ready": _("What you type is saved by itself."),
        "saving": _("Saving …"),
        "typing": _("Not saved yet"),
        "offline": _("Not saved: the server can't be reached. Your text is kept in this browser; trying again."),
        "signed_out": _("Not saved: you are signed out. Your text is kept in this browser. Sign in in another window."),
        "unsaved": _("There is text of %s in this browser that was not saved."),
        "restore": _("Restore it"),
        "discard": _("Discard it"),
        "take": _("Take the pen"),
        "here": _("Go on here"),
        "elsewhere": _("This draft is being written in another window."),
        "free": _("The pen is free again."),
        "add": _("Added. The list has %s now."),
        "drop": _("Removed. The list has %s now."),
        "up": _("Moved. The list has %s."),
        "usual": _("The usual chain. The list has %s."),
        "reload": _("Load the newest text"),
    }


def _show(request: HttpRequest, form: DraftForm, rows: Rows, status: int, more: dict[str, Any]) -> HttpResponse:
    reader = reader_of(request)
    _usual_chain(form, rows, reader)
    signer = parse_id(str(form["signer"].value() or ""))
    seat = working_seat(reader, parse_id(str(form["post"].value() or ""))) or working_seat(reader)
    given = request.POST
    look, look_to, look_reviewer = (given.get(name, "")[:100].replace("\x00", "") for name in LOOKS)
    # What was found and taken is not looked for any more.
    look_to = "" if given.get("add_to") else look_to
    look_reviewer = "" if given.get("add_reviewer") else look_reviewer
    above = letters.posts_of(letters.chain_to_top(seat)) if seat else []
    taken = {f"{row.kind}:{row.ref}" for row in rows.recipients}
    facts: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "reviewers": letters.posts_of(rows.reviewers),
        **picker("signer", above, [signer] if signer else [], look, reader),
        "units_found": units_like(look_to, taken),
        "look_to": look_to,
        "reviewers_found": letters.posts_like(look_reviewer, set(rows.reviewers), reader),
        "look_reviewer": look_reviewer,
        "classifications": CLASSIFICATIONS,
        "says": _says(),
        **more,
    }
    return page(request, "draft", facts, status)
