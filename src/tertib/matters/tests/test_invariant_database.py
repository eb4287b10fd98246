# ruff: noqa: E501 - statements read best on one line
"""What the database itself refuses, whoever asks: direct SQL against the invariants of the record.

The connection is the application's own, so nothing here needs more rights than the program has.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tertib.ledger import chain
from tertib.matters.check import check
from tertib.matters.engine import act
from tertib.matters.models import Entry, EntryBody, Matter, Number
from tertib.matters.store import stamp
from tertib.matters.testing import City, publish

ENTRY = "WHERE entry_id = (SELECT seq FROM matters_entry WHERE matter_id = %(matter)s AND n = 1)"
ERASE = (
    f"UPDATE matters_entrybody SET salt = NULL, body = NULL, erased_at = now(), erased_by_order = 'SK 4/2026' {ENTRY}"
)


def run(sql: str, params: dict[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


@contextmanager
def refused(says: str | None = None) -> Iterator[None]:
    """The statements within fail, at the latest where their transaction would commit; nothing of them remains."""
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        yield
        run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def params(city: City) -> dict[str, Any]:
    matter = city.open("mayor", "analyst").matter
    closed = city.open("mayor", "roads").matter
    act(closed, "finish", city.reader("roads"))
    for _ in range(2):
        act(matter, "number", city.reader("analyst"), {"kind": "keluar"})
    run("INSERT INTO matters_sealed SELECT row_number() OVER (ORDER BY seq) - 1, seq FROM matters_entry")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    return {
        "matter": matter,
        "closed": closed,
        "post": city.posts["works"].id,
        "other": city.posts["lab"].id,
        "id": uuid.uuid4(),
    }


@pytest.fixture(autouse=True)
def nothing_has_changed(params: dict[str, Any]) -> Iterator[None]:
    before = list(Matter.objects.order_by("id").values()), Entry.objects.count(), list(Number.objects.values())
    yield
    assert (
        list(Matter.objects.order_by("id").values()),
        Entry.objects.count(),
        list(Number.objects.values()),
    ) == before
    assert [str(fault) for fault in check("bekasi")] == []


COPY = (
    "id, procedure_id, state, title, unit_id, opener_id, holder_id, holder_since, ancestors, parent_id, security, urgency, "
    "opened_at, closed_at, due_at, clock, calendar_id, version, moved, head"
)


def copied(**changed: str) -> str:
    """A statement that inserts a copy of a matter, with some columns changed."""
    values = ", ".join(changed.get(name, name) for name in COPY.split(", "))
    return f"INSERT INTO matters_matter ({COPY}) SELECT {values} FROM matters_matter WHERE id = %(matter)s"


def test_invariant_1_open_has_a_holder_and_closed_has_none(params: dict[str, Any]) -> None:
    for sql in (
        "UPDATE matters_matter SET holder_id = NULL, version = version + 1, head = '\\x01' WHERE id = %(matter)s",
        "UPDATE matters_matter SET closed_at = now(), version = version + 1, head = '\\x01' WHERE id = %(matter)s",
        "UPDATE matters_matter SET holder_id = %(post)s, version = version + 1, head = '\\x01' WHERE id = %(closed)s",
        "UPDATE matters_matter SET closed_at = NULL, version = version + 1, head = '\\x01' WHERE id = %(closed)s",
        copied(id="%(id)s", holder_id="NULL", version="1", moved="1"),
        copied(id="%(id)s", closed_at="now()", version="1", moved="1"),
    ):
        with refused("open_has_one_holder_closed_has_none"):
            run(sql, params)


def test_invariant_1_there_is_no_place_for_a_second_holder(params: dict[str, Any]) -> None:
    """The holder is one column of one row, and the row's id is unique."""
    with refused("matters_matter_pkey"):
        run(copied(holder_id="%(post)s", version="1", moved="1"), params)


