from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from tertib.ground.errors import Invalid
from tertib.papers import drawing, sniff
from tertib.papers.pages import JPEG, PDF, PNG, TIFF
from tertib.papers.sniff import clean_name, inspect
from tertib.papers.tests.samples import encrypted_pdf, pdf, picture, png_claiming


def three_pages() -> Any:
    return {"save_all": True, "append_images": [Image.new("L", (30, 40)) for _ in range(2)]}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pdf(["satu", "dua"]), (PDF, 2, 595, 842)),
        (pdf(["satu"], head=b"\xef\xbb\xbf"), (PDF, 1, 595, 842)),
        (picture("JPEG"), (JPEG, 1, 600, 400)),
        (picture("PNG", mode="P"), (PNG, 1, 600, 400)),
        (picture("TIFF", compression="tiff_lzw"), (TIFF, 1, 600, 400)),
        (picture("TIFF", mode="1", compression="group4"), (TIFF, 1, 600, 400)),
        (picture("TIFF", **three_pages()), (TIFF, 3, 600, 400)),
        (picture("MPO", **three_pages()), (JPEG, 1, 600, 400)),
    ],
)
def test_content_decides(data: bytes, expected: tuple[str, int, int, int]) -> None:
    found = inspect(data, "surat.exe")
    assert (found.media_type, found.pages, found.width, found.height) == expected


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG"])
def test_a_camera_held_sideways(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = inspect(picture(kind, exif=exif), "foto")
    assert (found.width, found.height) == (400, 600)


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


NOISE = Image.effect_noise((300, 300), 90).tobytes()
BAD = {
    "empty": b"",
    "too large": b"%PDF-1.7" + b"\0" * sniff.MAX_BYTES,
    "text": b"Dengan hormat,",
    "html that names PDF": b"<html>%PDF-1.7</html>",
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "gif": picture("GIF"),
    "webp": picture("WEBP"),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "pdf head only": b"%PDF-1.7\n",
    "pdf cut": half(pdf(["satu"] * 30)),
    "pdf end cut": pdf(["satu"])[:-7],
    "pdf middle lost": pdf(["satu"] * 30)[:200] + pdf(["satu"] * 30)[-40:],
    "pdf garbage": b"%PDF-1.7\n" + NOISE + b"\nstartxref\n12\n%%EOF",
    "pdf without pages": pdf([]),
    "pdf with password": encrypted_pdf(b"kunci"),
    "pdf restricted": encrypted_pdf(b""),
    "pdf with too many pages": pdf(["x"] * (drawing.MAX_PAGES + 1)),
    "jpeg cut": half(picture("JPEG")),
    "png cut": half(picture("PNG")),
    "tiff cut": half(picture("TIFF", compression="tiff_lzw")),
    "tiff raw cut": half(picture("TIFF")),
    "png bomb": png_claiming(60_000, 60_000),
    "png bomb below Pillow's own limit": png_claiming(10_001, 10_000),
    "png shorter than it claims": png_claiming(5_000, 5_000),
    "png of no size": png_claiming(0, 10),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_can_not_be_kept_is_refused_with_a_mend(data: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        inspect(data, "surat.pdf")
    (problem,) = caught.value.problems
    assert problem.where == "file"
    assert problem.mend


def test_every_page_of_a_tiff_is_decoded() -> None:
    data = picture("TIFF", (30, 40), save_all=True, append_images=[Image.effect_noise((300, 300), 90)])
    assert inspect(data, "").pages == 2
    with pytest.raises(Invalid):
        inspect(data[: len(data) - 200], "")


def test_pages_of_a_tiff_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "MAX_PIXELS_TOTAL", 600 * 400 + 1000)
    with pytest.raises(Invalid):
        inspect(picture("TIFF", **three_pages()), "", ours=True)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["PDF", "JPEG", "PNG", "TIFF"]), st.data())
def test_a_damaged_file_is_taken_or_refused_but_never_fails(kind: str, data: st.DataObject) -> None:
    whole = bytearray(pdf(["satu", "dua"]) if kind == "PDF" else picture(kind, (40, 30)))
    for _ in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert inspect(bytes(whole), "x").pages >= 1
    except Invalid as error:
        assert error.problems[0].mend


def test_many_threads_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: inspect(pdf(["x"] * n), "x").pages, range(1, 60)))
    assert found == list(range(1, 60))


@pytest.mark.parametrize(
    ("name", "media_type", "clean"),
    [
        ("Surat Edaran No. 12.pdf", PDF, "Surat Edaran No. 12.pdf"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("C:\\Users\\kantor\\surat.pdf", PDF, "surat.pdf"),
        ("..\\..\\.htaccess", PNG, "htaccess.png"),
        ("scan.PDF", PDF, "scan.pdf"),
        ("scan.jpeg", JPEG, "scan.jpeg"),
        ("scan.png", JPEG, "scan.jpg"),
        ("surat.pdf.exe", PDF, "surat.pdf.exe.pdf"),
        ("surat\u202efdp.exe", PDF, "suratfdp.exe.pdf"),
        ("a\x00b\r\nc\x1b[31m.pdf", PDF, "abc[31m.pdf"),
        ("CON.pdf", PDF, "_CON.pdf"),
        ('a<b>:"c|d?e*.pdf', PDF, "a_b___c_d_e_.pdf"),
        ("", PDF, "dokumen.pdf"),
        ("...", TIFF, "dokumen.tif"),
        (".pdf", PDF, "dokumen.pdf"),
        ("a" * 500 + ".pdf", PDF, "a" * 116 + ".pdf"),
        ("catatan", None, "catatan"),
        ("\ud800", None, "dokumen"),
        ("Surat Café.tiff", TIFF, "Surat Café.tiff"),
    ],
)
def test_names(name: str, media_type: str | None, clean: str) -> None:
    assert clean_name(name, media_type) == clean


@given(st.text(max_size=300), st.sampled_from([None, PDF, JPEG, PNG, TIFF]))
@example("../x.pdf/..", PDF)
@example("lpt1 .pdf", PDF)
def test_a_clean_name_is_safe_and_stays(name: str, media_type: str | None) -> None:
    clean = clean_name(name, media_type)
    assert 1 <= len(clean) <= sniff.MAX_NAME
    assert not set(clean) & set('/\\<>:"|?*\0')
    assert not clean.startswith((".", " "))
    assert not clean.endswith((".", " "))
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in clean)
    assert clean_name(clean, media_type) == clean
    if media_type:
        assert clean.rpartition(".")[2] in sniff.EXTENSIONS[media_type]
