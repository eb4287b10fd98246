"""Every page of the program is among those that are pictured and looked at."""

from __future__ import annotations

import guide
from shots import NO_PAGE, NOWHERE, SHOTS

from doors import table


def test_no_page_is_left_out() -> None:
    none = [address for addresses in NO_PAGE.values() for address in addresses]
    seen = {shot.shows for shot in SHOTS} - {NOWHERE}
    pages = {address for address in table.DOORS if not address.startswith("api/")} - set(none)
    assert {f"no picture: {address}" for address in pages - seen} == set()
    assert {f"no such page: {address}" for address in seen - pages} == set()
    assert {f"no such address: {address}" for address in none if address not in table.DOORS} == set()


def test_each_picture_has_its_own_name() -> None:
    assert len({shot.name for shot in SHOTS}) == len(SHOTS)


def test_each_user_has_a_page_with_pictures_that_are_taken() -> None:
    taken = {shot.name for shot in SHOTS}
    for path in guide.USERS.glob("*.md"):
        named = guide.pictures(path.read_text())
        assert {name for name, _size, _said in named} <= taken, path.name
        assert len(named) >= 2 or path.name == "README.md", path.name
        # Every comment is one that was understood.
        assert path.read_text().count("<!--") == len(named), path.name
        assert guide.page(path.read_text()).count("<figure>") == len(named)
