"""Many people at once on the same matters (invariants 1 to 5), over real connections."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction

from tertib.government.models import Appointment
from tertib.ground.errors import Forbidden, Invalid, Moved, NotFound
from tertib.matters.check import check
from tertib.matters.engine import act
from tertib.matters.models import Entry, Matter, Sealed
from tertib.matters.testing import City
from tertib.matters.tests.crowd import SCALE, placed, together

PEOPLE = 50
# For which states an action is tried; most leave the matter open, so that the storm does not die down.
ACTIONS = {
    "open": [
        "forward",
        "forward",
        "split",
        "split",
        "ask",
        "submit",
        "take_over",
        "finish",
        "classify",
        "copy",
        "number",
    ],
    "split": ["split", "close", "classify", "remark", "copy", "number"],
    "asking": ["answer", "remark", "drop"],
    "review": ["send_back", "send_back", "approve", "classify"],
    "back": ["forward", "split", "finish", "take_over"],
}


def seats(city: City) -> dict[uuid.UUID, str]:
    return {
        row.post_id: name for name, person in city.people.items() for row in Appointment.objects.filter(person=person)
    }


def form(action: str, chance: random.Random, posts: list[str]) -> dict[str, Any]:
    forms: dict[str, dict[str, Any]] = {
        "forward": {"post": chance.choice(posts)},
        "answer": {"post": chance.choice(posts)},
        "split": {"posts": chance.sample(posts, chance.randint(1, 3))},
        "copy": {"posts": chance.sample(posts, 2)},
        "classify": {"security": chance.randint(0, 3)},
        "approve": {"agreed": True},
        "remark": {"text": "x"},
        "number": {"kind": chance.choice(["keluar", "masuk"])},
    }
    return forms.get(action, {})


def test_invariants_1_to_5_hold_in_a_storm_of_fifty_people(real_city: City) -> None:
    """Ten matters, of which some grow into trees; parts close while those above dispose, close or are withdrawn."""
    city = real_city
    roots = [city.open("mayor", holder).matter for holder in ("health", "works") * 5]
    people = {post: city.reader(name) for post, name in seats(city).items()}
    posts = [str(post) for post in people]
    results: Counter[str] = Counter()
    lock = threading.Lock()

    def work(number: int) -> None:
        chance = random.Random(number)
        for _ in range(12 * SCALE):
            root = chance.choice(roots)
            below = Matter.objects.filter(ancestors__contains=[root]).values_list("id", "holder_id", "state")
            known = [*Matter.objects.filter(pk=root).values_list("id", "holder_id", "state"), *below]
            matter, holder, state = chance.choice([item for item in known if item[1]] or known)
            by = people[holder] if holder and chance.random() < 0.8 else chance.choice(list(people.values()))
            action = chance.choice(ACTIONS.get(state, ["remark", "forward"]))
            action = "remark" if action == "split" and len(known) > 20 else action
            try:
                act(matter, action, by, form(action, chance, posts))
                outcome = "ok"
            except (Moved, Forbidden, NotFound, Invalid) as error:
                outcome = type(error).__name__
            with lock:
                results[outcome] += 1

    together(PEOPLE, work)
    assert sum(results.values()) == PEOPLE * 12 * SCALE and results["ok"] > PEOPLE and results["Moved"]
    assert Matter.objects.filter(parent__isnull=False).count() > 10
    # acknowledged acts and entries are the same number, but for what the engine did by itself and for openings
    assert Entry.objects.exclude(body__body__action="open").exclude(body__body__by__post=None).count() == results["ok"]
    placed()
    assert Sealed.objects.count() == Entry.objects.count()
    assert [str(fault) for fault in check("bekasi")] == []


@pytest.mark.parametrize("kind", ["alone", "part", "whole"])
def test_invariant_4_of_many_acts_on_the_same_version_one_wins(real_city: City, kind: str) -> None:
    """Alone it is decided without lock, in a tree with locks."""
    city, mayor = real_city, real_city.reader("mayor")
    mine = str(city.posts["mayor"].id)
    matter = city.open("mayor", "mayor").matter
    if kind != "alone":
        split = act(matter, "split", mayor, {"posts": [mine]})
        matter = split.children[0] if kind == "part" else matter
    for _round in range(3 * SCALE):
        version = Matter.objects.get(pk=matter).version
        action, data = ("split", {"posts": [mine]}) if kind == "whole" else ("forward", {"post": mine})

        def work(
            number: int, version: int = version, action: str = action, data: dict[str, Any] = data
        ) -> tuple[bool, list[int]]:
            try:
                done = act(matter, action, city.reader("mayor"), data, expected_version=version)
            except Moved as moved:
                return False, [item["n"] for item in moved.facts["meanwhile"]]
            return True, [done.version]

        answers = together(12, work)
        assert [won for won, _ in answers].count(True) == 1
        assert all(versions == [version + 1] for _won, versions in answers)
        assert Matter.objects.get(pk=matter).version == version + 1
    assert [str(fault) for fault in check("bekasi")] == []


def test_invariant_4_the_last_two_parts_close_at_once(real_city: City) -> None:
    """Exactly one of them is the last, and moves the whole on."""
    city = real_city
    for _round in range(8 * SCALE):
        whole = city.open("mayor", "health").matter
        posts = [str(city.posts[name].id) for name in ("lab", "nurse", "analyst")]
        parts = act(whole, "split", city.reader("health"), {"posts": posts}).children

        def finish(number: int, parts: tuple[uuid.UUID, ...] = parts) -> None:
            act(parts[number], "finish", city.reader(("lab", "nurse", "analyst")[number]))

        together(3, finish)
        row = Matter.objects.get(pk=whole)
        assert (row.state, row.version) == ("done", 3)


def test_invariant_4_parts_close_while_the_whole_is_decided(real_city: City) -> None:
    city = real_city
    for _round in range(8 * SCALE):
        whole = city.open("mayor", "health").matter
        posts = [str(city.posts[name].id) for name in ("lab", "nurse", "analyst")]
        parts = act(whole, "split", city.reader("health"), {"posts": posts}).children

        def work(number: int, whole: uuid.UUID = whole, parts: tuple[uuid.UUID, ...] = parts) -> str:
            try:
                if number == 3:
                    return act(whole, "close", city.reader("health")).state
                return act(parts[number], "finish", city.reader(("lab", "nurse", "analyst")[number])).state
            except Moved:
                return "moved"

        answers = together(4, work)
        assert not Matter.objects.filter(pk__in=[whole, *parts], closed_at__isnull=True).exists()
        for part, answer in zip(parts, answers, strict=False):
            assert Matter.objects.get(pk=part).state == ("done" if answer == "done" else "withdrawn")
    assert [str(fault) for fault in check("bekasi")] == []


def test_whoever_waited_for_a_lock_sees_the_new_holders_superior(real_city: City) -> None:
    """PostgreSQL looks at a changed row again, but joins it with what it was joined with before."""
    city = real_city
    whole = city.open("mayor", "mayor").matter
    (part,) = act(whole, "split", city.reader("mayor"), {"posts": [str(city.posts["works"].id)]}).children
    forwarded = threading.Event()

    def work(number: int) -> None:
        if number == 1:
            assert forwarded.wait(30)
            act(part, "take_over", city.reader("works"))  # as the superior of roads, which holds it by then
            return
        with transaction.atomic():
            act(part, "forward", city.reader("works"), {"post": str(city.posts["roads"].id)})
            forwarded.set()
            until_somebody_waits()

    together(2, work)
    assert Matter.objects.get(pk=part).holder_id == city.posts["works"].id


def until_somebody_waits() -> None:
    """Return once another session of this database waits for a lock."""
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.django_db
def test_the_server_takes_as_many_connections_as_these_tests_need() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        assert int(cursor.fetchone()[0]) >= 2 * PEOPLE + 20
