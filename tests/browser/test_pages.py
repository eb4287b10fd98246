"""Every page of the program, in the demo city, in each look: no barrier, nothing wider than the narrowest screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from pictures import SIZES, THEMES, demo, entered
from playwright.sync_api import Error
from shots import NOWHERE, SHOTS

from browser.test_looks import barriers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from shots import Shot

# It needs nothing of the other city, so another worker may do it.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]
# WCAG 2.2, 1.4.10: read at 320 pixels, which is also what 1280 become at 400 %, with scrolling one way only.
NARROWEST = {"width": 320, "height": 640}
DEMO_ONLY = ("_look",)
WIDER = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def bekasi() -> Iterator[str]:
    with demo() as base:
        yield base


def _address(page: Page) -> str:
    from django.urls import Resolver404, resolve

    path = urlsplit(page.url).path
    try:
        return resolve(path, urlconf="tertib.urls").route
    except Resolver404:
        # Pages of a demo are no addresses where tests run.
        return path[1:] if path[1:] in DEMO_ONLY else NOWHERE


def _complaints(page: Page, shot: Shot, size: str) -> Iterator[str]:
    if (found := _address(page)) != shot.shows.replace("^", ""):
        yield f"{shot.name} shows {found}"
    if page.locator("h1").count() != 1:
        yield f"{shot.name} has {page.locator('h1').count()} headings of the first order"
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        rules = ("color-contrast", "link-in-text-block") if theme == "dark" else ()
        for said in barriers(page, *rules):
            yield f"{shot.name}, {size}, {theme}: {said}"
    if size == "phone":
        page.set_viewport_size(NARROWEST)
        if (beyond := page.evaluate(WIDER)) > 0:
            yield f"{shot.name} is {beyond} pixels wider than {NARROWEST['width']}"
        page.set_viewport_size({"width": 360, "height": 740})


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("door", list(dict.fromkeys(shot.door for shot in SHOTS)))
def test_nothing_stands_in_the_way_of_anybody(bekasi: str, chromium: Browser, door: str, size: str) -> None:
    wrong: list[str] = []
    page = entered(chromium, bekasi, door, size)
    for shot in SHOTS:
        if shot.door != door:
            continue
        try:
            shot.go(page)
        except Error as error:
            wrong.append(f"{shot.name} can't be reached at {size}: {error.message.splitlines()[0]}")
            continue
        wrong += _complaints(page, shot, size)
    page.context.close()
    assert not wrong, "\n".join(wrong)
