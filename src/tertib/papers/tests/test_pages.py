from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from tertib.ground.errors import Broken, Invalid, NotFound
from tertib.papers.drawing import TALLEST
from tertib.papers.pages import JPEG, PDF, PNG, TIFF, WIDTHS, page_count, page_image, page_text
from tertib.papers.tests.samples import pdf, picture


def drawn(data: bytes, media_type: str, page: int = 1, width: int = 480) -> Image.Image:
    out, kind = page_image(data, media_type, page, width)
    assert kind == "image/webp"
    image = Image.open(io.BytesIO(out))
    assert image.format == "WEBP"
    return image


@pytest.mark.parametrize("width", WIDTHS)
def test_a_pdf_page_has_the_width_asked_for(width: int) -> None:
    image = drawn(pdf(["satu", "dua"]), PDF, 2, width)
    assert image.width == width
    assert abs(image.height - width * 842 / 595) <= 1
    assert min(image.convert("L").tobytes()) < 100


def test_text_and_count() -> None:
    data = pdf(["Yth. Kepala Dinas", "halaman dua"])
    assert page_count(data, PDF) == 2
    assert page_text(data, PDF, 1) == "Yth. Kepala Dinas"
    assert page_text(data, PDF, 2) == "halaman dua"
    assert page_text(picture("PNG"), PNG, 1) == ""


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", JPEG), ("PNG", PNG), ("TIFF", TIFF)])
def test_a_photo_taken_sideways_stands_upright(kind: str, media_type: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = drawn(picture(kind, (1600, 1200), exif=exif), media_type)
    assert image.size == (480, 640)
    # Darker at the left in the file, so darker above once turned clockwise.
    grey = image.convert("L").tobytes()
    assert grey[30 * 480 + 240] < grey[600 * 480 + 240] - 100


def test_every_page_of_a_tiff() -> None:
    data = picture("TIFF", save_all=True, append_images=[Image.new("L", (600, 300), 200)])
    assert page_count(data, TIFF) == 2
    second = drawn(data, TIFF, 2).convert("L")
    assert second.size == (480, 240)
    assert abs(second.tobytes()[5000] - 200) < 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png(mode: str) -> None:
    image = Image.new("L", (3000, 2000), 128)
    if mode == "I;16":
        image = image.convert("I").point(lambda level: level * 257).convert("I;16")
    else:
        image = image.convert(mode)
    out = io.BytesIO()
    image.save(out, "PNG")
    small = drawn(out.getvalue(), PNG).convert("L")
    assert small.size == (480, 320)
    assert abs(small.resize((1, 1)).tobytes()[0] - 128) < 8


def test_transparent_is_white_as_paper() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (900, 900), (0, 0, 0, 0)).save(out, "PNG")
    assert drawn(out.getvalue(), PNG).convert("L").getextrema() == (255, 255)


def test_a_cmyk_photo() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (900, 900), (0, 0, 0, 0)).save(out, "JPEG")
    assert drawn(out.getvalue(), JPEG).mode == "RGB"


def test_a_small_scan_is_not_blown_up() -> None:
    assert drawn(picture("PNG", (100, 50)), PNG, 1, 1440).size == (100, 50)


@pytest.mark.parametrize("size", [(10, 14_000), (3, 3), (14_400, 10)])
def test_strange_pages_stay_bounded(size: tuple[int, int]) -> None:
    image = drawn(pdf(["x"], size=size), PDF, 1, 960)
    assert image.width <= 960
    assert image.height <= 960 * TALLEST + 1


def test_a_strip_of_a_scan_stays_bounded() -> None:
    assert drawn(picture("PNG", (10, 14_000)), PNG).size == (1, 1920)


@pytest.mark.parametrize("page", [-1, 0, 3])
def test_a_page_that_is_not_there(page: int) -> None:
    data = pdf(["satu", "dua"])
    for ask in (lambda: page_image(data, PDF, page, 480), lambda: page_text(data, PDF, page)):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises(NotFound):
        page_image(picture("TIFF"), TIFF, 2, 480)
    with pytest.raises(NotFound):
        page_text(picture("TIFF"), TIFF, 2)


def test_what_is_not_offered() -> None:
    with pytest.raises(Invalid):
        page_image(pdf(["satu"]), PDF, 1, 481)
    for media_type in ("text/html", "image/gif", ""):
        with pytest.raises(Invalid):
            page_image(pdf(["satu"]), media_type, 1, 480)


def test_what_can_not_be_read() -> None:
    for media_type in (PDF, JPEG, PNG, TIFF):
        with pytest.raises(Broken):
            page_image(b"not at all", media_type, 1, 480)
    with pytest.raises(Broken):
        page_image(picture("JPEG")[:900], JPEG, 1, 480)


def test_many_threads_at_once() -> None:
    data = pdf([f"halaman {n}" for n in range(1, 41)])
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda n: page_text(data, PDF, n), range(1, 41)))
        list(pool.map(lambda n: page_image(data, PDF, n, 480), range(1, 9)))
    assert texts == [f"halaman {n}" for n in range(1, 41)]
