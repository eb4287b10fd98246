"""Versions an administrator publishes: what they may change, and that an update of the program leaves them."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tertib.government.models import AdminEntry
from tertib.government.tests.samples import person
from tertib.ground.errors import Invalid
from tertib.matters import procedures, rooms, versions
from tertib.matters.models import Procedure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]

KEY = "letters.outgoing"


@pytest.fixture
def brought() -> dict[str, Any]:
    """The definition that comes with the program, published."""
    known = rooms.known_functions()
    files = {path.stem: path for room in rooms.rooms() for path in room.procedure_files()}
    raw = procedures.parse(files["outgoing"], known)
    procedures.publish(raw)
    return raw


def newest() -> Procedure:
    return Procedure.objects.filter(key=KEY).order_by("-version")[0]


def edited(raw: dict[str, Any], allowance: str = "7 working days") -> dict[str, Any]:
    other = copy.deepcopy(raw)
    other["states"]["draft"]["allowance"] = allowance
    return other


def yaml(raw: dict[str, Any]) -> str:
    return versions.as_yaml(json.dumps(raw, ensure_ascii=False))


def said(text: str) -> str:
    with pytest.raises(Invalid) as error:
        versions.check(KEY, text, "YAML")
    return " | ".join(f"{problem.where} {problem.what}" for problem in error.value.problems)


def test_what_is_written_out_reads_the_same(brought: dict[str, Any]) -> None:
    assert versions.check(KEY, versions.as_yaml(newest().definition), "YAML") == brought


def test_an_unchanged_program_leaves_what_was_published_here(brought: dict[str, Any]) -> None:
    me = person("Ani Admin").id
    mine = versions.publish(edited(brought), newest().id, by=me, reason="SK 12/2020")
    assert procedures.publish(brought) == mine == newest().id
    entry = AdminEntry.objects.get(what=versions.PUBLISHED)
    assert entry.person == me and entry.body["after"]["reason"] == "SK 12/2020"
    # The program really brings something else: that comes into force, once.
    update = edited(brought, "6 working days")
    assert procedures.publish(update) == newest().id != mine
    assert newest().shipped and procedures.publish(update) == newest().id
    # And one's own may be published again on top of it.
    again = versions.publish(edited(brought), newest().id, by=me, reason="tetap 7 hari")
    assert procedures.publish(update) == again


def test_nothing_is_published_on_top_of_what_nobody_compared(brought: dict[str, Any]) -> None:
    me, base = person("Ani Admin").id, newest().id
    versions.publish(edited(brought), base, by=me, reason="a")
    for definition, on, reason in (
        (edited(brought, "9 working days"), base, "b"),
        (edited(brought), newest().id, "b"),
        (edited(brought, "9 working days"), newest().id, " "),
    ):
        with pytest.raises(Invalid):
            versions.publish(definition, on, by=me, reason=reason)
    assert newest().version == 2


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        (("procedure",), "letters.incoming", "letters.incoming"),
        (("actions", "sign", "effects"), ["letters.cancel"], "“sign”"),
        (("actions", "sign", "confirm"), None, "“sign”"),
        (("actions", "submit", "guards"), None, "“submit”"),
        (("actions", "receipt", "by"), ["holder"], "“receipt”"),
        (("actions", "receipt"), None, "“receipt”"),
        (("actions", "cancel", "form", "required"), [], "“cancel”"),
        (("initial",), "review", "“draft”"),
    ],
)
def test_what_the_program_relies_on_stays(
    brought: dict[str, Any], path: tuple[str, ...], value: Any, what: str
) -> None:
    other = copy.deepcopy(brought)
    place = other
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    assert what in said(yaml(other))


def test_a_fault_names_its_line(brought: dict[str, Any]) -> None:
    text = yaml(brought).replace("allowance: 5 working days", "allowance: 5 weeks")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "5 weeks" in row)
    assert f"YAML:{line} " in said(text)


def test_what_would_take_the_reader_down_is_refused(brought: dict[str, Any]) -> None:
    text = yaml(brought)
    assert "YAML:2" in said(f"a: &x [1, 2]\nb: [*x, *x]\n{text}")
    assert said("[" * 30_000)
    assert "60000" in said("#" * 60_001)
    elsewhere = text.replace("note:", "note: {$ref: 'http://127.0.0.1:1/x.json'}\n        # ", 1)
    assert "YAML:" in said(elsewhere)


def test_a_guard_may_be_added_and_a_state_too(brought: dict[str, Any]) -> None:
    other = copy.deepcopy(brought)
    other["states"]["waiting"] = {"label": {"id": "Ditunda", "en": "On hold"}, "pauses_clock": True}
    for name, source, target in (("hold", "draft", "waiting"), ("go_on", "waiting", "draft")):
        label = {"id": name, "en": name}
        other["actions"][name] = {"label": label, "from": [source], "to": target, "by": ["holder"]}
    other["actions"]["dispatch"]["guards"] = ["letters.is_complete"]
    assert versions.check(KEY, yaml(other), "YAML") == other
    found = [(item.part, item.name, item.field) for item in versions.differences(brought, other)]
    assert found == [
        ("state", "waiting", ""),
        ("action", "dispatch", "guards"),
        ("action", "hold", ""),
        ("action", "go_on", ""),
    ]


def test_every_guard_and_effect_is_said_in_words() -> None:
    named = {function.partition(" ")[2] for function in rooms.known_functions()}
    assert named <= set(rooms.meanings())
