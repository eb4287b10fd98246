"""kill -9 in the middle of things (invariants 2, 3 and 5): what was acknowledged is there once, and nothing by half."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

from django.db import connection

from tertib.ground.time import now
from tertib.matters.check import check
from tertib.matters.engine import act
from tertib.matters.models import Entry, Follower, Matter, Number, RegisterYear, Sealed
from tertib.matters.registers import cancel
from tertib.matters.testing import City
from tertib.matters.tests.crowd import SCALE, Program, placed, quiet, running
from tertib.matters.tests.programs import acts, follows, opens, signs


def test_invariant_2_a_program_killed_while_it_acts_leaves_nothing_by_half(real_city: City, tmp_path: Path) -> None:
    city, chance = real_city, random.Random(1)
    matters = [city.open("works", "works").matter for _ in range(3)]
    arguments = (str(city.people["works"].id), str(city.posts["works"].id), *map(str, matters))
    acknowledged: list[list[str]] = []
    for _round in range(4 * SCALE):
        program = Program(tmp_path, acts, *arguments)
        with running(program):
            program.wait_for(chance.randint(1, 40))
            time.sleep(chance.random() * 0.02)
            program.kill()
        acknowledged += [line.split() for line in program.said()]
    quiet()
    known = {(str(row.matter_id), str(row.n)): row.body.body or {} for row in Entry.objects.select_related("body")}
    assert len(acknowledged) >= 4 * SCALE
    assert len({(matter, n) for matter, n, *_ in acknowledged}) == len(acknowledged)
    for matter, n, action, *children in acknowledged:
        assert known[matter, n]["action"] == action and known[matter, n].get("children", []) == children
    # of each killed program at most one act was committed and not yet acknowledged
    by_people = sum(body["action"] != "withdraw" and "parent" not in body for body in known.values()) - len(matters)
    assert 0 <= by_people - len(acknowledged) <= 4 * SCALE
    assert [str(fault) for fault in check("bekasi")] == []


def test_invariant_5_numbers_have_no_gap_under_a_hundred_signers_and_kill_9(real_city: City, tmp_path: Path) -> None:
    """Four programs of 25 signers each; a quarter of the acts are rolled back, and two of the programs are killed."""
    city = real_city
    matters = [str(city.open("mayor", "works").matter) for _ in range(25)]
    arguments = (str(city.people["works"].id), "25", "keluar,masuk", *matters)
    programs = [Program(tmp_path, signs, *arguments) for _ in range(4)]
    with running(*programs):
        for program in programs:
            program.wait_for(10)
        for victim in programs[:2]:
            time.sleep(0.3 * SCALE)
            victim.kill()
        time.sleep(1.0 * SCALE)
        for program in programs[2:]:
            program.kill()
    quiet()
    given = list(Number.objects.order_by("register__kind", "n").values_list("register__kind", "year", "n", "text"))
    year = now().year
    for kind in ("keluar", "masuk"):
        numbers = [n for register, _year, n, _text in given if register == kind]
        assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 10
        assert RegisterYear.objects.get(register__kind=kind, year=year).last == len(numbers)
    acknowledged = Counter(line for program in programs for line in program.said())
    assert set(acknowledged.values()) == {1}
    assert set(acknowledged) <= {f"{kind} {text}" for kind, _year, _n, text in given}
    assert [str(fault) for fault in check("bekasi")] == []

    # a cancelled number keeps its reason, and the next signer gets the next number
    last = Number.objects.filter(register__kind="keluar").order_by("-n")[0]
    cancel(last.id, "salah tujuan", now())
    done = act(Matter.objects.all()[0].id, "number", city.reader("works"), {"kind": "keluar"})
    assert done.result["number"] == f"{last.n + 1:03d}/{year}"
    assert Number.objects.get(pk=last.id).cancel_reason == "salah tujuan"
    assert [str(fault) for fault in check("bekasi")] == []


def test_invariant_3_followers_that_are_killed_miss_nothing_and_repeat_nothing(real_city: City, tmp_path: Path) -> None:
    """What a follower does and how far it has read commit together; two of the same name never run at once."""
    city, chance = real_city, random.Random(2)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE followed (id bigserial PRIMARY KEY, name text, position bigint, matter uuid, n int)"
        )
    arguments = (str(city.people["mayor"].id), str(city.posts["works"].id))
    city.open("mayor", "works")
    busy = [Program(tmp_path, opens, *arguments) for _ in range(2)]
    with running(*busy):
        for program in busy:
            program.wait_for(3)
        for _round in range(3 * SCALE):
            following = [Program(tmp_path, follows, name, "7") for name in ("a", "a", "b")]
            with running(*following):
                for program in following[::2]:
                    program.wait_for(chance.randint(1, 5))
                time.sleep(chance.random() * 0.05)
                for program in following:
                    program.kill()
        for program in busy:
            program.kill()
    quiet()
    acknowledged = {line for program in busy for line in program.said()}
    placed()
    assert Sealed.objects.count() == Entry.objects.count() >= len(acknowledged)
    assert acknowledged <= {str(row) for row in Entry.objects.values_list("matter_id", flat=True)}
    for name in ("a", "b"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT position, matter, n FROM followed WHERE name = %s ORDER BY id", (name,))
            seen = cursor.fetchall()
        place = Follower.objects.get(name=name).position
        assert [row[0] for row in seen] == list(range(place)) and place >= 7 * SCALE
        in_order = Sealed.objects.order_by("position").values_list("position", "entry__matter_id", "entry__n")[:place]
        assert seen == list(in_order)
    assert [str(fault) for fault in check("bekasi")] == []
