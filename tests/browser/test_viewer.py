"""The paper on the screen: real words, zoom and rotation, and from letter to letter of a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.test_live import letter

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from browser.conftest import City

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDTH = "document.querySelector('.face').getBoundingClientRect().width"
SHIFT = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(0), 500);
})"""


def test_words_of_a_page_are_real(sit: Callable[..., Page], city: City) -> None:
    page = sit("kadis")
    page.goto(f"/surat/{city.world.letters['dibaca']}")
    word = page.locator("svg.words text", has_text="Undangan rapat koordinasi")
    expect(word).to_be_attached()
    # The browser's own find reads them, also on a page further down, and they can be selected.
    assert page.evaluate("window.find('Halaman dua')")
    assert page.evaluate("getSelection().toString()") == "Halaman dua"
    box, face = word.bounding_box(), page.locator(".face").first.bounding_box()
    assert box and face
    # 72 of 595 points from the left, in the middle of the page: where the picture has them.
    assert abs((box["x"] - face["x"]) / face["width"] - 72 / 595) < 0.02
    assert abs((box["y"] + box["height"] / 2 - face["y"]) / face["height"] - 0.49) < 0.03
    assert page.evaluate(SHIFT) < 0.05


def test_zoom_and_rotation_by_keys_are_remembered(sit: Callable[..., Page], city: City) -> None:
    page = sit("kadis")
    address = f"/surat/{city.world.letters['dibaca']}"
    page.goto(address)
    fit = page.evaluate(WIDTH)
    page.keyboard.press("+")
    larger = page.evaluate(WIDTH)
    assert larger > fit
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert page.evaluate(WIDTH) < larger
    page.get_by_role("button", name="100 %").click()
    # 595 points are 793 CSS pixels.
    assert abs(page.evaluate("document.querySelector('.leaf').offsetWidth") - 793) <= 1
    page.keyboard.press("r")
    leaf = page.locator(".leaf").first.bounding_box()
    assert leaf and leaf["width"] > leaf["height"]
    page.reload()
    expect(page.locator(".leaf").first).to_have_class("leaf quarter-1")
    for _turn in range(3):
        page.keyboard.press("r")
    expect(page.locator(".leaf").first).to_have_class("leaf")
    page.get_by_role("button", name="Selebar kolom").click()
    assert page.evaluate(WIDTH) == fit


@pytest.mark.parametrize("script", [True, False])
def test_from_letter_to_letter_of_the_list(sit: Callable[..., Page], script: bool) -> None:
    page = sit("kadis", java_script_enabled=script)
    page.goto("/surat/masuk?q=permohonan")
    subjects = page.locator(".agenda a[data-line]").all_text_contents()[:3]
    page.locator(".agenda a[data-line]").first.click()
    for subject in (subjects[1], subjects[2], subjects[1]):
        forward = subject != subjects[1] or page.locator("h1").inner_text() == subjects[0]
        if script:
            page.keyboard.press("j" if forward else "k")
        else:
            page.locator(f".hop a[rel={'next' if forward else 'prev'}]").click()
        expect(page.locator("h1")).to_have_text(subject)
    page.get_by_role("link", name="Surat masuk").last.click()
    expect(page.locator("#id_q")).to_have_value("permohonan")


def test_from_letter_to_letter_of_the_desk_by_keys_also_after_an_act(sit: Callable[..., Page]) -> None:
    for name in ("satu", "dua", "tiga"):
        letter(f"Berturut {name}")
    page = sit("kadis")
    page.goto("/?jenis=letters.incoming")
    desk = page.locator("#desk .subject").all_text_contents()
    at = desk.index("Berturut dua")
    page.locator("#desk a[data-line]").nth(at - 1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(desk[at - 1])
    for key, place in (("j", at), ("k", at - 1), ("j", at)):
        page.keyboard.press(key)
        expect(page.locator("h1")).to_have_text(desk[place])
    # Finished, it leaves the desk; what followed it follows still.
    page.keyboard.press("s")
    page.locator("[name=note]").fill("Cukup diketahui")
    page.locator("main form button.primary").last.click()
    page.wait_for_url(re.compile(r"/surat/[0-9a-f-]{36}\?dari=meja"))
    expect(page.locator("h1")).to_have_text("Berturut dua")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text(desk[at + 1])
    page.get_by_role("link", name="Meja saya").last.click()
    page.wait_for_url(re.compile(r"/\?jenis=letters.incoming$"))
    expect(page.locator("#desk .subject", has_text="Berturut dua")).to_have_count(0)
    # An act begun on the desk itself leads on as well.
    page.locator("#desk a[data-line]", has_text="Berturut tiga").focus()
    page.keyboard.press("s")
    page.locator("[name=note]").fill("Sudah")
    page.locator("main form button.primary").last.click()
    page.wait_for_url(re.compile(r"/surat/[0-9a-f-]{36}\?dari=meja&jenis="))


def test_a_slow_line_gets_a_small_first_page_first(sit: Callable[..., Page], city: City) -> None:
    page = sit("kadis")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/hal/" in request.url else None)
    page.goto(f"/surat/{city.world.letters['dibaca']}")
    expect(page.locator("svg.words").first).to_be_attached()
    assert asked[0].endswith("/hal/1?w=480")
    # A place is kept before any picture has come.
    first = page.locator(".leaf").first.bounding_box()
    assert first and abs(first["height"] / first["width"] - 842 / 595) < 0.01
