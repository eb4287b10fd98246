"""Procedure files: what is taken, and that every fault is named with its line."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.utils.translation import override

from tertib.ground.errors import Invalid
from tertib.ground.tenancy.middleware import activate
from tertib.ground.tenancy.models import Government
from tertib.matters import procedures, rooms
from tertib.matters.models import Procedure
from tertib.matters.procedures import build, parse, words
from tertib.matters.testing import PROCEDURES, room

KNOWN = frozenset({"guard t.ready", "effect t.count"})

# Lines are counted from 1; `procedure` is the first.
GOOD = """\
procedure: t.small
label: {id: Kecil, en: Small}
initial: open
withdrawn: dropped
states:
  open:
    label: {id: Terbuka, en: Open}
    allowance: 3 working days
  waiting:
    label: {id: Menunggu, en: Waiting}
    holder: opener
    pauses_clock: true
  done:
    label: {id: Selesai, en: Done}
    final: true
  dropped:
    label: {id: Batal, en: Dropped}
    final: true
actions:
  wait:
    label: {id: Tunggu, en: Wait}
    from: [open]
    to: waiting
    by: [holder, "role:registrar"]
    guards: [t.ready]
    effects: [t.count]
  forward:
    label: {id: Teruskan, en: Forward}
    from: [open]
    to: open
    by: [holder]
    holder: data.post
    form:
      type: object
      properties:
        post: {type: string, format: uuid}
      required: [post]
  finish:
    label: {id: Selesaikan, en: Finish}
    from: [open, waiting]
    to: done
    by: [holder]
  note:
    label: {id: Catat, en: Note}
    by: [opener]
    after_closing: true
    moves: false
when_children_close:
  - {from: waiting, guard: t.ready, to: open, action: back}
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "small.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_good_file(tmp_path: Path) -> None:
    definition = build(parse(write(tmp_path, GOOD), KNOWN))
    assert definition.key == "t.small" and definition.initial == "open" and definition.withdrawn == "dropped"
    assert definition.states["waiting"].pauses_clock and definition.states["done"].final
    allowance = definition.states["open"].allowance
    assert allowance and (allowance.kind, allowance.amount) == ("working_days", 3)
    assert list(definition.actions) == ["wait", "forward", "finish", "note"]
    assert definition.actions["wait"].by == ("holder", "role:registrar")
    assert definition.actions["forward"].validate and not definition.actions["note"].moves
    assert definition.outcomes[0].target == "open"
    with override("en"):
        assert words(definition.label) == "Small"
    with override("fr"):
        assert words(definition.label) == "Kecil"


def test_the_procedures_of_the_test_room_are_good() -> None:
    known = frozenset([*(f"guard test.{g}" for g in room.guards), *(f"effect test.{e}" for e in room.effects)])
    for path in PROCEDURES.glob("*.yaml"):
        build(parse(path, known))
    assert room.procedure_files() == sorted(PROCEDURES.glob("*.yaml"))


