"""A registrar at the keyboard: a letter in few keys with the scan beside the form, and the scans that wait behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tertib.papers.tests.samples import pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Three letters of the sender, choosing them, one key for each of number and subject, the Tabs between them (the date
# stays empty here), and the chord that goes on.
MOST_KEYS = 12
DROP = """([place, names, bodies]) => {
  const files = new DataTransfer();
  names.forEach((name, at) => files.items.add(
    new File([Uint8Array.from(bodies[at])], name, { type: "application/pdf" })));
  for (const kind of ["dragenter", "drop"]) {
    document.querySelector(place).dispatchEvent(
      new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: files }));
  }
}"""


class Keys:
    """Counts what two hands do; a chord is one stroke."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def __call__(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def at(self) -> str:
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.tagName"))


def drop(page: Page, *texts: str) -> None:
    """Scans with these words, from the folder of the scanner onto the page."""
    page.evaluate(DROP, ["main", [f"{at}.pdf" for at in range(len(texts))], [list(pdf([text])) for text in texts]])


def test_a_letter_is_registered_by_keys_alone(sit: Callable[..., Page], record_property: Any) -> None:
    page = sit("agendaris")
    page.goto("/surat/masuk")
    drop(page, "Nomor : 31/YCS/2026", "Perihal : Undangan sarasehan gizi")
    page.wait_for_url("**/surat/masuk/baru")
    expect(page.locator("#scan")).to_contain_text("1 dari 2")
    expect(page.locator("#scan .sharp").first).to_be_in_viewport()
    keys = Keys(page)
    # The focus stands where typing begins.
    assert keys.at() == "sender_name"
    # Faster than the names of the past come: the keys count for them all the same.
    keys("y", "a", "y", "ArrowDown", "Enter")
    expect(page.get_by_label("Nama pengirim")).to_have_value("Yayasan Contoh Sehat")
    expect(page.locator("[name=sender_address]")).to_have_value("Jalan Contoh 1, Bekasi")
    keys("Tab")
    assert keys.at() == "number"
    expect(page.get_by_label("Nomor surat")).to_have_value("")
    keys("ArrowDown")
    expect(page.get_by_label("Nomor surat")).to_have_value("31/YCS/2026")
    keys("Tab")
    assert keys.at() == "letter_date"
    keys("Tab")
    assert keys.at() == "subject"
    page.keyboard.type("Permohonan contoh")
    keys("Control+Enter")
    expect(page.locator(".notice.ok")).to_contain_text("Dicatat dengan nomor agenda")
    expect(page.locator("#scan")).to_contain_text("2 dari 2")
    assert keys.at() == "sender_name"
    # The second scan says its subject: registered with the fewest keys there are.
    keys.count = 0
    keys("y", "a", "y", "ArrowDown", "Enter", "Tab", "Tab", "Tab")
    assert keys.at() == "subject"
    keys("ArrowDown", "Control+Enter")
    expect(page.locator(".notice.ok")).to_contain_text("Dicatat dengan nomor agenda")
    expect(page.locator("#scan [name=kept]")).to_have_count(0)
    assert keys.count <= MOST_KEYS
    record_property("keys of a registration", keys.count)
    page.locator(".notice.ok a").click()
    expect(page.locator("h1")).to_have_text("Undangan sarasehan gizi")


def test_the_twin_is_told_while_typing(sit: Callable[..., Page]) -> None:
    page = sit("agendaris")
    page.goto("/surat/masuk/baru")
    page.keyboard.type("Yayasan Contoh Sehat")
    page.keyboard.press("Tab")
    page.keyboard.type("01 / ycs / 2026")
    warning = page.locator("#twin")
    expect(warning).to_contain_text("Undangan rapat koordinasi")
    expect(warning).to_contain_text("di meja")
    page.get_by_label("Nomor surat").fill("991/YCS/2026")
    expect(warning).not_to_contain_text("Undangan rapat koordinasi")


