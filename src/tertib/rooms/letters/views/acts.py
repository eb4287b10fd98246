"""One page for each action.

The paper stays visible, the form is the procedure's, and nothing that was typed is lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import select_template
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tertib.government import passwords
from tertib.government.authority import Reader
from tertib.government.models import Person
from tertib.ground.errors import Forbidden, Moved, NotFound, Problem, TertibError
from tertib.ground.ids import parse_id
from tertib.ground.tenancy.here import zone
from tertib.ground.time import now
from tertib.matters import engine, procedures, queries
from tertib.matters.models import Matter
from tertib.matters.procedures import Action, words
from tertib.matters.visibility import may_see, visible
from tertib.papers.models import PaperKind
from tertib.rooms.letters import branches, copies, remarks, says, uploads
from tertib.rooms.letters import queries as letters
from tertib.rooms.letters.act_forms import ActForm, due_as, form_for, ids_of, initial
from tertib.rooms.letters.dispositions import follows
from tertib.rooms.letters.http import (
    at_version,
    complain,
    page,
    reader_of,
    searches_only,
    typed,
    unjudged,
    with_value,
    working_seat,
)
from tertib.rooms.letters.models import Draft, Letter
from tertib.rooms.letters.pickers import picker
from tertib.rooms.letters.views.hop import origin
from tertib.rooms.letters.views.letter import Sheet, own_disposition, paper_facts, papers, read

# Actions with a page of their own.
ELSEWHERE = {"save": "letters:edit", "comment": "letters:text", "settle": "letters:text"}


def act(request: HttpRequest, matter: uuid.UUID, action: str) -> HttpResponse:
    """The page of an action, and what is sent with it."""
    reader = reader_of(request)
    found = read(matter, reader)
    step = procedures.of(found.procedure_id).actions.get(action)
    if step is None or "system" in step.by:
        raise NotFound(_("There is no such action."))
    if action in ELSEWHERE:
        return redirect(ELSEWHERE[action], matter)
    letter = Letter.objects.select_related("unit", "matter", "agenda").get(pk=letters.root_of(found))
    if request.method != "POST":
        must_be_possible(found, step, reader)
        form = form_for(step)(
            initial=initial(step, found.version, letter)
            | asked_for(request, step)
            | due_with(found, step)
            | as_read(found, step)
        )
        form.about(letter)
        return _show(request, found, letter, step, form, uploads.Uploads(), 200)
    form = form_for(step)(request.POST)
    form.about(letter)
    right = form.is_valid()
    try:
        # Before anything is kept or told: the page is only for whoever may act.
        must_be_possible(found, step, reader, form.cleaned_data.get("version"))
    except Moved as error:
        kept = uploads.of_tokens(request.POST.getlist("kept"), reader) if form.files_wanted else uploads.Uploads()
        unjudged(form)
        return _moved(request, found, letter, step, form, kept, error)
    files = uploads.of_request(request, reader) if form.files_wanted else uploads.Uploads()
    if searches_only(request.POST):
        unjudged(form)
        return _show(request, found, letter, step, form, files, 200)
    if not right or files.problems:
        return _show(request, found, letter, step, form, files, 422)
    return _do(request, found, letter, step, form, files)


def asked_for(request: HttpRequest, step: Action) -> dict[str, str]:
    """What a link to the page of an action has chosen already: the recipient whose paper arrived."""
    wanted = parse_id(request.GET.get("penerima", ""))
    return {"recipient": str(wanted)} if wanted and step.name == "arrive" else {}


def due_with(matter: Matter, step: Action) -> dict[str, str]:
    """A part of what is due already is wanted by then; three days, the usual choice, may be later."""
    return {"due_how": ""} if step.name == "dispose" and follows(matter.due_at, now()) else {}


def as_read(matter: Matter, step: Action) -> dict[str, str]:
    """The paper that is decided on; and whoever sends a draft back after remarks at its paragraphs points there."""
    if not says_shown(step):
        return {}
    start = {"shown": newest_of(papers(matter.pk))}
    if step.name == "send_back":
        written = Draft.objects.values_list("version", flat=True).get(pk=matter.pk)
        noted = remarks.of_record(queries.record(matter.pk, matter.procedure_id, written))
        count = sum(1 for remark in noted if remark.settled_at is None)
        if count:
            said = ngettext("See the %d remark at its paragraph.", "See the %d remarks at their paragraphs.", count)
            start["remarks"] = said % count
    return start


def says_shown(step: Action) -> bool:
    """Whether an action is about what a paper says, so that the paper shown is named with it."""
    return "shown" in (step.form or {}).get("properties", {})


def newest_of(sheets: list[Sheet]) -> str:
    """The hash of the newest version of the letter's own paper; empty where there is none."""
    return next((sheet.newest.sha256 for sheet in sheets if sheet.paper.kind == PaperKind.LETTER), "")


