"""The world that all doors are tried in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from doors.oracle import Oracle
    from doors.walk import Walk
    from doors.world import World


@pytest.fixture(scope="package")
def world(
    own_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Built once for each worker, and only looked at: what a test does is rolled back."""
    from doors.walk import FOREIGNER
    from doors.world import HOST, OTHER_HOST, build, government, inside, sign_in
    from tertib.government.models import Person

    with own_database():
        government("bekasi")
        made = build(tmp_path_factory.mktemp("world"))
        # Somebody who left while signed in, and somebody signed in next door.
        made.cookies["pensiun"] = made.client("pensiun").cookies["sessionid"].value
        Person.objects.filter(pk=made.people["pensiun"].pk).update(is_active=False)
        with inside("pasuruan"):
            made.clients[FOREIGNER] = sign_in(made.people["Bupati"], HOST)
            made.cookies[FOREIGNER] = made.clients[FOREIGNER].cookies["sessionid"].value
            assert sign_in(made.people["Bupati"], OTHER_HOST).get("/profil").status_code == 200
        yield made


@pytest.fixture(scope="package")
def oracle(world: World) -> Oracle:
    from doors.oracle import Oracle
    from doors.world import government

    government("bekasi")
    return Oracle()


@pytest.fixture(autouse=True)
def _here(world: World) -> None:
    from doors.world import government

    government("bekasi")


@pytest.fixture
def walk(world: World, oracle: Oracle, request: pytest.FixtureRequest) -> Walk:
    from doors.walk import Walk

    return Walk(world, oracle, request.param)
