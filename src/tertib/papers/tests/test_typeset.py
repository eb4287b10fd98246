from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pypdfium2 as pdfium
import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tertib.ground.errors import Invalid, Unavailable
from tertib.papers import typeset
from tertib.papers.blocks import blocks_from_text, clean, runs, texts
from tertib.papers.drawing import pdfium_lock
from tertib.papers.kinds import MAX_BOLD, SCHEMAS, check, check_part, fields
from tertib.papers.pages import PDF, page_count, page_text
from tertib.papers.sniff import inspect
from tertib.papers.tests.letters import BODY, HEAD, PAPERS
from tertib.papers.typeset import Letterhead, render

MOMENT = datetime(2020, 7, 2, 9, 0, tzinfo=UTC)


def text_of(pdf: bytes) -> str:
    return "\n".join(page_text(pdf, PDF, n) for n in range(1, page_count(pdf, PDF) + 1))


def squeezed(text: str) -> str:
    """Without any space: where a line ends is the typesetter's business. PDFium marks a hyphen at an end."""
    return re.sub(r"\s+", "", text.replace("\ufffe", "-").replace("\u0002", "-"))


def letter(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(PAPERS["surat_dinas"]), **changes}


def paragraphs(*words: str) -> list[dict[str, Any]]:
    return [{"type": "paragraph", "text": text} for text in words]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_everything_given_is_printed(kind: str) -> None:
    pdf = render(kind, PAPERS[kind], HEAD, created=MOMENT)
    found = squeezed(text_of(pdf))
    for path, text in texts(PAPERS[kind]):
        if not {"type", "url"} & set(path) and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            assert squeezed(text.replace("**", "")) in found, path
    assert "DINASKESEHATAN" in found
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert inspect(pdf, "surat.pdf").pages == 1


def test_dates_are_in_words() -> None:
    assert "Bekasi, 2 Juli 2020" in text_of(render("surat_dinas", letter(), HEAD))
    invitation = {**PAPERS["undangan"], "event_end": "2020-07-10"}
    assert "Kamis/9Juli2020" in squeezed(text_of(render("undangan", PAPERS["undangan"], HEAD)))
    found = squeezed(text_of(render("undangan", invitation, HEAD)))
    assert "Kamis,9Juli2020s.d.Jumat,10Juli2020" in found


def test_language_title_and_author_are_in_the_file() -> None:
    pdf = render("surat_dinas", letter(subject="Rencana"), HEAD, created=MOMENT)
    with pdfium_lock:
        document = pdfium.PdfDocument(pdf)
        facts = document.get_metadata_dict()
        document.close()
    assert facts["Title"] == "Surat Dinas: Rencana"
    assert facts["Author"] == "Dinas Kesehatan"
    assert facts["CreationDate"].startswith("D:20200702090000")
    assert re.search(rb"/Lang\s?\(id(-ID)?\)", pdf)


def test_the_same_input_gives_the_same_bytes() -> None:
    first = render("undangan", PAPERS["undangan"], HEAD, created=MOMENT)
    render("surat_dinas", letter(), HEAD, created=MOMENT)
    assert render("undangan", PAPERS["undangan"], HEAD, created=MOMENT) == first


HOSTILE = [
    '#import "@preview/x:1.0.0": *',
    "#sys.inputs #read(\"/etc/passwd\") #{panic()} #include 'style.typ'",
    "*_<>\\`$@~=-+/ // /* */ <label> @ref = judul - butir",
    "\"kutip\" 'tunggal' -- --- ... \\u{1f600} \\* \\#",
    "<script>alert(1)</script> &amp; {{ x }} {% y %}",
    "$ sum_(i=1)^n $ [isi] (kurung) ]]} ))",
    "Nilai ≤ 50 % — “baik” … naïve façade č ş Ω Ж ½ ² → √",
    "x" * 290,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_typed_is_markup(text: str) -> None:
    body = [*paragraphs(text), {"type": "numbered", "items": [text, text]}]
    body.append({"type": "table", "rows": [["Uraian", text], [text, "1"]]})
    data = letter(subject=text, to=[text[:200]], body=body, copies=[text[:200]])
    data["signer"] = {"post": text[:200], "name": text[:120]}
    found = squeezed(text_of(render("surat_dinas", data, Letterhead(text, text, text, text))))
    assert found.count(squeezed(text)) >= 6


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(max_codepoint=0x3000), min_size=1, max_size=80), st.text(max_size=10))
def test_any_text_is_printed_or_refused_by_name(usual: str, wild: str) -> None:
    data = letter(subject="x" + usual, body=paragraphs("y" + usual + wild))
    try:
        assert page_count(render("surat_dinas", data, HEAD), PDF) >= 1
    except Invalid as error:
        assert set(error.facts["fields"]) <= {"subject", "body.0.text"}
    sheet = {**PAPERS["lembar_disposisi"], "subject": "x" + usual, "note": "y" + usual + wild}
    assert page_count(render("lembar_disposisi", sheet, Letterhead("x" + wild)), PDF) >= 1


