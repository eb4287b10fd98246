"""What somebody who means harm sends to the letters room."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.government import tokens
from tertib.matters import engine
from tertib.matters.models import EntryBody, Matter, Sight
from tertib.papers import actions as papers
from tertib.papers.models import PaperVersion
from tertib.rooms.letters import copies, finding, uploads
from tertib.rooms.letters.drafting import start
from tertib.rooms.letters.receiving import Incoming
from tertib.rooms.letters.receiving import register as enter
from tertib.rooms.letters.tests.test_pages_incoming import register, scan
from tertib.rooms.letters.tests.test_pages_outgoing import draft as draft_form
from tertib.rooms.letters.tests.test_pages_outgoing import write
from tertib.rooms.letters.tests.world import HOST, World, looked_at, registration

SECRET = "Mutasi pejabat yang belum diumumkan"


Send = Callable[[str, Any], int]


def caller(world: World, name: str) -> Send:
    """Calls the REST interface with somebody's key; an error that nobody foresaw is an answer, too."""
    client = Client(HTTP_HOST=HOST, raise_request_exception=False)
    head = {"Authorization": f"Bearer {tokens.make(world.people[name], 'test')}"}

    def send(address: str, data: Any) -> int:
        body = data if isinstance(data, str) else json.dumps(data)
        # Undone after each, so that a broken transaction fails one call and not all that follow.
        with suppress(_Undo), transaction.atomic():
            answer = client.post(f"/api/v1{address}", body, content_type="application/json", headers=head)
            raise _Undo
        return answer.status_code

    return send


class _Undo(Exception):
    pass


def draft(world: World, **more: Any) -> dict[str, Any]:
    body = [{"type": "paragraph", "text": "Isi."}]
    return {"kind": "surat_dinas", "subject": "Konsep", "signer": world.id("kadis"), "body": body, **more}


def drafted(world: World) -> str:
    return str(start(draft(world), world.reader("staf"), world.posts["staf"].pk).matter)


def test_a_twin_too_secret_for_the_registrar_is_not_named(world: World) -> None:
    unit = world.units["dinkes"]
    told: dict[str, Any] = {"sender_name": "Yayasan Contoh Sehat", "number": "12/YCS/2026", "security": 2}
    letter = enter(Incoming(subject=SECRET, **told), unit, world.reader("agendaris")).letter
    # Somebody else registered it: this registrar sees no more of it than their clearance allows.
    Sight.objects.filter(matter=letter.pk, viewer=world.posts["agendaris"].pk).delete()
    client = world.client("agendaris")
    assert client.get(f"/surat/{letter.pk}").status_code == 404
    answer = client.post("/surat/masuk/baru", registration(world))
    said = answer.content.decode()
    assert answer.status_code == 409 and SECRET not in said and str(letter.pk) not in said
    again = client.post("/surat/masuk/baru", registration(world, confirmed=looked_at(said)))
    assert again.status_code == 302


WRONG: list[dict[str, Any]] = [
    {"recipients": ["text"]},
    {"recipients": {"a": 1}},
    {"recipients": 7},
    {"recipients": [{"kind": "government", "government": ["x"]}]},
    {"recipients": [{"kind": "government", "government": {"x": 1}}]},
    {"recipients": [{"kind": ["unit"], "unit": {"x": 1}}]},
    {"reviewers": 7},
    {"reviewers": "text"},
    {"reviewers": {"a": 1}},
    {"reviewers": [["a"], {"b": 1}]},
    {"security": "²"},
    {"security": [1]},
    {"security": -1},
    {"urgency": {"a": 1}},
    {"signer": ["a"]},
    {"kind": ["a"]},
    {"kind": "lembar_disposisi"},
    {"subject": {"a": 1}},
    {"body": "text"},
    {"body": {"type": 1}},
    {"body": [[]]},
    {"event_date": [], "kind": "undangan"},
    {"event_date": "2026-02-31", "kind": "undangan"},
    {"assigned": "x", "kind": "surat_perintah"},
]


def test_a_misshapen_draft_is_refused_not_stumbled_over(world: World) -> None:
    matter, send = drafted(world), caller(world, "staf")
    for wrong in WRONG:
        status = send(f"/matters/{matter}/actions/save", {"data": {"draft": draft(world, **wrong)}})
        assert status in (200, 422), (wrong, status)


def test_a_misshapen_letter_is_refused(world: World) -> None:
    send = caller(world, "agendaris")
    letter = {"unit": world.units["dinkes"].code, "subject": "S", "sender": {"kind": "body", "name": "X"}}
    assert send("/letters", letter) == 201
    unknown = str(uuid.uuid4())
    for wrong in (
        {"unit": "a\0b"},
        {"sender": {"kind": "unit", "name": "X", "unit": unknown}},
        {"sender": {"kind": "body", "name": "a\0b"}},
        {"letter_date": "2026-02-31"},
        {"letter_date": "0001-01-01"},
    ):
        assert send("/letters", {**letter, **wrong}) == 422, wrong


def test_a_hostile_body_is_refused(world: World) -> None:
    matter, send = drafted(world), caller(world, "staf")
    large = '{"data": {"text": "' + "x" * 3_000_000 + '"}}'
    for body in ("[" * 100_000, '{"data":' * 50_000, "{", "\0", '{"data": 1e999}', "NaN", large):
        assert 400 <= send(f"/matters/{matter}/actions/remark", body) < 500, body[:20]


