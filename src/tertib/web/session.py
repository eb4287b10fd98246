"""Who is asking. The reader is read at its first use, once a request."""

from __future__ import annotations

import time
import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from tertib.government import authority
from tertib.government.authority import Reader
from tertib.web.answers import is_htmx, wants_json

# In a session: which browser was told to be pushed to within it.
PUSHED = "push"
NOBODY = Reader(uuid.UUID(int=0), "", (), ())


def attach(request: HttpRequest) -> None:
    """Give the request its `reader`, without asking the database yet, and note when its page began to be made."""
    # Text, for templates would write a number as the reader's language does.
    request.begun = f"{time.time():.3f}"  # type: ignore[attr-defined]
    request.reader = SimpleLazyObject(lambda: _read(request))  # type: ignore[attr-defined]


def _read(request: HttpRequest) -> Reader:
    person = request.user
    return authority.reader(person.id, person.name) if person.is_authenticated else NOBODY


def reader(request: HttpRequest) -> Reader:
    """The reader of this request. Without a signed-in person: someone who may see and do nothing."""
    found: Reader = request.reader  # type: ignore[attr-defined]
    return found


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """The answer to someone who is not signed in: the sign-in page, and back here afterwards; 401 for a program."""
    if wants_json(request):
        problem = {"what": _("You are not signed in."), "where": "", "mend": _("Sign in, or send a valid token.")}
        return JsonResponse({"error": "signed_out", "problems": [problem]}, status=401)
    target = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    address = f"{resolve_url('account_login')}?{urlencode({'next': target})}"
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url("account_login")})
    return redirect(address)
