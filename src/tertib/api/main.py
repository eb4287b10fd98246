"""The REST interface: the same matters, the same rules and the same errors as the pages.

A program sends `Authorization: Bearer <key>`; a page of Tertib itself may use the session. `/api/v1/openapi.json`
describes every call.
"""

from __future__ import annotations

from importlib import import_module

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from tertib.api.matters import router as matters
from tertib.government import authority, tokens
from tertib.ground.errors import Invalid, Problem, TertibError
from tertib.matters.rooms import rooms


class Key(HttpBearer):
    """A program's key."""

    def authenticate(self, request: HttpRequest, token: str) -> authority.Reader | None:
        person = tokens.owner(token)
        if person is None:
            return None
        request.reader = authority.reader(person)  # type: ignore[attr-defined]
        return request.reader  # type: ignore[attr-defined, no-any-return]


class Session(SessionAuth):
    """Somebody signed in to the pages; the framework asks for their CSRF token."""

    def authenticate(self, request: HttpRequest, key: str | None) -> authority.Reader | None:
        if not request.user.is_authenticated:
            return None
        return authority.reader(request.user.id, request.user.name)


api = NinjaAPI(
    title="Tertib",
    version="1",
    description="Letters, dispositions and every other matter of a city hall.",
    auth=[Key(), Session()],
    urls_namespace="api",
    # The page that draws the description loads its program from elsewhere; the description itself is enough.
    docs_url=None,
)
api.add_router("", matters)
for _room in rooms():
    if _room.api:
        api.add_router(f"/{_room.name}", import_module(_room.api).router)


@api.exception_handler(TertibError)
def told(request: HttpRequest, error: TertibError) -> HttpResponse:
    """What, where and how to mend."""
    return api.create_response(request, error.to_json(), status=error.status)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """No key, or none that is valid."""
    problem = Problem(_("You are not signed in."), mend=_("Sign in, or send a valid token."))
    return api.create_response(request, {"error": "signed_out", "problems": [problem.to_json()]}, status=401)


@api.exception_handler(HttpError)
def unusual(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework refuses by itself: a session's call without its token, a body that is no JSON."""
    if error.status_code == 403:
        problem = Problem(_("The session's token is missing or wrong."), mend=_("Load the page again, or use a key."))
    else:
        problem = Problem(_("The request can't be read."), mend=_("Send a JSON object, in UTF-8."))
    return api.create_response(request, {"error": "refused", "problems": [problem.to_json()]}, status=error.status_code)


@api.exception_handler(ValidationError)
def misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request whose shape does not fit the description."""
    problems = []
    for item in error.errors:
        where = ".".join(str(step) for step in item.get("loc", ()) if step not in ("body", "query", "path", "payload"))
        missing = item.get("type") == "missing"
        what = _("This field is needed.") if missing else _("This value does not fit here.")
        problems.append(Problem(what, where=where))
    return told(request, Invalid(*problems))
