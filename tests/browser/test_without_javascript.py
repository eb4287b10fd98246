"""A day without JavaScript: sign in, read, register, dispose, draft, search, look at the board and the agenda book."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tertib.government.passwords import SAMPLE
from tertib.papers.tests.samples import pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from browser.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SUBJECT, DRAFT = "Permohonan data tanpa skrip", "Penyampaian data tanpa skrip"


def test_a_day_without_javascript(office: Office, tmp_path: Path) -> None:
    scan = tmp_path / "pindaian.pdf"
    scan.write_bytes(pdf(["Permohonan data", "Halaman kedua"]))
    page = office.visit(java_script_enabled=False)
    _sign_in(page, "agendaris")
    address = _register(page, scan)
    _agenda_book_and_notices(page)
    leader = office.visit(java_script_enabled=False, width=360)
    _sign_in(leader, "kadis")
    _dispose(leader, address)
    _search(leader)
    _board(leader)
    drafter = office.visit(java_script_enabled=False)
    _sign_in(drafter, "staf")
    _draft(drafter)


def _sign_in(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_label("Nama pengguna").first.fill(name)
    page.locator("main input[type=password]").fill(SAMPLE)
    page.locator("main form").first.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Meja saya")


def _register(page: Page, scan: Path) -> str:
    page.goto("/surat/masuk")
    page.get_by_role("link", name="Catat surat").first.click()
    page.locator("input[type=file]").set_input_files(scan)
    for name, text in {
        "sender_name": "Yayasan Tanpa Skrip", "number": "1/YTS/2026", "letter_date": "02/03/2026", "subject": SUBJECT
    }.items():  # fmt: skip
        page.locator(f'[name="{name}"]').fill(text)
    page.locator("main").get_by_role("button", name="Catat", exact=True).last.click()
    expect(page.locator(".notice.ok")).to_contain_text("Dicatat dengan nomor agenda")
    return page.url


def _agenda_book_and_notices(page: Page) -> None:
    page.goto("/surat/buku")
    expect(page.locator("main")).to_contain_text(SUBJECT)
    page.goto("/pemberitahuan")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pemberitahuan")
    page.goto("/profil/pemberitahuan")
    page.locator("main .button.primary").last.click()
    expect(page.locator(".notice.ok")).to_be_visible()


def _dispose(page: Page, address: str) -> None:
    page.get_by_role("link", name=re.compile(SUBJECT)).first.click()
    assert page.url.partition("?")[0] == address
    picture = page.locator("figure.paper img").first
    expect(picture).to_be_visible()
    assert picture.get_attribute("src")
    page.get_by_role("link", name="Disposisikan").first.click()
    page.get_by_role("checkbox", name=re.compile("Kepala Bidang Pelayanan Kesehatan")).check(force=True)
    page.get_by_role("button", name="Disposisikan").last.click()
    expect(page.locator(".tree > li")).to_have_count(2)
    page.locator(".tree").get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _search(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").first.fill("skrip")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(SUBJECT)


def _board(page: Page) -> None:
    page.goto("/papan")
    expect(page.get_by_role("heading", level=1)).to_have_text("Siapa memegang apa")
    page.locator("[data-line]").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _draft(page: Page) -> None:
    page.goto("/surat/keluar/baru")
    page.get_by_role("searchbox", name="Cari unit atau pemerintah").fill("penanaman")
    page.locator('[name="find_to"]').click()
    page.get_by_role("button", name=re.compile("Dinas Penanaman Modal")).first.click()
    page.locator('[name="subject"]').fill(DRAFT)
    page.get_by_label("Isi").first.fill("Bersama ini kami sampaikan data yang diminta.")
    page.get_by_role("radio", name=re.compile("Kepala Dinas Kesehatan")).check(force=True)
    page.get_by_role("button", name=re.compile("^Simpan")).first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text(DRAFT)


def test_forms_say_what_is_wrong_without_javascript(sit: Callable[..., Page]) -> None:
    page = sit("agendaris", java_script_enabled=False)
    page.goto("/surat/masuk/baru")
    page.locator('[name="subject"]').fill(SUBJECT)
    page.locator("main").get_by_role("button", name="Catat", exact=True).last.click()
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator('[name="subject"]')).to_have_value(SUBJECT)
