"""Errors as answers: what happened, where, how to mend it, and a way back."""

from __future__ import annotations

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tertib.ground.errors import Broken, Forbidden, NotFound, Problem, TertibError, Unavailable
from tertib.ground.ids import new_id
from tertib.ground.logs import logger
from tertib.web.answers import is_htmx, wants_json

log = logger(__name__)


def _title(error: TertibError, status: int) -> str:
    return {
        400: _("This request can't be read"),
        403: _("This is not yours to do"),
        404: _("There is nothing here"),
        409: _("This has moved on meanwhile"),
        413: _("This is too much at once"),
        422: _("This can't be taken as it is"),
        429: _("Too many attempts"),
        503: _("Not available just now"),
    }.get(status, _("Something went wrong here"))


def answer(request: HttpRequest, error: TertibError, status: int = 0) -> HttpResponse:
    """The error as JSON, as a fragment for htmx, or as a page, with its status."""
    status = status or error.status
    if isinstance(error, Broken):
        log.error("broken", path=request.path, problems=len(error.problems))
    if wants_json(request):
        return JsonResponse(error.to_json(), status=status)
    facts: dict[str, Any] = {"title": _title(error, status), "problems": error.problems, "status": status}
    facts["meanwhile"] = [{**item, "at": parse_datetime(item["at"])} for item in error.facts.get("meanwhile", ())]
    # The way back keeps what was typed: the browser's own history where there is script, else the page one came from.
    facts["back"] = request.path if status == 409 and request.method == "GET" else _came_from(request)
    if is_htmx(request):
        said = render_to_string("problems.html", facts, request)
        return HttpResponse(said, status=status, headers={"HX-Retarget": "#problems", "HX-Reswap": "innerHTML"})
    return render(request, "error.html", facts, status=status)


def _came_from(request: HttpRequest) -> str:
    given = request.headers.get("Referer", "")
    start = f"{request.scheme}://{request.get_host()}/"
    return given if given.startswith(start) and given != request.build_absolute_uri() else "/"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An address that leads nowhere."""
    mend = _("Check the address, or begin at your desk.")
    return answer(request, NotFound(Problem(_("No page has this address, or it is not for you to see."), mend=mend)))


public_not_found = not_found


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's refusal."""
    return answer(
        request, Forbidden(Problem(_("You may not open this."), mend=_("Ask the administrator of your office.")))
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that Django can't read: too large, too many fields, a broken form."""
    what = _("The request could not be read: it is too large, was cut off, or is not well formed.")
    return answer(request, TertibError(Problem(what, mend=_("Go back and send it again."))), 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old, or came from elsewhere."""
    what = _("This form was open too long, or was sent from another site. Nothing has been changed.")
    mend = _("Go back, load the page again and send it once more. Cookies must be allowed.")
    return answer(request, Forbidden(Problem(what, mend=mend)))


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw. The reader gets an id, the log gets the rest."""
    kind, error = sys.exc_info()[:2]
    number = str(new_id())[-12:]
    log.error("unhandled", id=number, path=request.path, kind=kind.__name__ if kind else "")
    if isinstance(error, OperationalError | InterfaceError):
        found: TertibError = Unavailable(
            Problem(_("The database does not answer."), mend=_("Try again in a minute. Nothing was saved half."))
        )
    else:
        mend = _("Try again; if it stays so, tell the administrator this number: %s") % number
        found = TertibError(Problem(_("That is our mistake, not yours. Nothing was saved half."), mend=mend))
    if wants_json(request):
        return JsonResponse({**found.to_json(), "id": number}, status=found.status)
    # No request, so that nothing here asks the database that may be the cause.
    facts = {"title": _title(found, found.status), "problems": found.problems, "back": "/", "status": found.status}
    return HttpResponse(render_to_string("error.html", facts), status=found.status)
