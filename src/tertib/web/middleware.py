"""Headers of every answer, the reader's language, sign-in before anything else, and errors as pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation

from tertib.ground.errors import TertibError
from tertib.web import errors, session, styles
from tertib.web.live import address

Next = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


def _content_security(request: HttpRequest) -> str:
    """The policy; pages of a government may listen to the live process besides, where it has another origin."""
    security = CONTENT_SECURITY + styles.policy(request)
    if getattr(request, "tenant", None) is None:
        return security
    other = address.origin(address.stream(request))
    return f"{security}; connect-src 'self' {other}" if other else security


class CompressMiddleware(GZipMiddleware):
    """Sends pages compressed. Papers are compressed by their nature, and large ones must not pass through memory.

    Pages of second factors show secrets that stay the same, and each page repeats the address's `q` in its head: how
    well both compress together would tell of one by the other.
    """

    SECRETS = "/accounts/2fa/"

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(self.SECRETS):
            return response
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class HeadersMiddleware:
    """Sets what browsers may do with an answer. A view that sets one of these headers itself keeps its own."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        government = getattr(request, "tenant", None)
        timezone.activate(ZoneInfo(government.timezone if government else settings.TIME_ZONE))
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _content_security(request))
        styles.remember(request, response)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        # What a signed-in person saw must not stay on a shared computer; a page of anybody is asked for anew.
        known = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
        response.headers.setdefault("Cache-Control", "private, no-store" if known else "no-cache")
        return response


class ErrorsMiddleware:
    """Stands late, so it knows who asks: speaks their language, asks for sign-in, gives a `TertibError` its page."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session.attach(request)
        _speak(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # PostgreSQL stores no NUL, so no address of ours has one; forms check their own fields.
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path_info:
            return errors.bad_request(request)
        # Every page is closed unless it says that it is open; the API knows tokens besides, so it looks for itself.
        if getattr(request, "tenant", None) is None or not getattr(view, "login_required", True):
            return None
        if request.path_info.startswith("/api/") or request.user.is_authenticated:
            return None
        return session.sign_in_first(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TertibError):
            return errors.answer(request, exception)
        return None


def _speak(request: HttpRequest) -> None:
    """Indonesian unless chosen otherwise: an office computer's browser speaks English more often than its user does."""
    language = ""
    if getattr(request, "tenant", None) is not None and settings.SESSION_COOKIE_NAME in request.COOKIES:
        language = getattr(request.user, "language", "")
    language = language or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if not language and request.path_info.startswith("/api/"):
        return
    known = dict(settings.LANGUAGES)
    translation.activate(language if language in known else settings.LANGUAGE_CODE)
    request.LANGUAGE_CODE = translation.get_language()
