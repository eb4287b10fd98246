"""Agenda books: every row right or nothing, known again by its number, honest about where it comes from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.government.authority import Reader
from tertib.government.imports import read
from tertib.government.models import Unit
from tertib.ground.errors import Invalid
from tertib.ground.tenancy.models import Government
from tertib.ground.time import now
from tertib.matters import check
from tertib.matters.models import Entry, Matter, Number, RegisterYear
from tertib.matters.setup import prepare
from tertib.matters.testing import grant, make_person, make_post, make_unit, reader_of, root_unit, seat
from tertib.matters.visibility import may_see, newest
from tertib.rooms.letters import agenda_book, agenda_template, receiving
from tertib.rooms.letters.agenda_book import COLUMNS
from tertib.rooms.letters.imports import Imported, import_agenda
from tertib.rooms.letters.models import Letter, Recipient
from tertib.rooms.letters.receiving import Incoming

ROW = {
    "unit": "Dinas Kesehatan",
    "direction": "masuk",
    "agenda_number": "12",
    "number": "B-018/400.7/Kemenkes/I/2020",
    "letter_date": "2020-01-08",
    "received_date": "10-01-2020",
    "sender": "Kementerian Kesehatan",
    "recipient": "Dinas Kesehatan",
    "subject": "Kesiapan puskesmas",
    "security": "terbatas",
    "urgency": "sangat segera",
    "classification": "400.7",
    "summary": "Baris satu\nBaris dua",
    "note": "Selesai",
}
OUT = ROW | {
    "direction": "keluar",
    "agenda_number": "3",
    "number": "B-003/400.7/Dinkes/I/2020",
    "letter_date": "13/01/2020",
    "received_date": "",
    "recipient": "Laboratorium Daerah",
    "subject": "Laporan kesiapan",
}


@pytest.fixture
def city(government: Government) -> dict[str, Any]:
    """A root, an agency with head, registrar and a division, and another agency without a registrar."""
    prepare(government)
    root = root_unit()
    health, lab, empty = (
        make_unit("Dinas Kesehatan"),
        make_unit("Laboratorium Daerah"),
        make_unit("Dinas Tanpa Jabatan"),
    )
    part = make_unit("Bidang Contoh", health, kind="division")
    mayor = make_post(root, "Wali Kota", head=True, clearance=3)
    head = make_post(health, "Kepala", head=True, superior=mayor, clearance=2)
    registrar = make_post(health, "Agendaris", superior=head, clearance=1)
    chief, clerk = make_post(lab, "Kepala Lab", head=True, superior=mayor), make_post(lab, "Staf", superior=mayor)
    grant(registrar, "registrar", health)
    posts = {"mayor": mayor, "head": head, "registrar": registrar, "chief": chief, "clerk": clerk}
    readers = {}
    for name, post in posts.items():
        person = make_person(name)
        seat(person, post)
        readers[name] = reader_of(person)
    units = {"root": root, "health": health, "lab": lab, "empty": empty, "part": part}
    return {"units": units, "posts": posts, "readers": readers}


def book(folder: Path, *rows: dict[str, Any], name: str = "agenda.csv") -> Path:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = folder / name
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def problems(folder: Path, *rows: dict[str, Any]) -> list[str]:
    before = Matter.objects.count()
    with pytest.raises(Invalid) as caught:
        import_agenda(book(folder, *rows))
    assert Matter.objects.count() == before and not Number.objects.exists()
    return [str(problem) for problem in caught.value.problems]


def test_a_letter_enters_closed_with_its_own_dates_and_number(city: dict[str, Any], tmp_path: Path) -> None:
    assert import_agenda(book(tmp_path, ROW, OUT)) == Imported(2, 0)
    letter = Letter.objects.select_related("matter", "agenda").get(direction="in")
    matter = letter.matter
    assert (matter.state, matter.holder_id, matter.due_at, matter.version) == ("done", None, None, 1)
    assert (matter.security, matter.urgency) == (1, 2)
    assert (letter.letter_date, letter.received_on) == (date(2020, 1, 8), date(2020, 1, 10))
    assert letter.imported_from == "agenda.csv" and letter.imported_at == matter.opened_at == matter.closed_at
    assert letter.agenda is not None and (letter.agenda.n, letter.agenda.year, letter.agenda.text) == (12, 2020, "12")
    assert letter.summary == "Baris satu\nBaris dua"
    sent = Letter.objects.select_related("matter", "agenda").get(direction="out")
    assert sent.matter.state == "sent" and sent.sender_unit_id == city["units"]["health"].id
    assert sent.agenda is not None and sent.agenda.text == sent.number == "B-003/400.7/Dinkes/I/2020"
    # Nothing that was sent long ago may be sent again.
    recipient = Recipient.objects.get(letter=sent)
    assert (recipient.kind, recipient.unit_id, recipient.status) == ("unit", city["units"]["lab"].id, "delivered")


def test_the_record_does_not_pretend(city: dict[str, Any], tmp_path: Path) -> None:
    before = now()
    import_agenda(book(tmp_path, ROW))
    entry = Entry.objects.select_related("body").get()
    assert entry.at >= before
    body = entry.body.body
    assert body is not None
    assert body["imported"] is True and body["holder"] is None and body["to"] == "done"
    assert body["data"]["imported"] == {"file": "agenda.csv", "row": 2, "agenda_number": "12", "note": "Selesai"}
    assert body["data"]["letter_date"] == "2020-01-08"
    assert [str(fault) for fault in check.check("bekasi")] == []


def test_lists_sort_it_by_when_it_happened(city: dict[str, Any], tmp_path: Path) -> None:
    registrar: Reader = city["readers"]["registrar"]
    live = receiving.register(Incoming("Surat hari ini", "Pengirim"), city["units"]["health"], registrar).done.matter
    later = ROW | {"agenda_number": "13", "received_date": "2020-01-10"}
    import_agenda(book(tmp_path, later, ROW))
    found = [Letter.objects.get(pk=matter).subject for matter in newest(registrar, 10)]
    assert len(found) == 3 and newest(registrar, 10)[0] == live
    numbers = [Letter.objects.select_related("agenda").get(pk=matter).agenda for matter in newest(registrar, 10)[1:]]
    assert [number.n for number in numbers if number] == [13, 12]


def test_the_house_sees_it_up_to_its_clearance_and_nobody_else(city: dict[str, Any], tmp_path: Path) -> None:
    secret = ROW | {"agenda_number": "13", "security": "rahasia"}
    import_agenda(book(tmp_path, ROW, secret))
    plain, hidden = (Letter.objects.get(agenda__n=n).matter_id for n in (12, 13))
    readers = city["readers"]
    seen = {name: (may_see(plain, reader), may_see(hidden, reader)) for name, reader in readers.items()}
    assert seen == {
        "mayor": (True, True),
        "head": (True, True),
        # The one in whose name it is filed.
        "registrar": (True, True),
        "chief": (False, False),
        "clerk": (False, False),
    }


def test_a_second_import_changes_nothing(city: dict[str, Any], tmp_path: Path) -> None:
    import_agenda(book(tmp_path, ROW, OUT))
    assert import_agenda(book(tmp_path, ROW, OUT, name="again.csv")) == Imported(0, 2)
    more = OUT | {"agenda_number": "4", "letter_date": "2020-02-03"}
    assert import_agenda(book(tmp_path, ROW, OUT, more)) == Imported(1, 2)
    assert Entry.objects.count() == Matter.objects.count() == 3


def test_a_dry_run_only_checks(city: dict[str, Any], tmp_path: Path) -> None:
    assert import_agenda(book(tmp_path, ROW, OUT), dry_run=True) == Imported(2, 0)
    assert not Matter.objects.exists() and not Number.objects.exists()


def test_a_row_that_contradicts_what_was_imported_is_told(city: dict[str, Any], tmp_path: Path) -> None:
    import_agenda(book(tmp_path, ROW))
    with pytest.raises(Invalid, match="Kesiapan puskesmas"):
        import_agenda(book(tmp_path, ROW | {"subject": "Lain sama sekali"}))


def test_all_problems_are_told_with_row_and_column(city: dict[str, Any], tmp_path: Path) -> None:
    tomorrow = (now() + timedelta(days=2)).date().isoformat()
    wrong = [
        ("unit", {"unit": "Dinas Entah"}),
        ("unit", {"unit": "Bidang Contoh"}),
        ("unit", {"unit": "Dinas Tanpa Jabatan"}),
        ("unit", {"unit": ""}),
        ("direction", {"direction": "samping"}),
        ("agenda_number", {"agenda_number": "12.a"}),
        ("agenda_number", {"agenda_number": "0"}),
        ("agenda_number", {"agenda_number": ""}),
        ("letter_date", {"letter_date": "2020-02-31"}),
        ("letter_date", {"letter_date": "kemarin"}),
        ("received_date", {"received_date": tomorrow}),
        ("received_date", {"received_date": "2020-01-07"}),
        ("received_date", {"received_date": "", "letter_date": ""}),
        ("sender", {"sender": ""}),
        ("subject", {"subject": "  "}),
        ("subject", {"subject": "x" * 501}),
        ("subject", {"subject": "<script>alert(1)</script>"}),
        ("summary", {"summary": "a\x07b"}),
        ("security", {"security": "sangat penting"}),
        ("urgency", {"urgency": "besok"}),
        ("classification", {"classification": "kesehatan"}),
    ]
    rows = [ROW | {"agenda_number": str(n)} | change for n, (_column, change) in enumerate(wrong, 100)]
    found = problems(tmp_path, *rows)
    assert len(found) == len(wrong)
    for row, ((column, _change), said) in enumerate(zip(wrong, found, strict=True), 2):
        assert f"agenda.csv, row {row}, column {column}:" in said.replace("baris", "row").replace("kolom", "column"), (
            said
        )


def test_the_same_number_twice_in_a_file(city: dict[str, Any], tmp_path: Path) -> None:
    found = problems(tmp_path, ROW, OUT, ROW | {"subject": "Lain"})
    assert len(found) == 1 and "12" in found[0]
    # Another direction or another year is another number.
    other = ROW | {"letter_date": "2019-01-08", "received_date": "2019-01-10"}
    assert import_agenda(book(tmp_path, ROW, OUT | {"agenda_number": "12"}, other)).added == 3


def test_a_unit_is_known_by_code_or_name_and_columns_in_indonesian(city: dict[str, Any], tmp_path: Path) -> None:
    code = Unit.objects.get(name="Dinas Kesehatan").code
    row = {
        "opd": code.upper(),
        "arah": "Masuk",
        "nomor agenda": "7",
        "tanggal terima": "3/2/2020",
        "dari": "Warga",
        "perihal": "Tanya",
    }
    assert import_agenda(book(tmp_path, row)).added == 1
    assert Letter.objects.get().received_on == date(2020, 2, 3)


def test_a_spreadsheet_with_its_own_dates_and_numbers(city: dict[str, Any], tmp_path: Path) -> None:
    sheet = openpyxl.Workbook()
    page = sheet.active
    assert page is not None
    page.append(list(COLUMNS))
    values = ROW | {"agenda_number": 12, "letter_date": date(2020, 1, 8), "received_date": date(2020, 1, 10)}
    page.append([values[column] for column in COLUMNS])
    sheet.save(tmp_path / "agenda.xlsx")
    assert import_agenda(tmp_path / "agenda.xlsx") == Imported(1, 0)
    assert import_agenda(book(tmp_path, ROW)) == Imported(0, 1)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_reads_back(form: Any) -> None:
    data = agenda_template.template(form)
    table = read(data, f"template.{form}", (agenda_book.KIND,))
    assert tuple(table.headings) == COLUMNS and len(table.rows) == 2
    assert set(agenda_template._notes()) == set(COLUMNS)


def test_a_file_of_another_kind_is_refused(city: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text("code,name,kind\na,b,agency\n")
    with pytest.raises(Invalid, match="not the table"):
        import_agenda(path)


def test_the_register_goes_on_after_the_book_without_a_gap(city: dict[str, Any], tmp_path: Path) -> None:
    year = now().year
    new_year = date(year, 1, 1).isoformat()
    old = [ROW | {"agenda_number": str(n), "letter_date": new_year, "received_date": new_year} for n in (3, 9, 5)]
    import_agenda(book(tmp_path, *old))
    registrar = city["readers"]["registrar"]
    given = [
        receiving.register(Incoming(f"Surat {n}", "Pengirim"), city["units"]["health"], registrar).agenda
        for n in range(3)
    ]
    assert given == ["10", "11", "12"]
    counter = RegisterYear.objects.get(year=year)
    assert (counter.imported_to, counter.last) == (9, 12)
    # What the old book left out may still come; what was given here may not be taken, nor leapt over.
    assert import_agenda(book(tmp_path, old[0] | {"agenda_number": "4"})).added == 1
    for taken in ("11", "13"):
        with pytest.raises(Invalid, match=taken):
            import_agenda(book(tmp_path, old[0] | {"agenda_number": taken}))
    assert [str(fault) for fault in check.check("bekasi")] == []


def test_a_book_may_come_in_parts(city: dict[str, Any], tmp_path: Path) -> None:
    for part in ((1, 2, 5), (8, 9), (3,)):
        import_agenda(book(tmp_path, *(ROW | {"agenda_number": str(n)} for n in part)))
    counter = RegisterYear.objects.get()
    assert (counter.imported_to, counter.last) == (9, 9)
    assert [str(fault) for fault in check.check("bekasi")] == []


def test_five_thousand_letters_take_a_statement_for_dozens_not_for_each(city: dict[str, Any], tmp_path: Path) -> None:
    def bring(first: int, last: int) -> tuple[int, list[tuple[int, int]]]:
        days = {n: (date(2020, 1, 1) + timedelta(days=n % 360)).isoformat() for n in range(first, last)}
        rows = [
            (ROW if n % 3 else OUT) | {"agenda_number": str(n + 1), "letter_date": day, "received_date": ""}
            for n, day in days.items()
        ]
        path = book(tmp_path, *rows)
        told: list[tuple[int, int]] = []
        with CaptureQueriesContext(connection) as seen:
            imported = import_agenda(path, progress=lambda _text, done, total: told.append((done, total)))
        assert imported.added == last - first
        return len(seen), told

    few, _told = bring(0, 100)
    many, told = bring(100, 5100)
    assert many - few < 5000 / 20
    assert told[-1] == (5000, 5000) and len(told) >= 10
    assert Entry.objects.count() == 5100


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    from django.utils.translation import override

    with override("en"):
        yield
