"""The demo city as it is after loading: alive, sound, and all or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.contrib.auth.hashers import check_password
from django_tenants.utils import schema_context, tenant_context

from tertib.demo import load
from tertib.demo.city import SCHEMAS
from tertib.demo.stage import Stage, stage
from tertib.demo.story import story
from tertib.government import passwords
from tertib.government.models import AdminEntry, Deputy, Person, Unit
from tertib.ground.errors import Invalid
from tertib.ground.tenancy.models import Government
from tertib.ground.time import now
from tertib.matters import check, queries, versions
from tertib.matters.models import Entry, Follower, Link, Matter, Number, Procedure, Sealed
from tertib.papers.models import PaperVersion
from tertib.rooms.letters.models import Disposition, Letter, Recipient
from tertib.web.models import DemoDoor

LOADER = """
import django
django.setup()
from tertib.demo.load import load_demo
load_demo(lambda *told: print(*told, flush=True))
"""


def tables(url: str) -> dict[str, int]:
    """How many tables each schema of the demo has."""
    with psycopg.connect(url) as session:
        rows = session.execute(
            "SELECT schemaname, count(*) FROM pg_tables WHERE schemaname = ANY(%s) GROUP BY 1", [list(SCHEMAS)]
        )
        return dict(rows.fetchall())


def drop_governments(url: str) -> None:
    with psycopg.connect(url) as session:
        for schema in SCHEMAS:
            session.execute(f"DROP SCHEMA {schema} CASCADE")
        session.execute("DELETE FROM public.tenancy_domain")
        session.execute("DELETE FROM public.tenancy_government")


def kill_while_loading(url: str) -> dict[str, int]:
    """Load in another process, kill it with one government done and the other begun; answers what it left."""
    command = [sys.executable, "-c", LOADER]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "DATABASE_URL": url})
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Kabupaten Pasuruan: tables"):
                break
        else:
            pytest.fail("it ended before it could be killed")
    finally:
        process.kill()
        process.wait()
    # The server notices within moments that its client is gone.
    with psycopg.connect(url, autocommit=True) as session:
        for _ in range(100):
            others = session.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
                " AND pid <> pg_backend_pid()"
            ).fetchone()
            if others == (0,):
                break
            time.sleep(0.1)
    return tables(url)


@pytest.fixture(scope="module")
def loaded(module_database: str) -> Iterator[dict[str, Any]]:
    """The demo, loaded after a first attempt was killed."""
    drop_governments(module_database)
    facts: dict[str, Any] = {"left": kill_while_loading(module_database)}
    facts["new"] = load.load_demo()
    yield facts


@pytest.fixture(params=SCHEMAS)
def city(loaded: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[Stage]:
    government = Government.objects.get(schema_name=request.param)
    with tenant_context(government):
        yield stage(government)


def test_a_loader_that_is_killed_leaves_nothing(loaded: dict[str, Any]) -> None:
    assert loaded["left"] == {}
    assert loaded["new"]
    assert Government.objects.filter(demo=True, schema_name__in=SCHEMAS).count() == 2


def test_every_door_leads_to_a_desk_with_work(city: Stage) -> None:
    doors = list(DemoDoor.objects.select_related("post"))
    assert [door.post.code for door in doors] == [door.post for door in story(city.government.schema_name).doors]
    people = []
    for door in doors:
        reader = city.reader(door.post.code)
        assert queries.desk(reader).exists(), door.post.code
        people.append(Person.objects.get(pk=reader.person))
    assert all(person.is_sample for person in people)
    (password,) = {person.password for person in people}
    assert check_password(passwords.SAMPLE, password)


def test_only_sample_people_and_nobody_else_has_a_password(city: Stage) -> None:
    assert not Person.objects.filter(is_sample=False).exists()
    doors = DemoDoor.objects.values("post")
    others = Person.objects.exclude(appointments__post__in=doors)
    assert others.count() > 100 and not any(person.has_usable_password() for person in others[:20])


def test_some_work_is_late_some_came_back_some_is_asked(city: Stage) -> None:
    running = Matter.objects.filter(closed_at=None)
    assert running.filter(due_at__lt=now()).count() >= 5
    assert running.filter(due_at__gt=now()).count() >= 5
    assert running.filter(state="asking").exists()
    assert Disposition.objects.filter(outcome=Disposition.Outcome.RETURNED).exists()
    assert {"draft", "review", "signing", "signed"} <= set(running.values_list("state", flat=True))


def test_nothing_happens_in_the_future(city: Stage) -> None:
    assert not Entry.objects.filter(at__gt=now()).exists()
    assert not Matter.objects.filter(opened_at__gt=now()).exists()


def test_letters_between_the_governments_arrived_once(city: Stage) -> None:
    here = city.government.schema_name
    there = next(schema for schema in SCHEMAS if schema != here)
    sent = list(Recipient.objects.filter(kind="government"))
    assert [(row.government, row.status, row.attempts) for row in sent] == [(there, "delivered", 1)]
    with schema_context(there):
        arrived = list(Letter.objects.filter(sender_government=here).select_related("agenda"))
        assert [letter.delivery_key for letter in arrived] == [row.id for row in sent]
        assert arrived[0].agenda is not None
        assert [(row.receipt or {})["agenda"] for row in sent] == [arrived[0].agenda.text]
        assert PaperVersion.objects.filter(paper__matter=arrived[0].matter_id).count() == 1


def test_the_cancelled_number_says_why_and_is_not_used_again(city: Stage) -> None:
    cancelled = Number.objects.get(cancelled_at__isnull=False)
    assert len(cancelled.cancel_reason) > 20
    assert Number.objects.filter(register=cancelled.register, text=cancelled.text).count() == 1


def test_history_is_marked_as_imported(city: Stage) -> None:
    old = Letter.objects.exclude(imported_at=None).select_related("matter")
    assert old.count() == len(story(city.government.schema_name).history)
    for letter in old:
        assert letter.imported_from.endswith("2020.csv")
        assert letter.matter.holder_id is None and letter.matter.opened_at == letter.imported_at
        assert letter.letter_date is not None and letter.letter_date.year == 2020
        # The id alone carries the original date, so that lists sort it where it belongs.
        assert letter.matter_id.int >> 80 < int(now().timestamp() * 1000) - 86_400_000 * 365


def test_everything_the_story_ties_is_tied(city: Stage) -> None:
    told = sum(len(letter.links) for letter in story(city.government.schema_name).live)
    assert Link.objects.exclude(kind=Link.Kind.DELIVERED_FROM).count() == told


def test_somebody_is_away_and_somebody_stands_in(city: Stage) -> None:
    away, deputy, _reason = load.AWAY[city.government.schema_name]
    assert Deputy.objects.filter(post__code=away).count() == 1
    assert any(seat.capacity == "deputy" for seat in city.reader(deputy).seats)


def test_a_procedure_was_changed_meanwhile_and_what_ran_keeps_its_version(city: Stage) -> None:
    newest_first = list(Procedure.objects.filter(key="letters.outgoing").order_by("-version"))
    if city.government.schema_name != "bekasi":
        assert [row.version for row in newest_first] == [1]
        return
    new, old = newest_first
    assert (old.shipped, new.shipped) == (True, False) and old.created_at < new.created_at < now()
    entry = AdminEntry.objects.get(what=versions.PUBLISHED)
    assert entry.object_id == new.id and "(contoh)" in entry.body["after"]["reason"] and entry.person is not None
    working = versions.at_work()
    assert working[old.id] >= 3 and working[new.id] >= 3
    for row, follows in ((old, "opened_at__lt"), (new, "opened_at__gt")):
        letters = Matter.objects.filter(procedure=row, letter__imported_at__isnull=True)
        assert letters.filter(**{follows: new.created_at}).count() == letters.count()


def test_numbers_follow_the_pattern_of_the_government(city: Stage) -> None:
    live = Number.objects.filter(register__kind="letters.out", matter__letter__imported_at=None)
    first = live.order_by("given_at").values_list("text", flat=True)[0]
    assert first.count("/") == (4 if city.government.schema_name == "bekasi" else 2)


def test_every_entry_has_its_place_and_was_followed(city: Stage) -> None:
    assert Entry.objects.count() == Sealed.objects.count() > 300
    assert set(Follower.objects.values_list("position", flat=True)) == {Sealed.objects.count()}


def test_the_check_finds_no_fault(city: Stage) -> None:
    assert [str(fault) for fault in check.check(city.government.schema_name)] == []


def test_loading_again_changes_nothing(loaded: dict[str, Any]) -> None:
    def facts() -> list[Any]:
        found: list[Any] = []
        for schema in SCHEMAS:
            with schema_context(schema):
                models = (Unit, Person, Matter, Entry, Letter, Number, PaperVersion, DemoDoor)
                found.append([model._default_manager.count() for model in models])
        return found

    before = facts()
    assert not load.load_demo()
    assert facts() == before


def test_everyday_letters_are_added_once(loaded: dict[str, Any]) -> None:
    def total() -> int:
        count = 0
        for schema in SCHEMAS:
            with schema_context(schema):
                count += Letter.objects.count()
        return count

    before = total()
    assert load.load_demo(letters=60)
    assert total() == before + 60
    assert not load.load_demo(letters=60)
    assert load.load_demo(letters=90)
    assert total() == before + 90
    for schema in SCHEMAS:
        assert [str(fault) for fault in check.check(schema)] == []


def test_a_real_government_is_left_alone(fresh_database: str, transactional_government: Government) -> None:
    Unit.objects.create(code="kota", name="Kota", kind="government")
    with pytest.raises(Invalid, match="bekasi"):
        load.load_demo()
    assert not Government.objects.get(schema_name="bekasi").demo
