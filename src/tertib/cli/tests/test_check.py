from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from django.db import connection

from tertib.cli.check import check
from tertib.ground.errors import NotFound
from tertib.ground.tenancy.models import Government
from tertib.matters.testing import make_city, only_room


@pytest.fixture
def matter(government: Government) -> Iterator[uuid.UUID]:
    with only_room():
        yield make_city().open("mayor", "roads").matter


def test_it_says_that_nothing_is_broken(matter: uuid.UUID) -> None:
    said = CliRunner().invoke(check, [])
    assert said.exit_code == 0 and said.output == "Nothing is broken in 2 governments.\n"
    said = CliRunner().invoke(check, ["--government", "bekasi", "--json"])
    assert json.loads(said.output) == {"governments": 1, "faults": 0}


def test_it_names_each_fault_and_fails(matter: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE matters_matter DISABLE TRIGGER USER")
        cursor.execute("UPDATE matters_matter SET title = 'x' WHERE id = %s", (matter,))
    said = CliRunner().invoke(check, ["--government", "bekasi"])
    assert said.exit_code == 1
    assert f"✗ bekasi, matter {matter}, entry 1, title: is 'x', but the entries come to 'Pekerjaan'" in said.output
    assert said.output.endswith("1 fault in 1 government.\n")
    said = CliRunner().invoke(check, ["--json"])
    fault, last = (json.loads(line) for line in said.output.splitlines())
    assert said.exit_code == 1 and last == {"governments": 2, "faults": 1}
    assert (fault["matter"], fault["entry"], fault["column"]) == (str(matter), 1, "title")


def test_a_government_that_is_not_there(matter: uuid.UUID) -> None:
    said = CliRunner().invoke(check, ["--government", "atlantis"])
    assert isinstance(said.exception, NotFound) and "bekasi" in str(said.exception)
