"""Writing in the browser: by keyboard alone, through a crash, with another's hand on the pen, and with remarks."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tertib.papers.blocks import blocks_from_text, markers, text_from_blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from browser.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SURFACE = ".surface >> nth=0"


def _begin(page: Page, subject: str, *, save: bool = True) -> str:
    """A draft to another body, signed by the head of the agency."""
    page.goto("/surat/keluar/baru")
    page.get_by_role("button", name="Lembaga luar").click()
    page.get_by_role("textbox", name="Nama").fill("Yayasan Contoh")
    page.get_by_label("Perihal").fill(subject)
    page.get_by_role("radio", name=re.compile("Kepala Dinas Kesehatan")).check(force=True)
    expect(page.locator("#chain")).to_contain_text("Kepala Bidang Pelayanan Kesehatan")
    if save:
        page.locator(SURFACE).click()
        page.keyboard.type("Alinea pertama tentang data.")
        page.keyboard.press("Enter")
        page.keyboard.type("Alinea kedua tentang jadwal pengiriman.")
        page.get_by_role("button", name="Simpan konsep").last.click()
        expect(page.locator(".notice.ok")).to_be_visible()
    return page.url


def _text(page: Page) -> str:
    return str(page.locator("#id_body").input_value())


def test_a_letter_with_points_and_a_table_by_keyboard(sit: Callable[..., Page]) -> None:
    page = sit("staf")
    _begin(page, "Surat dari papan ketik", save=False)
    page.locator(SURFACE).focus()
    keys = page.keyboard
    keys.type("Bersama ini ")
    keys.press("Control+b")
    keys.type("kami")
    keys.press("Control+b")
    keys.type(" sampaikan:")
    keys.press("Enter")
    keys.type("1. satu")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("huruf")
    keys.press("Enter")
    keys.type("huruf lagi")
    keys.press("Enter")
    keys.press("Shift+Tab")
    keys.type("dua")
    keys.press("Enter")
    keys.press("Enter")
    keys.type("Jadwalnya:")
    keys.press("Enter")
    keys.press("Shift+Tab")  # to the tools, one stop
    expect(page.get_by_role("toolbar")).to_be_visible()
    tool = page.get_by_role("button", name="Tabel")
    for _step in range(12):
        if tool.evaluate("b => b === document.activeElement"):
            break
        keys.press("ArrowRight")
    keys.press("Enter")
    keys.type("Hari")
    keys.press("Tab")
    keys.type("Tempat")
    keys.press("Tab")
    keys.type("Senin")
    keys.press("Tab")
    keys.type("Aula | dua")
    keys.press("Tab")
    keys.type("Selasa")
    assert _text(page) == (
        "Bersama ini **kami** sampaikan:\n\n1. satu\n    a. huruf\n    b. huruf lagi\n2. dua\n\nJadwalnya:\n\n"
        "| Hari | Tempat |\n|---|---|\n| Senin | Aula ¦ dua |\n| Selasa |  |"
    )
    # Back and forth again.
    for _step in range(4):
        keys.press("Control+z")
    assert "Selasa" not in _text(page)
    for _step in range(4):
        keys.press("Control+y")
    assert "Selasa" in _text(page)
    # The paper stands beside it without being asked for.
    expect(page.locator("#preview img").first).to_be_visible()
    page.get_by_role("button", name="Simpan konsep").last.click()
    expect(page.locator(".notice.ok")).to_be_visible()
    assert "    a. huruf" in _text(page)


def test_enter_in_a_search_looks_and_sends_nothing(sit: Callable[..., Page]) -> None:
    page = sit("staf")
    page.goto("/surat/keluar/baru")
    page.get_by_label("Perihal").fill("Surat yang dicarikan penerima")
    moved: list[str] = []
    page.on("framenavigated", lambda frame: moved.append(frame.url))
    for name, text, chip in (
        ("Cari unit atau pemerintah", "penanaman", "+ Dinas Penanaman Modal"),
        ("Cari pemaraf", "penanaman", "+ Kepala DPMPTSP"),
        ("Cari jabatan", "penanaman", "Kepala DPMPTSP"),
    ):
        box = page.get_by_role("searchbox", name=name)
        box.fill(text)
        box.press("Enter")
        found = page.locator(".picker", has=box).locator(".found")
        expect(found).to_contain_text(chip)
        expect(box).to_be_focused()
    assert not moved and not page.locator(".summary").count()
    # In any other field of one line it saves, and what is missing is said.
    page.get_by_label("Perihal").press("Enter")
    expect(page.locator(".summary")).to_be_visible()
    expect(page.get_by_label("Perihal")).to_have_value("Surat yang dicarikan penerima")


def test_the_editor_changes_nothing_by_itself(sit: Callable[..., Page]) -> None:
    """Text to editor to text is the same, for whatever bodies there are."""
    page = sit("staf")
    page.goto("/surat/keluar/baru")
    rng = random.Random(7)
    bodies = [text_from_blocks(blocks_from_text(_body(rng))) for _n in range(400)]
    turn = """bodies => { const area = document.getElementById("id_body"), e = area.editor, root = e.root;
      return bodies.map((text) => { e.set(text); root.dispatchEvent(new InputEvent("input", {inputType: "x"}));
        return [window.tertibBlocks.text(window.tertibBlocks.parse(text)), area.value]; }); }"""
    for body, (parsed, drawn) in zip(bodies, page.evaluate(turn, bodies), strict=True):
        assert parsed == body and drawn == body


def _body(rng: random.Random) -> str:
    words = ["data", "**tebal**", "a*b", "**", "x **dua kata** y", "1)", "é", "|", "#", "a.", "**a****b**", "***c**"]
    lines = []
    for _n in range(rng.randrange(1, 12)):
        start = rng.choice(["", "", "1. ", "2) ", "    a. ", "a. ", "        1) ", "# ", "| ", "\n", "\n"])
        text = " ".join(rng.choice(words) for _w in range(rng.randrange(0, 5)))
        lines.append(f"{start}{text}{' |' if start == '| ' else ''}")
    return "\n".join(lines)


# The numbers as they stand on the screen: what the style shows of a point, and what it is numbered with.
SHOWN = """() => Array.from(document.querySelectorAll(".surface")[0].querySelectorAll("p[data-k=n]"), (p) => {
  const shown = getComputedStyle(p, "::before").content;
  return shown === "attr(data-n)" || shown === JSON.stringify(p.dataset.n) ? p.dataset.n : shown; })"""


def test_points_are_numbered_on_the_screen_as_on_the_paper(sit: Callable[..., Page]) -> None:
    page = sit("staf")
    page.goto("/surat/keluar/baru")
    page.locator(SURFACE).click()
    keys = page.keyboard

    def of_the_paper() -> list[str]:
        return [mark for block in blocks_from_text(_text(page)) if "items" in block for mark in markers(block)]

    keys.type("1. satu\ndua\ntiga")
    assert page.evaluate(SHOWN) == of_the_paper() == ["1.", "2.", "3."]
    keys.press("Enter")
    keys.press("Tab")
    keys.type("huruf\n")
    keys.press("Tab")
    keys.type("kurung\n")
    keys.press("Tab")
    keys.type("dalam\ndalam lagi\n")
    for _step in range(2):
        keys.press("Shift+Tab")
    keys.type("huruf lagi\n")
    keys.press("Shift+Tab")
    keys.type("empat\n")
    keys.press("Enter")  # an empty point ends the list
    keys.type("Selanjutnya:\n1. lain\nlain lagi")
    marks = ["1.", "2.", "3.", "a.", "1)", "a)", "b)", "b.", "4.", "1.", "2."]
    assert page.evaluate(SHOWN) == of_the_paper() == marks
    # A point more in the middle: those below it count on.
    page.locator(".surface p", has_text="satu").first.click()
    keys.press("End")
    keys.type("\nsisipan")
    assert page.evaluate(SHOWN) == of_the_paper()
    assert page.evaluate(SHOWN)[:4] == ["1.", "2.", "3.", "4."]
    keys.press("Control+z")
    rng = random.Random(11)
    for _n in range(60):
        body = text_from_blocks(blocks_from_text(_body(rng)))
        page.evaluate("body => document.getElementById('id_body').editor.set(body)", body)
        assert page.evaluate(SHOWN) == of_the_paper()


def test_what_is_pasted_keeps_its_words_and_drops_its_looks(sit: Callable[..., Page]) -> None:
    page = sit("staf")
    page.goto("/surat/keluar/baru")
    page.locator(SURFACE).click()
    html = (
        "<style>p{color:red}</style><h2 style='color:red'>Judul</h2><p style='font-family:Wingdings'>Satu <b>dua</b>"
        "<img src=x onerror=alert(1)><script>alert(1)</script></p>"
        "<ol><li>butir<ol><li>anak</li></ol></li><li>lain</li></ol>"
        "<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>b.</span>Word</p>"
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table><div>Akhir</div>"
    )
    paste = """([html, text]) => {
      const data = new DataTransfer(), how = {clipboardData: data, bubbles: true, cancelable: true};
      data.setData("text/html", html); data.setData("text/plain", text);
      document.querySelector(".surface").dispatchEvent(new ClipboardEvent("paste", how)); }"""
    page.evaluate(paste, [html, ""])
    assert _text(page) == (
        "# Judul\n\nSatu **dua**\n\n1. butir\n    a. anak\n2. lain\n    a. Word\n\n"
        "| A | B |\n|---|---|\n| 1 | 2 |\n\nAkhir"
    )
    page.keyboard.press("Control+z")
    assert _text(page) == ""


@pytest.fixture
def calm(office: Any) -> Any:
    """A test that cuts the line: the browser says so, and that is no complaint about our pages."""
    yield office
    office.complaints[:] = [text for text in office.complaints if "ERR_FAILED" not in text]


@pytest.mark.usefixtures("calm")
def test_what_was_typed_survives_a_crash(sit: Callable[..., Page]) -> None:
    page = sit("staf")
    address = _begin(page, "Surat yang terputus")
    # Kept by the server within two seconds, without a version.
    page.locator(SURFACE).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Sudah di server.")
    expect(page.locator(".save-state")).to_contain_text("Tersimpan", timeout=4000)
    # The power goes: this window can't even say that it lays the pen down.
    page.context.set_offline(True)
    page.context.close()
    page = sit("staf")
    page.goto(address)
    expect(page.locator(SURFACE)).to_contain_text("Sudah di server.")
    expect(page.locator("main")).to_contain_text("Anda melanjutkan tulisan")
    expect(page.locator("#pen")).to_contain_text("jendela lain")
    page.get_by_role("button", name="Lanjutkan di sini").click()
    expect(page.locator("#pen")).to_be_hidden()
    expect(page.locator(SURFACE)).to_have_attribute("contenteditable", "true")
    # Without the server it is kept by the browser, and offered.
    page.route("**/salinan", lambda route: route.abort())
    page.route("**/pena", lambda route: route.abort())
    page.locator(SURFACE).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Hanya di sini.")
    expect(page.locator(".save-state")).to_contain_text("server tidak terjangkau")
    again = page.context.new_page()
    again.goto(address)
    box = again.locator("#unsaved")
    expect(box).to_contain_text("belum tersimpan")
    expect(again.locator(SURFACE)).not_to_contain_text("Hanya di sini.")
    box.get_by_role("button", name="Pulihkan").click()
    expect(again.locator(SURFACE)).to_contain_text("Hanya di sini.")


def test_the_pen_is_in_one_hand_and_can_be_taken(sit: Callable[..., Page]) -> None:
    first = sit("staf")
    address = _begin(first, "Surat dua tangan")
    first.locator(SURFACE).click()
    first.keyboard.press("Control+End")
    first.keyboard.type(" Tangan pertama.")
    expect(first.locator(".save-state")).to_contain_text("Tersimpan")
    second = sit("staf")
    second.goto(address)
    expect(second.locator("#pen")).to_contain_text("jendela lain")
    expect(second.locator(SURFACE)).to_have_attribute("contenteditable", "false")
    expect(second.locator(SURFACE)).to_contain_text("Tangan pertama.")
    second.get_by_role("button", name="Lanjutkan di sini").click()
    expect(second.locator("#pen")).to_be_hidden()
    second.locator(SURFACE).click()
    second.keyboard.press("Control+End")
    second.keyboard.type(" Tangan kedua.")
    expect(second.locator(".save-state")).to_contain_text("Tersimpan")
    # What the first hand typed meanwhile is neither lost nor over the other's.
    first.locator(SURFACE).click()
    first.keyboard.press("Control+End")
    first.keyboard.type(" Terlambat.")
    expect(first.locator(".save-state")).to_contain_text("disimpan di sampingnya")
    expect(first.locator(SURFACE)).to_have_attribute("contenteditable", "false")
    second.reload()
    expect(second.locator(SURFACE)).to_contain_text("Tangan kedua.")
    expect(second.locator(SURFACE)).not_to_contain_text("Terlambat.")
    expect(second.locator("main")).to_contain_text("disisihkan")
    second.get_by_role("link", name="Lihat bedanya").click()
    expect(second.locator(".compared ins").first).to_contain_text("Terlambat.")


def test_a_remark_is_answered_and_the_versions_compared(sit: Callable[..., Page]) -> None:
    drafter, reviewer = sit("staf"), sit("yankes", width=360)
    address = _begin(drafter, "Surat dengan catatan").removesuffix("/konsep")
    drafter.get_by_role("button", name="Simpan dan ajukan").click()
    expect(drafter.locator(".sentence")).to_be_visible()
    reviewer.goto(address)
    reviewer.get_by_role("link", name="Baca dan beri catatan").click()
    part = reviewer.locator(".part", has_text="jadwal pengiriman")
    part.locator("summary").focus()
    reviewer.keyboard.press("Enter")
    part.get_by_role("textbox").fill("Sebut tanggalnya.")
    part.get_by_role("button", name="Catat").click()
    expect(reviewer.locator(".remark")).to_contain_text("Sebut tanggalnya.")
    assert reviewer.evaluate("document.documentElement.scrollWidth") <= 360
    reviewer.get_by_role("link", name="Kembalikan dengan catatan").click()
    expect(reviewer.get_by_role("textbox").first).to_have_value(re.compile("1 catatan"))
    reviewer.get_by_role("button", name="Kembalikan dengan catatan").last.click()
    expect(reviewer.locator(".notice.ok")).to_be_visible()
    drafter.goto(f"{address}/konsep")
    expect(drafter.locator(".noted")).to_contain_text("Sebut tanggalnya.")
    drafter.locator(".noted .quoted").click()
    drafter.keyboard.press("End")
    drafter.keyboard.type(" pada 1 Mei")
    drafter.get_by_label("Jawaban atas catatan").fill("Sudah disebut.")
    drafter.locator(".noted").get_by_role("button", name="Selesai").click()
    expect(drafter.locator(".noted")).to_have_count(0)
    expect(drafter.locator(SURFACE)).to_contain_text("pada 1 Mei")
    drafter.get_by_role("button", name="Simpan dan ajukan").click()
    expect(drafter.locator(".sentence")).to_be_visible()
    reviewer.goto(f"{address}/naskah")
    expect(reviewer.locator(".remark")).to_contain_text("Sudah disebut.")
    expect(reviewer.locator(".remark")).to_contain_text("sudah berubah")
    reviewer.get_by_role("link", name="Bandingkan versi").click()
    expect(reviewer.locator(".compared ins")).to_contain_text("pada 1 Mei")
    assert reviewer.evaluate("document.documentElement.scrollWidth") <= 360


def test_another_window_throws_nothing_away_that_is_being_written(sit: Callable[..., Page]) -> None:
    first = sit("staf")
    address = _begin(first, "Surat dua jendela")
    first.locator(SURFACE).click()
    first.keyboard.press("Control+End")
    first.keyboard.type(" Masih")
    # Not at the server yet, but on its way.
    first.wait_for_function("Object.keys(localStorage).some(k => k.startsWith('tertib.draft:'))")
    first.route("**/salinan", lambda route: (first.wait_for_timeout(1500), route.continue_()))
    second = first.context.new_page()
    second.goto(address)
    second.wait_for_timeout(700)
    expect(second.locator("#unsaved")).to_be_hidden()
    first.unroute_all(behavior="wait")
    first.keyboard.type(" ditulis.")
    expect(first.locator(".save-state")).to_contain_text("Tersimpan")
    second.reload()
    expect(second.locator("#pen")).to_contain_text("jendela lain")
    expect(second.locator(SURFACE)).to_contain_text("Masih ditulis.")
    second.wait_for_timeout(700)
    expect(second.locator("#unsaved")).to_be_hidden()
    expect(second.get_by_role("button", name=re.compile("Buang"))).to_have_count(0)
    # A letter of which there is no draft yet has no pen; it is not thrown away from another window either.
    first.goto("/surat/keluar/baru")
    first.get_by_label("Perihal").fill("Baru di satu jendela")
    expect(first.locator(".save-state")).to_contain_text("Tersimpan")
    second.goto("/surat/keluar/baru")
    notice = second.locator(".notice", has_text="Baru di satu jendela")
    expect(notice).to_contain_text("sedang ditulis di jendela lain")
    expect(notice.get_by_role("button", name="Buang")).to_have_count(0)
    expect(second.locator("#unsaved")).to_be_hidden()


def test_what_is_saved_as_a_version_is_shown_and_can_be_compared(sit: Callable[..., Page]) -> None:
    page = sit("staf")
    address = _begin(page, "Surat beberapa versi").removesuffix("/konsep")
    expect(page.locator(".heading")).to_contain_text("Versi 1")
    expect(page.get_by_role("link", name="Bandingkan versi")).to_have_count(0)
    page.get_by_role("button", name="Simpan dan ajukan").click()
    expect(page.locator(".sentence")).to_be_visible()
    reviewer = sit("yankes")
    reviewer.goto(f"{address}/send_back")
    reviewer.get_by_role("textbox").last.fill("Tambah satu kalimat.")
    reviewer.get_by_role("button", name="Kembalikan dengan catatan").last.click()
    expect(reviewer.locator(".notice.ok")).to_be_visible()
    page.goto(f"{address}/konsep")
    expect(page.locator("#preview .bar")).to_contain_text("Sebagaimana diajukan")
    page.locator(SURFACE).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Kalimat baru.")
    page.get_by_role("button", name="Simpan sebagai versi").click()
    expect(page.locator(".notice.ok")).to_contain_text("versi 3")
    expect(page.locator(".heading")).to_contain_text("Versi 3")
    # Not the paper of before, but this text.
    expect(page.locator("#preview img").first).to_have_attribute("src", re.compile("^data:"))
    page.locator(".heading").get_by_role("link", name="Bandingkan versi").click()
    expect(page.locator(".compared ins")).to_contain_text("Kalimat baru.")
    page.goto(address)
    page.locator("#berkas").get_by_role("link", name="Bandingkan versi").click()
    expect(page.locator(".compared ins")).to_contain_text("Kalimat baru.")


def test_signing_out_leaves_nothing_in_the_browser(office: Office) -> None:
    # A session of its own: the one that all tests share must stay.
    page = office.visit()
    page.goto("/accounts/login/")
    page.locator("form.doors button", has_text="Kepala Bidang Pencegahan dan Pengendalian Penyakit").click()
    page.wait_for_url(office.city.url("/"))
    page.goto("/surat/keluar/baru")
    page.route("**/salinan", lambda route: route.fulfill(status=503, content_type="application/json", body="{}"))
    page.locator(SURFACE).click()
    page.keyboard.type("Rahasia di meja bersama")
    page.wait_for_function("Object.keys(localStorage).some(k => k.startsWith('tertib.draft:'))")
    page.locator(".me > details > summary").click()
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('tertib.draft:')).length") == 0


def test_without_script_one_types_the_text_and_saves(sit: Callable[..., Page]) -> None:
    page = sit("staf", java_script_enabled=False)
    page.goto("/surat/keluar/baru")
    page.get_by_role("button", name="Lembaga luar").click()
    page.get_by_role("textbox", name="Nama").fill("Yayasan Contoh")
    page.get_by_label("Perihal").fill("Tanpa skrip")
    page.get_by_label("Isi").fill("1. satu\n    a. huruf")
    page.get_by_role("radio", name=re.compile("Kepala Dinas Kesehatan")).check(force=True)
    page.get_by_role("button", name="Simpan konsep").last.click()
    expect(page.locator(".notice.ok")).to_be_visible()
    assert "    a. huruf" in page.locator("#id_body").input_value()
