"""Papers as pictures and as files.

Both doors go through the rule of who may see the matter, and note the reading of a secret one.
"""

from __future__ import annotations

import textwrap
import uuid
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from tertib.government.authority import Reader
from tertib.ground import blobs
from tertib.ground.errors import Broken, Invalid, Problem, TertibError, Unavailable
from tertib.ground.tenancy import here
from tertib.matters.models import Matter
from tertib.matters.reading import NOTED_FROM, note_reading
from tertib.papers import pages
from tertib.papers.models import PaperVersion
from tertib.papers.queries import content, version_for
from tertib.rooms.letters.http import reader_of

# Nothing inside a downloaded file may run as if it were a page of ours.
SANDBOX = "default-src 'none'; sandbox"


def page_image(request: HttpRequest, version: uuid.UUID, number: int) -> HttpResponse:
    """One page as a picture, `?w=` 480, 960 or 1440 pixels wide."""
    found, secret = _open(version, reader_of(request))
    text = request.GET.get("w", "960")
    if not text.isdecimal() or int(text) not in pages.WIDTHS:
        raise Invalid(Problem("w", where="w", mend=", ".join(map(str, pages.WIDTHS))))
    tag = f'"{found.sha256[:32]}-{number}-{text}"'
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified()
    try:
        picture, media_type = _drawn(here.schema(), found.sha256, found.media_type, number, int(text))
    except (Invalid, Broken, Unavailable) as error:
        if not _in_a_page(request):
            raise
        return _said(error)
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-store" if secret else "private, max-age=86400",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(picture, content_type=media_type, headers=headers)


def _in_a_page(request: HttpRequest) -> bool:
    """Whether a browser wants the picture for a page that it shows already, where no page of ours could be read."""
    accepts = request.headers.get("Accept", "")
    return "image/" in accepts and "text/html" not in accepts


def _said(error: TertibError) -> HttpResponse:
    """What is wrong, as a picture in the place of the page."""
    lines = [
        line
        for problem in error.problems
        for text in (problem.what, problem.mend)
        for line in textwrap.wrap(str(text), 44)
    ]
    headers = {"Content-Security-Policy": SANDBOX, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    picture = render_to_string("letters/parts/undrawn.svg", {"lines": lines})
    return HttpResponse(picture, content_type="image/svg+xml", status=error.status, headers=headers)


def download(request: HttpRequest, version: uuid.UUID) -> HttpResponse:
    """The file as it was received or made."""
    found, _secret = _open(version, reader_of(request))
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=found.name) or "attachment",
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content(found), content_type=found.media_type, headers=headers)


def _open(version: uuid.UUID, reader: Reader) -> tuple[PaperVersion, bool]:
    found = version_for(version, reader)
    matter = found.paper.matter_id
    security = Matter.objects.values_list("security", flat=True).get(pk=matter)
    note_reading(matter, security, reader)
    return found, security >= NOTED_FROM


@lru_cache(maxsize=64)
def _drawn(schema: str, sha256: str, media_type: str, number: int, width: int) -> tuple[bytes, str]:
    """Drawing costs a tenth of a second and several people open the same letter; 64 pictures are a few megabytes."""
    return pages.page_image(blobs.store(schema).get(sha256), media_type, number, width)