def test_the_installed_rooms_have_good_procedures() -> None:
    for installed in rooms.rooms():
        for path in installed.procedure_files():
            build(parse(path, rooms.known_functions()))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        # names that lead nowhere
        ("initial: open", "initial: opened", 3, "no state “opened”"),
        ("initial: open", "initial: done", 3, "can't begin in a final state"),
        ("withdrawn: dropped", "withdrawn: open", 4, "is no final state"),
        ("withdrawn: dropped", "withdrawn: gone", 4, "is no final state"),
        ("    to: waiting", "    to: wating", 23, "no state “wating”"),
        ("    from: [open]\n    to: waiting", "    from: [opne]\n    to: waiting", 22, "no state “opne”"),
        ("from: [open, waiting]", "from: [open, done]", 40, "“done” is final"),
        ("{from: waiting, guard", "{from: wait, guard", 49, "no state “wait”"),
        ("{from: waiting, guard", "{from: done, guard", 49, "“done” is final"),
        ("to: open, action: back", "to: opened, action: back", 49, "no state “opened”"),
        ("guard: t.ready", "guard: t.count", 49, "There is no guard “t.count”"),
        # states nobody reaches
        ("    to: waiting", "    to: open", 9, "No action leads to the state “waiting”"),
        ("withdrawn: dropped", "withdrawn: done", 16, "No action leads to the state “dropped”"),
        # unknown functions, and functions in the wrong place
        ("guards: [t.ready]", "guards: [t.reddy]", 25, "There is no guard “t.reddy”"),
        ("effects: [t.count]", "effects: [x.count]", 26, "There is no effect “x.count”"),
        ("guards: [t.ready]", "guards: [t.count]", 25, "There is no guard “t.count”"),
        ("effects: [t.count]", "effects: [t.ready]", 26, "There is no effect “t.ready”"),
        # who may, and who holds
        ("by: [opener]", "by: [owner]", 45, "“owner” is no rule of who may act"),
        ('"role:registrar"', '"role:king"', 24, "“role:king” is no rule of who may act"),
        ('"role:registrar"', '"role:"', 24, "“role:” is no rule of who may act"),
        ("    holder: opener", "    holder: owner", 11, "“owner” is no rule of who holds"),
        ("holder: data.post", "holder: date.post", 32, "“date.post” is no rule of who holds"),
        ("holder: data.post", "holder: data.", 32, "“data.” is no rule of who holds"),
        ("holder: data.post", "holder: data.seat", 33, "the field “seat”, which the form does not have"),
        ("    final: true\n  dropped", "    final: true\n    holder: opener\n  dropped", 13,
        "is final and has a holder"),
        # clocks
        ("3 working days", "3 workdays", 8, "“3 workdays” is no time that the clock can give"),
        ("3 working days", "-1 working days", 8, "is no time that the clock can give"),
        ("    pauses_clock: true", "    pauses_clock: true\n    allowance: 1 working day", 13, "pauses the clock"),
        # after the end
        ("    after_closing: true", "    after_closing: true\n    to: done", 47, "done after closing"),
        # forms
        ("{type: string, format: uuid}", "{type: strnig}", 36, "no JSON Schema"),
        ("      type: object\n", "", 33, "“type” is missing"),
        # the schema
        ("procedure: t.small", "procedure: small", 1, "“small” is no name of a procedure"),
        ("label: {id: Kecil, en: Small}", "label: {id: Kecil}", 2, "“en” is missing"),
        ("    by: [opener]\n", "", 43, "“by” is missing"),
        ("    by: [opener]\n", "    by: []\n", 45, "“by” is empty"),
        ("    moves: false", "    moves: no way", 47, "must be true or false"),
        ("    moves: false", "    movse: false", 47, "“movse” is not known here"),
        ("  finish:\n", "  Finish:\n", 38, "“Finish” can't be a name"),
        ("    pauses_clock: true", "    pauses_clock: true\n    colour: red", 13, "“colour” is not known here"),
        # what YAML knows and JSON doesn't
        ("    moves: false", "    moves: 2020-01-01", 47, "“2020-01-01” must be text"),
        ("  waiting:\n    label", "  1:\n    label", 9, "The name “1” must be text"),
        ("    moves: false", "    moves: 0.5", 47, "neither text nor a whole number"),
    ],
)  # fmt: skip
def test_each_fault_names_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert GOOD.count(old) >= 1
    with override("en"), pytest.raises(Invalid) as refused:
        parse(write(tmp_path, GOOD.replace(old, new, 1)), KNOWN)
    found = [(str(problem.where), str(problem.what)) for problem in refused.value.problems]
    assert any(where == f"small.yaml:{line}" and says in what for where, what in found), found


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace("by: [opener]", "by: [owner]")
        .replace("initial: open", "initial: opened")
        .replace("3 working", "3")
    )
    with pytest.raises(Invalid) as refused:
        parse(write(tmp_path, text), KNOWN)
    assert len(refused.value.problems) >= 3


@pytest.mark.parametrize("text", ["", "# nothing", "- a\n- b", "just words", "null"])
def test_something_else_than_a_procedure(tmp_path: Path, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(write(tmp_path, text), KNOWN)
    assert refused.value.problems[0].where == "small.yaml:1"


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    with override("en"), pytest.raises(Invalid, match="not UTF-8"):
        parse(write(tmp_path, GOOD.replace("Kecil", "Kécil").encode("latin-1")), KNOWN)


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}"])
def test_an_anchor_that_contains_itself(tmp_path: Path, text: str) -> None:
    with override("en"), pytest.raises(Invalid, match="contains itself"):
        parse(write(tmp_path, text), KNOWN)


def test_an_unchanged_definition_is_not_published_again(government: Government, tmp_path: Path) -> None:
    raw = parse(write(tmp_path, GOOD), KNOWN)
    first = procedures.publish(raw)
    assert procedures.publish(raw) == first
    other = parse(write(tmp_path, GOOD.replace("3 working days", "4 working days")), KNOWN)
    second = procedures.publish(other)
    assert second != first and list(Procedure.objects.filter(key="t.small").values_list("version", flat=True)) == [2, 1]
    old, new = procedures.of(first).states["open"].allowance, procedures.of(second).states["open"].allowance
    assert old and new and (old.amount, new.amount) == (3, 4)
    assert list(procedures.of(first).actions) == ["wait", "forward", "finish", "note"]
    # back to the first text is a new version again: a version is a place in time
    assert procedures.publish(raw) not in (first, second)


def test_two_starting_processes_publish_one_version(transactional_government: Government, tmp_path: Path) -> None:
    raw = parse(write(tmp_path, GOOD), KNOWN)

    def publish(_: int) -> object:
        try:
            activate(Government.objects.get(schema_name="bekasi"))
            return procedures.publish(raw)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(publish, range(6)))) == 1
    assert Procedure.objects.filter(key="t.small").count() == 1
