"""Imports come late: this file may be read before the database's address is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tertib.ground.tenancy.models import Government
    from tertib.matters.testing import City


@pytest.fixture
def city(government: Government) -> Iterator[City]:
    """A small city with the test room, inside a transaction that is rolled back. It is a working morning."""
    from tertib.government import calendars
    from tertib.ground.time import travel
    from tertib.matters.testing import make_city, only_room
    from tertib.notices.tests.times import MORNING

    calendars._load.cache_clear()
    with only_room(), travel(MORNING):
        yield make_city()
