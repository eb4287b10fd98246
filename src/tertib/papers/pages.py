"""Pages of a stored paper as pictures for the screen and as text for the search. Pages count from 1."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tertib.ground.errors import Broken, Invalid, NotFound, Problem, TertibError
from tertib.papers import confined
from tertib.papers.drawing import IMAGES, JPEG, PDF, PNG, TIFF, Unfit

__all__ = ["JPEG", "PDF", "PNG", "TIFF", "WIDTHS", "page_count", "page_image", "page_text", "text_layer"]

# A few widths in pixels (a phone, a column, a full screen), so that a cache holds three pictures of a page.
WIDTHS = (480, 960, 1440)


def page_image(data: bytes, media_type: str, page: int, width: int) -> tuple[bytes, str]:
    """Draw one page `width` pixels wide: the picture's bytes and its media type (WebP).

    A scan narrower than `width` keeps its own width. Raises `Invalid` for a width or media type that is not
    offered and for a page that can't be drawn within the limits of `confined`, `NotFound` for a page that is not there,
    `Broken` for a file that can't be read, `Unavailable` where too much is being drawn.
    """
    if width not in WIDTHS:
        raise Invalid(
            Problem(
                format_lazy(_("Pages are not drawn {width} pixels wide."), width=width),
                where="width",
                mend=format_lazy(_("Use one of {widths}."), widths=", ".join(map(str, WIDTHS))),
            )
        )
    _check_kind(media_type)
    try:
        return confined.page_image(data, media_type, page, width), "image/webp"
    except Unfit as error:
        raise _said(error) from error


def page_count(data: bytes, media_type: str) -> int:
    """How many pages. Raises as `page_image`."""
    _check_kind(media_type)
    try:
        return confined.page_count(data, media_type)
    except Unfit as error:
        raise _said(error) from error


def page_text(data: bytes, media_type: str, page: int) -> str:
    """The text a page carries; empty for scans, which carry none. Raises as `page_image`."""
    _check_kind(media_type)
    try:
        return confined.page_text(data, media_type, page)
    except Unfit as error:
        raise _said(error) from error


@dataclass(frozen=True, slots=True)
class Run:
    """Some words on one line of a page, in tenths of a point from its upper left corner."""

    x: int
    y: int
    width: int
    height: int
    text: str
    # Where they were turned with the page: read from the top down.
    upright: bool


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a page and where they stand; width and height are the page's."""

    page: int
    width: int
    height: int
    runs: list[Run]


def text_layer(data: bytes, media_type: str, first: int, last: int) -> list[Words]:
    """The words of the pages `first` to `last` that have any. Raises as `page_image`."""
    _check_kind(media_type)
    try:
        found = confined.text_layer(data, media_type, first, last)
    except Unfit as error:
        raise _said(error) from error
    return [Words(page, width, height, [_run(*run) for run in runs]) for page, width, height, runs in found if runs]


def _run(x: int, y: int, width: int, height: int, text: str) -> Run:
    return Run(x, y, width, height, text, upright=height > 2 * width and len(text) > 2)


def _check_kind(media_type: str) -> None:
    if media_type != PDF and media_type not in IMAGES:
        raise Invalid(
            Problem(
                format_lazy(_("Files of the kind {kind} have no pages to show."), kind=media_type),
                where="media_type",
                mend=_("Use a PDF, JPEG, PNG or TIFF file."),
            )
        )


def _said(error: Unfit) -> TertibError:
    """What is wrong, for a reader."""
    if error.why == "no_page":
        return NotFound(Problem(format_lazy(_("There is no page {page}; the paper has {count}."), **error.facts)))
    if error.why == "hopeless":
        mend = _("Download the file and open it on your computer.")
        what = _("This page is so complicated that drawing it was given up.")
        if error.facts.get("whole"):
            what = _("This paper is so complicated that showing its pages was given up.")
        return Invalid(Problem(what, where="file", mend=mend))
    return Broken(
        Problem(
            _("This paper can't be read."),
            where="file",
            mend=_("Download it, look whether it opens, and ask the sender for it again if it does not."),
        )
    )
