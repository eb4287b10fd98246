"""Looks: dark where asked for, no barrier on pages of mishaps, narrow as a phone, light to load, fit for paper."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from browser.conftest import City, Office

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# What a first visit loads of a page: over the wire, and with its files unpacked.
MOST_SENT, MOST_UNPACKED = 60_000, 150_000
PHONE = 360
# What a cache saves has its size here all the same. The page itself is never counted unpacked: a list is long text.
MEASURE = """() => {
  const loaded = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const counted = loaded.filter((entry) => !entry.name.includes("/surat/berkas/"));
  const sent = counted.reduce((sum, entry) => sum + entry.encodedBodySize, 0);
  const files = counted.slice(1).reduce((sum, entry) => sum + entry.decodedBodySize, 0);
  return [document.documentElement.scrollWidth - innerWidth, sent, counted[0].encodedBodySize + files];
}"""


def places(city: City) -> dict[str, list[str]]:
    """The pages to look at, by who looks at them."""
    world = city.world
    letters = {name: f"/surat/{matter}" for name, matter in world.letters.items()}
    return {
        "": ["/accounts/login/"],
        "kadis": [
            "/",
            "/selesai",
            "/meja/cetak",
            f"/surat/bersama/disposisi?urusan={world.letters['dibaca']}:9",
            "/surat/masuk",
            "/surat/keluar",
            letters["pohon"],
            f"{letters['dibaca']}/dispose",
            f"{letters['tanda tangan']}/sign",
            "/profil",
            "/pemberitahuan",
            "/profil/pemberitahuan",
            f"/urusan/{world.letters['pohon']}/ingatkan",
            f"/profil/pengganti/{world.posts['kadis']}",
            "/surat/cari?q=a",
            f"/urusan/{world.letters['pohon']}/catatan",
            f"/urusan/{world.letters['pohon']}/mengapa",
            f"/urusan/{world.letters['pohon']}/tenggat",
            "/bantuan/papan-ketik",
            "/surat/tidak-ada",
        ],
        "agendaris": ["/surat/masuk/baru"],
        "staf": [f"{letters['konsep']}/konsep"],
        "admin": [
            "/atur/",
            "/atur/unit",
            f"/atur/unit/{world.units['dinkes']}",
            f"/atur/jabatan/{world.posts['kadis']}",
            f"/atur/jabatan/{world.posts['kadis']}/isi",
            f"/atur/orang/{world.people['kadis']}",
            f"/atur/kalender/{world.calendar}",
            "/atur/impor",
            "/atur/catatan",
        ],
    }


@cache
def _axe() -> str:
    from axe_playwright_python.sync_playwright import Axe

    return Axe().axe_script


def barriers(page: Page, *rules: str) -> list[str]:
    """What axe finds, by all of its rules or by these, one line each with the first place of it."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    # A page that is looked at several times reads its half a megabyte once.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    response = page.evaluate("(options) => axe.run(document, options)", options)
    assert response["passes"]
    return [
        f"{page.url} {found['id']}: {found['help']}: {found['nodes'][0]['html'][:200]}"
        for found in response["violations"]
    ]


def open_pages(office: Office, **more: Any) -> Any:
    """Each page in turn, with the person's own context."""
    for post, addresses in places(office.city).items():
        page = office.sit(post, **more) if post else office.visit(**more)
        for address in addresses:
            page.goto(address)
            yield page


def test_axe_would_find_one(office: Office) -> None:
    page = office.visit()
    page.goto("/accounts/login/")
    assert not barriers(page)
    page.evaluate("document.querySelector('main').append(new Image())")
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert len(barriers(page)) == 2


def test_the_dark_look_is_dark(office: Office) -> None:
    """That both looks can be read on every page, the walk through all of them says."""
    page = office.visit(color_scheme="dark")
    page.goto("/accounts/login/")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    red, green, blue = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert max(red, green, blue) < 80


def test_axe_finds_no_barrier_on_pages_of_mishaps(office: Office) -> None:
    """The form with complaints, and the page of a matter that has moved on."""
    page = office.sit("agendaris")
    page.goto("/surat/masuk/baru")
    page.get_by_role("button", name="Catat", exact=True).last.click()
    expect(page.locator(".summary")).to_be_visible()
    wrong = barriers(page)
    address = f"/surat/{office.city.world.letters['isian']}"
    page, other = office.sit("kadis"), office.sit("kadis")
    page.goto(f"{address}/forward")
    page.get_by_label("Catatan").fill("Mohon ditangani.")
    other.goto(f"{address}/finish")
    other.get_by_role("textbox").first.fill("Selesai.")
    other.get_by_role("button", name="Selesaikan tanpa disposisi").last.click()
    expect(other.locator(".notice.ok")).to_be_visible()
    page.get_by_role("radio", name="Sekretaris Dinas").check(force=True)
    page.get_by_role("button", name="Teruskan ke jabatan lain").last.click()
    expect(page.get_by_role("alert")).to_be_visible()
    wrong += barriers(page)
    assert not wrong, "\n".join(wrong)


def test_a_page_is_narrow_and_light(office: Office) -> None:
    """It fits a phone, and what a first visit loads of it, papers left out, is little."""
    wrong = []
    for page in open_pages(office, width=PHONE):
        beyond, sent, unpacked = page.evaluate(MEASURE)
        assert 5_000 < sent < unpacked
        if beyond > 0:
            wrong.append(f"{page.url} is {beyond} pixels too wide")
        if sent > MOST_SENT or unpacked > MOST_UNPACKED:
            wrong.append(f"{page.url} weighs {sent} bytes over the wire, {unpacked} unpacked")
    assert not wrong, "\n".join(wrong)


def test_on_paper_words_of_a_letter_come_first_and_nothing_leaves_a_gap(office: Office) -> None:
    page = office.sit("kadis")
    page.goto(f"/surat/{office.city.world.letters['dibaca']}")
    page.emulate_media(media="print")
    tops = page.evaluate(
        """() => [".first", ".rest", ".paper"].map((one) => {
          const box = document.querySelector(".desk-of-paper > " + one).getBoundingClientRect();
          return [box.top, box.bottom];
        })"""
    )
    for (_top, bottom), (below, _bottom) in pairwise(tops):
        assert 0 <= below - bottom < 40, tops
    # A long record runs on from page to page; only a picture is never cut.
    inside = "(one) => getComputedStyle(document.querySelector(one)).breakInside"
    assert page.evaluate(inside, ".rest > .panel") == "auto"
    assert page.evaluate(inside, ".leaf") == "avoid"
    page.goto("/surat/cari?q=permohonan")
    expect(page.locator(".on-paper")).to_have_text("“permohonan”")


def test_paper_has_no_buttons_and_tells_what_is_late_without_colours(office: Office) -> None:
    page = office.sit("kadis")
    page.goto(f"/surat/{office.city.world.letters['pohon']}")
    assert page.locator("main .button:visible").count() > 0
    page.emulate_media(media="print")
    assert page.locator("main .button:visible").count() == 0
    page.goto("/papan")
    fills = page.evaluate(
        """() => {
          const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
          const table = document.createElement("div");
          table.className = "loads"; table.append(svg); document.body.append(table);
          return ["late", "today", "week", "later"].map((name) => {
            const rect = document.createElementNS(svg.namespaceURI, "rect");
            rect.setAttribute("class", name); svg.append(rect);
            return getComputedStyle(rect).fill;
          });
        }"""
    )
    assert len(set(fills)) == 4, fills
