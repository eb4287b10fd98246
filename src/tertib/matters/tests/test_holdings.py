"""A board counts what the rule of visibility lets its reader see below their units: no more and no less."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tertib.ground.time import now
from tertib.matters import holdings
from tertib.matters.allowance import Allowance
from tertib.matters.engine import act
from tertib.matters.holdings import Edges, held, home, loads, overseen
from tertib.matters.models import Matter
from tertib.matters.pressing import Place
from tertib.matters.testing import City, deputise, make_person, reader_of
from tertib.matters.visibility import visible

LEADERS = ("mayor", "auditor", "health", "lab", "works")


@pytest.fixture
def busy(real_city: City) -> City:
    """Forty matters that were opened, moved and split in any way, some of them secret, some finished."""
    draw = random.Random(11)
    names = list(real_city.posts)
    for n in range(40):
        allowance = draw.choice([None, Allowance.parse(f"{draw.randrange(1, 90)} calendar days")])
        done = real_city.open(
            "mayor", draw.choice(names), title=f"Urusan {n}", security=draw.choice((0, 0, 1, 2, 3)), allowance=allowance
        )
        holder = Matter.objects.select_related("holder").get(pk=done.matter).holder
        name = next(key for key, post in real_city.posts.items() if holder and post.pk == holder.pk)
        if draw.random() < 0.5 and name in real_city.people:
            to = real_city.posts[draw.choice(names)]
            act(done.matter, "forward", real_city.reader(name), {"post": str(to.pk)})
    return real_city


def edges() -> Edges:
    at = now()
    return Edges(at, at + timedelta(hours=8), at + timedelta(days=6), at - timedelta(days=30))


def below(unit: Any, reader: Any) -> list[Matter]:
    """Every open matter with a post of the unit or one below, by the rule of visibility."""
    open_ones = Matter.objects.filter(closed_at__isnull=True, holder__unit__lineage__contains=[unit])
    found = visible(open_ones, reader).select_related("holder__unit").order_by("due_at", "id")
    return list(found)


@pytest.mark.parametrize("name", LEADERS)
def test_counts_are_what_is_seen(busy: City, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = busy.reader(name)
    counted = 0
    for few in (100, 1):
        monkeypatch.setattr(holdings, "FEW", few)
        for unit in {busy.units["city"].pk, *(busy.units[key].pk for key in ("health", "lab", "works"))}:
            of = overseen(reader, unit)
            if of is None:
                continue
            # By the unit alone: what a leader holds or was sent from elsewhere too is seen by other keys as well.
            seen = [one for one in below(unit, reader) if one.security <= of.ceiling]
            expected = Counter(one.holder_id for one in seen if one.holder and one.holder.unit_id == unit)
            found = loads(of, edges())
            assert {load.post: load.total for load in found if load.post} == dict(expected)
            assert sum(load.total for load in found) == len(seen)
            assert sum(load.none for load in found) == sum(one.due_at is None for one in seen)
            listed: list[Matter] = []
            place = None
            while page := list(held(of, after=place, limit=3)):
                listed += page
                place = Place(page[-1].due_at, page[-1].pk)
            assert [one.pk for one in listed] == [one.pk for one in seen]
            counted += len(seen)
    assert counted > 5


def test_nobody_without_a_unit_has_a_board(busy: City) -> None:
    assert home(busy.reader("nurse")) is None and overseen(busy.reader("nurse"), busy.units["lab"].pk) is None
    assert overseen(busy.reader("lab"), busy.units["works"].pk) is None
    assert overseen(busy.reader("lab"), busy.units["city"].pk) is None


def test_a_stand_in_sees_no_further_than_they_are_cleared(busy: City) -> None:
    """Who stands in for the mayor counts what their own clearance allows."""
    busy.open("mayor", "roads", title="Sangat rahasia", security=3)
    person = make_person("Pengganti")
    deputise(person, busy.posts["mayor"])
    reader = reader_of(person)
    of, mayors = overseen(reader, busy.units["city"].pk), overseen(busy.reader("mayor"), busy.units["city"].pk)
    assert of is not None and mayors is not None and of.ceiling == 0
    less, all_of_it = sum(x.total for x in loads(of, edges())), sum(x.total for x in loads(mayors, edges()))
    assert less < all_of_it


def test_statements(busy: City, django_assert_num_queries: Any) -> None:
    reader = busy.reader("health")
    of = overseen(reader, busy.units["health"].pk)
    assert of is not None
    with django_assert_num_queries(2):
        overseen(reader, busy.units["lab"].pk)
    with django_assert_num_queries(2):
        loads(of, edges())
        list(held(of, after=None, limit=5))
