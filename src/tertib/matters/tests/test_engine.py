"""What one act does, and what it refuses."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tertib.government.authority import ENGINE
from tertib.government.models import Post
from tertib.ground.errors import Forbidden, Invalid, Moved, NotFound
from tertib.ground.time import travel
from tertib.matters import store
from tertib.matters.context import Done, Opening
from tertib.matters.desks import desks
from tertib.matters.engine import act, open_matter
from tertib.matters.models import Entry, EntryBody, Matter, Reason, Sight
from tertib.matters.queries import desk, possible_actions, record, tree
from tertib.matters.testing import WORK, City
from tertib.matters.visibility import seen

pytestmark = pytest.mark.usefixtures("english")
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)  # 09:00 in Jakarta


def do(city: City, by: str, matter: uuid.UUID, action: str, data: dict[str, Any] | None = None, **more: Any) -> Done:
    return act(matter, action, city.reader(by), data, **more)


def row(done: Done) -> Matter:
    return Matter.objects.get(pk=done.matter)


def last_body(done: Done) -> dict[str, Any]:
    body = EntryBody.objects.get(entry__matter=done.matter, entry__n=row(done).version).body
    assert isinstance(body, dict)
    return body


def ids(city: City, *names: str) -> list[str]:
    return [str(city.posts[name].id) for name in names]


def test_opening_gives_holder_clock_and_first_entry(city: City) -> None:
    with travel(MONDAY):
        done = city.open("mayor", "analyst", title="Uji air")
    matter = row(done)
    assert (matter.state, matter.holder_id, matter.opener_id) == (
        "open",
        city.posts["analyst"].id,
        city.posts["mayor"].id,
    )
    assert matter.title == "Uji air" and matter.version == matter.moved == done.version == 1
    assert matter.due_at == done.due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)  # the third working day, 16:00
    body = last_body(done)
    assert body["action"] == "open" and body["procedure"] == WORK and body["by"]["as"] == "definitive"
    assert [event["event"] for event in body["clock"]] == ["start"]


def test_the_holder_passes_it_on_and_closes_it(city: City) -> None:
    done = city.open("mayor", "analyst")
    passed = do(city, "analyst", done.matter, "forward", {"post": ids(city, "roads")[0]})
    assert passed.holder == city.posts["roads"].id and passed.version == 2
    closed = do(city, "roads", done.matter, "finish")
    matter = row(closed)
    assert matter.holder is None and matter.closed_at and matter.state == "done"
    assert matter.due_at and matter.clock[-1]["event"] == "stop"  # what it was due stays known
    events = record(matter.id, matter.procedure_id)
    assert [event.action for event in events] == ["open", "forward", "finish"]
    assert [event.holder for event in events] == ["analyst", "roads", ""] and events[0].person == "mayor"
    assert [event.passed_to for event in events] == ["analyst", "roads", ""]


def test_the_record_names_the_next_holder_only_where_it_is_another(city: City) -> None:
    done = city.open("mayor", "analyst")
    do(city, "analyst", done.matter, "remark", {"text": "dibaca"})
    do(city, "analyst", done.matter, "forward", {"post": ids(city, "roads")[0]})
    matter = row(done)
    assert [event.passed_to for event in record(matter.id, matter.procedure_id)] == ["analyst", "", "roads"]
    # Told from the middle on, it is the same.
    assert [event.passed_to for event in record(matter.id, matter.procedure_id, 1)] == ["", "roads"]


def test_what_is_closed_stays_closed_but_takes_remarks(city: City) -> None:
    done = city.open("mayor", "analyst")
    do(city, "analyst", done.matter, "finish")
    with pytest.raises(Moved):
        do(city, "analyst", done.matter, "finish")
    noted = do(city, "mayor", done.matter, "remark", {"text": " terima kasih "})
    assert noted.state == "done" and noted.holder is None
    assert last_body(noted)["data"] == {"text": "terima kasih"}
    assert row(noted).moved == 2 and row(noted).version == 3


def test_only_the_actor_a_rule_names_may_act(city: City) -> None:
    done = city.open("mayor", "analyst")
    for name in ("mayor", "lab", "roads", "nobody"):
        with pytest.raises((Forbidden, NotFound)):
            do(city, name, done.matter, "finish")
    with pytest.raises(Forbidden):  # sees it, as the head of the agency, but is not two steps' superior
        do(city, "health", done.matter, "take_over")
    taken = do(city, "lab", done.matter, "take_over")
    assert taken.holder == city.posts["lab"].id
    assert last_body(taken)["by"] == {
        "person": str(city.people["lab"].id),
        "post": str(city.posts["lab"].id),
        "as": "definitive",
    }


def test_roles_count_in_their_own_house(city: City) -> None:
    here, elsewhere = city.open("mayor", "health"), city.open("mayor", "roads")
    assert do(city, "registrar", here.matter, "remark", {"text": "dicatat"}).version == 2
    with pytest.raises((Forbidden, NotFound)):
        do(city, "registrar", elsewhere.matter, "remark", {"text": "dicatat"})


def test_deputies_and_acting_heads_are_named_as_such(city: City) -> None:
    done = city.open("mayor", "works")
    forwarded = do(city, "deputy", done.matter, "forward", {"post": ids(city, "spare")[0]})
    assert last_body(forwarded)["by"]["as"] == "deputy"
    assert last_body(do(city, "acting", done.matter, "finish"))["by"]["as"] == "plt"


def test_the_engine_itself_does_what_is_the_systems(city: City) -> None:
    done = city.open("mayor", "works")
    with pytest.raises(Forbidden):
        do(city, "works", done.matter, "receipt")
    act(done.matter, "receipt", ENGINE)
    assert last_body(done)["by"]["as"] == "engine"
    with pytest.raises(Forbidden):
        act(done.matter, "finish", ENGINE)


def test_guard_form_and_password(city: City) -> None:
    done = city.open("mayor", "analyst")
    with pytest.raises(Forbidden) as refused:
        do(city, "analyst", done.matter, "seal")
    assert refused.value.problems[0].where == "password"
    do(city, "analyst", done.matter, "seal", confirmed=True)
    do(city, "analyst", done.matter, "submit")
    with pytest.raises(Invalid) as guarded:
        do(city, "lab", done.matter, "approve", {"agreed": False})
    assert guarded.value.problems[0].where == "agreed"
    with pytest.raises(Invalid):
        do(city, "lab", done.matter, "approve", {"agreed": "ja"})
    assert do(city, "lab", done.matter, "approve", {"agreed": True}).state == "done"


def test_a_failed_act_leaves_nothing(city: City) -> None:
    done = city.open("mayor", "analyst")
    before = row(done), Entry.objects.count(), Sight.objects.count()
    with pytest.raises(Invalid):
        do(city, "analyst", done.matter, "split", {"posts": [*ids(city, "roads"), str(uuid.uuid4())]})
    assert (row(done), Entry.objects.count(), Sight.objects.count()) == before
    assert row(done).version == 1


def test_unknown_matters_actions_and_posts(city: City) -> None:
    done = city.open("mayor", "analyst")
    with pytest.raises(NotFound):
        do(city, "mayor", uuid.uuid4(), "finish")
    with pytest.raises(NotFound, match="dance"):
        do(city, "mayor", done.matter, "dance")
    with pytest.raises(NotFound):
        open_matter(Opening("test.nothing", "x", city.posts["lab"].id, city.units["lab"].id), city.reader("mayor"))
    with pytest.raises(Forbidden):
        city.open("nobody", "analyst")
    with pytest.raises(Forbidden):
        open_matter(
            Opening(WORK, "x", city.posts["lab"].id, city.units["lab"].id), city.reader("mayor"), city.posts["works"].id
        )
    Post.objects.filter(pk=city.posts["roads"].id).update(abolished_on="2020-01-01")
    with pytest.raises(Invalid) as gone:
        city.open("mayor", "roads")
    assert gone.value.problems[0].where == "holder"
    with pytest.raises(Invalid):
        do(city, "analyst", done.matter, "forward", {"post": ids(city, "roads")[0]})
    with pytest.raises(Invalid):  # the mayor has no superior
        do(city, "mayor", city.open("mayor", "mayor").matter, "submit")


def test_whoever_may_not_see_learns_nothing_from_a_refusal(city: City) -> None:
    done = city.open("mayor", "analyst", title="Rahasia", security=3)
    do(city, "analyst", done.matter, "remark", {"text": "x"})
    do(city, "analyst", done.matter, "submit")
    said = set()
    for matter in (done.matter, uuid.uuid4()):
        for action, version in (("finish", 0), ("finish", None), ("dance", None), ("approve", None), ("submit", 1)):
            with pytest.raises(NotFound) as refused:
                do(city, "roads", matter, action, expected_version=version)
            said.add((str(refused.value), str(refused.value.facts)))
    assert len(said) == 1


def test_version_conflicts_tell_what_happened_meanwhile(city: City) -> None:
    done = city.open("mayor", "analyst")
    do(city, "analyst", done.matter, "remark", {"text": "a remark moves nothing"}, expected_version=1)
    do(city, "analyst", done.matter, "forward", {"post": ids(city, "analyst")[0]}, expected_version=1)
    with pytest.raises(Moved) as moved:
        do(city, "analyst", done.matter, "finish", expected_version=2)
    meanwhile = moved.value.facts["meanwhile"]
    assert [item["n"] for item in meanwhile] == [3] and meanwhile[0]["by"] == "analyst"
    assert moved.value.facts["version"] == 3
    do(city, "analyst", done.matter, "remark", {"text": "late, but harmless"}, expected_version=1)
    do(city, "analyst", done.matter, "finish", expected_version=3)


def test_parallel_parts_and_their_end(city: City) -> None:
    done = city.open("mayor", "health")
    split = do(
        city, "health", done.matter, "split", {"posts": ids(city, "lab", "nurse"), "allowance": "2 working days"}
    )
    assert len(split.children) == 2 and split.state == "split"
    first, second = split.children
    deeper = do(city, "lab", first, "split", {"posts": ids(city, "analyst")})
    assert [node.depth for node in tree(done.matter, city.reader("health"))] == [0, 1, 2, 1]
    assert Matter.objects.get(pk=deeper.children[0]).ancestors == [done.matter, first]
    do(city, "analyst", deeper.children[0], "finish")
    assert Matter.objects.get(pk=first).state == "done"  # moved on by itself
    assert row(done).state == "split"
    do(city, "nurse", second, "finish")
    assert row(done).state == "done" and row(done).closed_at
    assert last_body(done)["by"] == {"person": str(city.people["nurse"].id), "post": None, "as": "engine"}
    assert last_body(done)["data"]["cause"] == {"matter": str(second), "n": 2}


def test_a_dropped_part_brings_the_whole_back(city: City) -> None:
    done = city.open("mayor", "health")
    split = do(city, "health", done.matter, "split", {"posts": ids(city, "lab", "nurse")})
    do(city, "lab", split.children[0], "finish")
    do(city, "health", split.children[1], "drop")  # as the parent's holder
    assert row(done).state == "back" and row(done).holder_id == city.posts["health"].id
    # a remark on a part that has long been closed moves nothing
    do(city, "health", done.matter, "split", {"posts": ids(city, "works")})
    do(city, "health", split.children[1], "remark", {"text": "maaf"})
    assert row(done).state == "split"


def test_a_decision_withdraws_the_parts_below(city: City) -> None:
    done = city.open("mayor", "health")
    split = do(city, "health", done.matter, "split", {"posts": ids(city, "lab", "works")})
    deeper = do(city, "lab", split.children[0], "split", {"posts": ids(city, "nurse", "analyst")})
    do(city, "nurse", deeper.children[0], "finish")
    do(city, "health", done.matter, "close")
    states = dict(Matter.objects.filter(ancestors__contains=[done.matter]).values_list("id", "state"))
    assert states[deeper.children[0]] == "done"
    assert {states[key] for key in (*split.children, deeper.children[1])} == {"withdrawn"}
    assert not Matter.objects.filter(closed_at__isnull=True).exists()


def test_the_clock_pauses_resumes_and_restarts(city: City) -> None:
    with travel(MONDAY):
        done = city.open("mayor", "analyst")
    with travel(MONDAY + timedelta(hours=1)):
        asked = do(city, "analyst", done.matter, "ask")
        assert asked.due_at is None and asked.holder == city.posts["mayor"].id
    with travel(MONDAY + timedelta(days=2)):
        urged = do(city, "mayor", done.matter, "urge", {"urgency": 2, "allowance": "1 working days"})
        assert urged.due_at is None  # it still waits
        assert [event["event"] for event in row(done).clock] == ["start", "pause", "restart", "pause"]
    with travel(MONDAY + timedelta(days=3)):
        answered = do(city, "mayor", done.matter, "answer", {"post": ids(city, "analyst")[0]})
        assert answered.due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)  # the first close after the pause
    with travel(MONDAY + timedelta(days=3, hours=2)):
        submitted = do(city, "analyst", done.matter, "submit")
        assert submitted.due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)  # four hours and a break from 11:00 on
    assert last_body(submitted)["due"] == "2026-03-05T09:00:00.000000Z"


def test_a_clock_that_went_back_does_not_stop_anyone(city: City) -> None:
    with travel(MONDAY):
        done = city.open("mayor", "analyst")
    with travel(MONDAY + timedelta(seconds=9)):
        do(city, "analyst", done.matter, "ask")
    with travel(MONDAY + timedelta(seconds=8)):
        do(city, "mayor", done.matter, "answer", {"post": ids(city, "analyst")[0]})
    times = list(Entry.objects.filter(matter=done.matter).order_by("n").values_list("at", flat=True))
    assert times == sorted(times)


def test_a_changed_secrecy_counts_for_everybody_at_once(city: City) -> None:
    done = city.open("mayor", "analyst")
    lab = city.reader("lab")
    assert seen(done.matter, lab)
    do(city, "analyst", done.matter, "classify", {"security": 2, "title": "Hasil uji"})
    with pytest.raises(NotFound):  # the head of the lab is cleared for 1
        seen(done.matter, lab)
    assert seen(done.matter, city.reader("analyst")).title == "Hasil uji"
    assert set(Sight.objects.filter(matter=done.matter).values_list("security", flat=True)) == {2}
    do(city, "analyst", done.matter, "classify", {"security": 0})
    assert seen(done.matter, lab)


def test_desk_and_possible_actions(city: City) -> None:
    done = city.open("mayor", "works", urgency=1)
    city.open("mayor", "roads")
    assert [matter.id for matter in desk(city.reader("deputy"))] == [done.matter]
    assert not desk(city.reader("nobody"))
    analyst = city.open("mayor", "analyst")
    offered = [
        action.name for action in possible_actions(seen(analyst.matter, city.reader("analyst")), city.reader("analyst"))
    ]
    assert offered[0] == "submit" and "receipt" not in offered and "urge" not in offered
    assert "take_over" in [
        a.name for a in possible_actions(seen(analyst.matter, city.reader("lab")), city.reader("lab"))
    ]


def test_numbers_say_where_they_come_from(city: City) -> None:
    done = city.open("mayor", "analyst")
    first = do(city, "analyst", done.matter, "number", {"kind": "keluar"})
    second = do(city, "analyst", done.matter, "number", {"kind": "keluar"})
    year = row(done).opened_at.year
    assert (first.result["number"], second.result["number"]) == (f"001/{year}", f"002/{year}")
    assert last_body(done)["result"] == {"number": f"002/{year}"}


def test_an_act_that_came_too_late_writes_nothing_at_all(city: City) -> None:
    """Not even who may see the matter: the newcomer never got it."""
    done = city.open("mayor", "analyst")
    (stale,) = store.read(done.matter)
    do(city, "analyst", done.matter, "classify", {"security": 2})
    before = Entry.objects.count(), list(Sight.objects.order_by("viewer", "reason").values())
    roads = desks([city.posts["roads"].id])[city.posts["roads"].id]
    stale.holder, stale.ancestors = roads.post, [done.matter]
    entry = store.line(stale.id, 2, MONDAY, stale.head, {"action": "forward"})
    for place in (None, roads):
        assert not store.write_change(stale, entry, roads.sights(Reason.HOLDER, Reason.UNIT), place)
    assert (Entry.objects.count(), list(Sight.objects.order_by("viewer", "reason").values())) == before
