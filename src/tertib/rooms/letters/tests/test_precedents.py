"""What registration knows from before: senders, subjects, twins; to whom it says so, and by which index."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.matters import engine
from tertib.matters.models import Sight
from tertib.matters.testing import grant
from tertib.matters.visibility import given
from tertib.rooms.letters import precedents, receiving
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.tests.world import World, looked_at, registration


def enter(
    world: World, sender: str, number: str = "", subject: str = "Perihal", by: str = "agendaris", **more: Any
) -> Any:
    reader = world.reader(by)
    unit = world.units["dinkes" if by == "agendaris" else "dpmptsp"]
    return receiving.register(receiving.Incoming(subject, sender, number=number, **more), unit, reader).done.matter


def said(world: World, path: str, by: str = "agendaris", **asked: str) -> str:
    answer = world.client(by).get(f"/surat/masuk/{path}", asked)
    assert answer.status_code == 200
    return str(answer.content.decode())


def fills(text: str) -> list[dict[str, str]]:
    return [json.loads(found.replace("&quot;", '"')) for found in re.findall(r'data-fill="([^"]*)"', text)]


@pytest.mark.parametrize(
    "number",
    ["005/112/YCS/2026", "005 / 112 / ycs / 2026", "005-112-YCS-2026", " 005/112/YCS.2026.", "005/112/Y.C.S/2026"],
)
def test_the_same_number_written_otherwise_is_the_same(world: World, number: str) -> None:
    first = enter(world, "Yayasan Contoh Sehat", "005/112/YCS/2026")
    unit = world.units["dinkes"].pk
    assert precedents.letter_like(number, "YAYASAN  Contoh-Sehat", unit) == Letter.objects.get(pk=first)
    assert precedents.letter_like(number, "Yayasan Lain", unit) is None
    assert precedents.letter_like(number, "Yayasan Contoh Sehat", world.units["dpmptsp"].pk) is None


def test_digits_that_stand_apart_are_not_run_together(world: World) -> None:
    enter(world, "Yayasan Contoh Sehat", "1/12/2026")
    unit = world.units["dinkes"].pk
    assert precedents.letter_like("11/2/2026", "Yayasan Contoh Sehat", unit) is None
    assert precedents.letter_like("1-12 2026", "Yayasan Contoh Sehat", unit) is not None
    assert precedents.letter_like("--", "Yayasan Contoh Sehat", unit) is None


def test_the_page_warns_of_a_twin_with_other_spaces_and_lets_the_person_decide(world: World) -> None:
    first = enter(world, "Yayasan Contoh Sehat", "12/YCS/2026", "Permohonan yang lama")
    client = world.client("agendaris")
    again = registration(world, number="12 / ycs / 2026")
    answer = client.post("/surat/masuk/baru", again)
    page = answer.content.decode()
    assert answer.status_code == 409 and f"/surat/{first}" in page and "Permohonan yang lama" in page
    assert client.post("/surat/masuk/baru", {**again, "confirmed": looked_at(page)}).status_code == 302


def test_a_twin_is_told_while_typing_with_who_holds_it(world: World) -> None:
    first = enter(world, "Yayasan Contoh Sehat", "12/YCS/2026", "Surat terbatas")
    asked = {"number": "12 / YCS / 2026", "sender_name": "yayasan contoh sehat", "sender_kind": "body"}
    text = said(world, "kembar", **asked)
    assert f"/surat/{first}" in text and "Kepala Dinas Kesehatan" in text
    assert "/surat/" not in said(world, "kembar", **{**asked, "number": "13/YCS/2026"})
    # Another house has a book of its own.
    assert "/surat/" not in said(world, "kembar", "agendaris2", **asked)
    # Of what is too secret for a registrar it says that the number is taken, and no more.
    engine.act(first, "correct", world.reader("agendaris"), {"security": 1, "reason": "Salah"})
    grant(world.posts["staf"], "registrar", world.units["dinkes"])
    text = said(world, "kembar", "staf", **asked)
    assert "sudah ada di buku" in text and "Surat terbatas" not in text and str(first) not in text
    assert "/surat/" not in text and "Kepala Dinas" not in text


def test_senders_of_before_are_offered_with_kind_and_address(world: World) -> None:
    enter(world, "Yayasan Contoh Sehat", address := "", sender_address="Jalan Lama 1")
    enter(world, "Yayasan Contoh Sehat", sender_kind="citizen", sender_address="Jalan Baru 2")
    enter(world, "Yayasan Bakti")
    enter(world, "PT Lain")
    enter(world, "Yayasan Rumah Lain", by="agendaris2")
    found = fills(said(world, "pengirim", q="yayasan"))
    # The one used last stands first; each name once, as it was registered last.
    assert [item["sender_name"] for item in found] == ["Yayasan Bakti", "Yayasan Contoh Sehat"]
    assert (found[1]["sender_kind"], found[1]["sender_address"]) == ("citizen", "Jalan Baru 2")
    assert fills(said(world, "pengirim", q="p.t. la"))[0]["sender_name"] == "PT Lain"
    assert not address and not fills(said(world, "pengirim", q="%")) and not fills(said(world, "pengirim", q=""))


def test_nobody_learns_names_from_letters_they_may_not_see(world: World) -> None:
    grant(world.posts["staf"], "registrar", world.units["dinkes"])
    secret = enter(world, "Yayasan Terbatas", subject="Perkara terbatas")
    assert fills(said(world, "pengirim", "staf", q="yayasan")) and fills(said(world, "perihal", "staf", q="perkara"))
    engine.act(secret, "correct", world.reader("agendaris"), {"security": 1, "reason": "Salah"})
    assert fills(said(world, "pengirim", q="yayasan")) and fills(said(world, "perihal", q="perkara"))
    assert not fills(said(world, "pengirim", "staf", q="yayasan"))
    assert not fills(said(world, "perihal", "staf", q="perkara"))
    assert not fills(said(world, "perihal", "staf", q="perkara", sender_name="Yayasan Terbatas"))
    for path in ("pengirim", "perihal", "kembar"):
        assert world.client("kadis").get(f"/surat/masuk/{path}?q=yayasan").status_code == 403


def test_subjects_of_the_sender_come_first_and_by_any_word(world: World) -> None:
    enter(world, "Yayasan Contoh Sehat", subject="Permohonan data fasilitas")
    enter(world, "PT Lain", subject="Data pegawai")
    found = [item["subject"] for item in fills(said(world, "perihal", q="data", sender_name="yayasan contoh sehat"))]
    assert found == ["Permohonan data fasilitas", "Data pegawai"]


def test_looking_costs_one_statement_however_much_there_is(world: World) -> None:
    reader, unit = world.reader("agendaris"), world.units["dinkes"].pk
    counts = set()
    for round_ in range(3):
        enter(world, f"Yayasan {round_}", f"{round_}/Y", f"Permohonan {round_}")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            precedents.senders(reader, unit, "yayasan")
            precedents.subjects(reader, unit, "Yayasan 0", "perm")
        counts.add(len(captured))
    assert counts == {2}


@pytest.mark.parametrize("index", ["letter_senders", "letter_subjects", "letter_twins"])
def test_each_look_walks_its_index(world: World, index: str) -> None:
    """With scans made dear: a plan that has to read the whole table all the same could use no index."""
    reader, unit = world.reader("agendaris"), world.units["dinkes"].pk
    asked = {"unit": unit, "text": "ya", "sender": "Yayasan", "number": "1", **given(reader)}
    statement = {
        "letter_senders": precedents._SENDERS,
        "letter_subjects": precedents._SUBJECTS,
        "letter_twins": precedents._TWIN,
    }[index]
    for n in range(80):
        enter(world, f"Yayasan {n}", f"{n}/Y", f"Permohonan {n}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE letters_letter")
        cursor.execute("SET LOCAL enable_seqscan = off")
        # Of a handful of letters any index would do; here it is asked whether this one can.
        cursor.execute(
            """SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               WHERE i.indrelid = 'letters_letter'::regclass AND NOT i.indisunique AND c.relname <> %s""",
            [index],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("EXPLAIN " + statement, asked)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan, plan
    assert "Seq Scan on letters_letter" not in plan, plan


def test_a_program_that_copies_the_names_is_stopped(world: World, monkeypatch: Any) -> None:
    from tertib.government import queries
    from tertib.ground.pace import Pace

    monkeypatch.setattr(queries, "SEARCHES", Pace((3, 60), what="x", mend="y"))
    client = world.client("agendaris")
    asked = [
        client.get(f"/surat/masuk/{path}?q=ya").status_code for path in ("pengirim", "perihal", "kembar", "pengirim")
    ]
    assert asked == [200, 200, 200, 429]


def test_hidden_names_take_no_place_among_the_seen(world: World) -> None:
    hidden = [enter(world, f"Yayasan A{n:02d}", subject=f"Perkara A{n:02d}") for n in range(41)]
    enter(world, "Yayasan Zaman", subject="Perkara Zaman")
    Sight.objects.filter(matter__in=hidden).delete()
    assert [item["sender_name"] for item in fills(said(world, "pengirim", q="yayasan"))] == ["Yayasan Zaman"]
    assert [item["subject"] for item in fills(said(world, "perihal", q="perkara"))] == ["Perkara Zaman"]