def test_what_no_font_has_is_refused_in_a_letter_and_shown_as_missing_on_a_sheet() -> None:
    with pytest.raises(Invalid) as caught:
        render("surat_dinas", letter(subject="Rapat \U0001fae0 besok"), HEAD)
    assert caught.value.facts["fields"] == ["subject"]
    assert "\U0001fae0" in str(caught.value)
    sheet = {**PAPERS["lembar_disposisi"], "subject": "Rapat \U0001fae0 besok"}
    assert "Rapat \ufffd besok" in text_of(render("lembar_disposisi", sheet, HEAD))


def test_a_letterhead_whose_capitals_no_font_has_is_still_printed() -> None:
    # Fonts have the small Georgian letter, but not the capital that letterheads would make of it.
    assert page_count(render("nota_dinas", PAPERS["nota_dinas"], Letterhead("x\u10d0")), PDF) >= 1


def test_controls_and_direction_marks_are_taken_out() -> None:
    data = letter(subject="Undangan\u202e rahasia\x00\x1b\ud800", body=paragraphs("satu\r\ndua"))
    found = text_of(render("surat_dinas", data, HEAD))
    assert "Undangan rahasia" in found
    assert "satu\ndua" in found


def test_bold_is_bold_and_a_lone_mark_stays() -> None:
    assert runs("a **b c** d") == [
        {"t": "a ", "b": False},
        {"t": "b c", "b": True},
        {"t": " d", "b": False},
    ]
    assert "".join(run["t"] for run in runs("2 ** 3 dan **tanpa akhir")) == "2 ** 3 dan **tanpa akhir"
    assert runs("a **b**", bold=False) == [{"t": "a **b**", "b": False}]


def test_a_long_letter_numbers_its_pages_and_keeps_the_signature_with_text() -> None:
    sentence = "Uraian pelaksanaan kegiatan pada setiap wilayah kerja menurut laporan berkala. "
    for count in (20, 21, 22, 23, 24):
        data = letter(body=paragraphs(*[f"Butir {n}. {sentence * 5}" for n in range(count)], "Demikian."))
        pdf = render("surat_dinas", data, HEAD)
        pages = [page_text(pdf, PDF, n) for n in range(1, page_count(pdf, PDF) + 1)]
        assert len(pages) >= 3
        assert not pages[0].startswith("\u2013")
        for number, text in enumerate(pages[1:], 2):
            assert text.startswith(f"\u2013 {number} \u2013")
        (signed,) = [text for text in pages if "NIP 1970" in text]
        assert "Demikian." in signed
        assert "Tembusan" in pages[-1]
        found = squeezed("".join(pages))
        assert all(f"Butir{n}." in found for n in range(count))


def test_many_recipients_follow_on_a_page_of_their_own() -> None:
    pdf = render("surat_dinas", letter(to=[f"Camat Contoh {n}" for n in range(1, 13)]), HEAD)
    assert page_count(pdf, PDF) == 2
    assert "daftar terlampir" in page_text(pdf, PDF, 1)
    assert "12. Camat Contoh 12" in page_text(pdf, PDF, 2)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_draft_says_so_on_every_page(kind: str) -> None:
    data = {key: value for key, value in PAPERS[kind].items() if key not in ("number", "date")}
    pdf = render(kind, data, HEAD, draft=True)
    assert "KONSEP" in squeezed(text_of(pdf))
    assert "KONSEP" not in squeezed(text_of(render(kind, PAPERS[kind], HEAD)))
    if kind in ("surat_dinas", "nota_dinas", "undangan", "surat_perintah"):
        assert "nomor diisi saat ditandatangani" in text_of(pdf)


