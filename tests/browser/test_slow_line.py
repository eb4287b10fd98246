"""A phone at the end of a slow line: little must arrive before a page is seen, and on the second visit one thing only.

Times are never asserted; `make weight` prints them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from weight import slow_down, weigh

if TYPE_CHECKING:
    from browser.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# The page itself, the common styles, and at most two more of its own.
MOST_REQUESTS, MOST_BYTES = 4, 25_000
MOST_BYTES_AGAIN = 15_000


@pytest.mark.parametrize("place", ["desk", "list", "letter", "disposition"])
def test_little_stands_between_a_phone_and_its_page(office: Office, place: str) -> None:
    letter = f"/surat/{office.city.world.letters['pohon']}"
    path = {"desk": "/", "list": "/surat/masuk", "letter": letter, "disposition": f"{letter}/dispose"}[place]
    office.sit("kadis")
    page = office.visit(width=360, storage_state=office.states["bekasi/kadis"])
    slow_down(page)
    fresh = weigh(page, path)
    assert 2 <= fresh.requests <= MOST_REQUESTS, fresh
    assert 5_000 < fresh.bytes <= MOST_BYTES, fresh
    again = weigh(page, path)
    assert again.requests == 1, again
    assert again.bytes <= MOST_BYTES_AGAIN, again
