"""Papers as pictures, words and files.

The doors of papers go through the rule of who may see the matter, and note the reading of a secret one.
"""

from __future__ import annotations

import textwrap
import uuid
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.ground import blobs
from tertib.ground.errors import Broken, Invalid, NotFound, Problem, TertibError, Unavailable
from tertib.ground.tenancy import here
from tertib.matters.models import Matter
from tertib.matters.reading import NOTED_FROM, note_reading
from tertib.papers import pages
from tertib.papers.models import PaperVersion
from tertib.papers.queries import content, version_for
from tertib.rooms.letters.http import reader_of
from tertib.rooms.letters.uploads import Staged, staged
from tertib.rooms.letters.views.viewer import BUNDLE, drawn_words, page_wanted

# Nothing inside a downloaded file may run as if it were a page of ours.
SANDBOX = "default-src 'none'; sandbox"


def page_image(request: HttpRequest, version: uuid.UUID, number: int) -> HttpResponse:
    """One page as a picture, `?w=` 480, 960 or 1440 pixels wide."""
    found, secret = _open(version, reader_of(request))
    return picture(request, found.sha256, found.media_type, number, secret=secret)


def page_words(request: HttpRequest, version: uuid.UUID) -> HttpResponse:
    """The words of a bundle of pages from `?hal=` on, for the text over their pictures."""
    found, secret = _open(version, reader_of(request))
    return words(request, found.sha256, found.media_type, found.pages, secret=secret)


def staged_image(request: HttpRequest) -> HttpResponse:
    """Page `?hal=` of a file that was uploaded and belongs to nothing yet; `?b=` is its token."""
    file = _staged(request)
    return picture(request, file.sha256, file.media_type, page_wanted(request, file.pages), secret=True)


def staged_words(request: HttpRequest) -> HttpResponse:
    """The words of such a file."""
    file = _staged(request)
    return words(request, file.sha256, file.media_type, file.pages, secret=True)


def _staged(request: HttpRequest) -> Staged:
    file = staged(request.GET.get("b", ""), reader_of(request))
    if file is None:
        raise NotFound(_("There is no such paper, or it is not for you to see."))
    return file


def picture(request: HttpRequest, sha256: str, media_type: str, number: int, *, secret: bool) -> HttpResponse:
    """A page of a stored file that the caller may show; a secret one is kept by no browser."""
    text = request.GET.get("w", "960")
    if text not in map(str, pages.WIDTHS):
        raise Invalid(Problem("w", where="w", mend=", ".join(map(str, pages.WIDTHS))))
    tag = f'"{sha256[:32]}-{number}-{text}"'
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified()
    try:
        drawn, kind = _drawn(here.schema(), sha256, media_type, number, int(text))
    except (Invalid, Broken, Unavailable) as error:
        if not _in_a_page(request):
            raise
        return _said(error)
    return HttpResponse(drawn, content_type=kind, headers={"ETag": tag, **_kept(secret)})


def words(request: HttpRequest, sha256: str, media_type: str, count: int, *, secret: bool) -> HttpResponse:
    """The words of a stored file that the caller may show; nothing for scans, which have none."""
    first = (page_wanted(request, count) - 1) // BUNDLE * BUNDLE + 1
    tag = f'"{sha256[:32]}-w{first}"'
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified()
    try:
        found = _words(here.schema(), sha256, media_type, first)
    except (Invalid, Broken):
        # The picture says that the page can't be read; without words it is a picture like that of a scan.
        found = ""
    return HttpResponse(found, content_type="text/html; charset=utf-8", headers={"ETag": tag, **_kept(secret)})


def _kept(secret: bool) -> dict[str, str]:
    # What a browser keeps it asks for anew, and is told in a few bytes that nothing changed: whoever sits down at the
    # computer after a sign-out, or may see the letter no more, gets no picture from there.
    kept = "private, no-store" if secret else "private, no-cache"
    return {"Cache-Control": kept, "X-Content-Type-Options": "nosniff"}


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


@lru_cache(maxsize=64)
def _words(schema: str, sha256: str, media_type: str, first: int) -> str:
    data = blobs.store(schema).get(sha256)
    return drawn_words(pages.text_layer(data, media_type, first, first + BUNDLE - 1))