def test_a_signature_says_so_with_its_code() -> None:
    plain = render("surat_dinas", letter(), HEAD)
    assert "elektronik" not in text_of(plain)
    data = letter(signature={"url": "https://bekasi.example/periksa/1", "moment": "2 Juli 2020, 16.00 WIB"})
    found = text_of(render("surat_dinas", data, HEAD))
    assert "Ditandatangani secara elektronik" in found
    assert "https://bekasi.example/periksa/1" in found


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "P", "L", "CMYK"])
def test_arms_in_the_head(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (1200, 1500)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    pdf = render("surat_dinas", letter(), Letterhead("Kota Contoh", arms=out.getvalue()))
    assert b"<pdfaid:part>2" in pdf


def test_arms_that_are_no_picture() -> None:
    for arms in (b"nothing", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(Invalid):
            render("surat_dinas", letter(), Letterhead("Kota Contoh", arms=arms))


BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({"subject": ""}, ["subject"]),
    ({"subject": "  "}, ["subject"]),
    ({"subject": "x" * 301}, ["subject"]),
    ({"subject": 7}, ["subject"]),
    ({"date": "2020-02-31"}, ["date"]),
    ({"date": "2 Juli 2020"}, ["date"]),
    ({"to": []}, ["to"]),
    ({"to": ["a"] * 201}, ["to"]),
    ({"to": ["a", "x" * 201]}, ["to.1"]),
    ({"signer": {"name": "Contoh"}}, ["signer.post"]),
    ({"signer": {"post": "Camat", "name": "Contoh", "capacity": "Pj."}}, ["signer.capacity"]),
    ({"body": [{"type": "html", "text": "x"}]}, ["body.0.type"]),
    ({"body": [{"type": "table"}]}, ["body.0.rows"]),
    ({"body": [{"type": "table", "rows": [["a"] * 11]}]}, ["body.0.rows.0"]),
    ({"body": "Dengan hormat"}, ["body"]),
    ({"secret": "x"}, ["secret"]),
    ({"signature": {"url": "javascript:alert(1)"}}, ["signature.url"]),
    ({"number": "", "place": None}, ["number", "place"]),
]


@pytest.mark.parametrize(("changes", "where"), BAD)
def test_what_does_not_fit_is_named(changes: dict[str, Any], where: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        render("surat_dinas", letter(**changes), HEAD)
    assert sorted(caught.value.facts["fields"]) == where
    assert all(str(problem.where) and str(problem.mend) for problem in caught.value.problems)


def test_a_problem_names_the_field_in_words() -> None:
    with pytest.raises(Invalid) as caught:
        check("surat_dinas", letter(signer={"post": "Camat", "name": "C", "nip": "1" * 31}, to=["a", 5]))
    with override("en"):
        named = {str(problem.where) for problem in caught.value.problems}
    assert named == {"Signing official, NIP", "Recipients 2"}


def test_an_unknown_kind() -> None:
    for ask in (lambda: fields("../style"), lambda: render("surat", letter(), HEAD)):
        with pytest.raises(Invalid):
            ask()


def test_typed_text_becomes_blocks() -> None:
    typed = (
        "Menindaklanjuti arahan\nbersama ini:\n1. satu\n   lanjutan\n2) dua\n\n# Kebutuhan\n"
        "| Unit | Biaya |\n|---|---|\n| A | 1.000 |\n| B |\n\n\n\nDemikian."
    )
    assert blocks_from_text(typed) == [
        {"type": "paragraph", "text": "Menindaklanjuti arahan\nbersama ini:"},
        {"type": "numbered", "items": ["satu\nlanjutan", "dua"]},
        {"type": "heading", "text": "Kebutuhan"},
        {"type": "table", "rows": [["Unit", "Biaya"], ["A", "1.000"], ["B", ""]], "head": True},
        {"type": "paragraph", "text": "Demikian."},
    ]
    assert blocks_from_text(" \n\n") == []


@given(st.text(st.sampled_from("aXY1.)|-#* \n\t"), max_size=60))
def test_any_typed_text_becomes_valid_blocks(typed: str) -> None:
    """No letter is lost; those of markers, as in “a. ”, are small ones and counted anew."""
    blocks = blocks_from_text(typed)
    if any(len(block.get("rows", [[]])[0]) > 10 for block in blocks):
        return
    if check("surat_dinas", letter(body=[*blocks, *BODY])):
        letters = re.sub(r"[^XY]", "", clean(typed))
        assert re.sub(r"[^XY]", "", "".join(text for _, text in texts([b | {"type": ""} for b in blocks]))) == letters


def test_many_threads_at_once() -> None:
    def one(number: int) -> bool:
        return f"Uji {number}." in text_of(render("surat_dinas", letter(subject=f"Uji {number}."), HEAD))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(40)))