def possible(matter: Matter, step: Action, reader: Reader) -> bool:
    """Whether the action is this reader's, now."""
    return any(found.name == step.name for found in queries.possible_actions(matter, reader))


def must_be_possible(matter: Matter, step: Action, reader: Reader, version: int | None = None) -> None:
    """Raises Moved where the matter is in another state by now, or not the reader's any more since the version they
    saw; Forbidden where the action is not this reader's.
    """
    if possible(matter, step, reader):
        return
    engine.check_moment(queries.as_row(matter), procedures.of(matter.procedure_id), step, version)
    what = _("“%s” is not yours to do here.") % words(step.label)
    mend = _("It can be done by whoever holds the matter or is named in its procedure.")
    raise Forbidden(Problem(what, mend=mend))


def _do(
    request: HttpRequest, matter: Matter, letter: Letter, step: Action, form: ActForm, files: uploads.Uploads
) -> HttpResponse:
    reader = reader_of(request)
    try:
        if step.confirm:
            passwords.confirm(cast(Person, request.user), form.cleaned_data.get("password", ""))
        with transaction.atomic():
            data = form.data_for_engine()
            if says_shown(step) and form.cleaned_data["shown"]:
                data["shown"] = form.cleaned_data["shown"]
            if files.files:
                data["papers"] = uploads.add_papers(matter.pk, paper_kind(letter, matter, step), files.files, reader)
            done = engine.act(
                matter.pk,
                step.name,
                reader,
                data,
                expected_version=form.cleaned_data["version"],
                confirmed=step.confirm,
            )
    except Moved as error:
        return _moved(request, matter, letter, step, form, files, error)
    except Forbidden:
        raise
    except TertibError as error:
        if error.status not in (422, 404, 429):
            raise
        complain(form, error)
        return _show(request, matter, letter, step, form, files, error.status if error.status == 429 else 422)
    messages.success(request, gone_words(done.children, reader) if step.name == "dispose" else done_words(step))
    # Whoever corrects its secrecy may have put it beyond their own clearance.
    if step.name == "correct" and not may_see(matter.pk, reader):
        return redirect("letters:incoming")
    return redirect(f"{reverse('letters:letter', args=[matter.pk])}{origin(request.GET)}")


def paper_kind(letter: Letter, matter: Matter, step: Action) -> str:
    """What an attached file is: the scan, where a letter that came in has none; otherwise a report or an attachment."""
    if step.name == "report":
        return PaperKind.REPORT
    if step.name == "arrive":
        return PaperKind.RECEIPT
    if letter.direction == "in" and matter.pk == letter.pk and not letter.matter.papers.exists():
        return PaperKind.SCAN
    return PaperKind.ATTACHMENT


def done_words(step: Action) -> str:
    """What is said after an action."""
    return f"{says.done(step.name)}." if says.done(step.name) else _("Done: %s.") % words(step.label)


def gone_words(parts: Sequence[uuid.UUID], reader: Reader) -> str:
    """What is said after a disposition: with whom its parts lie, and by when they are wanted. One statement."""
    made = visible(Matter.objects.filter(pk__in=parts), reader).select_related("holder").order_by("pk")
    names = [part.holder.name for part in made if part.holder]
    if not names:
        return _("Disposed.")
    who, more = names[0], len(names) - 1
    if more:
        who = ngettext("%(who)s and %(more)d other", "%(who)s and %(more)d others", more) % {"who": who, "more": more}
    days = {day_words(part.due_at) for part in made if part.due_at}
    if len(days) == 1:
        return _("Disposed to %(who)s, due %(day)s.") % {"who": who, "day": days.pop()}
    return _("Disposed to %(who)s.") % {"who": who}


