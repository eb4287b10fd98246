"""Side doors of a letter: lists, search, spreadsheet, pictures, links.

Each shows what the letter's page would show, and no more.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tertib.matters.models import EntryBody, Link, Matter
from tertib.papers.models import PaperVersion
from tertib.rooms.letters.drafting import start
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.receiving import Incoming
from tertib.rooms.letters.receiving import register as enter
from tertib.rooms.letters.tests.test_pages_incoming import act, register, scan
from tertib.rooms.letters.tests.world import World


def reads(matter: Any) -> int:
    return EntryBody.objects.filter(entry__matter=matter, body__action="read").count()


def several(world: World, count: int) -> list[Letter]:
    """Letters of the agenda of dinkes, made by the same door without its page."""
    reader = world.reader("agendaris")
    made = [
        enter(
            Incoming(subject=f"Surat {n}", sender_name=f"Pengirim {n}", number=f"N-{n}"), world.units["dinkes"], reader
        )
        for n in range(count)
    ]
    return [item.letter for item in made]


def test_reading_a_secret_letter_is_entered_by_every_door(world: World) -> None:
    letter = enter(
        Incoming(subject="Rahasia", sender_name="X", security=2), world.units["dinkes"], world.reader("agendaris")
    ).letter
    chief = world.client("kadis")
    chief.get("/surat/masuk")
    assert reads(letter.pk) == 0
    assert act(chief, letter.pk, "attach", files=scan()).status_code == 302
    assert reads(letter.pk) == 1
    chief.get(f"/surat/{letter.pk}")
    assert reads(letter.pk) == 1
    assert act(chief, letter.pk, "dispose", recipients=[world.id("kabid")]).status_code == 302
    section = world.client("kabid")
    picture = section.get(f"/surat/berkas/{PaperVersion.objects.get().pk}/hal/1?w=480")
    assert picture.status_code == 200 and picture.headers["Cache-Control"] == "private, no-store"
    assert reads(letter.pk) == 2
    # Whoever registered it goes on seeing it, and leaves a line as well.
    assert world.client("agendaris").get(f"/surat/{letter.pk}").status_code == 200
    assert "Dibaca" in chief.get(f"/surat/{letter.pk}").content.decode()


def test_a_picture_is_drawn_once_and_asked_for_once(world: World) -> None:
    register(world)
    client = world.client("kadis")
    address = f"/surat/berkas/{PaperVersion.objects.get().pk}/hal/2?w=480"
    first = client.get(address)
    assert first.headers["Content-Type"] == "image/webp" and first.headers["Cache-Control"] == "private, no-cache"
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_book_is_paged_by_what_was_seen_last(world: World) -> None:
    several(world, 55)
    client = world.client("kadis")
    first = client.get("/surat/masuk").content.decode()
    assert "Surat 54<" in first and "Surat 4<" not in first
    last = Letter.objects.order_by("-matter_id")[49]
    older = client.get(f"/surat/masuk?before={last.pk}").content.decode()
    assert "Surat 4<" in older and "Surat 54<" not in older


def test_filters(world: World) -> None:
    several(world, 3)
    register(world, subject="Permintaan 100% vaksin", urgency="2", security="1", number="S/9")
    client = world.client("kadis")

    def found(query: str) -> set[str]:
        page = client.get(f"/surat/masuk?{query}").content.decode()
        return {name for name in ("Surat 0", "Surat 1", "Surat 2", "Permintaan 100% vaksin") if f">{name}<" in page}

    assert found("q=100%25") == {"Permintaan 100% vaksin"}
    assert found("q=pengirim+n+1") == {"Surat 0", "Surat 1"} and found("q=n-3") == {"Surat 2"}
    # What is neither letter nor digit only parts words; a number is meant whole, a word may be a beginning or a stem.
    assert found("q=100_") == {"Permintaan 100% vaksin"} and found("q=10") == set()
    assert found("q=vak") == found("q=minta") == found("q=diminta") == {"Permintaan 100% vaksin"}
    assert found("state=closed") == set()
    assert found("urgency=2") == found("security=1") == {"Permintaan 100% vaksin"}
    assert len(found(f"unit={world.units['dinkes'].pk}&state=open")) == 4
    assert found("since=04/03/2026&until=2026-03-05") == set()
    assert found("since=03/03/2026&until=2026-03-03") == {"Permintaan 100% vaksin"}


def test_the_spreadsheet_holds_what_the_page_shows_and_no_formula(world: World) -> None:
    register(world, subject='=HYPERLINK("http://x","y")', number="+1-2", sender_name="@cmd")
    register(world, subject="Untuk dinas lain", number="2", security="1")
    answer = world.client("kadis").get("/surat/agenda.xlsx?direction=in")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2))
    cells = {cell.value: cell.data_type for row in rows for cell in row}
    assert len(rows) == 2 and cells['=HYPERLINK("http://x","y")'] == "s" and cells["+1-2"] == "s"
    narrow = world.client("kadis").get("/surat/agenda.xlsx?direction=in&security=1")
    sheet = load_workbook(BytesIO(b"".join(narrow.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None and sheet.max_row == 2
    other = world.client("kadis2").get("/surat/agenda.xlsx?direction=in")
    sheet = load_workbook(BytesIO(b"".join(other.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None and sheet.max_row == 1


def test_links_lead_both_ways_and_only_to_what_one_may_see(world: World) -> None:
    one, two = several(world, 2)
    chief = world.client("kadis")
    found = chief.get(f"/surat/{one.pk}/link?look=Surat+1").content.decode()
    assert str(two.pk) in found and f'value="{one.pk}"' not in found
    assert act(chief, one.pk, "link", target=str(two.pk), kind="follows_up").status_code == 302
    assert "menindaklanjuti" in chief.get(f"/surat/{one.pk}").content.decode()
    assert "ditindaklanjuti oleh" in chief.get(f"/surat/{two.pk}").content.decode()
    hidden = enter(Incoming(subject="Lain", sender_name="X"), world.units["dpmptsp"], world.reader("agendaris2")).letter
    refused = act(chief, one.pk, "link", target=str(hidden.pk), kind="follows_up")
    assert refused.status_code == 422 and Link.objects.count() == 1
    assert act(chief, one.pk, "link", target=str(one.pk), kind="follows_up").status_code == 422


def test_a_registration_is_corrected_and_says_what_stood_before(world: World) -> None:
    letter = register(world)
    registrar = world.client("agendaris")
    given = {
        "subject": "Permohonan data baru",
        "number": "12/YCS/2026",
        "letter_date": "01/03/2026",
        "classification": "400.7",
        "summary": "",
        "sender_name": letter.sender_name,
        "received_on": "03/03/2026",
    }
    assert act(registrar, letter.pk, "correct", **given, reason="Salah ketik").status_code == 302
    page = registrar.get(f"/surat/{letter.pk}").content.decode()
    assert "Permohonan data fasilitas" in page and "Permohonan data baru" in page and "Salah ketik" in page
    unchanged = act(registrar, letter.pk, "correct", **given, reason="lagi")
    assert unchanged.status_code == 422
    assert act(world.client("kadis"), letter.pk, "correct", **given, reason="x").status_code == 403


def test_a_letter_is_passed_on(world: World) -> None:
    letter = register(world)
    assert (
        act(world.client("kadis"), letter.pk, "forward", post=world.id("kadis2"), note="Bukan urusan kami").status_code
        == 302
    )
    assert Matter.objects.get(pk=letter.pk).holder_id == world.posts["kadis2"].pk
    assert "Bukan urusan kami" in world.client("kadis2").get(f"/surat/{letter.pk}").content.decode()


def test_a_search_without_script_keeps_what_was_typed(world: World) -> None:
    letter = register(world)
    given = {"version": 2, "recipients": [world.id("kabid")], "note": "segera", "look": "DPMPTSP", "find": "1"}
    answer = world.client("kadis").post(f"/surat/{letter.pk}/dispose", given)
    page = answer.content.decode()
    assert answer.status_code == 200 and world.id("kadis2") in page and "\nsegera</textarea>" in page
    assert f'value="{world.id("kabid")}" checked' in page and 'class="wrong"' not in page


def test_somebody_who_oversees_reads_and_does_nothing(world: World) -> None:
    letter = register(world)
    page = world.client("walikota").get(f"/surat/{letter.pk}").content.decode()
    assert "Permohonan data fasilitas" in page and 'class="button primary"' not in page


def test_the_search_of_the_head_finds_letters_of_both_books(world: World) -> None:
    """By words in any order and place, and by an agenda number as a whole; only what one may see."""
    several(world, 12)
    draft = {"kind": "surat_dinas", "subject": "Balasan permintaan data", "body": [], "recipients": [], "reviewers": []}
    start({**draft, "signer": world.id("kadis")}, world.reader("staf"), world.posts["staf"].pk)
    hidden = Incoming(subject="Surat lain", sender_name="Yayasan", number="7/Y")
    enter(hidden, world.units["dpmptsp"], world.reader("agendaris2"))

    def found(name: str, text: str, **more: str) -> set[str]:
        page = world.client(name).get("/surat/cari", {"q": text, **more}).content.decode()
        return {re.sub("<[^>]+>", "", title) for title in re.findall(r'data-line href="[^"]+">(.+?)</a>', page)}

    assert found("kadis", "data balasan") == {"Balasan permintaan data"}
    # The eleventh in the book is the tenth of the sender's.
    assert found("kadis", "pengirim surat 11") == {"Surat 10", "Surat 11"}
    assert found("agendaris2", "lain yayasan") == {"Surat lain"} and found("kadis", "lain yayasan") == set()
    # The first letter has agenda number 1, which does not make a 1 of every 11.
    assert found("kadis", "1") == found("kadis", "pengirim 1") == {"Surat 0", "Surat 1"}
    assert found("kadis", "1", state="closed") == set()
    assert len(found("kadis", "")) == 13


def test_every_page_has_the_search_and_it_leads_there(world: World) -> None:
    page = world.client("kadis").get("/").content.decode()
    assert re.search(r'<form class="find" role="search" action="/surat/cari">[\s\S]*?<input[^>]+data-key="/"', page)
    book = world.client("kadis").get("/surat/masuk").content.decode()
    assert page.count('data-key="/"') == book.count('data-key="/"') == 1
    tabs = world.client("kadis").get("/surat/cari?q=data+X").content.decode()
    assert 'href="/surat/masuk?q=data+X"' in tabs and 'href="/surat/keluar?q=data+X"' in tabs


@pytest.mark.parametrize("address", ["/surat/masuk", "/surat/cari?q=a", "/surat/{letter}", "/surat/{letter}/dispose"])
def test_pages_cost_the_same_however_much_there_is(world: World, address: str) -> None:
    letter = register(world)
    client = world.client("kadis")

    def statements() -> int:
        page = address.format(letter=letter.pk)
        client.get(page)
        with CaptureQueriesContext(connection) as log:
            assert client.get(page).status_code == 200
        return len(log)

    before = statements()
    several(world, 12)
    for _round in range(3):
        assert act(client, letter.pk, "dispose", recipients=[world.id("kabid"), world.id("staf")]).status_code == 302
        act(client, letter.pk, "remark", text="catatan")
    assert statements() <= before + 2
    assert statements() <= 26
