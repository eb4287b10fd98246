"""The REST interface: the same rules and errors as the pages, and a fixed price for each call."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.government import tokens
from tertib.government.models import ApiToken
from tertib.ground.tenancy.models import Government
from tertib.ground.time import now
from tertib.matters.models import EntryBody, Matter
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.tests.world import HOST, PASSWORD, World, make_world

NOBODY = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
def world(government: Government) -> World:
    return make_world()


class Caller:
    """A program with somebody's key."""

    def __init__(self, world: World, name: str) -> None:
        self.client = Client(HTTP_HOST=HOST)
        self.headers = {"Authorization": f"Bearer {tokens.make(world.people[name], 'test')}"}

    def get(self, address: str) -> tuple[int, Any]:
        answer = self.client.get(f"/api/v1{address}", headers=self.headers)
        return answer.status_code, answer.json()

    def post(self, address: str, data: Any) -> tuple[int, Any]:
        body = data if isinstance(data, str) else json.dumps(data)
        answer = self.client.post(f"/api/v1{address}", body, content_type="application/json", headers=self.headers)
        return answer.status_code, answer.json()


def letter(world: World, **more: Any) -> dict[str, Any]:
    return {
        "unit": world.units["dinkes"].code,
        "subject": "Permohonan data",
        "sender": {"kind": "body", "name": "Yayasan Contoh"},
        "number": "1/YC",
        "letter_date": "2026-03-02",
        **more,
    }


def enter(world: World, **more: Any) -> str:
    status, body = Caller(world, "agendaris").post("/letters", letter(world, **more))
    assert status == 201, body
    return str(body["id"])


def test_a_letter_lives_by_calls_alone(world: World) -> None:
    matter = enter(world)
    chief, section = Caller(world, "kadis"), Caller(world, "kabid")
    status, listed = chief.get("/letters")
    assert status == 200 and [item["id"] for item in listed["items"]] == [matter] and listed["next"] is None
    status, one = chief.get(f"/matters/{matter}")
    assert one["holder"] == "Kepala Dinas Kesehatan" and one["actions"][0]["action"] == "dispose"
    disposed = {"data": {"recipients": [world.id("kabid")], "note": "Mohon dibahas"}, "version": one["version"]}
    status, done = chief.post(f"/matters/{matter}/actions/dispose", disposed)
    assert status == 200 and done["state"] == "disposed"
    part = done["children"][0]
    assert section.get("/desk")[1]["items"][0]["id"] == part
    status, done = section.post(f"/matters/{part}/actions/report", {"data": {"text": "Selesai"}})
    assert status == 200 and done["state"] == "reported"
    entries = chief.get(f"/matters/{matter}/record")[1]["entries"]
    assert [entry["action"] for entry in entries] == ["open", "dispose", "children_closed"]
    assert all(len(entry["hash"]) == 64 for entry in entries)


def test_whoever_has_no_key_gets_nothing(world: World) -> None:
    matter = enter(world)
    client = Client(HTTP_HOST=HOST)
    for address in ("/letters", "/desk", f"/matters/{matter}", f"/matters/{matter}/record"):
        assert client.get(f"/api/v1{address}").status_code == 401
        assert client.get(f"/api/v1{address}", headers={"Authorization": "Bearer falsch"}).status_code == 401
    assert (
        client.post(f"/api/v1/matters/{matter}/actions/remark", "{}", content_type="application/json").status_code
        == 401
    )


def test_a_key_ends_with_its_time_and_with_its_owner(world: World) -> None:
    caller = Caller(world, "kadis")
    assert caller.get("/desk")[0] == 200
    ApiToken.objects.update(expires_at=now() - timedelta(seconds=1))
    assert caller.get("/desk")[0] == 401
    ApiToken.objects.update(expires_at=None)
    world.people["kadis"].is_active = False
    world.people["kadis"].save()
    assert caller.get("/desk")[0] == 401


def test_a_session_needs_its_token_against_forgery(world: World) -> None:
    matter = enter(world)
    client = Client(HTTP_HOST=HOST, enforce_csrf_checks=True)
    client.force_login(world.people["kadis"])
    assert client.get("/api/v1/desk").status_code == 200
    body = json.dumps({"data": {"text": "x"}})
    assert (
        client.post(f"/api/v1/matters/{matter}/actions/remark", body, content_type="application/json").status_code
        == 403
    )


def test_what_one_may_not_see_is_not_there_by_any_call(world: World) -> None:
    matter = enter(world)
    stranger = Caller(world, "agendaris2")
    assert stranger.get("/letters")[1]["items"] == []
    for address in (f"/matters/{matter}", f"/matters/{matter}/record"):
        assert stranger.get(address)[0] == 404
    for action in ("dispose", "remark", "nonsense"):
        status, body = stranger.post(f"/matters/{matter}/actions/{action}", {"data": {}, "version": 0})
        assert status == 404 and "meanwhile" not in body
    assert stranger.get(f"/matters/{NOBODY}")[0] == 404


def test_a_matter_that_has_moved_on_tells_what_happened(world: World) -> None:
    matter = enter(world)
    chief = Caller(world, "kadis")
    assert (
        chief.post(f"/matters/{matter}/actions/dispose", {"data": {"recipients": [world.id("kabid")]}, "version": 1})[0]
        == 200
    )
    status, body = chief.post(f"/matters/{matter}/actions/finish", {"data": {"note": "x"}, "version": 1})
    assert status == 409 and body["error"] == "moved" and body["meanwhile"][0]["what"] == "Disposisikan"


