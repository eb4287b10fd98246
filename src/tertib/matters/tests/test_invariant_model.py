"""Random actions by random people, compared with a plain model after every step (invariants 1 to 4 and 7)."""

from __future__ import annotations

import os
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tertib.government.authority import Reader
from tertib.ground.errors import Forbidden, Invalid, Moved, NotFound
from tertib.matters.check import check
from tertib.matters.engine import act
from tertib.matters.models import Matter
from tertib.matters.testing import City
from tertib.matters.tests.model import FINAL, RULES, Town, World
from tertib.matters.visibility import may_see, newest, visible

EXAMPLES = int(os.environ.get("TERTIB_MODEL_EXAMPLES", "25"))
STEPS = int(os.environ.get("TERTIB_MODEL_STEPS", "30"))
POSTS = ("mayor", "auditor", "health", "registrar", "lab", "analyst", "nurse", "works", "roads")
SECTIONS = {"lab": "health"}


def town(city: City) -> Town:
    """The small city as the model sees it."""
    by_id = {post.id: name for name, post in city.posts.items()}
    units = {unit.id: name for name, unit in city.units.items()}
    posts = [name for name in city.posts if name in POSTS]
    return Town(
        superior={name: by_id.get(city.posts[name].superior_id) for name in posts},  # type: ignore[arg-type]
        unit={name: units[city.posts[name].unit_id] for name in posts},
        lineage={name: tuple(units[key] for key in unit.lineage) for name, unit in city.units.items()},
        head={units[city.posts[name].unit_id]: name for name in posts if city.posts[name].is_head},
        clearance={name: city.posts[name].clearance for name in posts},
        house={name: SECTIONS.get(name, name) for name in city.units},
        registrars={"registrar": "health"},
    )


class Engine(RuleBasedStateMachine):
    """Each example runs inside a savepoint that is rolled back at its end."""

    city: City
    readers: dict[str, Reader]

    @initialize()
    def begin(self) -> None:
        self.point = transaction.savepoint()
        self.world = World(town(self.city))
        self.ids: dict[int, uuid.UUID] = {}

    def teardown(self) -> None:
        if hasattr(self, "point"):
            transaction.savepoint_rollback(self.point)

    @rule(by=st.sampled_from(POSTS), holder=st.sampled_from(POSTS), security=st.sampled_from([0, 0, 0, 1, 2, 3]))
    def open(self, by: str, holder: str, security: int) -> None:
        if len(self.ids) < 25:
            name = len(self.ids)
            self.ids[name] = self.city.open(by, holder, security=security).matter
            self.world.open(name, by, holder, security)

    @precondition(lambda self: bool(self.ids))
    @rule(
        data=st.data(),
        action=st.sampled_from([*RULES, "split", "split", "forward", "forward", "finish"]),
        right=st.sampled_from([True, True, True, False]),
        to=st.lists(st.sampled_from(POSTS), min_size=1, max_size=3),
        value=st.integers(0, 3),
        behind=st.sampled_from([None, None, 0, 1, 2]),
    )
    def act(self, data: st.DataObject, action: str, right: bool, to: list[str], value: int, behind: int | None) -> None:
        things = list(self.world.things.values())
        fitting = [t for t in things if (t.state in RULES[action][0] or not RULES[action][0]) and t.state not in FINAL]
        thing = data.draw(st.sampled_from(fitting if right and fitting else things))
        able = [post for post in POSTS if self.world.may(thing, action, post)]
        by = data.draw(st.sampled_from(able if right and able else POSTS))
        if action == "split" and len(self.ids) + len(to) > 25:
            return
        names = [len(self.ids) + index for index in range(len(to))]
        seen = None if behind is None else max(thing.version - behind, 0)
        sees = self.world.sees(by, thing)
        expected = self.world.act(thing, action, by, to=to, names=names, seen=seen, value=value)
        try:
            done = act(
                self.ids[thing.name], action, self.readers[by], self._form(action, to, value), expected_version=seen
            )
        except Moved as moved:
            assert expected == "moved" and moved.facts["version"] == thing.version and sees
        except Forbidden:
            assert expected == "refused" and sees
        except NotFound:
            assert expected in ("moved", "refused") and not sees
        except Invalid:
            assert expected == "invalid"
        else:
            assert expected == "ok"
            assert len(done.children) == (len(to) if action == "split" else 0)
            self.ids |= dict(zip(names, done.children, strict=False))

    def _form(self, action: str, to: list[str], value: int) -> dict[str, Any]:
        posts = [str(self.city.posts[name].id) for name in to]
        forms: dict[str, dict[str, Any]] = {
            "forward": {"post": posts[0]},
            "answer": {"post": posts[0]},
            "split": {"posts": posts},
            "copy": {"posts": posts},
            "classify": {"security": value},
            "approve": {"agreed": bool(value)},
            "remark": {"text": "x"},
        }
        return forms.get(action, {})

    @invariant()
    def the_matters_are_as_the_model_says(self) -> None:
        if not getattr(self, "ids", None):
            return
        names = {identity: name for name, identity in self.ids.items()}
        posts = {post.id: name for name, post in self.city.posts.items()}
        rows = Matter.objects.filter(pk__in=self.ids.values())
        assert len(rows) == len(self.world.things)
        for row in rows:
            thing = self.world.things[names[row.id]]
            stored = (
                row.state,
                posts[row.holder_id] if row.holder_id else None,
                names.get(row.parent_id) if row.parent_id else None,
                row.closed_at is not None,
                row.version,
                row.moved,
                row.security,
            )
            where = (thing.state, thing.holder, thing.parent, thing.state in FINAL)
            in_memory = (*where, thing.version, thing.moved, thing.security)
            assert stored == in_memory

    @invariant()
    def each_post_sees_what_the_model_says(self) -> None:
        for post, reader in self.readers.items():
            if not getattr(self, "ids", None):
                return
            expected = {self.ids[thing.name] for thing in self.world.things.values() if self.world.sees(post, thing)}
            found = newest(reader, 100)
            assert set(found) == expected, post
            assert found == sorted(found, reverse=True)

    @precondition(lambda self: bool(self.ids))
    @rule(post=st.sampled_from(POSTS), data=st.data())
    def look(self, post: str, data: st.DataObject) -> None:
        reader = self.readers[post]
        thing = data.draw(st.sampled_from(list(self.world.things.values())))
        identity = self.ids[thing.name]
        assert may_see(identity, reader) == self.world.sees(post, thing)
        assert visible(Matter.objects.filter(pk=identity), reader).exists() == self.world.sees(post, thing)

    @precondition(lambda self: len(self.ids) > 5)
    @rule()
    def check(self) -> None:
        assert [str(fault) for fault in check("bekasi")] == []


def test_invariants_1_to_4_and_7_hold_whatever_people_do(city: City) -> None:
    Engine.city = city
    Engine.readers = {name: city.reader(name) for name in POSTS}
    assert connection.in_atomic_block
    run_state_machine_as_test(
        Engine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
            database=None,
        ),
    )


def test_the_model_itself_knows_the_town(city: City) -> None:
    found = town(city)
    assert found.superior["analyst"] == "lab" and found.superior["mayor"] is None
    assert found.lineage["lab"] == ("lab", "health", "city") and found.head["lab"] == "lab"
    with pytest.raises(KeyError):
        found.unit["nobody"]
