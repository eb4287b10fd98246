"""What an uploaded file really is: judged by its content, never by its name or by what the browser says."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tertib.ground.errors import Invalid, Problem
from tertib.papers import confined, drawing
from tertib.papers.drawing import JPEG, MAX_PAGES, PDF, PNG, TIFF, Unfit

MAX_BYTES = 25 * 1024 * 1024
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


def inspect(data: bytes, name: str, *, ours: bool = False) -> Sniffed:
    """Look at an upload: PDF, JPEG, PNG or TIFF up to 25 MB.

    A file of a stranger is opened in a process of its own; `ours` was made here and needs none. Raises `Invalid` with a
    mend for everything that can't be kept and shown: empty, too large, of another kind, damaged or cut off, protected,
    too many pages, too many pixels, or hostile; `Unavailable` where too many files are being looked at.
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
    look = drawing.look_into if ours else confined.look_into
    try:
        pages, width, height = look(data, media_type)
    except Unfit as error:
        raise _unfit(error) from error
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


def _unfit(error: Unfit) -> Invalid:
    if error.why == "protected":
        return _protected()
    if error.why == "too_many_pages":
        return _too_many_pages(error.facts["pages"])
    if error.why == "too_many_pixels":
        return _too_many_pixels()
    if error.why == "hopeless":
        return _refused(
            _("The file is so complicated that looking at it was given up."),
            _("Open it, print it as a new PDF or scan the paper anew, and choose that file."),
        )
    return _damaged()


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
