"""A paper as a page shows it: leaves that keep their place before their picture is there, and where its words are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tertib.papers.models import PaperVersion
from tertib.papers.pages import WIDTHS, Words
from tertib.rooms.letters.uploads import Staged

# Leaves of one page of ours: a longer paper is turned over in bundles, so that no page grows with what it shows.
BUNDLE = 20
# A4, where nobody measured the first page.
A4 = (595, 842)
# Pictures are drawn no higher than this many times their width (`papers.drawing.TALLEST`).
TALLEST = 4

# The address of a page's picture so many pixels wide.
Picture = Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page: a small picture that comes first, and the sizes the browser chooses a sharp one from."""

    number: int
    small: str
    middle: str
    sizes: str
    alt: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """What `parts/viewer.html` shows; width and height are of a leaf, in pixels of a middle-sized picture."""

    key: str
    leaves: list[Leaf]
    pages: int
    # The page that was asked for, and the first of the bundle it is in.
    at: int
    first: int
    width: int
    height: int
    # How wide one page is on paper, in CSS pixels: what 100 % means.
    natural: int
    words: str
    download: str
    size: int

    @property
    def before(self) -> int:
        """The page before the one that was asked for, or the first."""
        return max(self.at - 1, 1)

    @property
    def after(self) -> int:
        """The page behind it, or the last."""
        return min(self.at + 1, self.pages)


def page_wanted(request: HttpRequest, pages: int) -> int:
    """`?hal=`, within the paper."""
    text = request.GET.get("hal", "1")
    number = int(text) if text.isdecimal() and len(text) < 6 else 1
    return min(max(number, 1), pages)


def of_version(version: PaperVersion, title: str, at: int) -> Viewer:
    """A version of a paper; the caller has checked that it may be seen."""

    def picture(page: int, width: int) -> str:
        return f"{reverse('letters:page_image', args=[version.pk, page])}?w={width}"

    size = version.width or A4[0], version.height or A4[1]
    words = reverse("letters:page_words", args=[version.pk])
    download = reverse("letters:download", args=[version.pk])
    natural = _natural(version.media_type, size[0])
    return _viewer(str(version.pk), version.pages, at, size, natural, title, picture, words, download, version.size)


def of_staged(file: Staged, at: int) -> Viewer:
    """A file that was uploaded and belongs to nothing yet."""

    def picture(page: int, width: int) -> str:
        return f"{reverse('letters:staged_image')}?{urlencode({'b': file.token, 'hal': page, 'w': width})}"

    words = f"{reverse('letters:staged_words')}?{urlencode({'b': file.token})}"
    size = file.width, file.height
    natural = _natural(file.media_type, file.width)
    return _viewer(file.sha256[:16], file.pages, at, size, natural, file.name, picture, words, "", file.size)


def _natural(media_type: str, across: int) -> int:
    # A point is 4/3 of a CSS pixel. Of a scan nobody knows how large the paper was; most are A4.
    points = across if media_type == "application/pdf" else A4[0]
    return max(round(points * 4 / 3), 1)


def _viewer(
    key: str, pages: int, at: int, size: tuple[int, int], natural: int, title: str, picture: Picture, words: str,
    download: str, length: int,
) -> Viewer:  # fmt: skip
    first = (at - 1) // BUNDLE * BUNDLE + 1
    across, down = size
    height = round(WIDTHS[1] * min(down / max(across, 1), TALLEST)) or 1
    leaves = [
        Leaf(
            page,
            picture(page, WIDTHS[0]),
            picture(page, WIDTHS[1]),
            ", ".join(f"{picture(page, width)} {width}w" for width in WIDTHS),
            _("%(name)s, page %(page)d") % {"name": title, "page": page},
        )
        for page in range(first, min(first + BUNDLE, pages + 1))
    ]
    joint = "&" if "?" in words else "?"
    return Viewer(
        key, leaves, pages, at, first, WIDTHS[1], height, natural, f"{words}{joint}hal={first}", download, length
    )


def drawn_words(pages: list[Words]) -> SafeString:
    """The words of some pages as see-through text over their pictures: each page an SVG of the page's own measures."""
    return format_html_join(
        "\n",
        '<svg class="words" lang="id" data-page="{}" viewBox="0 0 {} {}" preserveAspectRatio="xMidYMin meet">{}</svg>',
        ((page.page, page.width, page.height, _runs(page)) for page in pages),
    )


def _runs(page: Words) -> SafeString:
    lines = []
    for run in page.runs:
        if run.upright:
            turn = format_html(' transform="rotate(90 {} {})"', run.x, run.y)
            place = (run.x, run.y - run.width // 5, max(run.width, 1), max(run.height, 1))
        else:
            turn = SafeString("")
            place = (run.x, run.y + run.height * 4 // 5, max(run.height, 1), max(run.width, 1))
        lines.append((*place, turn, run.text))
    return format_html_join(
        "\n",
        '<text x="{}" y="{}" font-size="{}" textLength="{}" lengthAdjust="spacingAndGlyphs"{}>{} </text>',
        lines,
    )