def day_words(due: datetime) -> str:
    """The day on which something is wanted, as it is said after a disposition."""
    return date_format(due.astimezone(zone()), "l, j F Y")


def _moved(
    request: HttpRequest,
    matter: Matter,
    letter: Letter,
    step: Action,
    form: ActForm,
    files: uploads.Uploads,
    error: Moved,
) -> HttpResponse:
    """Tell what has happened meanwhile and let the actor decide anew, with everything they typed."""
    fresh = read(matter.pk, reader_of(request))
    version = form.cleaned_data.get("version")
    seen = fresh.version if version is None else version
    at_version(form, fresh.version)
    if says_shown(step):
        with_value(form, "shown", newest_of(papers(matter.pk)))
    meanwhile = error.facts.get("meanwhile") or queries.happened_since(matter.pk, seen)
    still = possible(fresh, step, reader_of(request))
    more = {
        "moved": error.problems[0],
        "meanwhile": [{**item, "at": parse_datetime(item["at"])} for item in meanwhile],
        "over": not still,
    }
    return _show(request, fresh, letter, step, form, files, 409, more)


def _show(
    request: HttpRequest,
    matter: Matter,
    letter: Letter,
    step: Action,
    form: ActForm,
    files: uploads.Uploads,
    status: int,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    sheets = papers(letter.pk, matter.pk)
    disposition = own_disposition(matter)
    facts: dict[str, Any] = {
        "matter": matter,
        "letter": letter,
        "disposition": disposition,
        "asked_instructions": says.instructions(disposition.instructions) if disposition else [],
        "action": step,
        "label": words(step.label),
        "origin": origin(request.GET),
        "form": form,
        "files": files.files,
        "problems": files.said(),
        "takes_files": form.files_wanted,
        "sheets": sheets,
        **paper_facts(request, sheets),
        **_choices(request, matter, letter, step, form),
        "ends": ends(matter, letter, step, reader_of(request)),
        **(more or {}),
    }
    if facts.get("wanted_at") and "due_how" in form.fields:
        due_as(form, _("As your part is due") if disposition else _("As the letter is due"))
    name = select_template([f"letters/acts/{step.name}.html", "letters/acts/form.html"]).template.name
    return page(request, str(name).removeprefix("letters/").removesuffix(".html"), facts, status)


def ends(matter: Matter, letter: Letter, step: Action, reader: Reader) -> list[branches.Branch]:
    """Whose parts end with an action that withdraws what lies below: with a recall also the part itself."""
    if not step.withdraws_children:
        return []
    nodes = queries.tree(letter.pk, reader)
    own = [branches.Branch(node) for node in nodes if node.id == matter.pk and step.name == "recall"]
    return own + branches.open_below(matter.pk, nodes)


def _choices(request: HttpRequest, matter: Matter, letter: Letter, step: Action, form: ActForm) -> dict[str, Any]:
    """What there is to choose from on the pages that need it."""
    reader = reader_of(request)
    look = (request.POST.get("look") or request.GET.get("look") or "")[:100].replace("\x00", "")
    if step.name == "link":
        chosen = ids_of(typed(form).getlist("target"))
        found = letters.linkable(reader, look, matter.pk)
        return {"look": look, "found": found, "chosen": {str(key) for key in chosen}}
    if step.name == "submit":
        # What is submitted is the last version, and somebody may have typed on. Who, is told to whoever may submit it.
        return {"typed_on": copies.of_draft(matter.pk, reader).goes_on} if possible(matter, step, reader) else {}
    if step.name == "dispatch":
        return {"recipients": list(letter.recipients.all())}
    if step.name not in ("dispose", "forward"):
        return {}
    name = "recipients" if step.name == "dispose" else "post"
    seat = working_seat(reader, matter.holder_id) or working_seat(reader)
    besides = {matter.holder_id} if matter.holder_id else set()
    near = letters.suggested(seat, besides) if seat else []
    picked = ids_of(typed(form).getlist(name))
    return {
        "wanted_at": matter.due_at if follows(matter.due_at, now()) else None,
        **picker(name, near, picked, look, reader, searched=searches_only(request.POST), besides=besides),
    }
