"""What letters tell whom, and reminders."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.ground.errors import Forbidden, Invalid, Moved, NotFound
from tertib.ground.time import travel
from tertib.matters import engine
from tertib.matters.models import Entry, Matter
from tertib.matters.testing import deputise
from tertib.notices import queries, reminding
from tertib.notices.models import Notice
from tertib.notices.tests.times import follow
from tertib.rooms.letters import receiving
from tertib.rooms.letters.receiving import Incoming
from tertib.rooms.letters.tests.test_pages_outgoing import write
from tertib.rooms.letters.tests.world import World

MORNING = datetime(2026, 7, 1, 9, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
FRIDAY = datetime(2026, 7, 3, 9, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


@pytest.fixture
def letter(world: World) -> Matter:
    """A letter that lies with the head of the health agency."""
    incoming = Incoming(subject="Permohonan data", sender_name="Yayasan", received_on=date(2026, 7, 1))
    reader = world.reader("agendaris")
    with travel(MORNING):
        made = receiving.receive(incoming, world.units["dinkes"], reader, reader.seats[0], world.posts["kadis"].pk)
    return Matter.objects.get(pk=made.done.matter)


def told(world: World, name: str) -> list[tuple[str, str]]:
    reader = world.reader(name)
    return [(row.kind, row.words) for row in reversed(queries.page(reader)[0])]


def dispose(world: World, letter: Matter, *names: str) -> list[Matter]:
    data = {"recipients": [world.id(name) for name in names]}
    done = engine.act(letter.pk, "dispose", world.reader("kadis"), data)
    return [Matter.objects.get(pk=key) for key in done.children]


def test_a_disposition_and_what_comes_of_it(world: World, letter: Matter) -> None:
    with travel(MORNING):
        first, second, third = dispose(world, letter, "kabid", "staf", "staf2")
        follow()
        assert told(world, "kabid") == [("arrived", "Disposisi untuk Anda")]
        engine.act(first.pk, "report", world.reader("kabid"), {"text": "Sudah."})
        engine.act(second.pk, "return", world.reader("staf"), {"reason": "Bukan tugas kami."})
        engine.act(third.pk, "ask", world.reader("staf2"), {"question": "Yang mana?"})
        engine.act(third.pk, "answer", world.reader("kadis"), {"text": "Yang tahun lalu."})
        engine.act(third.pk, "recall", world.reader("kadis"), {"reason": "Cukup."})
        follow()
    # All at one moment, so in no order.
    kinds = {kind for kind, _words in told(world, "kadis")}
    assert kinds == {"arrived", "answered", "returned", "asked"}
    assert sorted(kind for kind, _words in told(world, "staf2")) == ["arrived", "arrived", "withdrawn"]
    shown = queries.page(world.reader("kadis"))[0]
    assert {row.quote for row in shown} >= {"Sudah.", "Bukan tugas kami.", "Yang mana?"}
    assert {row.by_post for row in shown} >= {"Kepala Bidang Layanan", "Pelaksana Satu"}


def test_a_reminder_is_an_entry_and_changes_neither_holder_nor_clock(world: World, letter: Matter) -> None:
    with travel(MORNING):
        (part,) = dispose(world, letter, "staf")
        before = Matter.objects.get(pk=part.pk)
        reminding.remind(part.pk, world.reader("kadis"), "Mohon hari ini.")
        follow()
    after = Matter.objects.get(pk=part.pk)
    for name in ("holder_id", "holder_since", "due_at", "clock", "state", "moved"):
        assert getattr(before, name) == getattr(after, name), name
    assert Entry.objects.filter(matter=part.pk).count() == 2
    assert ("reminder", "Anda diingatkan soal disposisi") in told(world, "staf")
    assert {row.quote for row in queries.page(world.reader("staf"))[0]} == {"", "Mohon hari ini."}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("kadis", None),
        ("kabid", None),
        ("walikota", None),
        ("staf", Forbidden),
        ("staf2", NotFound),
        ("kadis2", NotFound),
    ],
)
def test_who_is_above_reminds(world: World, letter: Matter, name: str, error: type[Exception] | None) -> None:
    with travel(MORNING):
        (part,) = dispose(world, letter, "staf")
        if error is None:
            reminding.remind(part.pk, world.reader(name))
        else:
            with pytest.raises(error):
                reminding.remind(part.pk, world.reader(name))


def test_once_a_working_day_and_post(world: World, letter: Matter) -> None:
    with travel(FRIDAY):
        (part,) = dispose(world, letter, "staf")
        reminding.remind(part.pk, world.reader("kadis"))
        with pytest.raises(Invalid, match="Hari ini Anda sudah mengingatkan"):
            reminding.remind(part.pk, world.reader("kadis"))
        # Somebody else above may all the same.
        reminding.remind(part.pk, world.reader("kabid"))
    for days, possible in ((1, False), (2, False), (3, True)):
        with travel(FRIDAY + timedelta(days=days)):
            if possible:
                reminding.remind(part.pk, world.reader("kadis"))
            else:
                with pytest.raises(Invalid):
                    reminding.remind(part.pk, world.reader("kadis"))


def test_nobody_reminds_themselves_or_of_what_is_done(world: World, letter: Matter) -> None:
    with travel(MORNING):
        with pytest.raises(Forbidden):
            reminding.remind(letter.pk, world.reader("kadis"))
        reminding.remind(letter.pk, world.reader("walikota"))
        engine.act(letter.pk, "finish", world.reader("kadis"), {"note": "Sudah."})
        with pytest.raises(Moved):
            reminding.remind(letter.pk, world.reader("walikota"))


def test_reminding_from_any_page_keeps_what_was_typed_and_goes_back(world: World, letter: Matter) -> None:
    with travel(MORNING):
        (part,) = dispose(world, letter, "staf")
        client, path = world.client("kadis"), f"/urusan/{part.pk}/ingatkan"
        assert "Ingatkan" in client.get(path).content.decode()
        answer = client.post(path, {"note": "Mohon hari ini.", "next": "/?lewat=1"})
        assert answer["Location"] == "/?lewat=1"
        again = client.post(path, {"note": "Sekali lagi.", "next": "https://elsewhere.example/"})
        assert again.status_code == 422
        text = again.content.decode()
        assert "Sekali lagi." in text and "sudah mengingatkan" in text and "elsewhere" not in text
        assert world.client("staf2").post(path).status_code == 404
        follow()
    assert Notice.objects.filter(kind="reminder").count() == 1


def test_reminding_from_the_board_names_the_letter_and_leads_back_to_its_line(world: World, letter: Matter) -> None:
    with travel(MORNING):
        part, other = dispose(world, letter, "staf", "kabid")
        client, path = world.client("kadis"), f"/urusan/{part.pk}/ingatkan"
        board = client.get("/papan").content.decode()
        back = f"/papan#m-{part.pk}"
        assert f'value="{back}"' in board and f'id="m-{part.pk}"' in board
        # What lies with oneself is on the board, but has nobody to remind.
        assert f'id="m-{letter.pk}"' in board and f"/urusan/{letter.pk}/ingatkan" not in board
        answer = client.post(path, {"next": back})
        assert answer["Location"] == back
        assert f"diingatkan soal “{part.title}”." in client.get("/papan").content.decode()
        script = client.post(f"/urusan/{other.pk}/ingatkan", headers={"Accept": "application/json"})
        word, said = script.json()["word"], script.json()["said"]
        assert word.startswith("diingatkan ") and word.endswith("09.00") and other.title in said
        assert client.post(path, headers={"Accept": "application/json"}).status_code == 422


def test_the_board_says_who_reminded_today_in_place_of_the_button(world: World, letter: Matter) -> None:
    def line(name: str, matter: Matter) -> tuple[str, bool]:
        text = world.client(name).get("/papan").content.decode()
        item = re.search(rf'<li id="m-{matter.pk}">.*?</li>', text, re.S)
        assert item
        said = re.search(r'class="reminded">(.*?)<', item[0])
        return (said[1] if said else "", f"/urusan/{matter.pk}/ingatkan" in item[0])

    with travel(FRIDAY):
        part, other = dispose(world, letter, "staf", "kabid")
        deputise(world.people["kabid"], world.posts["kadis"])
        assert line("kadis", part) == ("", True)
        reminding.remind(part.pk, world.reader("kadis"))
        said, may = line("kadis", part)
        assert said.startswith("diingatkan oleh Anda, ") and said.endswith("09.00") and not may
        assert line("kadis", other) == ("", True)
        # Who stands in for that post can't do it again either; the post above still can, and sees that it was done.
        assert line("kabid", part)[0].startswith(f"diingatkan oleh {world.people['kadis'].name}, ")
        assert not line("kabid", part)[1]
        said, may = line("walikota", part)
        assert said.startswith("diingatkan oleh Kepala Dinas Kesehatan, ") and may
        reminding.remind(part.pk, world.reader("walikota"))
        assert line("walikota", part)[0].startswith("diingatkan oleh Anda, ") and not line("walikota", part)[1]
        assert line("kadis", part)[0].startswith("diingatkan oleh Anda, ")
    with travel(FRIDAY + timedelta(days=2)):
        assert line("kadis", part)[0].endswith("3 Jul, 09.00") and not line("kadis", part)[1]
    with travel(FRIDAY + timedelta(days=3)):
        assert line("kadis", part) == ("", True)


def test_reminders_cost_the_board_one_statement_however_many_there_are(world: World, letter: Matter) -> None:
    def cost(client: Client) -> list[str]:
        client.get("/papan")
        with CaptureQueriesContext(connection) as captured:
            client.get("/papan")
        asked = [query["sql"] for query in captured.captured_queries]
        assert sum("'remind'" in sql for sql in asked) == 1
        return [sql for sql in asked if not sql.startswith(("SET", "SAVE", "REL"))]

    with travel(MORNING):
        parts = dispose(world, letter, "staf", "staf2", "kabid")
        client = world.client("kadis")
        before = cost(client)
        for part in parts:
            reminding.remind(part.pk, world.reader("kadis"))
            reminding.remind(part.pk, world.reader("walikota"))
        assert len(cost(client)) == len(before) <= 11


def test_the_way_of_a_draft(world: World) -> None:
    with travel(MORNING):
        matter = write(world, signer=world.id("kadis")).pk
        engine.act(matter, "send_back", world.reader("kabid"), {"remarks": "Perbaiki nomornya."})
        follow()
    assert [kind for kind, _words in told(world, "kabid")] == ["arrived"]
    assert told(world, "staf") == [("returned", "Konsep Anda kembali dengan catatan")]
    with travel(MORNING + timedelta(hours=1)):
        engine.act(matter, "submit", world.reader("staf"))
        engine.act(matter, "initial", world.reader("kabid"))
        engine.act(matter, "sign", world.reader("kadis"), confirmed=True)
        follow()
    assert [kind for kind, _words in told(world, "staf")] == ["returned", "signed"]
    assert [kind for kind, _words in told(world, "kadis")] == ["arrived"]