def test_a_scan_that_comes_later_loses_nothing_that_was_typed(sit: Callable[..., Page]) -> None:
    page = sit("agendaris")
    page.goto("/surat/masuk/baru")
    page.keyboard.type("Pengirim yang baru")
    drop(page, "Nomor : 5/B/2026")
    expect(page.locator("#scan")).to_contain_text("Halaman 1 dari 1")
    expect(page.get_by_label("Nama pengirim")).to_have_value("Pengirim yang baru")
    expect(page.locator("#number_proposal")).to_contain_text("5/B/2026")
    page.get_by_role("button", name="Buang").click()
    expect(page.get_by_label("Nama pengirim")).to_have_value("Pengirim yang baru")


def test_from_the_desk_a_scan_begins_a_registration(sit: Callable[..., Page]) -> None:
    page = sit("agendaris")
    drop(page, "Dari meja")
    page.wait_for_url("**/surat/masuk/baru")
    expect(page.locator("#scan")).to_contain_text("0.pdf")
    page.get_by_role("button", name="Buang").click()
    expect(page.locator("#scan [name=kept]")).to_have_count(0)


def test_without_script_the_scan_stands_beside_the_form(sit: Callable[..., Page], tmp_path: Path) -> None:
    file = tmp_path / "pindaian.pdf"
    file.write_bytes(pdf(["Nomor : 8/C/2026", "Halaman dua"]))
    page = sit("agendaris", java_script_enabled=False)
    page.goto("/surat/masuk/baru")
    page.get_by_label("Nama pengirim").fill("Lembaga Tanpa Skrip")
    page.locator("#id_files").set_input_files(file)
    page.get_by_role("button", name="Tampilkan di samping formulir").click()
    expect(page.get_by_label("Nama pengirim")).to_have_value("Lembaga Tanpa Skrip")
    expect(page.locator("#scan .sharp")).to_have_count(2)
    page.locator("#number_proposal button").click()
    expect(page.get_by_label("Nomor surat")).to_have_value("8/C/2026")
    page.get_by_label("Perihal").fill("Tanpa skrip")
    page.get_by_role("button", name="Catat", exact=True).last.click()
    expect(page.locator("h1")).to_have_text("Tanpa skrip")


@pytest.mark.parametrize("width", [1280, 1024, 360])
def test_what_the_scan_proposes_breaks_between_words(sit: Callable[..., Page], width: int) -> None:
    page = sit("agendaris", width=width)
    page.goto("/surat/masuk/baru")
    drop(page, "Bekasi, 20 November 2025")
    said = page.locator("#letter_date_proposal [data-said]")
    expect(said).to_have_text("20/11/2025")
    assert said.evaluate("part => part.getClientRects().length") == 1
    # Beside the scan stands the form, and nothing of one lies over the other.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    inside = "bar => bar.getBoundingClientRect().right <= bar.closest('#scan').getBoundingClientRect().right"
    assert page.locator("#scan .viewer .bar button:visible").evaluate_all(
        f"all => all.length > 0 && all.every({inside})"
    )


def lines(*texts: str) -> str:
    """Some lines one below the other, as `pdf` takes them."""
    return ") Tj 0 -40 Td (".join(texts)


