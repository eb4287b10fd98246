"""The small city hall, inside a transaction that is rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tertib.ground.tenancy.models import Government
    from tertib.rooms.letters.tests.world import World


@pytest.fixture
def world(government: Government) -> World:
    from tertib.rooms.letters.tests.world import make_world

    return make_world()
