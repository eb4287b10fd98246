"""Importing units, posts and people: all rows right or nothing written, and the second time nothing changes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tertib.government import actions, imports
from tertib.government.models import AdminEntry, Appointment, Person, Post, RoleGrant, Unit
from tertib.government.queries import person_by_nip
from tertib.ground.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]

Rows = list[dict[str, Any]]
UNITS: Rows = [
    {"code": "dinkes.p2p", "name": "Bidang P2P", "kind": "Bidang", "parent": "dinkes", "ends_on": ""},
    {"code": "dinkes", "name": "Dinas Kesehatan", "kind": "agency", "parent": "kota", "ends_on": ""},
    {"code": "kota", "name": "Kota Contoh", "kind": "government", "parent": "", "ends_on": ""},
    {"code": "gugus", "name": "Gugus Tugas", "kind": "task_force", "parent": "kota", "ends_on": "31/12/2020"},
]
POSTS: Rows = [
    {"code": "p2p.kabid", "name": "Kabid P2P", "unit": "dinkes.p2p", "is_head": "ya", "superior": "kadis", "roles": ""},
    {
        "code": "kadis",
        "name": "Kepala Dinas",
        "unit": "dinkes",
        "is_head": "yes",
        "superior": "wali",
        "roles": "auditor",
    },
    {"code": "wali", "name": "Wali Kota", "unit": "kota", "is_head": "1", "superior": "", "roles": "agendaris@dinkes"},
]
PEOPLE: Rows = [
    {"nip": "197302111995111910", "nik": "3275111102739251", "name": "Iwan Contoh", "email": "iwan@kota.example",
     "post": "wali", "appointment": "definitif", "starts_on": "2023-03-05", "ends_on": "", "decree": "SK 1"},
    {"nip": "197910262001092943", "nik": "3275066610799860", "name": "Laila Contoh", "email": "laila@kota.example",
     "post": "kadis", "appointment": "definitive", "starts_on": "05/03/2021", "ends_on": "", "decree": "SK 2"},
    {"nip": "197910262001092943", "nik": "3275066610799860", "name": "Laila Contoh", "email": "laila@kota.example",
     "post": "p2p.kabid", "appointment": "plt", "starts_on": "2025-05-05", "ends_on": "2025-08-31", "decree": "SK 3"},
]  # fmt: skip
FILES = {"units": UNITS, "posts": POSTS, "people": PEOPLE}


def csv_bytes(rows: Rows, *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(rows: list[list[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def grid(rows: Rows) -> list[list[Any]]:
    return [list(rows[0]), *([cell or None for cell in row.values()] for row in rows)]


def plan(**files: Rows) -> imports.Plan:
    return imports.plan([imports.read(csv_bytes(rows), f"{name}.csv") for name, rows in files.items()])


def wrong(act: Callable[[], object]) -> list[str]:
    """What the act finds wrong, in words."""
    with pytest.raises(Invalid) as raised:
        act()
    return [str(problem) for problem in raised.value.problems]


def places(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Invalid) as raised:
        act()
    return [str(problem.where) for problem in raised.value.problems]


def changed(kind: str, row: int, /, **cells: Any) -> dict[str, Rows]:
    """All three files with some cells of one row changed."""
    return FILES | {kind: [r | cells if n == row else r for n, r in enumerate(FILES[kind])]}


def everything() -> int:
    models = (Unit, Post, Person, Appointment, RoleGrant, AdminEntry)
    return sum(model._default_manager.count() for model in models)


def test_three_files_in_any_order_make_a_city() -> None:
    counts = imports.apply(plan(people=PEOPLE, posts=POSTS, units=UNITS), None)
    assert (counts.units.added, counts.posts.added, counts.people.added, counts.appointments.added) == (4, 3, 2, 3)
    p2p = Unit.objects.get(code="dinkes.p2p")
    assert [Unit.objects.get(pk=step).code for step in p2p.lineage] == ["dinkes.p2p", "dinkes", "kota"]
    assert p2p.kind == "division" and Unit.objects.get(code="gugus").ends_on == date(2020, 12, 31)
    grants = {(g.post.code, g.role, g.unit.code) for g in RoleGrant.objects.select_related("post", "unit")}
    assert grants == {("kadis", "auditor", "kota"), ("wali", "registrar", "dinkes")}
    laila = person_by_nip("197910262001092943")
    assert laila and laila.username == "laila" and not laila.has_usable_password() and not laila.is_sample
    assert AdminEntry.objects.filter(what="person.saved").count() == 2
    written = " ".join(str(entry.body) for entry in AdminEntry.objects.all())
    assert "197910262001092943" not in written and "3275066610799860" not in written


def test_the_second_time_nothing_changes() -> None:
    imports.apply(plan(**FILES), None)
    before = everything()
    counts = imports.apply(plan(**FILES), None)
    assert counts.nothing and counts.people.unchanged == 2 and everything() == before


def test_what_is_missing_stays_as_it_is_and_what_differs_is_changed() -> None:
    imports.apply(plan(**FILES), None)
    counts = imports.apply(plan(units=[{"code": "dinkes.p2p", "name": "Bidang Baru", "kind": "bidang"}]), None)
    row = Unit.objects.get(code="dinkes.p2p")
    assert (counts.units.changed, counts.units.added, row.name) == (1, 0, "Bidang Baru")
    assert row.parent and row.parent.code == "dinkes"
    entry = AdminEntry.objects.first()
    assert entry and entry.body["before"] == {"name": "Bidang P2P"} and entry.body["file"] == "units.csv"


def test_a_unit_that_moves_takes_those_below_along() -> None:
    imports.apply(plan(**FILES), None)
    imports.apply(plan(units=[{"code": "dinkes", "name": "Dinas Kesehatan", "kind": "dinas", "parent": "gugus"}]), None)
    p2p = Unit.objects.get(code="dinkes.p2p")
    assert [Unit.objects.get(pk=step).code for step in p2p.lineage] == ["dinkes.p2p", "dinkes", "gugus", "kota"]


def test_heads_change_places() -> None:
    imports.apply(plan(**FILES), None)
    rows = [POSTS[1] | {"is_head": "tidak"}, POSTS[1] | {"code": "baru", "is_head": "ya"}]
    imports.apply(plan(posts=rows), None)
    assert Post.objects.get(unit__code="dinkes", is_head=True).code == "baru"


def test_a_successor_comes_with_the_end_of_the_predecessor() -> None:
    imports.apply(plan(**FILES), None)
    new = PEOPLE[0] | {"post": "kadis", "starts_on": "2026-02-01"}
    found = wrong(lambda: plan(people=[new]))
    assert len(found) == 1 and "Laila Contoh" in found[0] and "row 2" in found[0].replace("baris", "row")
    imports.apply(plan(people=[PEOPLE[1] | {"ends_on": "2026-01-31"}, new]), None)
    assert Appointment.objects.filter(post__code="kadis").count() == 2


BROKEN: list[tuple[str, int, dict[str, Any], str]] = [
    ("units", 1, {"code": "dinas kesehatan"}, "units.csv, row 3, column code"),
    ("units", 1, {"code": "kota"}, "units.csv, row 4, column code"),
    ("units", 1, {"kind": "planet"}, "units.csv, row 3, column kind"),
    ("units", 1, {"kind": ""}, "units.csv, row 3, column kind"),
    ("units", 1, {"name": ""}, "units.csv, row 3, column name"),
    ("units", 1, {"name": "x" * 161}, "units.csv, row 3, column name"),
    ("units", 1, {"name": "<img src=x>"}, "units.csv, row 3, column name"),
    ("units", 1, {"parent": "dinkes.p2p"}, "units.csv, row 3, column parent"),
    ("units", 1, {"parent": "dinkes"}, "units.csv, row 3, column parent"),
    ("units", 1, {"parent": "nowhere"}, "units.csv, row 3, column parent"),
    ("units", 1, {"parent": ""}, "units.csv, row 4, column parent"),
    ("units", 1, {"ends_on": "31/02/2020"}, "units.csv, row 3, column ends_on"),
    ("units", 1, {"ends_on": "3020-01-01"}, "units.csv, row 3, column ends_on"),
    ("posts", 1, {"unit": "nowhere"}, "posts.csv, row 3, column unit"),
    ("posts", 1, {"unit": ""}, "posts.csv, row 3, column unit"),
    ("posts", 1, {"unit": "kota"}, "posts.csv, row 3, column is_head"),
    ("posts", 1, {"is_head": "perhaps"}, "posts.csv, row 3, column is_head"),
    ("posts", 1, {"superior": "p2p.kabid"}, "posts.csv, row 3, column superior"),
    ("posts", 1, {"superior": "nobody"}, "posts.csv, row 3, column superior"),
    ("posts", 1, {"roles": "king"}, "posts.csv, row 3, column roles"),
    ("posts", 1, {"roles": "auditor@nowhere"}, "posts.csv, row 3, column roles"),
    ("people", 0, {"nip": "19730211199511191"}, "people.csv, row 2, column nip"),
    ("people", 0, {"nip": "1,97302E+17"}, "people.csv, row 2, column nip"),
    ("people", 0, {"nip": "197302311995111910"}, "people.csv, row 2, column nip"),
    ("people", 0, {"nip": "", "nik": ""}, "people.csv, row 2, column nip"),
    ("people", 0, {"nip": "197910262001092943"}, "people.csv, row 2, column nik"),
    ("people", 0, {"nik": "3275111202739251"}, "people.csv, row 2, column nik"),
    ("people", 0, {"nik": "3275115102739251"}, "people.csv, row 2, column nik"),
    ("people", 0, {"email": "laila@kota.example"}, "people.csv, row 3, column email"),
    ("people", 0, {"email": "iwan"}, "people.csv, row 2, column email"),
    ("people", 1, {"name": "Laila Lain"}, "people.csv, row 4, column name"),
    ("people", 0, {"post": ""}, "people.csv, row 2, column post"),
    ("people", 0, {"post": "nobody"}, "people.csv, row 2, column post"),
    ("people", 0, {"post": "kadis"}, "people.csv, row 2, column starts_on"),
    ("people", 0, {"appointment": "king"}, "people.csv, row 2, column appointment"),
    ("people", 0, {"starts_on": ""}, "people.csv, row 2, column starts_on"),
    ("people", 0, {"starts_on": "31-02-2020"}, "people.csv, row 2, column starts_on"),
    ("people", 2, {"ends_on": "2025-05-04"}, "people.csv, row 4, column ends_on"),
]


@pytest.mark.parametrize(("kind", "row", "cells", "where"), BROKEN)
def test_a_broken_cell_is_named_and_nothing_is_written(kind: str, row: int, cells: dict[str, Any], where: str) -> None:
    before = everything()
    found = places(lambda: plan(**changed(kind, row, **cells)))
    assert where in [place.replace("baris", "row").replace("kolom", "column") for place in found]
    assert everything() == before


def test_all_errors_of_all_files_are_listed_up_to_two_hundred() -> None:
    files = changed("units", 1, name="") | changed("posts", 1, unit="x")
    assert len(wrong(lambda: plan(**{**files, "units": changed("units", 1, name="")["units"]}))) == 2
    both = places(lambda: plan(people=[PEOPLE[0] | {"nip": "1", "post": "nobody", "starts_on": "soon"}]))
    assert len(both) == 3
    many = [{"code": f"u{n}", "name": "", "kind": "agency", "parent": "kota"} for n in range(300)]
    found = wrong(lambda: plan(units=[UNITS[2], *many]))
    assert len(found) == 201 and "100" in found[-1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_random_cells_never_half_import(data: st.DataObject) -> None:
    """Whatever stands in some cells: refused as a whole, or imported as a whole and then known again."""
    odd = st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            ["", "kota", "dinkes", "kadis", "ya", "2020-02-31", "auditor@kota", "plh", "197302111995111910"]
        ),
    )
    files = {kind: [dict(row) for row in rows] for kind, rows in FILES.items()}
    for _ in range(data.draw(st.integers(1, 3))):
        kind = data.draw(st.sampled_from(sorted(files)))
        row = data.draw(st.sampled_from(files[kind]))
        row[data.draw(st.sampled_from(sorted(row)))] = data.draw(odd)
    before = everything()
    with transaction.atomic():
        try:
            tables = [imports.read(csv_bytes(rows), f"{kind}.csv") for kind, rows in files.items()]
            imports.apply(imports.plan(tables), None)
        except (Invalid, UnicodeEncodeError):
            assert everything() == before
        else:
            assert imports.plan(tables).counts.nothing
            transaction.set_rollback(True)


def test_a_plan_that_went_stale_is_refused() -> None:
    stale = plan(**FILES)
    imports.apply(plan(units=[UNITS[2]]), None)
    assert len(wrong(lambda: imports.apply(stale, None))) == 1
    assert Unit.objects.count() == 1


def test_who_retired_does_not_come_back_by_an_old_file() -> None:
    imports.apply(plan(**FILES), None)
    laila = person_by_nip("197910262001092943")
    assert laila
    actions.retire(laila.id, date(2025, 6, 30), by=None)
    found = places(lambda: plan(people=PEOPLE))
    assert len(found) == 2 and all("people.csv" in place for place in found)


def test_samples_are_marked_only_on_demand() -> None:
    tables = [imports.read(csv_bytes(rows), f"{kind}.csv") for kind, rows in FILES.items()]
    imports.apply(imports.plan(tables, sample=True), None)
    assert all(person.is_sample for person in Person.objects.all())


def test_as_many_statements_for_many_rows_as_for_few() -> None:
    def statements(count: int, first: int) -> int:
        rows = [
            UNITS[2],
            *({"code": f"u{first + n}", "name": f"U {n}", "kind": "agency", "parent": "kota"} for n in range(count)),
        ]
        with CaptureQueriesContext(connection) as queries:
            imports.apply(plan(units=rows), None)
        return len(queries)

    statements(1, 0)
    assert statements(2, 100) == statements(300, 1000) <= 20


def _somebody(n: int) -> dict[str, Any]:
    born = date.fromordinal(date(1970, 1, 1).toordinal() + n)
    return {
        "nip": f"{born:%Y%m%d}2001011{n % 1000:03d}",
        "nik": f"327501{born:%d%m%y}{1 + n % 9999:04d}",
        "name": f"Nama {n}",
        "post": f"p{n}",
        "appointment": "definitive",
        "starts_on": "2024-01-01",
    }


def test_five_thousand_people_take_a_statement_for_hundreds_not_for_each() -> None:
    plain = {"unit": "kota", "is_head": "no", "superior": "wali", "roles": ""}

    def bring(*numbers: int) -> int:
        posts = [*POSTS, *({"code": f"p{n}", "name": f"Post {n}"} | plain for n in numbers)]
        people = [_somebody(n) for n in numbers]
        with CaptureQueriesContext(connection) as seen:
            counts = imports.apply(plan(units=UNITS, posts=posts, people=people), None)
        assert counts.people.added == len(numbers)
        assert imports.plan([imports.read(csv_bytes(people), "people.csv")]).counts.nothing
        return len(seen)

    few = bring(*range(100))
    assert bring(*range(100, 5000)) - few < 4900 / 100


def test_templates_can_be_imported_as_they_are() -> None:
    for form in ("csv", "xlsx"):
        tables = [imports.read(imports.template(kind, form), f"{kind}.{form}") for kind in imports.KINDS]
        counts = imports.plan(tables).counts
        assert (counts.units.added, counts.posts.added, counts.people.added) == (2, 2, 2)


def test_dates_of_a_spreadsheet_are_dates() -> None:
    rows = grid(PEOPLE)
    rows[1][6] = datetime(2023, 3, 5)  # noqa: DTZ001 (a spreadsheet knows no zones)
    tables = [imports.read(csv_bytes(UNITS), "u.csv"), imports.read(csv_bytes(POSTS), "p.csv")]
    found = imports.plan([*tables, imports.read(xlsx_bytes(rows), "pegawai.xlsx")])
    assert re.fullmatch(r"[0-9a-f]{64}", found.digest) and found.counts.appointments.added == 3
