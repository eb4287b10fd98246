# ruff: noqa: E501 - statements read best on one line
"""Invariant 9: no government can read another's rows, and equal ids in two of them are two things."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from tertib.ground.errors import Forbidden, NotFound
from tertib.ground.tenancy import here
from tertib.ground.tenancy.middleware import activate
from tertib.ground.tenancy.models import Government
from tertib.matters.check import check
from tertib.matters.context import Opening
from tertib.matters.engine import act, open_matter
from tertib.matters.models import Entry, Matter, Number, Sight
from tertib.matters.queries import desk, tree
from tertib.matters.testing import WORK, City, make_city
from tertib.matters.visibility import may_see, newest, seen, visible


@contextmanager
def inside(schema: str) -> Iterator[None]:
    before = Government.objects.get(schema_name=here.schema())
    activate(Government.objects.get(schema_name=schema))
    try:
        yield
    finally:
        activate(before)


@pytest.fixture
def other(city: City) -> City:
    with inside("pasuruan"):
        return make_city()


def test_invariant_9_each_government_sees_its_own_rows_only(city: City, other: City) -> None:
    here = city.open("mayor", "analyst", title="Bekasi").matter
    with inside("pasuruan"):
        there = other.open("mayor", "analyst", title="Pasuruan").matter
        assert list(Matter.objects.values_list("title", flat=True)) == ["Pasuruan"]
        assert Entry.objects.count() == 1 and not Sight.objects.filter(matter=here).exists()
        for reader in (other.reader("mayor"), city.reader("mayor")):  # the second fills no post here
            assert not may_see(here, reader) and here not in newest(reader, 10)
            with pytest.raises(NotFound):
                seen(here, reader)
            with pytest.raises(NotFound):
                act(here, "finish", reader)
            assert tree(here, reader) == []
    assert list(Matter.objects.values_list("title", flat=True)) == ["Bekasi"]
    with pytest.raises(NotFound):
        act(there, "finish", other.reader("analyst"))


def test_invariant_9_a_reader_made_elsewhere_opens_no_door(city: City, other: City) -> None:
    """Somebody's posts and roles in one government mean nothing in another, even while their reader is still at hand."""
    with inside("pasuruan"):
        foreign = other.reader("mayor")
    done = city.open("mayor", "analyst")
    assert not list(visible(Matter.objects.all(), foreign)) and newest(foreign, 10) == [] and not list(desk(foreign))
    with pytest.raises(NotFound):
        act(done.matter, "finish", foreign)
    with pytest.raises(IntegrityError, match="opener"), transaction.atomic():
        open_matter(Opening(WORK, "x", city.posts["lab"].id, city.units["lab"].id), foreign)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the end of a real transaction


def test_invariant_9_equal_ids_are_two_matters(city: City, other: City) -> None:
    same = uuid.uuid4()
    city.open("mayor", "analyst", id=same, title="Bekasi", security=2)
    with inside("pasuruan"):
        other.open("mayor", "analyst", id=same, title="Pasuruan")
        act(same, "finish", other.reader("analyst"))
        assert Matter.objects.get(pk=same).closed_at
    found = Matter.objects.get(pk=same)
    assert (found.title, found.closed_at, found.version) == ("Bekasi", None, 1)
    with pytest.raises((Forbidden, NotFound)):
        act(same, "finish", city.reader("roads"))
    assert [str(fault) for schema in ("bekasi", "pasuruan") for fault in check(schema)] == []


def test_invariant_9_registers_count_for_themselves(city: City, other: City) -> None:
    done = city.open("mayor", "analyst")
    act(done.matter, "number", city.reader("analyst"), {"kind": "keluar"})
    act(done.matter, "number", city.reader("analyst"), {"kind": "keluar"})
    with inside("pasuruan"):
        again = other.open("mayor", "analyst")
        given = act(again.matter, "number", other.reader("analyst"), {"kind": "keluar"})
        assert given.result["number"].startswith("001/") and Number.objects.count() == 1
    assert Number.objects.count() == 2


def test_invariant_9_the_public_schema_holds_no_rows_of_a_government(city: City) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        path = str(cursor.fetchone()[0])
        assert path.replace('"', "").split(", ") == ["bekasi", "public"]
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^(matters|government|letters)_'"
        )
        assert cursor.fetchone()[0] == 0
        # no foreign key leads from one government into another
        cursor.execute(
            "SELECT count(*) FROM pg_constraint c JOIN pg_class a ON a.oid = c.conrelid JOIN pg_class b ON b.oid = c.confrelid "
            "WHERE c.contype = 'f' AND a.relnamespace <> b.relnamespace AND b.relnamespace <> 'public'::regnamespace"
        )
        assert cursor.fetchone()[0] == 0