def test_an_entry_names_papers_as_they_are_not_as_the_caller_says(world: World) -> None:
    register(world)
    version = PaperVersion.objects.get()
    matter = version.paper.matter_id
    forged = {"sha256": version.sha256, "name": "Surat pengunduran diri.pdf", "size": 1, "html": "<b>x</b>"}
    engine.act(matter, "attach", world.reader("agendaris"), {"papers": [forged, forged]})
    entry = EntryBody.objects.filter(entry__matter=matter, body__action="attach").order_by("entry_id").last()
    assert entry is not None and entry.body is not None
    assert entry.body["data"]["papers"] == [papers.reference(version)]


def test_what_the_engine_does_nobody_does_by_name(world: World) -> None:
    matter, send = drafted(world), caller(world, "staf")
    data = {"recipient": str(uuid.uuid4()), "status": "delivered"}
    for action in ("receipt", "read", "open", "withdraw", "recalculated", "children_closed"):
        for payload in ({"data": data}, {"data": {}, "version": 10**30}, {"data": {}, "version": -(10**30)}):
            assert send(f"/matters/{matter}/actions/{action}", payload) in (403, 404, 409), action


def test_a_version_made_up_breaks_nothing(world: World) -> None:
    matter, send = drafted(world), caller(world, "staf")
    for version in (-(10**30), -1, 10**30):
        data = {"data": {"draft": draft(world)}, "version": version}
        assert send(f"/matters/{matter}/actions/save", data) in (200, 409, 422), version


def hidden_link(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """A letter that the head of dinkes reads, and one that it was linked with, of which they may not know."""
    open_one, hidden = (
        enter(
            Incoming(subject=subject, sender_name="PT Contoh", number=subject, received_on=date(2026, 2, day)),
            world.units["dinkes"],
            world.reader("agendaris"),
        ).letter.pk
        for subject, day in (("Terbuka", 10), (SECRET, 20))
    )
    engine.act(open_one, "link", world.reader("agendaris"), {"target": str(hidden), "kind": "follows_up"})
    Sight.objects.filter(matter=hidden).exclude(viewer=world.posts["agendaris"].pk).delete()
    return open_one, hidden


def test_a_link_does_not_name_a_hidden_letter(world: World) -> None:
    shown, hidden = hidden_link(world)
    for name, told in (("kadis", False), ("agendaris", True)):
        head = {"Authorization": f"Bearer {tokens.make(world.people[name], 'test')}"}
        client = world.client(name)
        record = Client(HTTP_HOST=HOST).get(f"/api/v1/matters/{shown}/record", headers=head)
        pages = [record, client.get(f"/urusan/{shown}/catatan"), client.get(f"/surat/{shown}")]
        assert [answer.status_code for answer in pages] == [200, 200, 200]
        assert [str(hidden) in answer.content.decode() for answer in pages] == [told] * 3
        assert (SECRET in pages[1].content.decode()) is told


@pytest.mark.parametrize("rare", [0, 10_000])
@pytest.mark.parametrize("asked", ["since=2000-01-01", "until=2026-12-31", "since=2000-01-01&q=terbuka"])
def test_the_place_of_a_hidden_letter_is_no_place_to_go_on_from(
    world: World, asked: str, rare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "RARE", rare)
    _shown, hidden = hidden_link(world)

    def after(name: str, letter: uuid.UUID) -> bool:
        answer = world.client(name).get(f"/surat/masuk?{asked}&before={letter}")
        assert answer.status_code == 200
        return "Terbuka" in answer.content.decode()

    made_up = uuid.UUID(int=hidden.int ^ 1)
    assert after("agendaris", hidden) and not after("agendaris", made_up)
    assert not after("kadis", hidden) and not after("kadis", made_up)


def test_a_record_costs_as_much_however_many_links(world: World) -> None:
    shown, hidden = hidden_link(world)
    client, costs = world.client("kadis"), []
    for kind in ("reply_to", "attached_to", "follows_up"):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/urusan/{shown}/catatan")
        costs.append(len(captured))
        engine.act(shown, "link", world.reader("agendaris"), {"target": str(hidden), "kind": kind})
    # The first page also reads what a process keeps.
    assert costs[1] == costs[2]


def test_who_may_not_act_learns_and_keeps_nothing_by_sending_the_page(world: World) -> None:
    letter = write(world, then="stay")
    matter, window = letter.pk, {"draft_window": "w" * 20}
    copies.keep(matter, copies.Window(world.reader("staf"), "w" * 20), {"body": ["Belum selesai"]}, None, 0, 99)
    client, version = world.client("kadis"), Matter.objects.get(pk=matter).version
    written = world.people["staf"].name
    for name in ("submit", "save"):
        address = f"/surat/{matter}/{'konsep' if name == 'save' else name}"
        assert client.get(address).status_code == 403
        for sent in ({}, {"version": version}, {"version": version, "find": "1"}, {"version": 0}, {"settle": "1"}):
            answer = client.post(address, {**sent, **window})
            assert answer.status_code == 403 or (answer.status_code == 409 and sent == {"version": 0}), (name, sent)
            assert f"{written} sudah" not in answer.content.decode()
    assert client.post(f"/surat/{matter}/konsep", {**draft_form(world), "version": version}).status_code == 403


@pytest.mark.parametrize("sent", [{}, {"version": 0}, {"version": 99}, {"find": "1"}])
def test_nor_is_a_file_kept_of_who_may_not_act(
    world: World, sent: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = write(world, then="stay")
    stored: list[str] = []
    monkeypatch.setattr(uploads, "stage", lambda name, *_more: stored.append(name))
    answer = world.client("kadis").post(f"/surat/{letter.pk}/attach", {**sent, "whole": "1", "files": scan()})
    assert answer.status_code in (403, 409) and stored == []