def test_invariant_2_a_matter_changes_only_with_its_entry(params: dict[str, Any]) -> None:
    for sql, says in (
        ("UPDATE matters_matter SET holder_id = %(post)s WHERE id = %(matter)s", "only together with its next entry"),
        ("UPDATE matters_matter SET state = 'review' WHERE id = %(matter)s", "only together with its next entry"),
        ("UPDATE matters_matter SET title = 'x' WHERE id = %(matter)s", "only together with its next entry"),
        ("UPDATE matters_matter SET due_at = now(), version = version + 1 WHERE id = %(matter)s", "only together"),
        ("UPDATE matters_matter SET title = 'x', head = '\\x01' WHERE id = %(matter)s", "only together"),
        ("UPDATE matters_matter SET version = version - 1, head = '\\x01' WHERE id = %(matter)s", "only together"),
        ("UPDATE matters_matter SET version = version + 2, head = '\\x01' WHERE id = %(matter)s", "only together"),
        # as an act would, but without the entry
        (
            "UPDATE matters_matter SET title = 'x', version = version + 1, head = '\\x01' WHERE id = %(matter)s",
            "matter_stands_at_an_entry",
        ),
        (copied(id="%(id)s", version="1", moved="1"), "matter_stands_at_an_entry"),
        (copied(id="%(id)s", version="2"), "a matter begins with entry 1"),
        (
            "UPDATE matters_matter SET id = %(id)s, version = version + 1, head = '\\x01' WHERE id = %(matter)s",
            "only together",
        ),
        (
            "UPDATE matters_matter SET parent_id = %(closed)s, version = version + 1, head = '\\x01' WHERE id = %(matter)s",
            "only together",
        ),
        (
            "UPDATE matters_matter SET ancestors = ARRAY[%(closed)s::uuid], version = version + 1, head = '\\x01' WHERE id = %(matter)s",
            "only together",
        ),
        (
            "UPDATE matters_matter SET opened_at = now(), version = version + 1, head = '\\x01' WHERE id = %(matter)s",
            "only together",
        ),
        ("DELETE FROM matters_matter WHERE id = %(matter)s", "append-only"),
        ("TRUNCATE matters_matter CASCADE", "append-only"),
        ("TRUNCATE government_post CASCADE", "append-only"),
    ):
        with refused(says):
            run(sql, params)


def test_invariant_2_the_procedure_of_a_running_matter_stays(params: dict[str, Any], city: City) -> None:
    with refused("append-only"):
        run("UPDATE matters_procedure SET definition = '{}'")
    with refused("append-only"):
        run("DELETE FROM matters_procedure")
    other = publish()
    run(
        "INSERT INTO matters_procedure SELECT %(id)s, key, 99, digest, definition, now() FROM matters_procedure",
        params,
    )
    with refused("only together"):
        run(
            "UPDATE matters_matter SET procedure_id = %(id)s, version = version + 1, head = '\\x01' WHERE id = %(matter)s",
            params,
        )
    assert Matter.objects.get(pk=params["matter"]).procedure_id == other


def test_invariant_3_the_record_is_append_only(params: dict[str, Any]) -> None:
    for sql in (
        "UPDATE matters_entry SET at = now() WHERE matter_id = %(matter)s",
        "UPDATE matters_entry SET hash = '\\x00' WHERE matter_id = %(matter)s",
        "UPDATE matters_entry SET matter_id = %(closed)s WHERE matter_id = %(matter)s",
        "DELETE FROM matters_entry WHERE matter_id = %(matter)s",
        "DELETE FROM matters_entry",
        "TRUNCATE matters_entry",
        "TRUNCATE matters_entry CASCADE",
        "TRUNCATE matters_entrybody",
        f"DELETE FROM matters_entrybody {ENTRY}",
        "UPDATE matters_sealed SET position = position + 100",
        "DELETE FROM matters_sealed",
        "TRUNCATE matters_sealed",
    ):
        with refused(r"append-only|cannot truncate"):
            run(sql, params)


def test_invariant_3_numbers_within_a_matter_are_given_once(params: dict[str, Any]) -> None:
    with refused("entry_number_once"):
        run(
            "INSERT INTO matters_entry (matter_id, n, at, commitment, prev, hash) "
            "SELECT matter_id, n, at, commitment, prev, hash FROM matters_entry WHERE matter_id = %(matter)s AND n = 1",
            params,
        )
    with refused("matters_sealed"):
        run("INSERT INTO matters_sealed SELECT position + 100, entry_id FROM matters_sealed")


