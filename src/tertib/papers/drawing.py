"""What opens files of strangers: draws their pages, reads their text, looks whether they are whole.

Runs in a process of its own (`confined`), so nothing of Django or of ours is imported here; what is wrong is a word,
which the caller puts into the reader's language. Pages count from 1.
"""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageOps

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
TIFF = "image/tiff"
# Pillow's name of each; only that decoder is offered the data.
IMAGES = {JPEG: "JPEG", PNG: "PNG", TIFF: "TIFF"}

MAX_PAGES = 2_000
# Of one page: an A3 sheet at 600 dots an inch has 70 million.
MAX_PIXELS = 100_000_000
# Of all pages of one TIFF together, about 115 A4 pages at 300 dots an inch: what a worker decodes in seconds.
MAX_PIXELS_TOTAL = 1_000_000_000
# A page may be this many times higher than wide; a stranger one is drawn smaller, so memory stays bounded.
TALLEST = 4
# Of the words of one page, and of one run of them: a page in small print has some hundred.
MAX_RUNS, MAX_RUN = 3_000, 500

# The EXIF and TIFF tag that says how the camera was held.
ORIENTATION = 0x0112

# PDFium is not safe between threads, not even on two documents, so everything that touches it holds this.
pdfium_lock = Lock()


# For three centimetres of paper at 400 dots an inch.
EMBLEM = 480


class Unfit(Exception):
    """The file can't be used so. `why` is a word: unreadable, no_page, damaged, protected, too_many_pages,
    too_many_pixels; `facts` are its numbers.
    """

    def __init__(self, why: str, **facts: int) -> None:
        super().__init__(why)
        self.why, self.facts = why, facts


def page_image(data: bytes, media_type: str, page: int, width: int) -> bytes:
    """One page drawn `width` pixels wide, as WebP. A scan narrower than that keeps its own width."""
    picture = _pdf_page(data, page, width) if media_type == PDF else _scan_page(data, media_type, page, width)
    return _webp(picture)


def page_count(data: bytes, media_type: str) -> int:
    """How many pages."""
    if media_type == PDF:
        with _pdf(data) as document:
            return len(document)
    with _scan(data, media_type) as scan:
        return frames(scan)


def page_text(data: bytes, media_type: str, page: int) -> str:
    """The text a page carries; empty for scans, which carry none."""
    if media_type != PDF:
        with _scan(data, media_type) as scan:
            _check_page(page, frames(scan))
        return ""
    with _pdf(data) as document:
        _check_page(page, len(document))
        text: str = document[page - 1].get_textpage().get_text_range()
    return text.replace("\r\n", "\n").replace("\x00", "")


def text_layer(data: bytes, media_type: str, first: int, last: int) -> list[list[Any]]:
    """Where the words of the pages `first` to `last` stand: for each page its number, width and height in points and a
    list of runs: left, top, width, height and text. Pages of scans have no runs, those past the end are left out.
    """
    if media_type != PDF:
        return []
    with _pdf(data) as document:
        return [_words(document, number) for number in range(first, min(last, len(document)) + 1)]


def _words(document: pdfium.PdfDocument, number: int) -> list[Any]:
    sheet = document[number - 1]
    across, down = sheet.get_size()
    # In tenths of a point: the page as it is drawn, turned and cropped as its sender wanted.
    width, height = max(1, round(across * 10)), max(1, round(down * 10))
    text = sheet.get_textpage()
    runs = []
    for place in range(min(text.count_rects(), MAX_RUNS)):
        left, bottom, right, top = text.get_rect(place)
        said = text.get_text_bounded(left, bottom, right, top).replace("\x00", "").strip()
        if said:
            box = _on_page(sheet, width, height, left, top) + _on_page(sheet, width, height, right, bottom)
            x, y = min(box[0], box[2]), min(box[1], box[3])
            runs.append([x, y, abs(box[2] - box[0]), abs(box[3] - box[1]), said[:MAX_RUN]])
    return [number, width, height, runs]


