"""A phone at the end of a slow line: a page is seen once it has arrived itself, at the first visit as at the second.

Times are never asserted; `make weight` prints them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from weight import SIGN_IN, nothing_kept, slow_down, weigh

if TYPE_CHECKING:
    from browser.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST_BYTES = 25_000
# Everybody's first page: at 400 kbit/s so much takes a quarter of a second.
MOST_BYTES_AT_THE_DOOR = 12_000
MOST_BYTES_AGAIN = 15_000


@pytest.mark.parametrize("place", ["desk", "list", "letter", "disposition"])
def test_little_stands_between_a_phone_and_its_page(office: Office, place: str) -> None:
    letter = f"/surat/{office.city.world.letters['pohon']}"
    path = {"desk": "/", "list": "/surat/masuk", "letter": letter, "disposition": f"{letter}/dispose"}[place]
    office.sit("kadis")
    page = office.visit(width=360, storage_state=nothing_kept(office.states["bekasi/kadis"]))
    slow_down(page)
    fresh = weigh(page, path)
    # Its styles are written into it: no journey but the first stands before what is seen.
    assert fresh.requests == 1, fresh
    assert 5_000 < fresh.bytes <= MOST_BYTES, fresh
    again = weigh(page, path)
    assert again.requests == 1, again
    assert again.bytes <= MOST_BYTES_AGAIN, again


def test_the_first_page_of_all_comes_whole(office: Office) -> None:
    page = office.visit(width=360)
    slow_down(page)
    fresh = weigh(page, SIGN_IN)
    assert fresh.requests == 1 and 3_000 < fresh.bytes <= MOST_BYTES_AT_THE_DOOR, fresh
    # What it was given then is kept, under the policy that forbids styles in pages, and linked from now on.
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.button.primary')).backgroundColor")
        != "rgba(0, 0, 0, 0)"
    )
    again = weigh(page, SIGN_IN)
    assert again.requests == 1 and again.bytes < fresh.bytes - 3_000, again
    assert page.locator("style").count() == 0
