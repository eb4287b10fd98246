# ruff: noqa: E501 - a table reads best in rows
"""`tertib check` finds and names every kind of damage. The damage is done as somebody would who owns the database."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction

from tertib.government.models import Calendar, CalendarChange
from tertib.ground.time import now
from tertib.matters import rooms
from tertib.matters.check import Fault, check
from tertib.matters.engine import act
from tertib.matters.models import Follower, Matter, Number, Procedure, Register
from tertib.matters.registers import cancel
from tertib.matters.rooms import Room
from tertib.matters.testing import City, deputise, make_person, seat


@dataclass(frozen=True)
class World:
    """`whole` has two parts, `first` closed and `second` open; `numbered` has three numbers, of which the second is cancelled."""

    city: City
    whole: uuid.UUID
    first: uuid.UUID
    second: uuid.UUID
    numbered: uuid.UUID
    lone: uuid.UUID


def run(sql: str, *params: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def damage(sql: str, *params: Any) -> None:
    assert run(sql, *params), "nothing was damaged"


@pytest.fixture
def world(city: City) -> World:
    posts = [str(city.posts[name].id) for name in ("lab", "nurse")]
    whole = city.open("mayor", "health").matter
    act(whole, "classify", city.reader("health"), {"title": "Rapat", "security": 1})
    first, second = act(whole, "split", city.reader("health"), {"posts": posts}).children
    act(first, "finish", city.reader("lab"))
    numbered = city.open("mayor", "analyst").matter
    for _ in range(3):
        act(numbered, "number", city.reader("analyst"), {"kind": "keluar"})
    cancel(Number.objects.get(n=2).id, "salah", now())
    lone = city.open("mayor", "roads").matter
    act(lone, "ask", city.reader("roads"))
    act(lone, "answer", city.reader("mayor"), {"post": str(city.posts["roads"].id)})
    run("INSERT INTO matters_sealed SELECT row_number() OVER (ORDER BY seq) - 1, seq FROM matters_entry")
    Follower.objects.create(name="search", position=3)
    return World(city, whole, first, second, numbered, lone)


@pytest.fixture
def bare(world: World) -> World:
    """The same world, with every trigger and constraint out of the way."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
        )
        tables = [name for (name,) in cursor.fetchall() if name.startswith(("matters_", "government_"))]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for kind in "fcux":
            cursor.execute(
                "SELECT conrelid::regclass, conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace "
                "AND contype = %s AND conrelid::regclass::text = ANY(%s)",
                (kind, tables),
            )
            for table, name in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
        cursor.execute(
            "SELECT indexrelid::regclass FROM pg_index WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text = ANY(%s)",
            (tables,),
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")
    return world


def faults() -> list[Fault]:
    return list(check("bekasi"))


def test_an_unharmed_database_has_no_faults(world: World) -> None:
    assert [str(fault) for fault in faults()] == []


def test_nor_has_one_without_its_triggers(bare: World) -> None:
    assert [str(fault) for fault in faults()] == []


def test_nor_has_an_empty_one(city: City) -> None:
    assert faults() == [] == list(check("pasuruan"))


# What is done, and what must be named: matter, entry, column.
Damage = tuple[str, Callable[[World], tuple[Any, ...]], str, int | None, str]
_ENTRY = "WHERE entry_id = (SELECT seq FROM matters_entry WHERE matter_id = %s AND n = %s)"
DAMAGES: dict[str, Damage] = {
    # the chain
    "an entry is gone": ("DELETE FROM matters_entry WHERE matter_id = %s AND n = 2", lambda w: (w.whole,), "whole", 3, "n"),
    "the last entry is gone": ("DELETE FROM matters_entry WHERE matter_id = %s AND n = 3", lambda w: (w.whole,), "whole", None, "version"),
    "all entries are gone": ("DELETE FROM matters_entry WHERE matter_id = %s", lambda w: (w.second,), "second", None, "version"),
    "the matter is gone": ("DELETE FROM matters_matter WHERE id = %s", lambda w: (w.lone,), "lone", 1, "matter_id"),
    "an entry stands twice": (
        "INSERT INTO matters_entry (matter_id, n, at, commitment, prev, hash) "
        "SELECT matter_id, n, at, commitment, prev, hash FROM matters_entry WHERE matter_id = %s AND n = 2",
        lambda w: (w.whole,), "whole", 2, "n",
    ),
    "another moment": ("UPDATE matters_entry SET at = at - interval '1 day' WHERE matter_id = %s AND n = 2", lambda w: (w.whole,), "whole", 2, "hash"),
    "another commitment": ("UPDATE matters_entry SET commitment = %s WHERE matter_id = %s AND n = 1", lambda w: (bytes(32), w.whole), "whole", 1, "hash"),
    "another link": ("UPDATE matters_entry SET prev = %s WHERE matter_id = %s AND n = 3", lambda w: (bytes(32), w.whole), "whole", 3, "prev"),
    "another hash": ("UPDATE matters_entry SET hash = %s WHERE matter_id = %s AND n = 2", lambda w: (b"\x01" * 32, w.whole), "whole", 2, "hash"),
    "another head": ("UPDATE matters_matter SET head = %s WHERE id = %s", lambda w: (bytes(32), w.whole), "whole", 3, "head"),
    # what entries say
    "another word": ("UPDATE matters_entrybody SET body = jsonb_set(body, '{data,title}', '\"Rapat lain\"') " + _ENTRY, lambda w: (w.whole, 2), "whole", 2, "body"),
    "another salt": ("UPDATE matters_entrybody SET salt = %s " + _ENTRY, lambda w: (bytes(32), w.whole, 2), "whole", 2, "body"),
    "a body is gone": ("DELETE FROM matters_entrybody " + _ENTRY, lambda w: (w.whole, 2), "whole", 2, "body"),
    "a body is emptied without an order": ("UPDATE matters_entrybody SET salt = NULL, body = NULL " + _ENTRY, lambda w: (w.whole, 2), "whole", 2, "body"),
    "a salt is emptied": ("UPDATE matters_entrybody SET salt = NULL " + _ENTRY, lambda w: (w.whole, 2), "whole", 2, "body"),
    "said to be erased": ("UPDATE matters_entrybody SET erased_at = now(), erased_by_order = 'x' " + _ENTRY, lambda w: (w.whole, 2), "whole", 2, "erased_at"),
    # where the matter stands
    "two states": ("UPDATE matters_matter SET state = 'review' WHERE id = %s", lambda w: (w.second,), "second", 1, "state"),
    "a state that does not exist": ("UPDATE matters_matter SET state = 'nowhere' WHERE id = %s", lambda w: (w.second,), "second", None, "state"),
    "another holder": ("UPDATE matters_matter SET holder_id = %s WHERE id = %s", lambda w: (w.city.posts["works"].id, w.second), "second", 1, "holder_id"),
    "no holder": ("UPDATE matters_matter SET holder_id = NULL WHERE id = %s", lambda w: (w.second,), "second", None, "holder_id"),
    "closed, with a holder": ("UPDATE matters_matter SET holder_id = %s WHERE id = %s", lambda w: (w.city.posts["lab"].id, w.first), "first", None, "holder_id"),
    "open again": ("UPDATE matters_matter SET closed_at = NULL WHERE id = %s", lambda w: (w.first,), "first", 2, "closed_at"),
    "closed": ("UPDATE matters_matter SET closed_at = now() WHERE id = %s", lambda w: (w.second,), "second", None, "closed_at"),
    "held for longer": ("UPDATE matters_matter SET holder_since = '2020-01-01' WHERE id = %s", lambda w: (w.second,), "second", 1, "holder_since"),
    "opened by another": ("UPDATE matters_matter SET opener_id = %s WHERE id = %s", lambda w: (w.city.posts["works"].id, w.second), "second", 1, "opener_id"),
    "opened earlier": ("UPDATE matters_matter SET opened_at = '2020-01-01' WHERE id = %s", lambda w: (w.second,), "second", 1, "opened_at"),
    "another title": ("UPDATE matters_matter SET title = 'x' WHERE id = %s", lambda w: (w.whole,), "whole", 3, "title"),
    "another secrecy": ("UPDATE matters_matter SET security = 0 WHERE id = %s", lambda w: (w.whole,), "whole", 3, "security"),
    "another urgency": ("UPDATE matters_matter SET urgency = 2 WHERE id = %s", lambda w: (w.whole,), "whole", 3, "urgency"),
    "another unit": ("UPDATE matters_matter SET unit_id = %s WHERE id = %s", lambda w: (w.city.units["works"].id, w.whole), "whole", 3, "unit_id"),
    "more time": ("UPDATE matters_matter SET due_at = due_at + interval '1 day' WHERE id = %s", lambda w: (w.lone,), "lone", 3, "due_at"),
    "a clock without its pause": ("UPDATE matters_matter SET clock = '[]' WHERE id = %s", lambda w: (w.lone,), "lone", 3, "clock"),
    "another version": ("UPDATE matters_matter SET version = 9 WHERE id = %s", lambda w: (w.lone,), "lone", None, "version"),
    "another move": ("UPDATE matters_matter SET moved = 1 WHERE id = %s", lambda w: (w.lone,), "lone", 3, "moved"),
    # trees
    "no parent": ("UPDATE matters_matter SET parent_id = NULL WHERE id = %s", lambda w: (w.second,), "second", 1, "parent_id"),
    "another parent": ("UPDATE matters_matter SET parent_id = %s WHERE id = %s", lambda w: (w.lone, w.second), "second", 1, "parent_id"),
    "the parent does not have it": ("UPDATE matters_matter SET parent_id = %s WHERE id = %s", lambda w: (w.lone, w.second), "whole", 3, "children"),
    "no ancestors": ("UPDATE matters_matter SET ancestors = '{}' WHERE id = %s", lambda w: (w.second,), "second", None, "ancestors"),
    # who may see
    "the holder can't see it": ("DELETE FROM matters_sight WHERE matter_id = %s AND viewer = %s", lambda w: (w.second, w.city.posts["nurse"].id), "second", None, "sight"),
    "a unit above can't see it": ("DELETE FROM matters_sight WHERE matter_id = %s AND viewer = %s", lambda w: (w.second, w.city.units["health"].id), "second", None, "sight"),
    "the auditor can't see it": ("DELETE FROM matters_sight WHERE matter_id = %s AND viewer = %s", lambda w: (w.first, uuid.UUID(int=0)), "first", None, "sight"),
    "the opener can't see it": ("DELETE FROM matters_sight WHERE matter_id = %s AND viewer = %s", lambda w: (w.lone, w.city.posts["mayor"].id), "lone", None, "sight"),
    "seen as less secret": ("UPDATE matters_sight SET security = 0 WHERE matter_id = %s", lambda w: (w.whole,), "whole", None, "security"),
    # the order
    "a hole in the order": ("DELETE FROM matters_sealed WHERE position = %s", lambda w: (4,), "", None, "position"),
    "an entry has two places": (
        "INSERT INTO matters_sealed SELECT (SELECT max(position) + 1 FROM matters_sealed), seq FROM matters_entry WHERE matter_id = %s AND n = 1",
        lambda w: (w.whole,), "whole", 1, "position",
    ),
    "a place without an entry": ("UPDATE matters_sealed SET entry_id = %s WHERE position = 2", lambda w: (2**40,), "", None, "position"),
    "two entries change places": (
        "UPDATE matters_sealed s SET entry_id = (SELECT seq FROM matters_entry e WHERE e.matter_id = %s "
        "AND n = 3 - (SELECT n FROM matters_entry x WHERE x.seq = s.entry_id)) "
        "WHERE entry_id IN (SELECT seq FROM matters_entry WHERE matter_id = %s AND n < 3)",
        lambda w: (w.whole, w.whole), "whole", 2, "position",
    ),
    "a follower beyond the end": ("UPDATE matters_follower SET position = %s", lambda w: (1000,), "", None, "position"),
    # numbers
    "a number is gone": ("DELETE FROM matters_number WHERE n = %s", lambda w: (1,), "", None, "number"),
    "the last number is gone": ("DELETE FROM matters_number WHERE n = %s", lambda w: (3,), "", None, "number"),
    "a number was given twice": ("UPDATE matters_number SET n = 3 WHERE n = %s", lambda w: (1,), "numbered", None, "number"),
    "a number beyond the last": ("UPDATE matters_registeryear SET last = %s", lambda w: (2,), "numbered", None, "last"),
    "a number of no year": ("UPDATE matters_number SET year = 1999 WHERE n = %s", lambda w: (3,), "numbered", None, "number"),
    "cancelled for no reason": ("UPDATE matters_number SET cancel_reason = '' WHERE n = %s", lambda w: (2,), "numbered", None, "cancel_reason"),
    "a reason without a cancellation": ("UPDATE matters_number SET cancelled_at = NULL WHERE n = %s", lambda w: (2,), "numbered", None, "cancel_reason"),
    # the government
    "another lineage": ("UPDATE government_unit SET lineage = ARRAY[id] WHERE id = %s", lambda w: (w.city.units["lab"].id,), "", None, "lineage"),
    "units in a ring": ("UPDATE government_unit SET parent_id = %s WHERE id = %s", lambda w: (w.city.units["lab"].id, w.city.units["health"].id), "", None, "lineage"),
    "two roots": ("UPDATE government_unit SET parent_id = NULL WHERE id = %s", lambda w: (w.city.units["works"].id,), "", None, "parent_id"),
    "two heads": ("UPDATE government_post SET is_head = true WHERE id = %s", lambda w: (w.city.posts["nurse"].id,), "", None, "is_head"),
    "superiors in a ring": ("UPDATE government_post SET superior_id = %s WHERE id = %s", lambda w: (w.city.posts["lab"].id, w.city.posts["mayor"].id), "", None, "superior_id"),
    # procedures
    "a changed procedure": ("UPDATE matters_procedure SET definition = replace(definition, %s, %s)", lambda w: ("Terbuka", "Tertutup"), "", None, "definition"),
    "a broken procedure": ("UPDATE matters_procedure SET definition = %s", lambda w: ("{}",), "", None, "definition"),
    "a procedure without a function": ("UPDATE matters_procedure SET definition = replace(definition, %s, %s)", lambda w: ("test.split", "test.gone"), "", None, "definition"),
}  # fmt: skip


def test_every_kind_of_damage_is_found_and_named(bare: World) -> None:
    missed = {}
    for name, (sql, params, matter, entry, column) in DAMAGES.items():
        point = transaction.savepoint()
        damage(sql, *params(bare))
        found = faults()
        transaction.savepoint_rollback(point)
        assert all(fault.government == "bekasi" and fault.what for fault in found)
        wanted = getattr(bare, matter) if matter else None
        named = [fault for fault in found if fault.column == column and (not matter or fault.matter == wanted)]
        if not any(fault.entry == entry or not matter for fault in named):
            missed[name] = [str(fault) for fault in found]
    assert missed == {}
    assert faults() == []


def test_damage_of_one_matter_accuses_no_other(bare: World) -> None:
    damage("UPDATE matters_matter SET title = 'x', due_at = NULL, moved = 1 WHERE id = %s", bare.lone)
    assert {fault.matter for fault in faults()} == {bare.lone}
    assert {fault.column for fault in faults()} == {"title", "due_at", "moved"}


def test_two_occupants_at_once_are_named(bare: World) -> None:
    for post in ("lab", "spare"):
        seat(make_person("other"), bare.city.posts[post], "plt" if post == "spare" else "definitive")
    deputise(make_person("another"), bare.city.posts["works"])
    assert sorted((fault.column, fault.what.split()[2]) for fault in faults()) == [
        ("appointment", "lab"),
        ("appointment", "spare"),
        ("deputy", "works"),
    ]


def test_a_calendar_that_was_changed_behind_its_back_shows(bare: World) -> None:
    """Due dates must come out of the record and the calendar again."""
    calendar = Calendar.objects.get(code="default")
    today = now().date()
    CalendarChange.objects.create(
        calendar=calendar,
        kind="holiday",
        starts_on=today,
        ends_on=today.replace(year=today.year + 1),
        title="Libur",
        decreed_at="2000-01-01T00:00Z",
    )
    Calendar.objects.filter(pk=calendar.pk).update(version=calendar.version + 1)
    found = faults()
    assert found and {fault.column for fault in found} == {"due"}


def test_a_calendar_changed_by_decree_is_no_fault(world: World) -> None:
    calendar = Calendar.objects.get(code="default")
    today = now().date()
    CalendarChange.objects.create(
        calendar=calendar,
        kind="holiday",
        starts_on=today,
        ends_on=today.replace(year=today.year + 1),
        title="Libur",
        decreed_at=now(),
    )
    Calendar.objects.filter(pk=calendar.pk).update(version=calendar.version + 1)
    assert faults() == []


def test_imported_numbers_may_have_gaps(bare: World) -> None:
    unit = bare.city.units["works"]
    register = Register.objects.create(unit=unit, kind="agenda")
    run(
        "INSERT INTO matters_registeryear (id, register_id, year, last, imported_to) VALUES (%s, %s, 2020, 7, 5)",
        uuid.uuid4(),
        register.id,
    )
    for n in (2, 5, 6, 7):
        Number.objects.create(register=register, year=2020, n=n, text=str(n), matter_id=bare.lone, given_at=now())
    assert faults() == []
    damage("DELETE FROM matters_number WHERE register_id = %s AND n = 6", register.id)
    assert [fault.column for fault in faults()] == ["number"]


def test_what_was_erased_by_order_is_no_fault_and_the_rest_is_still_checked(bare: World) -> None:
    run(
        "UPDATE matters_entrybody SET salt = NULL, body = NULL, erased_at = now(), erased_by_order = 'SK 1/2026' "
        + _ENTRY,
        bare.whole,
        2,
    )
    assert [str(fault) for fault in faults()] == []
    damage("UPDATE matters_matter SET state = 'open' WHERE id = %s", bare.whole)
    assert {(fault.matter, fault.column) for fault in faults()} == {(bare.whole, "state")}


def test_rooms_add_what_is_broken_in_their_tables(world: World) -> None:
    def broken() -> list[Fault]:
        return [Fault("", world.lone, None, "letter", "has no letter")]

    added = Room(name="other", label="Other", checks=broken)
    installed = rooms.rooms()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rooms, "rooms", lambda: (*installed, added))
        assert [str(fault) for fault in faults()] == [f"bekasi, matter {world.lone}, letter: has no letter"]


def test_memory_does_not_grow_with_the_record(world: World) -> None:
    """Statements are the same whatever there is: none for each matter."""
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as before:
        faults()
    for _ in range(20):
        world.city.open("mayor", "roads")
    with CaptureQueriesContext(connection) as after:
        faults()
    assert len(before) == len(after)


def test_the_fixture_is_what_it_says(world: World) -> None:
    assert Matter.objects.get(pk=world.first).closed_at and not Matter.objects.get(pk=world.second).closed_at
    assert Procedure.objects.count() == 1
