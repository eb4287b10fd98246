"""The agenda book: gapless on screen, as PDF and as spreadsheet, and silent about what is not for the reader."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from tertib.matters import engine
from tertib.matters.testing import grant
from tertib.rooms.letters import book, queries
from tertib.rooms.letters.book import Book
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.receiving import Incoming
from tertib.rooms.letters.receiving import register as enter
from tertib.rooms.letters.tests.world import World


@pytest.fixture
def kept(world: World) -> World:
    """Seven letters of dinkes: the third is secret, the fifth was registered by mistake."""
    for n in range(7):
        made = enter(
            Incoming(subject=f"Surat {n + 1}", sender_name="PT Contoh", number=f"S/{n}", security=2 if n == 2 else 0),
            world.units["dinkes"],
            world.reader("agendaris"),
        )
        if n == 4:
            engine.act(made.done.matter, "void", world.reader("agendaris"), {"reason": "Dicatat dua kali."})
    return world


def dinkes(world: World) -> Book:
    from tertib.ground.tenancy.here import today

    return Book(world.units["dinkes"], "in", today().year)


def test_every_number_once_and_the_cancelled_with_its_reason(kept: World) -> None:
    found = book.rows(dinkes(kept), kept.reader("kadis"))
    assert [line.n for line in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [line.cancelled for line in found if line.cancelled] == ["Dicatat dua kali."]
    assert not any(line.hidden or line.missing for line in found)


def test_what_is_not_for_the_reader_keeps_its_number_only(kept: World) -> None:
    # A second registrar, who did not enter the secret letter.
    grant(kept.posts["staf"], "registrar", kept.units["dinkes"])
    for path in ("/surat/buku", "/surat/buku.xlsx"):
        answer = kept.client("staf").get(path)
        assert answer.status_code == 200
        if path.endswith("xlsx"):
            sheet: Any = load_workbook(io.BytesIO(b"".join(answer.streaming_content)), read_only=True).active  # type: ignore[attr-defined]
            rows = [[str(value or "") for value in row] for row in sheet.iter_rows(values_only=True)]
            assert [row[0] for row in rows[1:]] == list("1234567")
            # The number in full stands in its column, also where it is nothing but the number.
            assert [row[1] for row in rows[1:]] == ["1", "2", "", "4", "5", "6", "7"]
            said = "\n".join(" ".join(row) for row in rows)
        else:
            said = answer.content.decode()
        assert "Surat 2" in said and "Surat 4" in said and "Surat 3" not in said
        assert "Tidak untuk Anda lihat." in said and "Dicatat dua kali." in said


def test_the_book_belongs_to_a_list_and_leads_back_to_it(kept: World) -> None:
    for way, address in (("in", "/surat/masuk"), ("out", "/surat/keluar")):
        shown = kept.client("kadis").get("/surat/buku", {"arah": way}).content.decode()
        marked = re.findall(r'<a href="([^"]*)"[^>]* aria-current="page"', shown)
        assert marked and set(marked) == {address} and f'<a class="back" href="{address}">' in shown
    assert '<caption class="unseen">' in kept.client("kadis").get("/surat/buku").content.decode()


def test_printed(kept: World) -> None:
    answer = kept.client("kadis").get("/surat/buku.pdf", {"arah": "in"})
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"].startswith('inline; filename="buku-agenda-masuk-')


def test_a_number_is_said_once(kept: World) -> None:
    letter = Letter.objects.get(agenda__n=1)
    row = book.Row(1, "B-001/2026", letter)
    assert row.written == "B-001/2026" and book.Row(1, "1", letter).written == ""
    letter.number = "B-001/2026"
    assert row.written == ""
    text = kept.client("kadis").get("/surat/buku").content.decode()
    assert "7 nomor, tanpa nomor ganda." in text


def test_a_book_too_long_for_one_file_says_so(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from tertib.rooms.letters.views import book as view

    monkeypatch.setattr(view, "MOST_PRINTED", 6)
    answer = kept.client("kadis").get("/surat/buku.pdf")
    assert answer.status_code == 422 and "Pilih satu bulan" in answer.content.decode()


def test_pages_by_number(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "PAGE", 3)
    client = kept.client("kadis")
    first = client.get("/surat/buku").content.decode()
    assert "Surat 3" in first and "Surat 4" not in first and "setelah=3" in first
    second = client.get("/surat/buku", {"setelah": "3"}).content.decode()
    assert "Surat 4" in second and "Surat 6" in second and "Surat 7" not in second and "setelah=6" in second


def test_numbers_that_an_imported_book_lacks_are_named(kept: World) -> None:
    from tertib.ground.time import now
    from tertib.matters.models import Number
    from tertib.matters.past import OldNumber, enter_numbers
    from tertib.rooms.letters.receiving import AGENDA_IN

    matter = Number.objects.values_list("matter_id", flat=True)[0]
    old = [OldNumber(n, str(n), matter) for n in (2, 3, 7)]
    enter_numbers(kept.units["dinkes"].pk, AGENDA_IN, "{n}", 2019, old, now())
    found = book.rows(Book(kept.units["dinkes"], "in", 2019), kept.reader("kadis"))
    assert [(line.n, line.until) for line in found] == [(1, 1), (2, 0), (3, 0), (4, 6), (7, 0)]


@pytest.mark.parametrize(
    "query", ["tahun=x", "tahun=99999999", "bulan=13", "bulan=-1", "setelah=1e9", "arah=zz", "unit=1"]
)
def test_wrong_addresses_show_the_book(kept: World, query: str) -> None:
    assert kept.client("kadis").get(f"/surat/buku?{query}").status_code == 200


def test_who_may_open_it(kept: World) -> None:
    assert kept.client("walikota").get("/surat/buku", {"unit": str(kept.units["dinkes"].pk)}).status_code == 200
    assert kept.client("staf").get("/surat/buku").status_code == 404
    other = {"unit": str(kept.units["dinkes"].pk)}
    for path in ("/surat/buku", "/surat/buku.xlsx", "/surat/buku.pdf"):
        assert kept.client("kadis2").get(path, other).status_code == 404


def test_statements(kept: World, django_assert_max_num_queries: Any) -> None:
    reader = kept.reader("kadis")
    with django_assert_max_num_queries(4):
        book.rows(dinkes(kept), reader)


FILES = {
    "/surat/agenda.xlsx": (queries, "every_letter"),
    "/surat/buku.xlsx": (book, "every_row"),
    "/surat/buku.pdf": (book, "every_row"),
}


@pytest.mark.parametrize("path", FILES)
def test_nobody_has_two_files_made_at_once(kept: World, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client, other = kept.client("kadis"), kept.client("agendaris")
    meanwhile: list[Any] = []
    place, name = FILES[path]
    read = getattr(place, name)

    def asked_again(*given: Any) -> Any:
        if not meanwhile:
            meanwhile.append(None)
            meanwhile[:] = [client.get(file) for file in FILES]
            assert other.get(path).status_code == 200
        return read(*given)

    monkeypatch.setattr(place, name, asked_again)
    assert client.get(path).status_code == 200
    assert [answer.status_code for answer in meanwhile] == [503, 503, 503]
    assert "masih disusun" in meanwhile[0].content.decode()
    assert client.get(path).status_code == 200
