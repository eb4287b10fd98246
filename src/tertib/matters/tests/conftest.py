"""Imports come late: this file may be read before the database's address is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tertib.ground.tenancy.models import Government
    from tertib.matters.testing import City


@pytest.fixture
def test_room() -> Iterator[None]:
    """The test room is installed in this process while the test runs."""
    from tertib.matters.testing import only_room

    with only_room():
        yield


@pytest.fixture
def city(government: Government, test_room: None) -> City:
    """A small city inside a transaction that is rolled back."""
    from tertib.government import calendars
    from tertib.matters.testing import make_city

    # Calendars are kept by version, and a version that was rolled back may be given again.
    calendars._load.cache_clear()
    return make_city()


@pytest.fixture
def real_city(transactional_government: Government, test_room: None) -> City:
    """A small city in a database of the test's own, with real commits."""
    from tertib.matters.testing import make_city

    return make_city()


@pytest.fixture
def english() -> Iterator[None]:
    """Messages are as the code has them, whatever their translations are by now."""
    from django.utils.translation import override

    with override("en"):
        yield
