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
from browser.walking import obstacles
from browser.words import strays

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from shots import Shot

# It needs nothing of the other city, so another worker may do it.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]
# WCAG 2.2, 1.4.10: read at 320 pixels, which is also what 1280 become at 400 %, with scrolling one way only.
NARROWEST = {"width": 320, "height": 640}
DEMO_ONLY = ("_look",)
STATUS = "performance.getEntriesByType('navigation')[0].responseStatus"
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
    """What is wrong on a page: in each look, at the narrowest or by keyboard at 200 %, words of the other language."""
    if (found := _address(page)) != shot.shows.replace("^", ""):
        yield f"{shot.name} shows {found}"
    # The address may be right and the page still say that there is nothing.
    if shot.shows != NOWHERE and page.evaluate(STATUS) == 404:
        yield f"{shot.name} is not there"
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
    else:
        yield from (f"{shot.name}, by keyboard at 200 %: {said}" for said in obstacles(page))
        yield from (f"{shot.name} says in English: {said}" for said in strays(page, "id"))


def _in_english(page: Page, seen: dict[str, str]) -> Iterator[str]:
    """The pages that were seen, in the other language, and back."""
    _speak(page, "en")
    for name, address in seen.items():
        page.goto(address)
        yield from (f"{name} says in Indonesian: {said}" for said in strays(page, "en"))
        # What the city wrote is not in the language of the page (WCAG 2.2, 3.1.2).
        if page.locator(".subject:lang(en), blockquote:lang(en)").count():
            yield f"{name} takes words of the city for English"
    _speak(page, "id")


def _speak(page: Page, language: str) -> None:
    page.goto("/accounts/login/")
    page.locator(f'button[name="language"][value="{language}"]').click()
    page.locator(f'html[lang="{language}"]').wait_for(state="attached")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("door", list(dict.fromkeys(shot.door for shot in SHOTS)))
def test_nothing_stands_in_the_way_of_anybody(bekasi: str, chromium: Browser, door: str, size: str) -> None:
    wrong: list[str] = []
    page = entered(chromium, bekasi, door, size)
    seen: dict[str, str] = {}
    for shot in SHOTS:
        if shot.door != door:
            continue
        try:
            shot.go(page)
        except Error as error:
            wrong.append(f"{shot.name} can't be reached at {size}: {error.message.splitlines()[0]}")
            continue
        wrong += _complaints(page, shot, size)
        seen[shot.name] = page.url
    if size == "wide":
        wrong += _in_english(page, seen)
    page.context.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('<a href="#">a</a><div style="position:fixed;inset:0;z-index:9;background:#fff"></div>', "nothing is seen of"),
        ('<a href="#" style="outline:0">a</a>', "nothing marks the focus"),
        ('<a href="#" tabindex="2">a</a><a href="#" tabindex="1">b</a>', "never comes to"),
        (
            '<b id="b" tabindex="-1">b</b><a href="#" onkeydown="event.preventDefault(); b.focus()">a</a>',
            "goes back to",
        ),
        ('<a href="#">a</a><div id="x"><button onfocus="x.remove()">b</button></div><a href="#">c</a>', "never comes"),
        ('<a href="#">a</a><button onblur="this.focus()">b</button>', "the focus stays on"),
        ('<p style="width:900px">wide</p>', "too wide"),
    ],
)
def test_the_walk_would_find_it(chromium: Browser, body: str, says: str) -> None:
    page = chromium.new_page()
    page.set_content(f"<style>:focus{{outline:3px solid}}</style>{body}")
    found = list(obstacles(page))
    page.close()
    assert any(says in one for one in found), found


def test_words_of_the_other_language_would_be_found(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content('<html lang="en"><p>Meja saya</p><p lang="id">Tambah unit</p><p>My desk</p></html>')
    assert strays(page, "en") == ["meja saya"]
    page.set_content('<html lang="id"><p>My desk</p><button aria-label="Add a unit">+</button><p>Meja saya</p></html>')
    assert strays(page, "id") == ["my desk", "add a unit"]
    page.close()
