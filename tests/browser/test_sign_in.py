"""In by the door, out again; the language, the look and the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from browser.conftest import City, Office

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_in_by_the_door_and_out_again(office: Office) -> None:
    page = office.visit()
    page.goto("/surat/masuk")
    assert "/accounts/login/" in page.url
    # Signing out while the desk still asks for its stream would answer that with 401, rightly.
    with page.expect_response("**/langsung/karcis*"):
        page.get_by_role("button", name="Masuk sebagai Kepala Dinas Kesehatan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Meja saya")
    page.locator(".me > details > summary").click()
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")
    page.goto("/surat/masuk")
    assert "/accounts/login/" in page.url


def test_a_wrong_password_is_told_and_the_name_stays(office: Office) -> None:
    page = office.visit()
    page.goto("/accounts/login/")
    page.get_by_label("Nama pengguna atau surel").fill("kadis")
    page.get_by_label("Kata sandi").fill("bukan ini")
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.locator(".summary")).to_contain_text("Nama pengguna atau kata sandi tidak cocok.")
    expect(page.get_by_label("Nama pengguna atau surel")).to_have_value("kadis")


def test_the_language_changes_and_stays(sit: Callable[..., Page]) -> None:
    page = sit("p2p")
    expect(page.locator("html")).to_have_attribute("lang", "id")
    page.goto("/surat/masuk?q=laporan")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Incoming letters")
    assert page.url.endswith("/surat/masuk?q=laporan")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("My desk")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Meja saya")


def test_the_look_changes_and_stays(sit: Callable[..., Page]) -> None:
    page = sit("sekdis", color_scheme="light")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Gelap").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(ground) != light
    page.goto("/surat/masuk")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Ikut perangkat").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    assert page.evaluate(ground) == light


def test_the_desk_obeys_the_keyboard(sit: Callable[..., Page], city: City) -> None:
    page = sit("kadis")
    lines = page.locator("[data-line]")
    assert lines.count() >= 3
    page.keyboard.press("j")
    expect(lines.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(lines.nth(1)).to_be_focused()
    name = lines.nth(1).locator(".subject").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.goto(f"/surat/{city.world.letters['dibaca']}")
    page.keyboard.press("d")
    page.wait_for_url("**/dispose")
    page.get_by_label("Catatan").fill("jk/?")
    expect(page.get_by_label("Catatan")).to_have_value("jk/?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Tombol")).to_contain_text("Perbesar")


def test_the_search_is_one_key_away_and_small_on_a_phone(sit: Callable[..., Page]) -> None:
    page = sit("kadis")
    field = page.get_by_role("searchbox", name="Cari surat")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("tidak ada ini")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tidak ada yang cocok")).to_be_visible()
    assert page.url.endswith("/surat/cari?q=tidak+ada+ini")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    width = "document.querySelector('.find input').offsetWidth"
    assert page.evaluate(width) < 50
    page.keyboard.press("/")
    assert page.evaluate(width) > 300


def test_a_deputy_is_found_while_one_types(sit: Callable[..., Page], city: City) -> None:
    page = sit("kadis")
    page.goto(f"/profil/pengganti/{city.world.posts['kadis']}")
    offered = page.get_by_role("radio").count()
    assert offered
    page.get_by_label("Nama orang lain").press_sequentially("tidak ada orang begini")
    expect(page.get_by_role("radio")).to_have_count(0)
    expect(page.get_by_text("Tidak ada pejabat dengan nama itu")).to_be_visible()
    page.get_by_label("Nama orang lain").fill("")
    expect(page.get_by_role("radio")).to_have_count(offered)
