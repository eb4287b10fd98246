"""A letter's whole life as its people live it.

Registered, disposed, asked back, answered, given back, closed by itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tertib.papers.tests.samples import pdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SUBJECT = "Permohonan narasumber gizi"
PHONE = 360
MOST_TAPS = 8


class Taps:
    """Counts what a thumb does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def __call__(self, name: str | re.Pattern[str], role: Any = "link") -> None:
        self.count += 1
        if role in ("checkbox", "radio"):
            # The box lies invisibly over its chip, so a tap on the chip is a tap on the box.
            self.page.get_by_role(role, name=name).tap()
        else:
            self.page.get_by_role(role, name=name).first.tap()


def type_into(page: Page, name: str, text: str) -> None:
    """Move on with Tab until the focus is in the field, then type."""
    for _step in range(60):
        if page.evaluate("document.activeElement && document.activeElement.name") == name:
            page.keyboard.type(text)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {name}")


def open_line(page: Page, subject: str) -> None:
    page.goto("/")
    page.get_by_role("link", name=subject).first.click()


def say(page: Page, action: str, text: str) -> None:
    """One action with one text."""
    page.get_by_role("link", name=action, exact=True).click()
    page.get_by_role("textbox").first.fill(text)
    page.get_by_role("button", name=action).last.click()
    expect(page.locator(".notice.ok")).to_be_visible()


def test_a_letters_life(sit: Callable[..., Page], tmp_path: Any, record_property: Any) -> None:
    scan = tmp_path / "pindaian.pdf"
    scan.write_bytes(pdf(["Permohonan narasumber", "Halaman kedua"]))
    _register_by_keyboard(sit("agendaris"), scan)
    leader = sit("kadis", width=PHONE, has_touch=True, is_mobile=True)
    record_property("taps of a disposition", _dispose_on_a_phone(leader))
    address = leader.url
    _ask_and_answer(sit, leader, address)
    _one_gives_back(sit, leader, address)
    _the_rest_answer(sit, address, leader)


def _register_by_keyboard(page: Page, scan: Any) -> None:
    page.goto("/surat/masuk")
    page.keyboard.press("n")
    page.wait_for_url("**/surat/masuk/baru")
    # The file chooser is the browser's own window; everything else is keys.
    page.locator("input[type=file]").set_input_files(scan)
    expect(page.locator("#scan")).to_contain_text("Halaman 1 dari 2")
    type_into(page, "sender_name", "Yayasan Gizi Contoh")
    type_into(page, "number", "12/YGC/2026")
    type_into(page, "letter_date", "02/03/2026")
    type_into(page, "subject", SUBJECT)
    page.keyboard.press("Enter")
    expect(page.locator(".notice.ok")).to_contain_text("Dicatat dengan nomor agenda")
    expect(page.locator(".sentence")).to_contain_text("Kepala Dinas Kesehatan")
    expect(page.locator("figure.paper")).to_contain_text("Halaman 1 dari 2")


def _dispose_on_a_phone(page: Page) -> int:
    page.goto("/")
    tap = Taps(page)
    tap(re.compile(SUBJECT))
    tap("Disposisikan")
    expect(page.locator("figure.paper .sharp").first).to_be_in_viewport()
    for name in ("Sekretaris Dinas Kesehatan", "Kepala Bidang Pelayanan Kesehatan", "Kepala Bidang Pencegahan"):
        tap(re.compile(name), "checkbox")
    tap("Siapkan jawaban", "checkbox")
    tap("Disposisikan", "button")
    expect(page.locator(".notice.ok")).to_be_visible()
    expect(page.locator(".tree > li")).to_have_count(4)
    assert tap.count <= MOST_TAPS
    return tap.count


def _ask_and_answer(sit: Callable[..., Page], leader: Page, address: str) -> None:
    staff = sit("yankes")
    open_line(staff, SUBJECT)
    expect(staff.locator(".asked")).to_contain_text("Siapkan jawaban")
    say(staff, "Minta penjelasan", "Berapa orang yang diminta?")
    expect(staff.locator(".sentence")).to_contain_text("Kepala Dinas Kesehatan")
    leader.goto("/")
    leader.get_by_role("link", name=SUBJECT).filter(has_text="Disposisi").first.tap()
    expect(leader.locator("#catatan")).to_contain_text("Berapa orang yang diminta?")
    say(leader, "Beri penjelasan", "Dua orang saja.")
    open_line(staff, SUBJECT)
    expect(staff.locator("#catatan")).to_contain_text("Dua orang saja.")
    say(staff, "Jawab dengan laporan", "Dua narasumber sudah ditunjuk.")
    expect(staff.locator(".sentence")).to_contain_text("Disposisi ini selesai")
    leader.goto(address)
    expect(leader.locator(".tree")).to_contain_text("Dua narasumber sudah ditunjuk.")


def _one_gives_back(sit: Callable[..., Page], leader: Page, address: str) -> None:
    other = sit("p2p")
    open_line(other, SUBJECT)
    say(other, "Kembalikan dengan alasan", "Bukan tugas bidang kami.")
    leader.goto(address)
    expect(leader.locator("#disposisi")).to_contain_text("Dikembalikan")
    leader.get_by_role("link", name="Disposisikan").tap()
    # Who is not among the suggestions is found by typing.
    leader.get_by_role("searchbox", name="Cari jabatan").fill("pelaksana pelayanan")
    leader.locator(".found").get_by_role("checkbox", name=re.compile("Pelaksana Pelayanan Kesehatan")).tap()
    leader.get_by_role("button", name="Disposisikan").last.tap()
    expect(leader.locator(".tree > li")).to_have_count(5)


def _the_rest_answer(sit: Callable[..., Page], address: str, leader: Page) -> None:
    for post in ("sekdis", "staf"):
        page = sit(post)
        open_line(page, SUBJECT)
        say(page, "Jawab dengan laporan", f"Selesai oleh {post}.")
    leader.goto(address)
    expect(leader.locator(".sentence")).to_contain_text("Surat ini selesai")
    # Nobody had to close it: the last answer did.
    expect(leader.locator("#catatan")).to_contain_text("Semua bagian selesai")