def test_sender_and_urgency_are_taken_by_key(sit: Callable[..., Page]) -> None:
    page = sit("agendaris")
    page.goto("/surat/masuk/baru")
    drop(page, lines("YAYASAN CONTOH", "Nomor : R-7/X/2026", "Sifat : Segera"))
    expect(page.locator("#sender_name_proposal")).to_contain_text("Yayasan Contoh")
    expect(page.locator("#urgency_proposal")).to_contain_text("Segera")
    expect(page.locator("#security_proposal")).to_contain_text("Rahasia")
    page.get_by_label("Nama pengirim").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Nama pengirim")).to_have_value("Yayasan Contoh")
    expect(page.locator("#sender_name_proposal")).to_be_hidden()
    urgency = page.locator("[name=urgency]:checked")
    urgency.focus()
    expect(page.locator("fieldset:has([name=urgency])")).to_have_attribute("aria-describedby", "urgency_proposal")
    page.keyboard.press("ArrowDown")
    expect(urgency).to_have_value("1")
    expect(urgency).to_be_focused()
    expect(page.locator("#urgency_proposal")).to_be_hidden()
    # From then on the arrows move among the choices, as everywhere; what the scan says is still told.
    page.keyboard.press("ArrowDown")
    expect(urgency).to_have_value("2")
    expect(page.locator("#urgency_proposal")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(urgency).to_have_value("0")
    # More secret than the letter says is for the registrar to say, and nothing to be proposed against.
    security = page.locator("[name=security]:checked")
    page.locator("label", has_text="Sangat rahasia").click()
    expect(page.locator("#security_proposal")).to_be_hidden()
    page.locator("label", has_text="Terbatas").click()
    page.locator("#security_proposal button").click()
    expect(security).to_have_value("2")


def test_a_sender_of_ours_is_taken_as_a_unit(sit: Callable[..., Page]) -> None:
    page = sit("agendaris")
    page.goto("/surat/masuk/baru")
    drop(page, lines("PEMERINTAH KOTA BEKASI", "DINAS KESEHATAN", "Nomor : 7/X/2026"))
    page.locator("#sender_name_proposal button").wait_for()
    page.get_by_label("Nama pengirim").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=sender_kind]:checked")).to_have_value("unit")
    expect(page.locator("[name=sender_unit] option:checked")).to_have_text("Dinas Kesehatan")
    expect(page.locator("[name=sender_unit]")).to_be_focused()
    expect(page.locator("#sender_name_proposal")).to_be_hidden()


KEPT = "Object.entries(sessionStorage).filter(([key]) => key.startsWith('tertib.typed:')).map(([, value]) => value)"


def alone(office: Any) -> Page:
    """The registrar in a session of its own, where the one that all tests share won't do."""
    page: Page = office.visit()
    page.goto("/accounts/login/")
    page.locator("form.doors button", has_text="Agendaris Dinas Kesehatan").click()
    page.wait_for_url(office.city.url("/"))
    return page


def refused(page: Page) -> None:
    """A registration without a subject, sent and refused."""
    page.goto("/surat/masuk/baru")
    page.get_by_label("Nama pengirim").fill("Yayasan Contoh Baru")
    page.locator("label", has_text="Sangat segera").click()
    page.get_by_role("button", name="Catat", exact=True).last.click()
    expect(page.locator(".summary")).to_be_visible()


def test_a_refused_registration_survives_a_reload(sit: Callable[..., Page]) -> None:
    page = sit("agendaris")
    refused(page)
    page.get_by_label("Nomor surat").fill("77/YCB/2026")
    for _again in range(2):
        page.reload()
        expect(page.locator(".summary")).to_have_count(0)
        expect(page.get_by_label("Nama pengirim")).to_have_value("Yayasan Contoh Baru")
        expect(page.get_by_label("Nomor surat")).to_have_value("77/YCB/2026")
        expect(page.locator("[name=urgency]:checked")).to_have_value("2")
        expect(page.locator("[data-restored]")).to_be_visible()
    assert "Yayasan Contoh Baru" in page.evaluate(KEPT)[0]
    page.get_by_label("Perihal").fill("Setelah dimuat ulang")
    page.get_by_role("button", name="Catat", exact=True).last.click()
    expect(page.locator("h1")).to_have_text("Setelah dimuat ulang")
    assert page.evaluate(KEPT) == []
    page.goto("/surat/masuk/baru")
    expect(page.get_by_label("Nama pengirim")).to_have_value("")
    expect(page.locator("[data-unfinished]")).to_be_hidden()


