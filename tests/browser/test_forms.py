"""Forms under the hands: Enter in a search only searches, and the focus stays where one goes on."""

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


@pytest.mark.parametrize("scripted", [True, False])
@pytest.mark.parametrize(
    ("where", "field"), [("dispose", "recipients"), ("forward", "post"), ("together", "recipients")]
)
def test_enter_in_a_search_never_sends_the_form(
    sit: Callable[..., Page], city: City, where: str, field: str, scripted: bool
) -> None:
    page = sit("kadis", java_script_enabled=scripted)
    letter = city.world.letters["isian"]
    page.goto(f"/surat/bersama/disposisi?urusan={letter}:99" if where == "together" else f"/surat/{letter}/{where}")
    page.locator(f"[name={field}]").first.check(force=True)
    search = page.locator("main [name=look]")
    search.fill("dpmptsp")
    search.press("Enter")
    found = page.locator(f"#found_{field} [name={field}][value='{city.world.posts['kadis2']}']")
    expect(found).to_have_count(1)
    expect(page.locator(f"[name={field}]:checked")).to_have_count(1)
    expect(page.locator(".notice.ok")).to_have_count(0)
    page.goto(f"/surat/{letter}")
    expect(page.get_by_role("link", name="Disposisikan").first).to_be_visible()


def test_who_opens_a_remark_writes_at_once(sit: Callable[..., Page], city: City) -> None:
    page = sit("kadis")
    page.goto(f"/surat/{city.world.letters['tanda tangan']}/naskah")
    opener = page.locator("details[data-write] > summary").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[data-write][open] textarea")).to_be_focused()
    page.keyboard.type("Mohon dilengkapi")
    expect(page.locator("details[data-write][open] textarea")).to_have_value("Mohon dilengkapi")


def test_who_adds_a_recipient_goes_on_in_the_search(sit: Callable[..., Page]) -> None:
    page = sit("staf")
    page.goto("/surat/keluar/baru")
    search = page.locator("#id_look_to")
    search.fill("penanaman")
    add = page.locator("#to_found").get_by_role("button", name=re.compile("Dinas Penanaman Modal"))
    add.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#to .rows > li")).to_have_count(1)
    expect(search).to_be_focused()
    expect(page.locator("form [role=status]", has_text="Ditambahkan")).to_contain_text("1")
    # A name that is to be typed is where one goes on.
    page.locator("#to_found").get_by_role("button", name="Lembaga").or_(
        page.locator("#to_found [value='body:']")
    ).first.click()
    expect(page.locator("#to .rows [name=to_name]:visible")).to_be_focused()
    page.locator("#to [name=drop_to]").first.click()
    expect(search).to_be_focused()


@pytest.mark.parametrize("together", [True, False])
def test_a_day_that_was_asked_for_is_not_called_optional(sit: Callable[..., Page], city: City, together: bool) -> None:
    page = sit("kadis", width=360)
    letter = city.world.letters["isian"]
    page.goto(f"/surat/bersama/disposisi?urusan={letter}:99" if together else f"/surat/{letter}/dispose")
    page.get_by_role("radio", name="Pilih tanggal").check(force=True)
    expect(page.locator(".due-day label")).to_be_visible()
    expect(page.locator(".due-day label")).not_to_contain_text("boleh kosong")
    # What sends is in sight on a phone, and numbers of a list stand within their card.
    expect(page.locator("main form .actions .primary")).to_be_in_viewport()
    if together:
        inside = page.evaluate("""() => {
          const item = document.querySelector(".together-list li").getBoundingClientRect();
          return item.left - document.querySelector(".panel").getBoundingClientRect().left;
        }""")
        assert inside >= 32
