"""A small city, and clients that knock on its door. Imports come late: the database's address is not known before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from tertib.ground.tenancy.models import Government
    from tertib.matters.testing import City

HOST = "bekasi.localhost"


@pytest.fixture
def city(government: Government) -> Iterator[City]:
    """A small city with the test room, inside a transaction that is rolled back."""
    # The addresses of the installed rooms, before others take their place: they are read once a process.
    import tertib.urls  # noqa: F401
    from tertib.matters import rooms
    from tertib.matters.testing import make_city, use_room

    installed = rooms.rooms
    use_room()
    yield make_city()
    rooms.rooms = installed
    rooms.guards.cache_clear()
    rooms.effects.cache_clear()


@pytest.fixture
def visitor(government: Government) -> Client:
    """Nobody in particular."""
    from django.test import Client

    return Client(SERVER_NAME=HOST)


@pytest.fixture
def sign_in(city: City) -> Callable[[str], Client]:
    """A client signed in as a person of the small city."""
    from django.test import Client

    def make(name: str) -> Client:
        client = Client(SERVER_NAME=HOST)
        client.force_login(city.people[name])
        return client

    return make