def test_reading_a_secret_letter_is_entered(world: World) -> None:
    matter = enter(world, security=2)
    chief = Caller(world, "kadis")
    chief.get("/letters")
    assert not EntryBody.objects.filter(entry__matter=uuid.UUID(matter), body__action="read").exists()
    chief.get(f"/matters/{matter}")
    chief.get(f"/matters/{matter}/record")
    assert EntryBody.objects.filter(entry__matter=uuid.UUID(matter), body__action="read").count() == 1


def test_a_signature_needs_the_password(world: World) -> None:
    caller = Caller(world, "kadis")
    matter = enter(world)
    status, body = caller.post(f"/matters/{matter}/actions/finish", {"data": {"note": "x"}, "password": "salah sekali"})
    assert status == 422 and body["problems"][0]["where"] == "password"
    half = caller.post(f"/matters/{matter}/actions/finish", {"data": {"note": "x"}, "password": "\ud800"})
    assert half[0] == 422 and half[1]["problems"][0]["where"] == "password"
    assert caller.post(f"/matters/{matter}/actions/finish", {"data": {"note": "x"}, "password": PASSWORD})[0] == 200


def test_what_the_framework_refuses_is_said_in_our_words(world: World) -> None:
    status, body = Caller(world, "kadis").post("/letters", "{")
    assert status == 400 and body["problems"][0]["mend"] == "Kirim objek JSON dalam UTF-8."
    pages = Client(HTTP_HOST=HOST, enforce_csrf_checks=True)
    pages.force_login(world.people["kadis"])
    answer = pages.post("/api/v1/letters", "{}", content_type="application/json")
    assert answer.status_code == 403 and answer.json()["problems"][0]["what"] == "Token sesi tidak ada atau salah."


@pytest.mark.parametrize(
    "more",
    [
        {"subject": ""},
        {"subject": "   "},
        {"subject": "x" * 501},
        {"subject": "nol\x00"},
        {"subject": 7},
        {"subject": None},
        {"sender": {"kind": "dukun", "name": "x"}},
        {"sender": {"kind": "unit", "unit": NOBODY}},
        {"sender": {"kind": "body", "name": ""}},
        {"sender": {"kind": "body", "name": "a\x00"}},
        {"sender": "x"},
        {"letter_date": "2026-02-31"},
        {"letter_date": 5},
        {"security": 9},
        {"security": "x"},
        {"urgency": -1},
        {"unit": "tidak-ada"},
        {"unit": "x" * 99},
        {"classification": "bukan kode"},
        {"summary": "x" * 5001},
        {"number": "x\x00"},
        {"received_on": "2999-01-01"},
    ],
)
def test_a_wrong_registration_names_its_field(world: World, more: dict[str, Any]) -> None:
    status, body = Caller(world, "agendaris").post("/letters", letter(world, **more))
    assert status == 422, body
    assert body["problems"][0]["where"].split(".")[0] == next(iter(more)), body
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '"x"', "\x00", '{"data": []}', '{"data": {"note": {"a": 1}}}', '{"version": "x"}']
)
def test_a_body_that_is_no_action(world: World, body: str) -> None:
    matter = enter(world)
    status, answer = Caller(world, "kadis").post(f"/matters/{matter}/actions/finish", body)
    assert status in (400, 422), answer
    assert Matter.objects.get(pk=matter).version == 1


def test_only_the_registrar_of_a_house_registers_for_it(world: World) -> None:
    for name in ("kadis", "agendaris2", "staf"):
        assert Caller(world, name).post("/letters", letter(world))[0] == 403


def test_a_list_goes_on_below_its_last(world: World) -> None:
    for number in range(23):
        enter(world, number=str(number))
    caller = Caller(world, "kadis")
    first = caller.get("/letters")[1]
    second = caller.get(f"/letters?before={first['next']}")[1]
    assert len(first["items"]) == 20 and len(second["items"]) == 3 and second["next"] is None
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}


# What each call costs in statements at most; the aim is eight.
PRICE = {"create": 8, "act": 8, "one": 8, "list": 8, "record": 8, "desk": 8}


def test_calls_cost_few_statements(world: World) -> None:
    matter = enter(world)
    chief, registrar = Caller(world, "kadis"), Caller(world, "agendaris")
    calls: dict[str, Callable[[], int]] = {
        "create": lambda: registrar.post("/letters", letter(world, number="2"))[0],
        "act": lambda: chief.post(f"/matters/{matter}/actions/remark", {"data": {"text": "x"}})[0],
        "one": lambda: chief.get(f"/matters/{matter}")[0],
        "list": lambda: chief.get("/letters")[0],
        "record": lambda: chief.get(f"/matters/{matter}/record")[0],
        "desk": lambda: chief.get("/desk")[0],
    }
    spent: dict[str, int] = {}
    for name, call in calls.items():
        first = call()
        with CaptureQueriesContext(connection) as log:
            second = call()
        assert {first, second} <= {200, 201}
        # A test runs inside a transaction, so that its own savepoints are counted too.
        spent[name] = len([q for q in log.captured_queries if "SAVEPOINT" not in q["sql"]])
    assert {name: count for name, count in spent.items() if count > PRICE[name]} == {}
