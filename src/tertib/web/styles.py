"""The first look of a page on a slow line: a style sheet that the browser does not have yet is written into the page.

A sheet asked for by a link costs a journey there and back before anything is seen. A cookie says which sheets were
given to this browser before; they are linked, and come from what it keeps. One that is new is written into the page
and also asked for as a sheet for print, which no browser waits for: so it is kept for the next page.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tertib.web import assets

# Beside the cookies of the same kind, which only this very host can set.
COOKIE = "__Host-styles" if settings.SESSION_COOKIE_SECURE else "styles"
KEPT_SECONDS = 365 * 24 * 3600
# As many sheets as a reader meets; what is older is written into a page once more.
MOST = 40


def element(request: HttpRequest | None, name: str) -> SafeString:
    """A link to a style sheet, or the sheet itself and a link that nothing waits for."""
    address = static(name)
    # What a script fetches stands in a page that has its styles; other programs than browsers need none.
    opened = request is not None and request.headers.get("Sec-Fetch-Dest") == "document"
    if request is None or not opened or _mark(name) in _had(request):
        return format_html('<link rel="stylesheet" href="{}">', address)
    text = _text(name)
    if text is None:
        return format_html('<link rel="stylesheet" href="{}">', address)
    written: list[str] = request.__dict__.setdefault("styles_written", [])
    if name not in written:
        written.append(name)
    later = format_html('<link rel="stylesheet" href="{}" media="print">', address)
    return mark_safe(f"<style>{text}</style>{later}")  # noqa: S308 (our own file)


def policy(request: HttpRequest) -> str:
    """What the Content-Security-Policy says of the sheets that were written into this page; empty where none was."""
    written = getattr(request, "styles_written", [])
    sums = " ".join(f"'sha256-{_sum(name)}'" for name in written)
    return f"; style-src 'self' {sums}" if sums else ""


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note in the cookie what this browser was given just now."""
    written = getattr(request, "styles_written", [])
    if not written:
        return
    marks = [*(_mark(name) for name in written), *_had(request)]
    response.set_cookie(
        COOKIE,
        ".".join(dict.fromkeys(marks[:MOST])),
        max_age=KEPT_SECONDS,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def _had(request: HttpRequest) -> list[str]:
    given = request.COOKIES.get(COOKIE, "").split(".")[:MOST]
    return [mark for mark in given if len(mark) == 12 and mark.isalnum() and mark.isascii()]


def _mark(name: str) -> str:
    """What tells this content of this sheet: the hash in its name."""
    return assets.hashed(name).split(".")[-2]


@lru_cache(maxsize=64)
def _text(name: str) -> str | None:
    content = assets.read(name)
    # A browser reads line ends of a page as one sign each, and the sum must be of what it reads.
    text = content.decode().replace("\r\n", "\n") if content else ""
    return text if text and "</" not in text else None


@lru_cache(maxsize=64)
def _sum(name: str) -> str:
    return base64.b64encode(hashlib.sha256((_text(name) or "").encode()).digest()).decode()
