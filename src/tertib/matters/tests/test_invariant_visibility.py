"""Invariant 7: who sees what, by every door, against an oracle in plain Python.

The matters come from random acts; the readers fill posts in every way there is: appointed, acting, deputised,
  with roles.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from tertib.government.authority import Reader
from tertib.government.models import Person
from tertib.ground.errors import NotFound
from tertib.matters.engine import act
from tertib.matters.models import Link, Matter
from tertib.matters.queries import desk, links, tree
from tertib.matters.testing import City, deputise, grant, make_person, reader_of, seat
from tertib.matters.tests.model import RULES, Thing, World
from tertib.matters.tests.test_invariant_model import POSTS, town
from tertib.matters.visibility import may_see, newest, reasons, seen, visible


@dataclass
class Somebody:
    """A reader, and by which posts: their own (appointed or acting), and those they stand in for."""

    reader: Reader
    own: set[str] = field(default_factory=set)
    deputy: set[str] = field(default_factory=set)


@dataclass
class Scene:
    """Matters as the model and the database know them."""

    city: City
    world: World
    ids: dict[int, uuid.UUID]
    roles: list[tuple[str, str, str]]

    def sees(self, who: Somebody, thing: Thing) -> bool:
        """The rule in plain words, from the reasons of the matter and the seats of the reader."""
        keys, town_ = self.world.keys(thing), self.world.town
        clearance = max((town_.clearance[post] for post in who.own), default=0)
        if who.own & keys or (who.deputy & keys and thing.security <= clearance):
            return True
        for post in who.own | who.deputy:
            ceiling = town_.clearance[post] if post in who.own else min(town_.clearance[post], clearance)
            if thing.security > ceiling:
                continue
            if town_.head.get(town_.unit[post]) == post and f"unit {town_.unit[post]}" in keys:
                return True
            for holder, role, unit in self.roles:
                if holder == post and role in ("registrar", "archivist") and f"registry of {unit}" in keys:
                    return True
                if holder == post and role == "auditor" and (unit == "city" or f"unit {unit}" in keys):
                    return True
        return False


def play(city: City, chance: random.Random) -> Scene:
    """Random acts by people who may do them; the model and the engine do the same."""
    scene = Scene(city, World(town(city)), {}, [("registrar", "registrar", "health"), ("auditor", "auditor", "city")])
    readers = {name: city.reader(name) for name in POSTS}
    for _ in range(14):
        by, holder, security = chance.choice(POSTS), chance.choice(POSTS), chance.choice([0, 0, 1, 2, 3])
        scene.ids[len(scene.ids)] = city.open(by, holder, security=security, title=f"m{len(scene.ids)}").matter
        scene.world.open(len(scene.ids) - 1, by, holder, security)
    for _ in range(90):
        thing = chance.choice(list(scene.world.things.values()))
        action = chance.choice([*RULES, "split", "split", "forward", "copy", "classify"])
        to = chance.sample(POSTS, chance.randint(1, 2))
        names = [len(scene.ids), len(scene.ids) + 1][: len(to)]
        able = [post for post in POSTS if scene.world.may(thing, action, post)]
        if not able or (action == "split" and len(scene.ids) > 50):
            continue
        by, value = chance.choice(able), chance.randint(1, 3)
        if scene.world.act(thing, action, by, to=to, names=names, seen=None, value=value) != "ok":
            continue
        posts = [str(city.posts[name].id) for name in to]
        data: dict[str, dict[str, Any]] = {
            "forward": {"post": posts[0]},
            "answer": {"post": posts[0]},
            "split": {"posts": posts},
            "copy": {"posts": posts},
            "classify": {"security": value},
            "approve": {"agreed": True},
            "remark": {"text": "x"},
        }
        done = act(scene.ids[thing.name], action, readers[by], data.get(action, {}))
        scene.ids |= dict(zip(names, done.children, strict=False))
    return scene


def crowd(scene: Scene, chance: random.Random) -> list[Somebody]:
    """People in all kinds of seats: nobody's, one's, several's; beside those who are there already."""
    city = scene.city
    roles = [("archivist", "works", "works"), ("auditor", "nurse", "health"), ("registrar", "roads", "lab")]
    for role, post, unit in [*roles, ("auditor", "roads", "city")]:
        grant(city.posts[post], role, city.units[unit])
        scene.roles.append((post, role, unit))
    seats: list[tuple[set[str], set[str]]] = [({name}, set()) for name in POSTS] + [(set(), set())]
    # somebody stands in for works already
    free, standing = list(POSTS), [name for name in POSTS if name != "works"]
    for _ in range(8):
        own = {free.pop(chance.randrange(len(free)))} if free and chance.random() < 0.5 else set()
        stands = {standing.pop(chance.randrange(len(standing)))} if standing and chance.random() < 0.7 else set()
        seats.append((own, stands))
    found: list[tuple[Person, set[str], set[str]]] = []
    for own, stands in seats:
        if len(found) < len(POSTS):
            person = city.people[next(iter(own))]
        else:
            person = make_person("somebody")
            for post in own:
                seat(person, city.posts[post], chance.choice(["plt", "plh"]))
            for post in stands:
                deputise(person, city.posts[post])
        found.append((person, own, stands))
    return [Somebody(reader_of(person), own, stands) for person, own, stands in found]