HEAVY: dict[str, list[dict[str, Any]]] = {
    # Each of these took all the memory there was: a head taller than its page comes again and again.
    "a tall head": [{"type": "table", "rows": [["kata " * 200] * 10] * 2}],
    "a head of lines": [{"type": "table", "rows": [["a\n" * 900], ["b"]]}],
    "a head of one long word": [{"type": "table", "rows": [["a" * 2000] * 10, ["b"] * 10]}],
    "many brackets": [{"type": "paragraph", "text": "(* " * 6000}] * 10,
    "many cells": [{"type": "table", "rows": [["1"] * 10] * 400}] * 4,
    "many lone marks": [{"type": "paragraph", "text": "** " * 6000}] * 10,
    "many bold passages": [{"type": "paragraph", "text": "**a** " * (MAX_BOLD // 2)}] * 2,
}


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY)
def test_the_heaviest_texts_that_are_taken_are_typeset_soon_and_in_little_memory(body: list[dict[str, Any]]) -> None:
    """In a process of its own, for a failure would end this one."""
    program = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
from django.conf import settings
settings.configure()
from tertib.papers.tests.test_typeset import HEAD, letter
from tertib.papers.typeset import render
assert render("surat_dinas", letter(body=json.load(sys.stdin)), HEAD).startswith(b"%PDF")
"""
    command, given = [sys.executable, "-c", program], json.dumps(body)
    done = subprocess.run(command, input=given, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]


@pytest.mark.parametrize(
    "body",
    [
        [{"type": "paragraph", "text": "a" * 20_000}] * 11,
        [{"type": "table", "rows": [["1"] * 10] * 500}] * 5,
        [{"type": "paragraph", "text": "**" * 9000}] * 10,
    ],
)
def test_what_is_too_much_for_one_paper_is_refused_at_its_field(body: list[dict[str, Any]]) -> None:
    with pytest.raises(Invalid) as error:
        render("surat_dinas", letter(body=body), HEAD)
    assert error.value.facts["fields"] == ["body"]
    with pytest.raises(Invalid):
        check_part("surat_dinas", {"body": body})


def test_a_short_head_stands_on_each_page() -> None:
    body = [{"type": "table", "rows": [["Judul kolom", "Nilai"], *[["zirkon", "1"]] * 120]}]
    pdf = render("surat_dinas", letter(body=body), HEAD)
    pages = [page_text(pdf, PDF, number) for number in range(1, page_count(pdf, PDF) + 1)]
    assert [("Judul kolom" in page) for page in pages] == [("zirkon" in page) for page in pages]
    assert sum("zirkon" in page for page in pages) > 2


def test_bold_passages_are_bounded_by_name() -> None:
    body = [{"type": "paragraph", "text": "**a** " * (MAX_BOLD // 2)}] * 2
    assert render("surat_dinas", letter(body=body), HEAD).startswith(b"%PDF")
    with override("en"), pytest.raises(Invalid) as refused:
        render("surat_dinas", letter(body=[*body, {"type": "paragraph", "text": "**b**"}]), HEAD)
    with override("en"):
        assert "bold passages" in str(refused.value.problems[0].what)
    assert refused.value.facts["fields"] == ["body"]


def test_few_wait_for_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those beyond are refused while the compiler is still held; those who waited get their paper."""
    monkeypatch.setattr(typeset, "WAIT_SECONDS", 60)
    monkeypatch.setattr(typeset, "SLOW_SECONDS", 0)
    came, refused = [], []

    def ask() -> None:
        try:
            came.append(render("surat_dinas", letter(), HEAD))
        except Unavailable as error:
            refused.append(error)

    asking = [threading.Thread(target=ask) for _ in range(10)]
    with typeset._turn():
        for each in asking:
            each.start()
        until = time.monotonic() + 60
        while len(refused) < 10 - typeset.MOST_WAITING and time.monotonic() < until:
            time.sleep(0.01)
        assert len(refused) == 10 - typeset.MOST_WAITING and not came
    for each in asking:
        each.join()
    assert len(came) == typeset.MOST_WAITING and all(pdf.startswith(b"%PDF") for pdf in came)


def test_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeset, "WAIT_SECONDS", 0.05)
    with typeset._turn(), pytest.raises(Unavailable):
        render("surat_dinas", letter(), HEAD)
    assert render("surat_dinas", letter(), HEAD).startswith(b"%PDF")
