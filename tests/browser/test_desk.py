"""A morning at the desk: by keyboard alone, several lines at once, without script, and heard rather than seen."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.test_live import letter, row
from browser.test_looks import barriers

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from browser.conftest import City, Office

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def go_to(page: Page, subject: str) -> None:
    """Down the desk with j, until the line of this subject has the focus."""
    for _step in range(60):
        page.keyboard.press("j")
        if subject in page.evaluate("document.activeElement.textContent"):
            return
    raise AssertionError(f"j never came to {subject}")


def box(page: Page, subject: str) -> str:
    return f".work > li:has-text('{subject}') .pick input"


def test_a_morning_by_keyboard_alone(sit: Callable[..., Page]) -> None:
    for n in (1, 2):
        letter(f"Pagi {n}")
    page = sit("kadis")
    go_to(page, "Pagi 1")
    # Why is it due then? Into the line and away again, without leaving.
    page.keyboard.press("w")
    expect(page.locator(".because")).to_contain_text("Dihitung begini")
    expect(row(page, "Pagi 1")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".because")).to_have_count(0)
    # All keys of this page.
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Disposisikan")
    expect(page.get_by_role("dialog")).to_contain_text("Surat masuk")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row(page, "Pagi 1")).to_be_focused()
    # Two chosen and finished together.
    page.keyboard.press("x")
    go_to(page, "Pagi 2") if "Pagi 2" not in page.evaluate("document.activeElement.textContent") else None
    page.keyboard.press("x")
    expect(page.locator(".together .count")).to_have_text("2 dipilih")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Diketahui, selesai")).to_be_visible()
    page.get_by_role("button", name="Selesaikan 2 urusan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2 sudah dikerjakan")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(re.compile(r"/$"))
    expect(row(page, "Pagi")).to_have_count(0)
    expect(page.locator(".finished")).to_contain_text("tindakan oleh jabatan Anda")
    for key, path in (("m", "/surat/masuk"), ("k", "/surat/keluar"), ("p", "/papan"), ("n", "/pemberitahuan")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(re.compile(path))


def test_a_reminder_from_the_board_is_sent_and_still_told_after_a_reload(sit: Callable[..., Page]) -> None:
    matter = letter("Perlu diingatkan")
    page = sit("walikota")
    page.goto("/papan")
    line = page.locator(f"#m-{matter}")
    line.get_by_role("button").click()
    expect(line.get_by_role("button")).to_have_text(re.compile(r"diingatkan oleh Anda, \d\d\.\d\d"))
    expect(line.get_by_role("button")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#board-said")).to_contain_text("Perlu diingatkan")
    page.reload()
    expect(line.locator(".reminded")).to_have_text(re.compile("diingatkan oleh Anda, "))
    expect(line.get_by_role("button")).to_have_count(0)


def test_a_letter_begins_what_the_line_allows_and_typing_begins_nothing(sit: Callable[..., Page]) -> None:
    matter = letter("Perlu diteruskan")
    page = sit("kadis")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("jdxgd?")
    expect(page.get_by_role("searchbox")).to_have_value("jdxgd?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    go_to(page, "Perlu diteruskan")
    page.keyboard.press("u")
    page.wait_for_url(re.compile(f"/surat/{matter}/forward"))


def test_who_switched_letters_off_moves_nothing_by_them(sit: Callable[..., Page]) -> None:
    letter("Tanpa huruf")
    page = sit("kadis")
    page.goto("/profil")
    try:
        page.get_by_role("button", name="Tanpa tombol huruf").click()
        page.goto("/")
        for key in ("j", "x", "?", "g", "m"):
            page.keyboard.press(key)
        page.wait_for_timeout(500)
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert page.evaluate("document.activeElement === document.body") and page.url.endswith("/")
    finally:
        page.goto("/profil")
        page.get_by_role("button", name="Pakai tombol huruf").click()


def test_what_moved_on_meanwhile_stays_behind_alone(sit: Callable[..., Page]) -> None:
    gone, kept = letter("Keburu selesai"), letter("Masih menunggu")
    page, other = sit("kadis"), sit("kadis")
    for subject in ("Keburu selesai", "Masih menunggu"):
        page.locator(box(page, subject)).check()
    page.get_by_role("button", name="Disposisikan bersama").click()
    page.get_by_role("checkbox", name=re.compile("Kepala Bidang Pelayanan")).first.check(force=True)
    other.goto(f"/surat/{gone}/finish")
    other.get_by_role("textbox").first.fill("Sudah.")
    other.get_by_role("button", name="Selesaikan tanpa disposisi").last.click()
    expect(other.locator(".notice.ok")).to_be_visible()
    page.get_by_role("button", name="Disposisikan 2 urusan").click()
    # Reload and Back do nothing a second time, and the browser has nothing to ask.
    for _again in range(2):
        expect(page.get_by_role("alert")).to_contain_text("Keburu selesai: Sudah bergerak")
        expect(page.get_by_role("heading", name="1 sudah dikerjakan")).to_be_visible()
        page.reload()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Disposisikan bersama")
    page.go_forward()
    expect(page.get_by_role("heading", name="1 sudah dikerjakan")).to_be_visible()
    assert not barriers(page)
    officer = sit("yankes")
    expect(row(officer, "Masih menunggu")).to_have_count(1)
    expect(row(officer, "Keburu selesai")).to_have_count(0)
    assert isinstance(kept, uuid.UUID)


def test_several_at_once_without_script(sit: Callable[..., Page]) -> None:
    for n in (1, 2):
        letter(f"Hening {n}")
    page = sit("kadis", java_script_enabled=False)
    for n in (1, 2):
        page.locator(box(page, f"Hening {n}")).check()
    page.get_by_role("button", name="Diketahui, selesai").click()
    expect(page.get_by_role("main")).to_contain_text("2 ini diselesaikan")
    page.get_by_role("button", name="Selesaikan 2 urusan").click()
    expect(page.get_by_role("heading", name="2 sudah dikerjakan")).to_be_visible()
    page.goto("/")
    page.locator(".reason").first.click()
    page.wait_for_url(re.compile("/tenggat"))


def test_shift_chooses_all_between_and_what_arrives_takes_nothing_away(sit: Callable[..., Page]) -> None:
    for n in (1, 2, 3):
        letter(f"Rentang {n}")
    page = sit("kadis")
    boxes = page.locator(".work .pick input")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator(".work .pick input:checked")).to_have_count(3)
    first = boxes.nth(0).get_attribute("value")
    letter("Datang saat memilih")
    page.get_by_role("button", name="Perbarui").click(timeout=10_000)
    expect(row(page, "Datang saat memilih")).to_have_count(1)
    expect(page.locator(f".pick input[value='{first}']")).to_be_checked()
    expect(page.locator(".together .count")).to_have_text("3 dipilih")
    page.keyboard.press("Escape")
    expect(page.locator(".work .pick input:checked")).to_have_count(0)
    expect(page.locator(".together")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_barrier_on_a_busy_desk(office: Office, city: City, width: int) -> None:
    letter("Dilihat semua")
    page = office.sit("kadis", width=width, color_scheme="light")
    page.locator(".work .pick input").first.check()
    page.locator(".reason").first.click()
    expect(page.locator(".because .panel").first).to_be_visible()
    wrong = barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.keyboard.press("Tab")
    page.locator(".line").first.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    wrong += barriers(page)
    page.keyboard.press("Escape")
    chosen = page.locator(".work .pick input").first.get_attribute("value")
    for address in (
        f"/surat/bersama/disposisi?urusan={chosen}",
        f"/meja/cetak?urusan={chosen}",
        "/selesai",
        "/selesai?lalu=1",
    ):
        page.goto(address)
        wrong += barriers(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
    assert not wrong, "\n".join(wrong)
