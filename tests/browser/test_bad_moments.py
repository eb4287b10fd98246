"""What goes wrong in an office: two at once, wrong input, no JavaScript. Nothing that was typed is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from browser.conftest import City

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_who_acts_second_sees_what_happened_and_keeps_their_words(sit: Callable[..., Page], city: City) -> None:
    address = f"/surat/{city.world.letters['bergerak']}"
    late, early = sit("kadis"), sit("kadis")
    late.goto(f"{address}/dispose")
    late.get_by_role("checkbox", name=re.compile("Sekretaris Dinas")).check(force=True)
    late.get_by_label("Catatan").fill("Tolong ditangani <b>hari ini</b>.")
    early.goto(f"{address}/dispose")
    early.get_by_role("checkbox", name=re.compile("Kepala Bidang Pelayanan")).check(force=True)
    early.get_by_role("button", name="Disposisikan").last.click()
    expect(early.locator(".notice.ok")).to_be_visible()
    late.get_by_role("button", name="Disposisikan").last.click()
    notice = late.get_by_role("alert")
    expect(notice).to_contain_text("sudah bergerak")
    expect(notice).to_contain_text("Disposisikan")
    expect(late.get_by_label("Catatan")).to_have_value("Tolong ditangani <b>hari ini</b>.")
    expect(late.get_by_role("checkbox", name=re.compile("Sekretaris Dinas"))).to_be_checked()
    # Seen, and wanted all the same.
    late.get_by_role("button", name="Disposisikan").last.click()
    expect(late.locator(".notice.ok")).to_be_visible()
    expect(late.locator(".tree > li")).to_have_count(3)


def test_back_over_a_refused_form_sends_nothing_again(sit: Callable[..., Page], city: City) -> None:
    address = f"/surat/{city.world.letters['ponsel']}"
    page = sit("kadis")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.goto(address)
    page.locator(f"a[href='{address}/dispose']").first.click()
    page.wait_for_url("**/dispose")
    page.get_by_role("button", name="Disposisikan").last.click()
    expect(page.locator(".summary")).to_be_visible()
    # Away from it, and back: the browser has nothing to ask and nothing to refuse.
    page.goto("/")
    page.go_back()
    expect(page.get_by_role("button", name="Disposisikan").last).to_be_visible()
    expect(page.locator(".summary")).to_have_count(0)
    page.go_back()
    page.go_back()
    assert page.url.endswith(address)
    assert sum(url.endswith("/dispose") for url in posts) == 1


def test_what_is_over_says_so_and_offers_no_button(sit: Callable[..., Page], city: City) -> None:
    address = f"/surat/{city.world.letters['selesai di tempat lain']}"
    late, early = sit("kadis"), sit("kadis")
    late.goto(f"{address}/finish")
    late.get_by_role("textbox").first.fill("Sudah dijawab lewat telepon.")
    early.goto(f"{address}/finish")
    early.get_by_role("textbox").first.fill("Selesai.")
    early.get_by_role("button", name="Selesaikan tanpa disposisi").last.click()
    expect(early.locator(".sentence")).to_contain_text("Surat ini selesai")
    late.get_by_role("button", name="Selesaikan tanpa disposisi").last.click()
    expect(late.get_by_role("textbox").first).to_have_value("Sudah dijawab lewat telepon.")
    expect(late.locator(".actions")).to_contain_text("Buka suratnya")
    assert late.get_by_role("button", name="Selesaikan tanpa disposisi").filter(visible=True).count() == 0


def test_wrong_input_is_named_and_nothing_is_lost(sit: Callable[..., Page], tmp_path: object) -> None:
    page = sit("agendaris")
    page.goto("/surat/masuk/baru")
    page.locator("input[type=file]").set_input_files(
        {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": b"bukan PDF"}
    )
    # The scan is looked at as soon as it is chosen.
    expect(page.locator("#scan")).to_contain_text("bukan berkas PDF")
    page.get_by_label("Nomor surat").fill("99/<i>X</i>/2026")
    page.get_by_label("Tanggal surat").fill("31/02/2026")
    page.get_by_label("Klasifikasi").fill("salah!")
    page.get_by_label("Ringkasan").fill("Ringkasan yang panjang.")
    page.get_by_role("button", name="Catat", exact=True).last.click()
    summary = page.locator(".summary")
    for said in ("31 Februari 2026", "Tulis pengirimnya", "kode klasifikasi"):
        expect(summary).to_contain_text(said)
    assert page.evaluate("document.activeElement.className") == "summary"
    for label, value in (
        ("Nomor surat", "99/<i>X</i>/2026"),
        ("Tanggal surat", "31/02/2026"),
        ("Klasifikasi", "salah!"),
        ("Ringkasan", "Ringkasan yang panjang."),
    ):
        expect(page.get_by_label(label)).to_have_value(value)
    # A link of the summary leads to its field.
    summary.get_by_role("link", name="Tanggal surat").click()
    assert page.evaluate("document.activeElement.id || location.hash").endswith("id_letter_date")


def test_without_javascript_a_letter_is_read_and_disposed(sit: Callable[..., Page], city: City) -> None:
    page = sit("kadis", java_script_enabled=False)
    page.get_by_role("link", name="Permohonan audiensi").first.click()
    expect(page.locator("figure.paper .sharp").first).to_be_visible()
    page.get_by_role("link", name="Halaman berikutnya").click()
    expect(page.locator("figure.paper")).to_contain_text("Halaman 2 dari 2")
    page.get_by_role("link", name="Disposisikan").click()
    page.get_by_label("Catatan").fill("Mohon dihadiri.")
    page.get_by_role("checkbox", name=re.compile("Sekretaris Dinas")).check(force=True)
    page.get_by_role("searchbox", name="Cari jabatan").fill("dpmptsp")
    page.locator(".picker .look button").click()
    page.get_by_role("checkbox", name=re.compile("Kepala DPMPTSP")).check(force=True)
    expect(page.get_by_label("Catatan")).to_have_value("Mohon dihadiri.")
    page.get_by_role("button", name="Disposisikan").last.click()
    expect(page.locator(".tree > li")).to_have_count(3)
    expect(page.locator(".tree")).to_contain_text("Mohon dihadiri.")
