"""What an uploaded file really is: judged by its content, never by its name or by what the browser says."""

from __future__ import annotations

import ctypes
import io
import re
import unicodedata
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image

from tertib.ground.errors import Invalid, Problem
from tertib.papers.pages import IMAGES, JPEG, PDF, PNG, TIFF, frames, pdfium_lock, upright

MAX_BYTES = 25 * 1024 * 1024
MAX_PAGES = 2_000
# Of one page: an A3 sheet at 600 dots an inch has 70 million.
MAX_PIXELS = 100_000_000
# Of all pages of one TIFF together, about 115 A4 pages at 300 dots an inch: what a worker decodes in seconds.
MAX_PIXELS_TOTAL = 1_000_000_000
MAX_NAME = 120

# The first extension of each is the one given to a file that has none or a wrong one.
EXTENSIONS = {PDF: ("pdf",), JPEG: ("jpg", "jpeg"), PNG: ("png",), TIFF: ("tif", "tiff")}
_KNOWN = {extension for group in EXTENSIONS.values() for extension in group}
# Characters Windows refuses in a name; officers download to Windows.
_FORBIDDEN = re.compile(r'[<>:"|?*]')
# Controls, invisible and direction marks, surrogates, what no font knows, and line breaks.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """An accepted file. `width` and `height` are of the first page: pixels of a scan, points of a PDF."""

    media_type: str
    pages: int
    width: int
    height: int
    clean_name: str


def inspect(data: bytes, name: str) -> Sniffed:
    """Look at an upload: PDF, JPEG, PNG or TIFF up to 25 MB.

    Raises `Invalid` with a mend for everything that can't be kept and shown: empty, too large, of another
    kind, damaged or cut off, protected, too many pages, too many pixels.
    """
    if not data:
        raise _refused(_("The file is empty."), _("Choose the file again; it may still have been open."))
    if len(data) > MAX_BYTES:
        raise _refused(
            format_lazy(_("The file has {size} MB; at most 25 MB fit."), size=-(-len(data) // 1024**2)),
            _("Scan with 200 or 300 dots an inch in grey, or divide the file."),
        )
    media_type = kind_of(data)
    if media_type is None:
        raise _refused(
            _("This is not a PDF, JPEG, PNG or TIFF file, whatever its name says."),
            _("Save or print the document as PDF and choose that file."),
        )
    pages, width, height = _look_into_pdf(data) if media_type == PDF else _look_into_scan(data, media_type)
    return Sniffed(media_type, pages, width, height, clean_name(name, media_type))


def kind_of(data: bytes) -> str | None:
    """The media type by the first bytes, or None. A PDF may begin with white space or a byte order mark."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return TIFF
    if data[:1024].lstrip(b"\xef\xbb\xbf\x00\t\n\r\f ").startswith(b"%PDF-"):
        return PDF
    return None


def clean_name(name: str, media_type: str | None = None) -> str:
    """A file name that is safe to show, to log and to offer for download.

    Folders of either kind of system, control characters, direction overrides, leading dots and what Windows
    refuses are gone; at most 120 characters; with `media_type`, the extension is one of that type.
    """
    name = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode("utf-8"))
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in _UNSEEN)
    name = " ".join(_FORBIDDEN.sub("_", name).split()).strip(". ")
    stem, dot, extension = name.rpartition(".")
    if extension.lower() not in _KNOWN or (not dot and media_type is None):
        stem, extension = name, ""
    extension = extension.lower()
    if media_type is not None and extension not in EXTENSIONS[media_type]:
        extension = EXTENSIONS[media_type][0]
    stem = stem.strip(". ")
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    stem = stem[: MAX_NAME - 1 - len(extension)].strip(". ") or "dokumen"
    return f"{stem}.{extension}" if extension else stem


def _look_into_pdf(data: bytes) -> tuple[int, int, int]:
    # PDFium mends a file that was cut off by showing what is left, which must not pass for the whole letter.
    tail = data[-2048:]
    start = re.findall(rb"startxref\s+(\d+)", tail)
    if b"%%EOF" not in tail or not start or int(start[-1]) >= len(data):
        raise _damaged()
    with pdfium_lock:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            raise _protected() if error.err_code == pdfium_c.FPDF_ERR_PASSWORD else _damaged() from error
        try:
            # Also where anyone can open it: PDF/A forbids encryption, and no signature can be added.
            if pdfium_c.FPDF_GetSecurityHandlerRevision(document) != -1:
                raise _protected()
            pages = len(document)
            if pages > MAX_PAGES:
                raise _too_many_pages(pages)
            return pages, *_first_sheet(document, pages)
        except pdfium.PdfiumError as error:
            raise _damaged() from error
        finally:
            document.close()


def _first_sheet(document: pdfium.PdfDocument, pages: int) -> tuple[int, int]:
    """Width and height of page 1 in points, after finding that every page can be reached."""
    if pages == 0:
        raise _damaged()
    for number in range(pages):
        across, down = ctypes.c_double(), ctypes.c_double()
        if not pdfium_c.FPDF_GetPageSizeByIndex(document, number, across, down):
            raise _damaged()
        if across.value <= 0 or down.value <= 0:
            raise _damaged()
    width, height = document[0].get_size()
    return round(width), round(height)


def _look_into_scan(data: bytes, media_type: str) -> tuple[int, int, int]:
    try:
        with Image.open(io.BytesIO(data), formats=[IMAGES[media_type]]) as scan:
            return _measure(scan)
    except Invalid:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:
        # Decoders raise whatever a hostile file leads them to; every such file is damaged to us.
        raise _damaged() from error


def _measure(scan: Image.Image) -> tuple[int, int, int]:
    """Decode every page, which is the only way to know that a scan is whole."""
    pages = frames(scan)
    if pages > MAX_PAGES:
        raise _too_many_pages(pages)
    width = height = total = 0
    for number in range(pages):
        if number:
            scan.seek(number)
        pixels = scan.width * scan.height
        total += pixels
        if pixels > MAX_PIXELS or total > MAX_PIXELS_TOTAL:
            raise _too_many_pixels()
        scan.load()
        if number == 0:
            width, height = upright(scan)
    return pages, width, height


def _damaged() -> Invalid:
    return _refused(
        _("The file is damaged or was cut off on the way."),
        _("Look whether it opens on your computer, then upload it again or scan the paper anew."),
    )


def _protected() -> Invalid:
    return _refused(
        _("The PDF is protected by a password or by restrictions."),
        _("Open it, print it as a new PDF, and choose that file."),
    )


def _too_many_pages(pages: int) -> Invalid:
    return _refused(
        format_lazy(_("The file has {pages} pages; at most {most} fit."), pages=pages, most=MAX_PAGES),
        _("Divide it into several files."),
    )


def _too_many_pixels() -> Invalid:
    return _refused(
        _("The scan has more dots than can be shown."),
        _("Scan with 200 or 300 dots an inch, or divide the file."),
    )


def _refused(what: str | Promise, mend: str | Promise) -> Invalid:
    return Invalid(Problem(what, where="file", mend=mend))