def test_what_is_typed_survives_a_reload_and_the_way_back(sit: Callable[..., Page]) -> None:
    page = sit("agendaris")
    page.goto("/surat/masuk/baru")
    page.evaluate("dispatchEvent(new Event('change'))")
    assert page.evaluate(KEPT) == [], "nothing was typed yet"
    page.keyboard.type("Yayasan Belum Selesai")
    page.reload()
    expect(page.get_by_label("Nama pengirim")).to_have_value("Yayasan Belum Selesai")
    page.get_by_label("Perihal").fill("Di tengah jalan")
    page.locator(".side a", has_text="Surat masuk").first.click()
    page.wait_for_url("**/surat/masuk")
    page.go_back()
    expect(page.get_by_label("Nama pengirim")).to_have_value("Yayasan Belum Selesai")
    expect(page.get_by_label("Perihal")).to_have_value("Di tengah jalan")
    expect(page.locator("[data-restored]")).to_be_visible()


def test_whoever_comes_anew_is_offered_what_was_typed(sit: Callable[..., Page]) -> None:
    page = sit("agendaris")
    for decided, value in (("Lanjutkan", "Yayasan Contoh Baru"), ("Buang", "")):
        page.goto("/surat/masuk/baru")
        page.get_by_label("Nama pengirim").fill("Yayasan Contoh Baru")
        page.goto("/surat/masuk")
        page.goto("/surat/masuk/baru")
        expect(page.get_by_label("Nama pengirim")).to_have_value("")
        offer = page.locator("[data-unfinished]")
        expect(offer).to_contain_text("Yayasan Contoh Baru")
        offer.get_by_role("button", name=decided).click()
        expect(offer).to_be_hidden()
        expect(page.get_by_label("Nama pengirim")).to_have_value(value)
        assert len(page.evaluate(KEPT)) == (1 if value else 0)


def test_the_scan_comes_back_with_what_was_typed(office: Any) -> None:
    page = alone(office)
    page.goto("/surat/masuk/baru")
    drop(page, "Halaman yang kembali")
    expect(page.locator("#scan [name=kept]")).to_have_count(1)
    page.get_by_label("Nama pengirim").fill("Yayasan Berpindaian")
    page.get_by_role("button", name="Catat", exact=True).last.click()
    expect(page.locator(".summary")).to_be_visible()
    page.reload()
    expect(page.locator("#scan")).to_contain_text("0.pdf")
    expect(page.locator("#scan [name=kept]")).to_have_count(1)
    expect(page.locator("#left")).to_be_empty()
    # Fast hands need not wait for it.
    page.route("**/surat/masuk/unggah", lambda route: None)
    page.reload()
    page.get_by_label("Perihal").fill("Dengan pindaiannya")
    page.get_by_label("Perihal").press("Enter")
    expect(page.locator("h1")).to_have_text("Dengan pindaiannya")
    expect(page.locator("figure.paper, .viewer").first).to_contain_text("Halaman 1 dari 1")
    assert page.evaluate(KEPT) == []


def test_what_was_typed_ends_with_signing_out(office: Any) -> None:
    page = alone(office)
    refused(page)
    assert page.evaluate(KEPT)
    # At the very press, before another page is there.
    page.evaluate("addEventListener('submit', (e) => e.preventDefault(), true)")
    page.evaluate("document.querySelector('form[action$=\"/logout/\"]').requestSubmit()")
    assert page.evaluate(KEPT) == []


def test_of_a_secret_letter_nothing_is_kept(sit: Callable[..., Page]) -> None:
    page = sit("agendaris")
    refused(page)
    page.locator("label", has_text="Terbatas").click()
    assert page.evaluate(KEPT)
    page.locator("[name=security][value='2']").check(force=True)
    assert page.evaluate(KEPT) == []
    page.get_by_label("Nomor surat").fill("78/YCB/2026")
    assert page.evaluate(KEPT) == []
    # Whoever leaves it is warned instead.
    warned: list[str] = []

    def leave(dialog: Any) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.once("dialog", leave)
    page.reload()
    assert warned == ["beforeunload"]
    expect(page.get_by_label("Nama pengirim")).to_have_value("")
    # Neither where only its scan says that it is.
    refused(page)
    drop(page, "Sifat : Rahasia")
    expect(page.locator("#security_proposal")).to_contain_text("Rahasia")
    assert page.evaluate(KEPT) == []
