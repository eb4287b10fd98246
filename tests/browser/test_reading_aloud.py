"""What a screen reader says through the three main tasks: names of fields and buttons, headings in order, landmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from browser.conftest import City

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FRAME = """
- link "Langsung ke isi"
- banner
- complementary:
  - navigation "Menu"
- main
- contentinfo
"""
REGISTER = """
- heading "Catat surat" [level=1]
- group "Pengirim"
- combobox "Nama pengirim"
- textbox /Nomor surat/
- textbox /Tanggal surat/
- combobox "Perihal"
- button "Catat"
"""
DISPOSE = """
- heading "Laporan kejadian luar biasa" [level=1]
- group /Kepada/:
  - checkbox /Kepala Bidang Pelayanan Kesehatan/
- group /Dengan hormat harap/
- group /Tenggat/
- textbox /Catatan/
- button "Disposisikan"
"""
DRAFT = """
- heading "Tulis surat" [level=1]
- group "Kepada":
  - searchbox "Cari unit atau pemerintah"
- textbox "Perihal"
- group /Ditandatangani oleh/
- button "Simpan dan ajukan"
"""
# What can be reached by Tab and lacks an outline or a change of its edge; where the focus went, in order.
FOCUSED = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const shown = here.closest("label")?.querySelector("span") ?? here;
  const seen = [here, shown, here.nextElementSibling].filter(Boolean).some((one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  return [here.outerHTML.slice(0, 120), seen, here.getBoundingClientRect().top + scrollY];
}"""


def test_each_task_is_told_in_order(sit: Callable[..., Page], city: City) -> None:
    letter = f"/surat/{city.world.letters['pohon']}"
    for post, path, said in (
        ("agendaris", "/surat/masuk/baru", REGISTER),
        ("kadis", f"{letter}/dispose", DISPOSE),
        ("staf", "/surat/keluar/baru", DRAFT),
    ):
        page = sit(post)
        page.goto(path)
        expect(page.locator("body")).to_match_aria_snapshot(FRAME)
        expect(page.locator("main")).to_match_aria_snapshot(said)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_keyboard_goes_everywhere_and_is_seen(sit: Callable[..., Page], city: City, width: int) -> None:
    letter = f"/surat/{city.world.letters['pohon']}"
    wrong = []
    for post, path in (
        ("agendaris", "/surat/masuk/baru"),
        ("kadis", f"{letter}/dispose"),
        ("kadis", letter),
        ("kadis", "/papan"),
        ("staf", "/surat/keluar/baru"),
    ):
        page = sit(post, width=width)
        page.goto(path)
        steps = _tab_through(page)
        # It comes to the last thing of the page, the choice of the look, so nothing holds it.
        assert "theme" in steps[-1][0], f"{path} ends at {steps[-1][0]}"
        wrong += [f"{path}: {place}" for place, seen, _top in steps if not seen]
    assert not wrong, "\n".join(wrong)


def _tab_through(page: Page) -> list[tuple[str, bool, float]]:
    steps: list[tuple[str, bool, float]] = []
    for _step in range(200):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is None:
            break
        steps.append(tuple(found))
    return steps
