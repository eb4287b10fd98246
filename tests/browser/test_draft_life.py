"""A letter we write: drafted, sent back, initialled, signed, numbered, sent to an agency and to another government."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tertib.government.passwords import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from browser.conftest import City

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SUBJECT = "Penyampaian rencana vaksinasi"


def test_a_drafts_life(sit: Callable[..., Page], city: City) -> None:
    drafter, reviewer, signer = sit("staf"), sit("yankes"), sit("kadis")
    address = _write(drafter)
    _send_back(reviewer, address)
    _mend(drafter, address)
    _initial(reviewer, address)
    number = _sign(signer, address)
    _dispatch(sit("agendaris"), address)
    agency = sit("agendaris2")
    agency.goto("/surat/masuk")
    expect(agency.locator("table")).to_contain_text(SUBJECT)
    expect(agency.locator("table")).to_contain_text(number)
    neighbour = sit("agendaris3", "pasuruan")
    neighbour.goto("/surat/masuk")
    expect(neighbour.locator("main")).not_to_contain_text(SUBJECT)
    city.work()
    neighbour.reload()
    expect(neighbour.locator("table")).to_contain_text(SUBJECT)
    neighbour.get_by_role("link", name=SUBJECT).click()
    expect(neighbour.locator("figure.paper .sharp").first).to_be_visible()
    expect(neighbour.locator(".sentence")).to_contain_text("Bupati")
    city.work()
    drafter.goto(address)
    expect(drafter.locator(".rest")).to_contain_text("nomor agenda di sana")


def _write(page: Page) -> str:
    page.goto("/surat/keluar")
    page.get_by_role("link", name="Tulis surat").click()
    for look, found in (("penanaman", "Dinas Penanaman Modal"), ("pasuruan", "Kabupaten Pasuruan")):
        page.get_by_role("searchbox", name="Cari unit atau pemerintah").press_sequentially(look, delay=30)
        page.get_by_role("button", name=re.compile(found)).click()
        expect(page.locator("#to .rows")).to_contain_text(re.compile(f"{found}|DPMPTSP"))
    page.get_by_label("Perihal").fill(SUBJECT)
    page.get_by_label("Isi").fill("Rencana terlampir.\n\n1. Pekan pertama\n2. Pekan kedua")
    page.get_by_role("radio", name=re.compile("Kepala Dinas Kesehatan")).check(force=True)
    expect(page.locator("#chain")).to_contain_text("Kepala Bidang Pelayanan Kesehatan")
    page.get_by_role("button", name="Pratinjau").click()
    expect(page.locator("#preview img").first).to_be_visible()
    page.get_by_role("button", name="Simpan dan ajukan").click()
    expect(page.locator(".notice.ok")).to_be_visible()
    expect(page.locator(".sentence")).to_contain_text("Kepala Bidang Pelayanan Kesehatan")
    return page.url


def _send_back(page: Page, address: str) -> None:
    page.goto("/")
    page.get_by_role("link", name=SUBJECT).first.click()
    assert page.url.partition("?")[0] == address
    page.get_by_role("link", name="Kembalikan dengan catatan").click()
    page.get_by_role("textbox").first.fill("Sebutkan tanggalnya.")
    page.get_by_role("button", name="Kembalikan dengan catatan").last.click()
    expect(page.locator(".notice.ok")).to_be_visible()


def _mend(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".steps a[href$='/konsep']").click()
    expect(page.locator(".notice.warn")).to_contain_text("Sebutkan tanggalnya.")
    page.get_by_label("Isi").fill("Rencana mulai 1 Desember 2026.")
    page.get_by_role("button", name="Simpan dan ajukan").click()
    expect(page.locator(".sentence")).to_contain_text("Kepala Bidang Pelayanan Kesehatan")


def _initial(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Paraf dan teruskan").click()
    page.get_by_role("button", name="Paraf dan teruskan").last.click()
    expect(page.locator(".notice.ok")).to_be_visible()


def _sign(page: Page, address: str) -> str:
    page.goto(address)
    page.get_by_role("link", name="Tanda tangani").click()
    page.get_by_label("Kata sandi Anda").fill("bukan ini")
    page.get_by_role("button", name="Tanda tangani").click()
    expect(page.locator(".summary")).to_contain_text("Kata sandi salah")
    page.get_by_label("Kata sandi Anda").fill(SAMPLE)
    page.get_by_role("button", name="Tanda tangani").click()
    expect(page.locator(".notice.ok")).to_be_visible()
    number = page.locator("dl.facts dt", has_text="Nomor").first.locator("xpath=following-sibling::dd[1]").inner_text()
    assert re.search(r"\d", number)
    return number.strip()


def _dispatch(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Kirim", exact=True).click()
    expect(page.locator("main")).to_contain_text("Kabupaten Pasuruan")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator(".notice.ok")).to_be_visible()
