"""Scans that are dropped on a page: kept at once, then the registration of the first one opens beside its paper."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tertib.government.authority import Reader
from tertib.ground import blobs
from tertib.ground.errors import Forbidden, Problem, TertibError
from tertib.ground.tenancy import here
from tertib.papers import pages
from tertib.rooms.letters import houses, uploads, waiting
from tertib.rooms.letters.forms import RegisterForm
from tertib.rooms.letters.http import page, reader_of
from tertib.rooms.letters.offers import Offer, offers
from tertib.rooms.letters.proposals import proposals
from tertib.rooms.letters.views.viewer import of_staged, page_wanted


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep the files that came; each waits to be registered as a letter of its own, unless they are of the `same`
    letter as those beside the form.

    Answers the registration page its scan, where that page asks (`pane`), also where it was loaded anew and has those
    that stood beside it before (`again`); else sends to the registration page.
    """
    reader = reader_of(request)
    must_register(reader)
    fresh = uploads.new_ones(request, reader)
    beside = bool(request.POST.get("pane"))
    shown = uploads.of_tokens(request.POST.getlist("kept"), reader) if beside else uploads.Uploads()
    if again := bool(request.POST.get("again")):
        waiting.back(request, reader, [file.sha256 for file in shown.files])
    if request.POST.get("same") and shown.files:
        known = {file.sha256 for file in shown.files}
        shown.files += [file for file in fresh.files if file.sha256 not in known]
    else:
        waiting.add(request, reader, fresh.files, fresh=not beside)
    if beside:
        if not shown.files:
            shown = uploads.Uploads(waiting.waiting(request, reader).files[:1])
        shown.problems += fresh.problems
        form = RegisterForm(houses=houses.registering(reader), units=houses.houses())
        facts = {**pane(request, reader, shown, offered(form, shown)), "pane_alone": True, "again": again}
        return page(request, "parts/scan", {**facts, "left": waiting.aside(request, reader)})
    for problem in fresh.said():
        messages.error(request, f"{problem.what} {problem.mend}".strip())
    if not fresh.files and not fresh.problems:
        messages.error(request, _("No file came. Choose a PDF, or drop one on the page."))
    if request.POST.get("script"):
        # A script that followed a redirection would open the page unseen, and use up what is said there once.
        return HttpResponse(status=201, headers={"Location": reverse("letters:register")})
    return redirect("letters:register")


def must_register(reader: Reader) -> None:
    """Raises Forbidden for who registers letters of no house."""
    if "registrar" not in reader.roles:
        mend = _("Ask the administrator for the role of registrar.")
        raise Forbidden(Problem(_("Only a registrar registers letters."), mend=mend))


def pane(request: HttpRequest, reader: Reader, files: uploads.Uploads, said: Mapping[str, Offer]) -> dict[str, Any]:
    """What `parts/scan.html` shows: the first file to look at, what its text proposes, and what waits behind."""
    first = files.files[0] if files.files else None
    queue = waiting.waiting(request, reader)
    here_too = {file.sha256 for file in files.files}
    return {
        "files": files.files,
        "problems": files.said(),
        "viewer": of_staged(first, page_wanted(request, first.pages)) if first else None,
        "offers": json.dumps({name: {"said": offer.said, "fill": offer.fill} for name, offer in said.items()}),
        "queue": queue if queue.several and any(file.sha256 in here_too for file in queue.files) else None,
        "behind": len([file for file in queue.files if file.sha256 not in here_too]),
    }


def offered(form: RegisterForm, files: uploads.Uploads) -> dict[str, Offer]:
    """What the text of the first page proposes for this form; nothing for a scan without text, or where it can't be
    read now.
    """
    if not files.files:
        return {}
    file = files.files[0]
    try:
        text = pages.page_text(blobs.store(here.schema()).get(file.sha256), file.media_type, 1)
    except TertibError:
        return {}
    return offers(proposals(text), form.houses, form.units.values(), form.governments())
