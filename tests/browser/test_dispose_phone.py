"""A leader with a phone: the usual disposition in few taps and without typing, the letter in sight all the while."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.test_letter_life import Taps

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from browser.conftest import City

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE = 360
# From the opened letter: dispose, one recipient, one instruction, send; the day is suggested.
MOST_TAPS = 5


def in_sight(page: Page) -> None:
    """The letter's subject and its first page."""
    expect(page.locator("figure.paper .strip")).to_be_in_viewport()
    expect(page.locator("figure.paper .sharp").first).to_be_in_viewport()


def test_the_usual_disposition_takes_few_taps_and_no_typing(
    sit: Callable[..., Page], city: City, record_property: Callable[[str, object], None]
) -> None:
    page = sit("kadis", width=PHONE, has_touch=True, is_mobile=True)
    page.goto(f"/surat/{city.world.letters['ponsel']}")
    typed: list[str] = []

    def pressed(key: str) -> None:
        typed.append(key)

    page.expose_function("keyPressed", pressed)
    page.add_init_script("addEventListener('keydown', (e) => keyPressed(e.key), true)")
    tap = Taps(page)
    tap("Disposisikan")
    page.wait_for_url("**/dispose")
    in_sight(page)
    # What sends is in sight from the beginning, and the day is chosen already.
    send = page.get_by_role("button", name="Disposisikan").last
    expect(send).to_be_in_viewport()
    assert page.locator("[name=due_how]:checked").count() == 1
    tap(re.compile("Kepala Bidang Pelayanan Kesehatan"), "checkbox")
    in_sight(page)
    tap("Siapkan jawaban", "checkbox")
    in_sight(page)
    expect(send).to_be_in_viewport()
    send.tap()
    tap.count += 1
    expect(page.locator(".notice.ok")).to_be_visible()
    expect(page.locator(".tree > li")).to_have_count(2)
    assert tap.count <= MOST_TAPS
    assert not typed
    record_property("taps", tap.count)


def test_another_day_is_one_tap_and_a_chosen_one_a_field(sit: Callable[..., Page], city: City) -> None:
    page = sit("kadis", width=PHONE, has_touch=True, is_mobile=True)
    page.goto(f"/surat/{city.world.letters['ponsel 2']}/dispose")
    expect(page.locator("[name=due_day]")).to_be_hidden()
    page.get_by_role("radio", name="Besok").tap()
    expect(page.get_by_role("radio", name="Besok")).to_be_checked()
    page.get_by_role("radio", name="Pilih tanggal").tap()
    expect(page.locator("[name=due_day]")).to_be_visible()


def test_nothing_that_has_the_focus_lies_under_the_bars(sit: Callable[..., Page], city: City) -> None:
    """WCAG 2.4.11: the strip above and the button below never cover what the keyboard is at."""
    page = sit("kadis", width=PHONE)
    page.goto(f"/surat/{city.world.letters['ponsel 2']}/dispose")
    page.locator("form [name=recipients]").first.focus()
    for _step in range(25):
        page.keyboard.press("Tab")
        covered = page.evaluate("""() => {
          const at = document.activeElement;
          if (!at.closest(".acting form") || at.closest(".actions")) return "";
          const box = (at.closest("label") || at).getBoundingClientRect();
          const strip = document.querySelector("figure.paper").getBoundingClientRect();
          const bar = document.querySelector(".acting form .actions").getBoundingClientRect();
          return box.bottom <= strip.bottom || box.top >= bar.top ? at.outerHTML.slice(0, 120) : "";
        }""")
        assert not covered