def pages(reader: Reader, size: int) -> list[uuid.UUID]:
    """All that a list shows, page by page."""
    found: list[uuid.UUID] = []
    while page := newest(reader, size, found[-1] if found else None):
        assert len(page) <= size
        found += page
        if len(page) < size:
            break
    return found


@pytest.mark.parametrize("seed", range(2))
def test_invariant_7_every_door_shows_the_same(city: City, seed: int) -> None:
    chance = random.Random(seed)
    scene = play(city, chance)
    things = list(scene.world.things.values())
    for _ in range(12):
        pair = chance.sample(list(scene.ids.values()), 2)
        Link.objects.get_or_create(source_id=pair[0], target_id=pair[1], kind="reply_to")
    assert len(things) > 20 and len({thing.security for thing in things}) == 4
    differing = set()
    for who in crowd(scene, chance):
        allowed = {scene.ids[thing.name] for thing in things if scene.sees(who, thing)}
        differing.add(len(allowed))
        assert set(visible(Matter.objects.all(), who.reader).values_list("id", flat=True)) == allowed
        assert visible(Matter.objects.all(), who.reader).count() == len(allowed)
        for size in (3, 100):
            assert pages(who.reader, size) == sorted(allowed, reverse=True)
        assert set(desk(who.reader).values_list("id", flat=True)) <= allowed
        for thing in chance.sample(things, 10):
            identity = scene.ids[thing.name]
            assert may_see(identity, who.reader) == (identity in allowed)
            assert bool(reasons(identity, who.reader)) == (identity in allowed)
            if identity not in allowed:
                with pytest.raises(NotFound):
                    seen(identity, who.reader)
            else:
                assert seen(identity, who.reader).id == identity
            assert {other.id for _kind, other in links(identity, who.reader)} <= allowed
            if thing.parent is None:
                for node in tree(identity, who.reader):
                    assert node.visible == (node.id in allowed) and (node.visible or not node.title)
    assert len(differing) > 4  # the readers do differ


def test_invariant_7_each_reason_can_be_named(city: City) -> None:
    done = city.open("registrar", "lab", security=1)
    act(done.matter, "forward", city.reader("lab"), {"post": str(city.posts["roads"].id)})
    act(done.matter, "split", city.reader("roads"), {"posts": [str(city.posts["nurse"].id)]})

    def why(name: str) -> list[tuple[str, str]]:
        return [(item.reason, item.name) for item in reasons(done.matter, city.reader(name))]

    assert {name for _reason, name in why("lab")} == {"lab", "Laboratorium"}  # its post held it, its unit had it
    assert "registrar" in {name for _reason, name in why("registrar")}
    assert {name for _reason, name in why("nurse")} == {"nurse"}
    assert {name for _reason, name in why("mayor")} == {"Pemerintah Kota"}
    assert len(why("auditor")) == 1 and why("auditor")[0][1]
    assert why("analyst") == []
    assert len(reasons(done.matter)) > 8
    said = [(item.reason, item.name) for item in reasons(done.matter)]
    assert len(said) == len(set(said))


def test_invariant_7_a_place_in_many_roles_does_not_push_others_off_the_page(city: City) -> None:
    """A post that has five reasons to see a matter still gets full pages,
    and the next page goes on where this one ends."""
    mayor = city.reader("mayor")
    mine = str(city.posts["mayor"].id)
    for _ in range(6):
        done = city.open("mayor", "mayor")
        act(done.matter, "copy", mayor, {"posts": [mine]})
        act(done.matter, "split", mayor, {"posts": [mine, mine]})
    everything = sorted(Matter.objects.values_list("id", flat=True), reverse=True)
    for size in (1, 2, 4, 7):
        assert pages(mayor, size) == everything