def _on_page(sheet: pdfium.PdfPage, width: int, height: int, x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(sheet, 0, 0, width, height, 0, x, y, across, down)
    return across.value, down.value


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
            raise Unfit("unreadable") from error


@contextmanager
def _scan(data: bytes, media_type: str) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(data), formats=[IMAGES[media_type]]) as scan:
            yield scan
    except Unfit:
        raise
    except Exception as error:
        # Decoders raise whatever a damaged file leads them to.
        raise Unfit("unreadable") from error


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


def emblem(data: bytes, media_type: str) -> bytes:
    """Arms for the head of a paper as PNG, see-through where they were, at most `EMBLEM` pixels wide and high."""
    with _scan(data, media_type) as scan:
        _measure(scan)
        scan.thumbnail((EMBLEM, EMBLEM))
        out = io.BytesIO()
        scan.convert("RGBA").save(out, "PNG", optimize=True)
    return out.getvalue()


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
        raise Unfit("no_page", page=page, count=count)


def look_into(data: bytes, media_type: str) -> tuple[int, int, int]:
    """Pages, and width and height of the first one (pixels of a scan, points of a PDF), of a file that is whole."""
    return _look_into_pdf(data) if media_type == PDF else _look_into_scan(data, media_type)


def _look_into_pdf(data: bytes) -> tuple[int, int, int]:
    # PDFium mends a file that was cut off by showing what is left, which must not pass for the whole letter.
    tail = data[-2048:]
    start = re.findall(rb"startxref\s+(\d+)", tail)
    if b"%%EOF" not in tail or not start or int(start[-1]) >= len(data):
        raise Unfit("damaged")
    with pdfium_lock:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            why = "protected" if error.err_code == pdfium_c.FPDF_ERR_PASSWORD else "damaged"
            raise Unfit(why) from error
        try:
            # Also where anyone can open it: PDF/A forbids encryption, and no signature can be added.
            if pdfium_c.FPDF_GetSecurityHandlerRevision(document) != -1:
                raise Unfit("protected")
            pages = len(document)
            if pages > MAX_PAGES:
                raise Unfit("too_many_pages", pages=pages)
            return pages, *_first_sheet(document, pages)
        except pdfium.PdfiumError as error:
            raise Unfit("damaged") from error
        finally:
            document.close()


def _first_sheet(document: pdfium.PdfDocument, pages: int) -> tuple[int, int]:
    """Width and height of page 1 in points, after finding that every page can be reached."""
    if pages == 0:
        raise Unfit("damaged")
    for number in range(pages):
        across, down = ctypes.c_double(), ctypes.c_double()
        if not pdfium_c.FPDF_GetPageSizeByIndex(document, number, across, down):
            raise Unfit("damaged")
        if across.value <= 0 or down.value <= 0:
            raise Unfit("damaged")
    width, height = document[0].get_size()
    return round(width), round(height)


def _look_into_scan(data: bytes, media_type: str) -> tuple[int, int, int]:
    try:
        with Image.open(io.BytesIO(data), formats=[IMAGES[media_type]]) as scan:
            return _measure(scan)
    except Unfit:
        raise
    except Image.DecompressionBombError as error:
        raise Unfit("too_many_pixels") from error
    except Exception as error:
        # Decoders raise whatever a hostile file leads them to; every such file is damaged to us.
        raise Unfit("damaged") from error


def _measure(scan: Image.Image) -> tuple[int, int, int]:
    """Decode every page, which is the only way to know that a scan is whole."""
    pages = frames(scan)
    if pages > MAX_PAGES:
        raise Unfit("too_many_pages", pages=pages)
    width = height = total = 0
    for number in range(pages):
        if number:
            scan.seek(number)
        pixels = scan.width * scan.height
        total += pixels
        if pixels > MAX_PIXELS or total > MAX_PIXELS_TOTAL:
            raise Unfit("too_many_pixels")
        scan.load()
        if number == 0:
            width, height = upright(scan)
    return pages, width, height
