"""Pages of a stored paper as pictures for the screen and as text for the search. Pages count from 1."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import pypdfium2 as pdfium
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from tertib.ground.errors import Broken, Invalid, NotFound, Problem, TertibError

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
TIFF = "image/tiff"
# Pillow's name of each; only that decoder is offered the data.
IMAGES = {JPEG: "JPEG", PNG: "PNG", TIFF: "TIFF"}

# A few widths in pixels (a phone, a column, a full screen), so that a cache holds three pictures of a page.
WIDTHS = (480, 960, 1440)
# A page may be this many times higher than wide; a stranger one is drawn smaller, so memory stays bounded.
TALLEST = 4

# The EXIF and TIFF tag that says how the camera was held.
ORIENTATION = 0x0112

# PDFium is not safe between threads, not even on two documents, so everything that touches it holds this.
pdfium_lock = Lock()


def page_image(data: bytes, media_type: str, page: int, width: int) -> tuple[bytes, str]:
    """Draw one page `width` pixels wide: the picture's bytes and its media type (WebP).

    A scan narrower than `width` keeps its own width. Raises `Invalid` for a width or media type that is not
    offered, `NotFound` for a page that is not there, `Broken` for a file that can't be read.
    """
    if width not in WIDTHS:
        raise Invalid(
            Problem(
                format_lazy(_("Pages are not drawn {width} pixels wide."), width=width),
                where="width",
                mend=format_lazy(_("Use one of {widths}."), widths=", ".join(map(str, WIDTHS))),
            )
        )
    picture = _pdf_page(data, page, width) if media_type == PDF else _scan_page(data, media_type, page, width)
    return _webp(picture), "image/webp"


def page_count(data: bytes, media_type: str) -> int:
    """How many pages. Raises `Invalid` for another media type, `Broken` for a file that can't be read."""
    if media_type == PDF:
        with _pdf(data) as document:
            return len(document)
    with _scan(data, media_type) as scan:
        return frames(scan)


def page_text(data: bytes, media_type: str, page: int) -> str:
    """The text a page carries; empty for scans, which carry none. Raises as `page_image`."""
    if media_type != PDF:
        with _scan(data, media_type) as scan:
            _check_page(page, frames(scan))
        return ""
    with _pdf(data) as document:
        _check_page(page, len(document))
        text: str = document[page - 1].get_textpage().get_text_range()
    return text.replace("\r\n", "\n").replace("\x00", "")


def frames(scan: Image.Image) -> int:
    """Pages of an opened scan. Only TIFF has more than one; a phone's JPEG may hide a preview behind it."""
    return getattr(scan, "n_frames", 1) if scan.format == "TIFF" else 1


@contextmanager
def _pdf(data: bytes) -> Iterator[pdfium.PdfDocument]:
    with pdfium_lock:
        try:
            document = pdfium.PdfDocument(data)
            try:
                yield document
            finally:
                document.close()
        except pdfium.PdfiumError as error:
            raise _unreadable() from error


@contextmanager
def _scan(data: bytes, media_type: str) -> Iterator[Image.Image]:
    decoder = IMAGES.get(media_type)
    if decoder is None:
        raise Invalid(
            Problem(
                format_lazy(_("Files of the kind {kind} have no pages to show."), kind=media_type),
                where="media_type",
                mend=_("Use a PDF, JPEG, PNG or TIFF file."),
            )
        )
    try:
        with Image.open(io.BytesIO(data), formats=[decoder]) as scan:
            yield scan
    except TertibError:
        raise
    except Exception as error:
        # Decoders raise whatever a damaged file leads them to.
        raise _unreadable() from error


def _pdf_page(data: bytes, page: int, width: int) -> Image.Image:
    with _pdf(data) as document:
        _check_page(page, len(document))
        # Filled form fields are part of what the sender sent; without this they would be drawn empty.
        document.init_forms()
        sheet = document[page - 1]
        across, down = sheet.get_size()
        scale = min(width / across, width * TALLEST / down)
        picture: Image.Image = sheet.render(scale=scale).to_pil()
        # PDFium rounds up: 595.28 points become a pixel too many, and the page would shift on the screen.
        return picture.crop((0, 0, min(width, picture.width), picture.height)).convert("RGB")


def _scan_page(data: bytes, media_type: str, page: int, width: int) -> Image.Image:
    with _scan(data, media_type) as scan:
        _check_page(page, frames(scan))
        if page > 1:
            scan.seek(page - 1)
        across, down = upright(scan)
        scale = min(1.0, width / across, width * TALLEST / down)
        # JPEG decodes straight to a half, quarter or eighth; twice the size keeps the final step sharp.
        scan.draft(None, (round(scan.width * scale * 2), round(scan.height * scale * 2)))
        scan.load()
        across, down = upright(scan)
        scale = min(1.0, width / across, width * TALLEST / down)
        orientation = scan.getexif().get(ORIENTATION, 1)
        picture = _flat(_reduced(scan, int(0.5 / scale)))
        picture.getexif()[ORIENTATION] = orientation
        picture = ImageOps.exif_transpose(picture)
        size = max(1, round(across * scale)), max(1, round(down * scale))
        return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def upright(scan: Image.Image) -> tuple[int, int]:
    """Width and height in pixels as a reader sees them, a camera held sideways taken into account."""
    width, height = scan.size
    return (height, width) if scan.getexif().get(ORIENTATION) in (5, 6, 7, 8) else (width, height)


def _reduced(picture: Image.Image, factor: int) -> Image.Image:
    """Divided by a whole number before anything is copied: a scan of 100 million dots fills 300 MB."""
    if picture.mode in ("1", "P"):
        picture = _flat(picture)
    if factor <= 1 or picture.mode.startswith("I;16"):
        return picture
    return picture.reduce(factor)


def _flat(picture: Image.Image) -> Image.Image:
    """RGB or grey without transparency: what was see-through becomes the white of paper."""
    if picture.mode in ("RGB", "L") and "transparency" not in picture.info:
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode.startswith("I"):
        # 16-bit grey does not convert by itself: it would be cut off at 255 instead of scaled.
        return picture.convert("I").point(lambda level: level / 257).convert("L")
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture).convert("RGB")
    return picture.convert("RGB")


def _webp(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80, method=2)
    return out.getvalue()


def _check_page(page: int, count: int) -> None:
    if not 1 <= page <= count:
        raise NotFound(
            Problem(format_lazy(_("There is no page {page}; the paper has {count}."), page=page, count=count))
        )


def _unreadable() -> Broken:
    return Broken(
        Problem(
            _("This paper can't be read."),
            where="file",
            mend=_("Download it, look whether it opens, and ask the sender for it again if it does not."),
        )
    )
