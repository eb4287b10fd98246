"""Searching for recipients by keyboard: Enter there searches, and the form waits."""

from __future__ import annotations

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