def test_invariant_5_a_register_only_counts_on(params: dict[str, Any]) -> None:
    for sql in (
        "UPDATE matters_number SET n = 7 WHERE n = 1",
        "UPDATE matters_number SET text = '007' WHERE n = 1",
        "UPDATE matters_number SET matter_id = %(closed)s WHERE n = 1",
        "UPDATE matters_number SET year = 1999 WHERE n = 1",
        "UPDATE matters_number SET cancelled_at = now(), cancel_reason = 'x', n = 9 WHERE n = 1",
        "UPDATE matters_number SET cancelled_at = now() WHERE n = 1",
        "UPDATE matters_number SET cancel_reason = 'x' WHERE n = 1",
        "DELETE FROM matters_number WHERE n = 2",
        "TRUNCATE matters_number",
        "UPDATE matters_registeryear SET last = last - 1",
        "UPDATE matters_registeryear SET last = last + 2",
        "UPDATE matters_registeryear SET last = 0",
        "UPDATE matters_registeryear SET year = 1999, last = last + 1",
        "UPDATE matters_registeryear SET last = last + 5, imported_to = last + 5",
        "DELETE FROM matters_registeryear",
        "TRUNCATE matters_registeryear",
        "INSERT INTO matters_number SELECT %(id)s, register_id, year, n, text, matter_id, given_at, NULL, '' FROM matters_number WHERE n = 1",
    ):
        with refused():
            run(sql, params)


def test_invariant_5_a_cancelled_number_stays_cancelled(params: dict[str, Any]) -> None:
    point = transaction.savepoint()
    run("UPDATE matters_number SET cancelled_at = now(), cancel_reason = 'salah' WHERE n = 1")
    for sql in (
        "UPDATE matters_number SET cancelled_at = NULL, cancel_reason = '' WHERE n = 1",
        "UPDATE matters_number SET cancel_reason = 'lain' WHERE n = 1",
        "DELETE FROM matters_number WHERE n = 1",
    ):
        with refused():
            run(sql)
    transaction.savepoint_rollback(point)


def test_invariant_8_what_an_entry_says_is_only_erased_by_an_order(params: dict[str, Any]) -> None:
    for sql in (
        f"UPDATE matters_entrybody SET salt = NULL, body = NULL {ENTRY}",
        f"UPDATE matters_entrybody SET salt = NULL, body = NULL, erased_at = now() {ENTRY}",
        f"UPDATE matters_entrybody SET salt = NULL, body = NULL, erased_by_order = 'SK 4/2026' {ENTRY}",
        f"UPDATE matters_entrybody SET body = NULL, erased_at = now(), erased_by_order = 'SK 4/2026' {ENTRY}",
        f"UPDATE matters_entrybody SET salt = NULL, erased_at = now(), erased_by_order = 'SK 4/2026' {ENTRY}",
        f"UPDATE matters_entrybody SET erased_at = now(), erased_by_order = 'SK 4/2026' {ENTRY}",
        f"UPDATE matters_entrybody SET body = '{{}}' {ENTRY}",
        f"UPDATE matters_entrybody SET salt = '\\x00' {ENTRY}",
        f"UPDATE matters_entrybody SET entry_id = entry_id + 1000 {ENTRY}",
    ):
        with refused("may only be erased"):
            run(sql, params)


def test_invariant_8_erasing_leaves_the_chain_whole(params: dict[str, Any], city: City) -> None:
    matter = params["matter"]
    before = list(Entry.objects.filter(matter=matter).order_by("n").values())
    point = transaction.savepoint()
    assert run(ERASE, params) == 1
    body = EntryBody.objects.get(entry__matter=matter, entry__n=1)
    assert body.salt is None and body.body is None and body.erased_by_order == "SK 4/2026"
    assert list(Entry.objects.filter(matter=matter).order_by("n").values()) == before
    entries = [
        chain.Entry(str(matter), e.n, stamp(e.at), bytes(e.commitment), bytes(e.prev), bytes(e.hash))
        for e in Entry.objects.filter(matter=matter).order_by("n")
    ]
    assert len(entries) == 3 and list(chain.faults(entries)) == []
    assert [str(fault) for fault in check("bekasi")] == []
    # the commitment no longer leads back to anything: without the salt no guess can be tried
    act(matter, "finish", city.reader("analyst"))
    assert [str(fault) for fault in check("bekasi")] == []
    for sql in (
        ERASE,
        f"UPDATE matters_entrybody SET erased_by_order = 'lain' {ENTRY}",
        f"UPDATE matters_entrybody SET erased_at = NULL, erased_by_order = '', body = '{{}}', salt = '\\x00' {ENTRY}",
        f"DELETE FROM matters_entrybody {ENTRY}",
    ):
        with refused():
            run(sql, params)
    transaction.savepoint_rollback(point)


def test_the_application_can_not_switch_the_triggers_off_for_its_session(params: dict[str, Any]) -> None:
    with refused("permission denied"):
        run("SET session_replication_role = replica")
    with refused(r"permission denied|must be superuser"):
        run("ALTER TABLE matters_entry DISABLE TRIGGER ALL")
