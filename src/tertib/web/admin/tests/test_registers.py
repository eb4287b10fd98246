"""The page of registers: what it lists, who may change a pattern, and what comes of it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.government.models import AdminEntry, Unit
from tertib.government.tests.samples import post, root, seated, unit
from tertib.ground.tenancy import here
from tertib.matters.models import Register, RegisterYear
from tertib.matters.registers import cancel, give
from tertib.matters.testing import City
from tertib.web.admin.tests.browser import Browser, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]

IN, OUT = "letters.in", "letters.out"
PATTERN = "{security}-{n:03d}/{classification}/{unit}/{roman_month}/{year}"


@pytest.fixture
def house() -> Unit:
    found = unit("dinkes")
    Unit.objects.filter(pk=found.pk).update(letter_code="DK")
    found.refresh_from_db()
    return found


@pytest.fixture
def admin() -> Browser:
    return Browser(seated("Ani Admin", post("admin"), "administrator"))


def book(house: Unit, kind: str = OUT, last: int = 0) -> Register:
    row = Register.objects.create(unit=house, kind=kind, pattern=PATTERN if kind == OUT else "{n}")
    if last:
        RegisterYear.objects.create(register=row, year=here.today().year, last=last)
    return row


def shown(answer: Any) -> str:
    found = re.search(r'<span class="mono">([^<]*)</span>', words(answer))
    return found[1] if found else ""


def test_an_empty_page_says_how_a_register_begins(admin: Browser) -> None:
    page = words(admin.get("admin_registers"))
    assert "Belum ada register" in page and "/atur/register/baru" in page
    assert "/atur/register" in words(admin.get("administration"))


def test_the_list_says_what_kind_how_far_and_how_many_are_cancelled(admin: Browser, house: Unit) -> None:
    book(house, OUT, 42)
    page = words(admin.get("admin_registers"))
    assert "Nomor surat keluar" in page and house.name in page and PATTERN in page and ">42<" in page
    assert "Nomor surat keluar" in words(admin.get("admin_registers", query="?q=DINKES"))
    assert "Nomor surat keluar" not in words(admin.get("admin_registers", query="?q=tidak%00ada"))


def test_cancelled_numbers_are_counted(admin: Browser) -> None:
    from tertib.matters.testing import make_city, only_room

    with only_room():
        city: City = make_city()
        matter = city.open("mayor", "analyst").matter
    place = city.units["health"].id
    given = [give(place, OUT, matter, here.local_now(), {}, PATTERN) for _number in range(5)]
    for number in given[:3]:
        cancel(number.id, "salah tujuan", here.local_now())
    page = words(admin.get("admin_registers"))
    assert re.findall(r'<td class="number">([^<]*)</td>', page) == ["5", "3"]


def test_a_pattern_is_looked_at_saved_and_noted(admin: Browser, house: Unit) -> None:
    row = book(house, OUT, 42)
    now = here.local_now()
    page = admin.get("admin_register", row.pk)
    assert shown(page).startswith("B-043/000.8.3.3/DK/") and 'name="preview"' in words(page)
    asked = admin.post("admin_register", row.pk, pattern="{n:04d}/{unit}/{month}", preview="1")
    assert asked.status_code == 200 and shown(asked) == f"0043/DK/{now.month}"
    row.refresh_from_db()
    assert row.pattern == PATTERN and not AdminEntry.objects.filter(what="register.saved").exists()
    assert admin.post("admin_register", row.pk, pattern="{n:04d}/{unit}/{month}").status_code == 302
    row.refresh_from_db()
    entry = AdminEntry.objects.get(what="register.saved")
    assert row.pattern == "{n:04d}/{unit}/{month}" and entry.object_id == row.pk
    assert entry.body["before"] == {"pattern": PATTERN} and entry.body["after"] == {"pattern": row.pattern}
    noted = words(admin.get("admin_record"))
    assert "Register disimpan" in noted and PATTERN in noted
    # Saving what is there already is no change.
    assert admin.post("admin_register", row.pk, pattern=row.pattern).status_code == 302
    assert AdminEntry.objects.filter(what="register.saved").count() == 1


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        (OUT, ""),
        (OUT, "{year}"),
        (OUT, "{n"),
        (OUT, "{n}{number}"),
        (OUT, "{n:999999d}"),
        (OUT, "{n.__class__}"),
        (OUT, "{n}" + "x" * 118),
        (OUT, "{n}" + "x" * 110),
        (OUT, "{n}\n{year}"),
        # What comes in has no classification of ours: the field would be empty in every number.
        (IN, "{n}/{classification}"),
        (IN, "{security}{n}"),
    ],
)
@pytest.mark.parametrize("preview", [True, False])
def test_a_pattern_that_is_no_use_is_told_at_its_field(
    admin: Browser, house: Unit, kind: str, pattern: str, preview: bool
) -> None:
    row = book(house, kind)
    before = row.pattern
    answer = admin.post("admin_register", row.pk, pattern=pattern, **({"preview": "1"} if preview else {}))
    assert answer.status_code == 422 and 'href="#id_pattern"' in words(answer) and not shown(answer)
    row.refresh_from_db()
    assert row.pattern == before


def test_what_is_typed_is_text_and_never_markup(admin: Browser, house: Unit) -> None:
    row = book(house)
    answer = admin.post("admin_register", row.pk, pattern="<script>alert(1)</script>{n}", preview="1")
    assert answer.status_code == 200 and "<script>alert" not in words(answer)


def test_a_register_is_made_before_its_first_number(admin: Browser, house: Unit) -> None:
    page = words(admin.get("admin_register_add"))
    assert PATTERN in page and "Bila kosong" in page
    year = here.today().year
    asked = admin.post("admin_register_add", unit=house.pk, kind=OUT, pattern="DK.{n}/{year}", preview="1")
    assert shown(asked) == f"DK.1/{year}" and not Register.objects.exists()
    assert admin.post("admin_register_add", unit=house.pk, kind=OUT, pattern="DK.{n}/{year}").status_code == 302
    assert admin.post("admin_register_add", unit=house.pk, kind=IN, pattern="").status_code == 302
    assert dict(Register.objects.values_list("kind", "pattern")) == {OUT: "DK.{n}/{year}", IN: "{n}"}
    assert AdminEntry.objects.filter(what="register.saved").count() == 2
    again = admin.post("admin_register_add", unit=house.pk, kind=OUT, pattern="{n}")
    assert again.status_code == 422 and 'href="#id_kind"' in words(again)
    assert "DK.{n}/{year}" in words(admin.get("admin_record"))


@pytest.mark.parametrize("changes", [{"unit": ""}, {"unit": "x"}, {"kind": "letters.none"}, {"pattern": "{year}"}])
def test_a_wrong_register_is_not_made(admin: Browser, house: Unit, changes: dict[str, str]) -> None:
    data = {"unit": str(house.pk), "kind": OUT, "pattern": "{n}"} | changes
    assert admin.post("admin_register_add", **data).status_code == 422
    assert not Register.objects.exists()


def test_only_houses_keep_registers(admin: Browser, house: Unit) -> None:
    section = unit("seksi", house, "section")
    assert admin.post("admin_register_add", unit=section.pk, kind=OUT, pattern="{n}").status_code == 422


def test_an_administrator_has_the_registers_of_their_own_units_only(house: Unit) -> None:
    other = unit("lain")
    mine, theirs = book(house), book(other)
    browser = Browser(seated("Sub Admin", post("dinkes.admin", house), "administrator", house))
    page = words(browser.get("admin_registers"))
    assert house.name in page and other.name not in page
    assert browser.get("admin_register", mine.pk).status_code == 200
    assert browser.post("admin_register", mine.pk, pattern="{n}").status_code == 302
    assert browser.get("admin_register", theirs.pk).status_code == 403
    assert browser.post("admin_register", theirs.pk, pattern="{n}").status_code == 403
    assert browser.post("admin_register_add", unit=other.pk, kind=IN, pattern="{n}").status_code == 422
    assert browser.post("admin_register_add", unit=root().pk, kind=IN, pattern="{n}").status_code == 422
    # The rules of urgency are the whole government's.
    assert "/surat/aturan" not in words(browser.get("administration"))


def test_nobody_else_gets_in(house: Unit) -> None:
    row, who = book(house), seated("Budi", post("kadis", house), "registrar", house)
    for name, args in (("admin_registers", ()), ("admin_register_add", ()), ("admin_register", (row.pk,))):
        assert Browser(who).get(name, *args).status_code == 403
        assert Browser(who).post(name, *args, pattern="{n}").status_code in (403, 405)
        assert Browser(None).get(name, *args).status_code == 302


def test_what_is_not_there_or_no_longer_known(admin: Browser, house: Unit) -> None:
    assert admin.get("admin_register", UUID(int=7)).status_code == 404
    odd = Register.objects.create(unit=house, kind="gone.book", pattern="{n}/{unit}")
    assert "gone.book" in words(admin.get("admin_registers"))
    assert shown(admin.get("admin_register", odd.pk)) == "1/DK"
    # A pattern of before that would be refused now is still shown, without an example.
    Register.objects.filter(pk=odd.pk).update(pattern="{old}")
    assert admin.get("admin_register", odd.pk).status_code == 200


def test_the_list_asks_the_database_as_often_for_many_as_for_few(admin: Browser, house: Unit) -> None:
    def statements() -> int:
        admin.get("admin_registers")
        with CaptureQueriesContext(connection) as queries:
            assert admin.get("admin_registers").status_code == 200
        return len(queries)

    book(house, OUT, 1)
    few = statements()
    for number in range(12):
        book(unit(f"u{number}"), OUT, number + 1)
    assert statements() == few <= 9
