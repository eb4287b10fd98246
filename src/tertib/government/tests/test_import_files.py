"""Files as programs and strangers make them: read rightly, or refused in words."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tertib.government import imports
from tertib.government.imports import weighing
from tertib.government.tests.test_import import PEOPLE, POSTS, UNITS, csv_bytes, grid, places, wrong, xlsx_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]

HEADING = "kode;nama;jenis"


def first(table: imports.Table) -> dict[str, Any]:
    return table.rows[0].cells


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(encoding: str, separator: str) -> None:
    rows = [{"Kode": "a", "Nama Unit": "Balai “André”", "JENIS": "dinas"}]
    table = imports.read(csv_bytes(rows, separator=separator, encoding=encoding), "x.csv")
    assert table.kind == "units" and first(table)["name"] == "Balai “André”"
    assert table.headings["name"] == "Nama Unit"


def test_indonesian_headings_in_any_order() -> None:
    data = b"TMT,Jabatan,Pengangkatan,Nama Lengkap,NIP,Sampai\n2024-01-02,kadis,Definitif,Andi,'198001012005011999,\n"
    table = imports.read(data, "daftar.csv")
    assert table.kind == "people" and set(table.headings) == {
        "nip", "name", "post", "appointment", "starts_on", "ends_on",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "x.csv"),
        (b" \n\n", "x.csv"),
        (b"a,b,c\n1,2,3\n", "x.csv"),
        (b"\x00\x01\x02\x03binary", "x.csv"),
        (b"kode,nama,jenis,warna\na,b,dinas,merah\n", "warna"),
        (b"kode,nama,jenis,kode\na,b,dinas,a\n", "kode"),
        (b'kode,nama,jenis\na,"cut off,dinas\n', "2"),
        (b'kode,nama,jenis\na,"x"y,dinas\n', "2"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel", "x.csv"),
        (b"PK\x03\x04 not really", "x.csv"),
        (b"%PDF-1.7 ...", "x.csv"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, words: str) -> None:
    assert words in wrong(lambda: imports.read(data, "x.csv"))[0]


@pytest.mark.parametrize("rows", [b"a,b,dinas,extra\n", b"a,b\n"])
def test_rows_of_another_length_are_named(rows: bytes) -> None:
    data = b"kode,nama,jenis\nkota,Kota,pemerintah\n" + rows
    assert "3" in places(lambda: imports.plan([imports.read(data, "x.csv")]))[0]


def test_blank_rows_and_titles_above_are_passed_over_but_counted() -> None:
    data = b"Daftar unit kerja,,\n,,\nkode,nama,jenis\n\nkota,Kota,pemerintah\n,,\n"
    table = imports.read(data, "x.csv")
    assert [row.number for row in table.rows] == [5]


def test_a_path_in_a_name_is_cut_away() -> None:
    data = csv_bytes(UNITS)
    assert imports.read(data, "../../etc/units.csv").name == "units.csv"
    assert imports.read(data, "C:\\temp\\units.csv").name == "units.csv"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "x.csv" in places(lambda: imports.read(tmp_path / "x.csv", "x.csv"))[0]
    assert imports.read_all([]) == []
    both = [(tmp_path / "x.csv", "x.csv"), (tmp_path / "y.csv", "y.csv")]
    assert len(wrong(lambda: imports.read_all(both))) == 2


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tertib.government.imports.reading.MAX_ROWS", 2)
    assert "2" in wrong(lambda: imports.read(csv_bytes(UNITS), "x.csv"))[0]
    monkeypatch.setattr("tertib.government.imports.reading.MAX_BYTES", 100)
    (tmp_path / "x.csv").write_bytes(csv_bytes(UNITS))
    assert len(wrong(lambda: imports.read(tmp_path / "x.csv", "x.csv"))) == 1
    assert len(wrong(lambda: imports.read(csv_bytes(UNITS), "x.csv"))) == 1


def planned(people: list[list[Any]], change: Callable[[Any], None] | None = None) -> imports.Plan:
    tables = [imports.read(csv_bytes(UNITS), "units.csv"), imports.read(csv_bytes(POSTS), "posts.csv")]
    return imports.plan([*tables, imports.read(xlsx_bytes(people, change), "people.xlsx")])


def test_a_workbook_says_the_same_as_a_csv_file() -> None:
    assert planned(grid(PEOPLE)).counts.appointments.added == 3


CELLS: list[tuple[int, Any, str]] = [
    (0, 197302111995111910, "nip"),
    (0, 1.97302111995111e17, "nip"),
    (1, 3275111102739251, "nik"),
    (2, "=CONCATENATE(A1,B1)", "name"),
    (2, "#N/A", "name"),
    (8, datetime(2020, 1, 2), "decree"),  # noqa: DTZ001 (a spreadsheet knows no zones)
    (6, 44990, "starts_on"),
    (6, "=TODAY()", "starts_on"),
    (6, "31/02/2023", "starts_on"),
]


@pytest.mark.parametrize(("column", "value", "name"), CELLS)
def test_cells_that_can_not_be_trusted(column: int, value: Any, name: str) -> None:
    rows = grid(PEOPLE)
    rows[1][column] = value
    found = places(lambda: planned(rows))
    assert any("people.xlsx" in place and "2" in place and place.endswith(name) for place in found)


def test_merged_cells_are_refused_where_rows_are() -> None:
    found = places(lambda: planned(grid(PEOPLE), lambda sheet: sheet.merge_cells("C3:C4")))
    assert found == ["people.xlsx, C3:C4"]


def test_a_merged_title_and_hidden_blank_rows_do_no_harm() -> None:
    def title(sheet: Any) -> None:
        sheet.insert_rows(1)
        sheet["A1"] = "Daftar pegawai"
        sheet.merge_cells("A1:D1")
        for number in (8, 5000):
            sheet.row_dimensions[number].hidden = True
            sheet.cell(number, 1).number_format = "@"

    assert planned(grid(PEOPLE), title).counts.people.added == 2


def test_a_workbook_with_two_tables_is_ambiguous() -> None:
    book = openpyxl.Workbook()
    for rows in (UNITS, POSTS):
        sheet = book.create_sheet()
        for row in grid(rows):
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    assert "Sheet1, Sheet2" in wrong(lambda: imports.read(target.getvalue(), "x.xlsx"))[0]


def test_the_table_is_found_on_whatever_sheet() -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("data")
    for row in grid(UNITS):
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    assert len(imports.read(target.getvalue(), "x.xlsx").rows) == 4


def rezipped(change: Callable[[dict[str, bytes]], None]) -> bytes:
    parts = {}
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(grid(UNITS)))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_macros_are_refused() -> None:
    data = rezipped(lambda parts: parts.update({"xl/vbaProject.bin": b"x"}))
    assert len(wrong(lambda: imports.read(data, "x.xlsm"))) == 1


def test_a_document_type_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
    data = rezipped(lambda parts: parts.update({SHEET: bomb + parts[SHEET]}))
    assert len(wrong(lambda: imports.read(data, "x.xlsx"))) == 1


def test_a_zip_bomb_is_weighed_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "MAX_UNPACKED", 10_000_000)
    data = rezipped(lambda parts: parts.update({"xl/big.bin": b"\0" * 11_000_000}))
    assert len(data) < 100_000
    assert len(wrong(lambda: imports.read(data, "x.xlsx"))) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.pop("xl/workbook.xml"),
        lambda parts: parts.pop(SHEET),
        lambda parts: parts.update({SHEET: parts[SHEET][:300]}),
        lambda parts: parts.update({SHEET: parts[SHEET].replace(b'r="2"', b'r="999999999"')}),
        lambda parts: parts.update({SHEET: parts[SHEET].replace(b'r="A2"', b'r="ZZZZZZ2"')}),
    ],
)
def test_damaged_workbooks_are_refused(change: Callable[[dict[str, bytes]], None]) -> None:
    assert len(wrong(lambda: imports.read(rezipped(change), "x.xlsx"))) == 1


def test_a_workbook_cut_off_is_refused() -> None:
    data = xlsx_bytes(grid(UNITS))
    assert len(wrong(lambda: imports.read(data[: len(data) // 2], "x.xlsx"))) == 1


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
HEAD = '<?xml version="1.0" encoding="utf-16"?>'


def sheet(inside: bytes) -> Callable[[dict[str, bytes]], None]:
    """A first sheet that holds this beside its rows."""

    def change(parts: dict[str, bytes]) -> None:
        parts[SHEET] = parts[SHEET].replace(b"<sheetData>", b"<sheetData>" + inside)

    return change


def renamed(parts: dict[str, bytes]) -> None:
    """The sheet lies in a member that is called like a picture, and begins with an entity."""
    parts["xl/media/image1.png"] = DOCTYPE.encode() + parts.pop(SHEET).split(b"?>")[-1]
    for part in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        parts[part] = parts[part].replace(b"worksheets/sheet1.xml", b"media/image1.png")


HOSTILE: dict[str, Callable[[dict[str, bytes]], None]] = {
    "entities far behind the head": lambda parts: parts.update(
        {SHEET: b"<!--" + b" " * 100_000 + b"-->" + DOCTYPE.encode() + parts[SHEET].split(b"?>")[-1]}
    ),
    "entities in another encoding": lambda parts: parts.update(
        {SHEET: (HEAD + DOCTYPE + parts[SHEET].decode().split("?>")[-1]).encode("utf-16")}
    ),
    "entities in a member of another name": renamed,
    "a million cells in a row": sheet(b"<row>" + b"<c/>" * 1_000_000 + b"</row>"),
    "a million rows": sheet(b"<row/>" * 1_000_000),
    "a million rows with a prefix": sheet(b'<x:row xmlns:x="y"/>' * 1_000_000),
    "a million styles": lambda parts: parts.update({"xl/styles.xml": b"<styleSheet>" + b"<xf/>" * 1_000_000}),
    "a million levels": sheet(b"<a>" * 1_000_000 + b"</a>" * 1_000_000),
    "an endless text": sheet(b"<row><c><v>" + b"1" * 50_000_000 + b"</v></c></row>"),
    "an endless tag": sheet(b'<row x="' + b"1" * 50_000_000 + b'"/>'),
    "millions of texts": lambda parts: parts.update(
        {"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 2_000_000 + b"</sst>"}
    ),
}


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_workbook_is_refused_before_it_fills_the_memory(change: Callable[[dict[str, bytes]], None]) -> None:
    data = rezipped(change)
    assert len(data) < imports.reading.MAX_BYTES
    tracemalloc.start()
    try:
        said = wrong(lambda: imports.read(data, "x.xlsx"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(said) == 1 and "x.xlsx" in said[0]
    assert peak < 16 * 1024 * 1024


def test_a_workbook_of_very_many_members_is_not_even_listed() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(weighing.MAX_MEMBERS + 1):
            archive.writestr(str(number), b"")
    assert len(wrong(lambda: imports.read(target.getvalue(), "x.xlsx"))) == 1


def test_a_member_that_is_larger_than_it_says_is_no_way_in() -> None:
    data = rezipped(lambda parts: parts.update({"xl/big.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}))
    size = (30_000_007).to_bytes(4, "little")
    assert data.count(size) == 2
    assert len(wrong(lambda: imports.read(data.replace(size, (100).to_bytes(4, "little")), "x.xlsx"))) == 1


def test_formatted_cells_in_all_columns_are_let_through() -> None:
    wide = b"<row>" + b'<c s="1"/>' * 16_384 + b"</row>"
    weighing.weigh(rezipped(sheet(wide)), "x.xlsx")
