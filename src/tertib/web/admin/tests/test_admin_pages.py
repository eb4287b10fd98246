"""The pages of administration: every write by a browser, who may, and what a wrong form says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tertib.government import actions
from tertib.government.authority import local_day
from tertib.government.models import (
    AdminEntry,
    Appointment,
    Calendar,
    CalendarChange,
    Deputy,
    Person,
    Post,
    RoleGrant,
    Unit,
)
from tertib.government.tests.samples import person, post, root, seated, unit
from tertib.web.admin.tests.browser import NIP, Browser, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]

UNIT = {"name": "Dinas Baru", "code": "baru", "kind": "agency", "letter_code": "DB"}


def test_pages_are_there_and_empty_ones_say_so(admin: Browser) -> None:
    for name in ("administration", "admin_units", "admin_people", "admin_calendars", "admin_import", "admin_record"):
        assert admin.get(name).status_code == 200, name
    for name in ("admin_unit_add", "admin_person_add", "admin_calendar_add"):
        assert admin.get(name).status_code == 200, name


def test_a_unit_is_added_changed_and_moved(admin: Browser) -> None:
    top = root()
    assert admin.post("admin_unit_add", **UNIT, parent=top.id).status_code == 302
    row = Unit.objects.get(code="baru")
    other = unit("lain")
    assert "Dinas Baru" in words(admin.get("admin_units")) and "Dinas Baru" in words(
        admin.get("admin_units", query="?q=baru")
    )
    answer = admin.post(
        "admin_unit_edit", row.id, **(UNIT | {"name": "Dinas Lama"}), parent=other.id, ends_on="2027-01-31"
    )
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.name == "Dinas Lama" and row.lineage == [row.id, other.id, top.id] and row.ends_on == date(2027, 1, 31)
    assert "Dinas Lama" in words(admin.get("admin_unit", row.id))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 200}, "name"),
        ({"name": "<script>alert(1)</script>"}, "name"),
        ({"code": "dua kata"}, "code"),
        ({"code": "kota"}, "code"),
        ({"kind": "planet"}, "kind"),
        ({"ends_on": "2027-02-31"}, "ends_on"),
        ({"area_code": "abc"}, "area_code"),
        ({"parent": ""}, "parent"),
        ({"parent": "nonsense"}, "parent"),
    ],
)
def test_a_wrong_unit_is_told_at_its_field_and_keeps_what_was_typed(
    admin: Browser, changes: dict[str, str], field: str
) -> None:
    data = UNIT | {"parent": str(root().id), "address": "Jalan Tetap 1"} | changes
    answer = admin.post("admin_unit_add", **data)
    page = words(answer)
    assert answer.status_code == 422 and "Jalan Tetap 1" in page
    assert f'href="#id_{field}"' in page and "<script>alert" not in page
    assert not Unit.objects.filter(code="baru").exists()


def test_a_circle_is_refused(admin: Browser) -> None:
    a = unit("a")
    b = unit("b", a)
    data = {"name": "A", "code": "a", "kind": "agency", "parent": str(b.id)}
    assert admin.post("admin_unit_edit", a.id, **data).status_code == 422


def test_a_post_is_added_changed_and_abolished(admin: Browser) -> None:
    house = unit("dinkes")
    data = {
        "name": "Kepala",
        "code": "kadis",
        "unit": str(house.id),
        "is_head": "on",
        "clearance": "2",
        "grade": "II.b",
    }
    assert admin.post("admin_post_add", house.id, **data).status_code == 302
    row = Post.objects.get(code="kadis")
    assert row.clearance == 2 and row.is_head
    second = admin.post("admin_post_add", house.id, **(data | {"code": "kadis2"}))
    assert second.status_code == 422 and 'href="#id_is_head"' in words(second)
    assert admin.post("admin_post_edit", row.id, **(data | {"name": "Kepala Dinas"})).status_code == 302
    assert "Kepala Dinas" in words(admin.get("admin_unit", house.id))
    assert admin.get("admin_post_abolish", row.id).status_code == 200
    assert admin.post("admin_post_abolish", row.id, on="31/02/2026").status_code == 422
    assert admin.post("admin_post_abolish", row.id, on="2026-01-31").status_code == 302
    assert Post.objects.get(code="kadis").abolished_on == date(2026, 1, 31)
    assert admin.get("admin_post", row.id).status_code == 200


def test_somebody_is_searched_and_appointed(admin: Browser) -> None:
    seat, who = post("kadis"), person("Budi Contoh", NIP)
    found = words(admin.post("admin_seat", seat.id, name="bud", search="1", starts_on="2026-01-02", decree="SK 9"))
    assert str(who.id) in found and "SK 9" in found
    assert str(who.id) in words(admin.post("admin_seat", seat.id, name=NIP, search="1"))
    data = {"name": "bud", "person": str(who.id), "kind": "definitive", "starts_on": "2026-01-02"}
    assert admin.post("admin_seat", seat.id, **data).status_code == 302
    again = admin.post("admin_seat", seat.id, **data)
    assert again.status_code == 422 and "Budi Contoh" in words(again)
    row = Appointment.objects.get(post=seat)
    assert admin.post("admin_appointment_end", row.id, on="2025-01-01").status_code == 422
    assert admin.post("admin_appointment_end", row.id, on="2026-05-31").status_code == 302
    row.refresh_from_db()
    assert row.ends_on == date(2026, 5, 31)


def test_a_deputy_is_named_and_ended(admin: Browser) -> None:
    seat, who = post("kadis"), person("Budi Contoh")
    data = {"name": "bud", "person": str(who.id), "kind": "deputy", "starts_on": "2026-01-02", "decree": "Cuti"}
    # Nobody fills the post yet, so there is nobody to stand in for.
    assert admin.post("admin_seat", seat.id, **data, ends_on="2026-01-09").status_code == 422
    actions.appoint(by=None, post=seat.id, person=person("Cici").id, kind="definitive", starts_on=date(2025, 1, 1))
    assert admin.post("admin_seat", seat.id, **data).status_code == 422
    assert admin.post("admin_seat", seat.id, **data, ends_on="2026-04-02").status_code == 422
    assert admin.post("admin_seat", seat.id, **data, ends_on="2026-01-09").status_code == 302
    row = Deputy.objects.get()
    assert row.reason == "Cuti" and admin.get("admin_deputy_end", row.id).status_code == 200
    assert admin.post("admin_deputy_end", row.id, on="2026-01-05").status_code == 302
    assert (
        admin.post("admin_seat", seat.id, **(data | {"person": str(seat.id)}), ends_on="2026-03-09").status_code == 422
    )
    assert admin.post("admin_seat", seat.id, **(data | {"person": ""}), ends_on="2026-03-09").status_code == 422


def test_a_person_is_added_found_masked_and_changed(admin: Browser) -> None:
    data = {"name": "Citra Contoh", "nip": "19730211 199511 1 910", "language": "id", "is_active": "on"}
    assert admin.post("admin_person_add", **data).status_code == 302
    row = Person.objects.get(name="Citra Contoh")
    for page in (words(admin.post("admin_people", q=NIP)), words(admin.get("admin_person", row.id))):
        assert "Citra Contoh" in page and "••••1910" in page
        assert NIP not in page.replace(f'value="{NIP}"', "")
    assert admin.post("admin_people", q="197302111995111999").status_code == 200
    wrong = admin.post("admin_person_add", **(data | {"name": "Dua", "nik": "1"}))
    assert wrong.status_code == 422 and {"#id_nip", "#id_nik"} <= set(re.findall(r"#id_\w+", words(wrong)))
    assert (
        admin.post(
            "admin_person_edit", row.id, **(data | {"nip": "", "name": "Citra", "username": "citra"})
        ).status_code
        == 302
    )
    row.refresh_from_db()
    assert row.name == "Citra" and row.nip_hash is not None
    assert "••••1910" in words(admin.get("admin_person_edit", row.id))


def test_a_link_lets_the_person_choose_a_password_once(admin: Browser) -> None:
    who = person("Budi Contoh")
    page = words(admin.post("admin_person_link", who.id))
    found = re.search(r"/accounts/password/reset/key/[^\"]+", page)
    assert found
    assert AdminEntry.objects.filter(what="person.password_link", object_id=who.id).count() == 1
    visitor = Client(HTTP_HOST="bekasi.localhost")
    answer = visitor.get(found[0], follow=True)
    assert answer.status_code == 200
    where = answer.redirect_chain[-1][0] if answer.redirect_chain else found[0]
    visitor.post(where, {"password1": "seribu lembar kertas", "password2": "seribu lembar kertas"})
    who.refresh_from_db()
    assert who.check_password("seribu lembar kertas")


def test_a_password_by_a_link_ends_whatever_else_opened_the_account(admin: Browser) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    from tertib.government import tokens

    who = person("Budi Contoh")
    stranger = Browser(who)
    assert stranger.get("profile").status_code == 200
    key = tokens.make(who, "asing", by=who.id)
    TOTP.activate(who, "JBSWY3DPEHPK3PXP")
    found = re.search(r"/accounts/password/reset/key/[^\"]+", words(admin.post("admin_person_link", who.id)))
    assert found and tokens.owner(key) == who.id
    visitor = Client(HTTP_HOST="bekasi.localhost")
    where = visitor.get(found[0], follow=True).redirect_chain[-1][0]
    typed = {"password1": "seribu lembar kertas", "password2": "seribu lembar kertas"}
    assert "kunci program" in visitor.post(where, typed, follow=True).content.decode()
    assert tokens.owner(key) is None and not Authenticator.objects.filter(user=who).exists()
    assert AdminEntry.objects.filter(what="key.revoked").count() == 1
    assert stranger.get("profile").status_code == 302


def test_an_account_without_a_post_is_not_anybodys(admin: Browser) -> None:
    house = unit("dinkes")
    chief = seated("Siti", post("sub", house), "administrator", house)
    sub, other = Browser(chief), person("Baru Kota")
    doors = ("admin_person_edit", "admin_person_retire", "admin_person_link")
    for door in doors:
        assert sub.post(door, other.id).status_code == 403, door
        assert admin.post(door, other.id).status_code != 403, door
    sub.post("admin_person_add", name="Baru Dinas", language="id", is_active="on")
    mine = Person.objects.get(name="Baru Dinas")
    assert sub.post("admin_person_link", mine.id).status_code == 200
    top = Person.objects.get(name="Ani Admin")
    row = actions.appoint(
        by=top.id, post=post("staf", house).id, person=mine.id, kind="definitive", starts_on=date(2026, 1, 1)
    )
    assert sub.post("admin_person_link", mine.id).status_code == 200  # a post of the unit
    actions.end_appointment(row.id, date(2026, 1, 2), by=top.id)
    assert sub.post("admin_person_link", mine.id).status_code == 403


def test_a_person_retires(admin: Browser) -> None:
    seat = post("kadis")
    who = seated("Budi Contoh", seat)
    assert admin.get("admin_person_retire", who.id).status_code == 200
    assert admin.post("admin_person_retire", who.id, on="2026-01-31").status_code == 302
    assert Appointment.objects.get(post=seat).ends_on == date(2026, 1, 31)
    assert admin.post("admin_person_link", who.id).status_code == 422


def test_roles_are_given_and_taken(admin: Browser) -> None:
    seat = post("agenda")
    assert admin.post("admin_role_grant", seat.id, role="king", unit=str(root().id)).status_code == 422
    assert admin.post("admin_role_grant", seat.id, role="registrar", unit=str(root().id)).status_code == 302
    grant = RoleGrant.objects.get(post=seat)
    assert "Registrar" in words(admin.get("admin_post", seat.id)) or grant.get_role_display() in words(
        admin.get("admin_post", seat.id)
    )
    assert admin.post("admin_role_revoke", grant.id).status_code == 302
    last = RoleGrant.objects.get(role="administrator")
    assert admin.post("admin_role_revoke", last.id).status_code == 422


def test_calendars_are_kept_by_decrees(admin: Browser) -> None:
    assert admin.post("admin_calendar_add", name="Puskesmas", code="pkm", timezone="Asia/Jakarta").status_code == 302
    row = Calendar.objects.get(code="pkm")
    week = {f"day{n}": "07.30-12.00, 13:00-16:00" for n in range(6)}
    assert admin.post("admin_calendar_week", row.id, **(week | {"day0": "16:00-08:00"})).status_code == 422
    assert admin.post("admin_calendar_week", row.id, **week).status_code == 302
    row.refresh_from_db()
    assert row.weekly[5] == [["07:30", "12:00"], ["13:00", "16:00"]] and row.weekly[6] == []
    days = {"starts_on": "2026-02-18", "ends_on": "2026-03-19", "title": "Ramadan", "decree": "SE 2/2026"}
    assert admin.post("admin_calendar_change", row.id, kind="hours", **days).status_code == 422
    hours = {"hours": "08:00-12:00, 12:30-15:00", "friday": "08:00-11:30, 12:30-15:30"}
    unsure = admin.post("admin_calendar_change", row.id, kind="hours", **days, **hours)
    assert unsure.status_code == 422 and "30" in words(unsure)
    assert admin.post("admin_calendar_change", row.id, kind="hours", sure="on", **days, **hours).status_code == 302
    assert (
        admin.post("admin_calendar_change", row.id, kind="holiday", **(days | {"ends_on": "2026-02-31"})).status_code
        == 422
    )
    assert CalendarChange.objects.filter(calendar=row, title="Ramadan").count() == 1
    page = words(admin.get("admin_calendar", row.id, query="?tahun=2026"))
    assert "Ramadan" in page and "08:00-11:30, 12:30-15:30" in page
    city_day = {"starts_on": "2026-03-10", "ends_on": "2026-03-10", "title": "Hari jadi kota", "decree": "SE 3/2026"}
    form = words(admin.get("admin_calendar_change", row.id))
    assert re.search(r'value="local" selected', form) and "Catat ketetapan" in form and "Ubah hari" not in form
    assert admin.post("admin_calendar_change", row.id, kind="local", **city_day).status_code == 302
    page = words(admin.get("admin_calendar", row.id, query="?tahun=2026"))
    assert "Hari libur daerah" in page and re.search(r"10 Maret 2026</td><td[^>]*>libur</td><td>Hari jadi kota", page)
    for odd in ("9999999999999999999999", "²", "x"):
        assert admin.get("admin_calendar", row.id, query=f"?tahun={odd}").status_code == 200
    assert (
        admin.post("admin_calendar_edit", row.id, name="Baru", code="default", timezone="Asia/Jakarta").status_code
        == 422
    )


ROUTES_OF_ALL = ("admin_calendars", "admin_calendar_add", "admin_import", "admin_record")


def test_who_administers_one_unit_stays_within_it() -> None:
    house, other = unit("dinkes"), unit("lain")
    below = unit("dinkes.p2p", house)
    mine = seated("Sub Admin", post("dinkes.admin", house), "administrator", house)
    browser = Browser(mine)
    for name in ("administration", "admin_units", "admin_people"):
        assert browser.get(name).status_code == 200
    assert browser.get("admin_unit", below.id).status_code == 200
    assert browser.get("admin_unit", other.id).status_code == 403
    assert browser.get("admin_unit", root().id).status_code == 403
    for name in ROUTES_OF_ALL:
        assert browser.get(name).status_code == 403, name
    assert browser.post("admin_unit_add", **UNIT, parent=str(other.id)).status_code == 422
    assert browser.post("admin_unit_add", **UNIT, parent=str(below.id)).status_code == 302
    foreign = post("lain.kepala", other)
    for name in ("admin_post", "admin_post_edit", "admin_seat", "admin_role_grant", "admin_post_abolish"):
        assert browser.get(name, foreign.id).status_code == 403, name
    seat = post("dinkes.kepala", house)
    assert browser.post("admin_role_grant", seat.id, role="registrar", unit=str(root().id)).status_code == 422
    assert browser.post("admin_role_grant", seat.id, role="auditor", unit=str(house.id)).status_code == 422
    assert not RoleGrant.objects.filter(post=seat).exists()


def test_nobody_climbs_by_a_post_that_carries_more() -> None:
    """A post of a section may carry a role of the whole government: who fills it is not for the section to say."""
    house = unit("kominfo")
    seat = post("kominfo.admin", house)
    powerful = seated("Root Admin", seat, "administrator")
    mine = Browser(seated("Sub Admin", post("kominfo.sub", house), "administrator", house))
    assert mine.get("admin_post", seat.id).status_code == 200
    for name in ("admin_seat", "admin_post_edit", "admin_post_abolish", "admin_role_grant"):
        assert mine.get(name, seat.id).status_code == 403, name
    assert mine.get("admin_appointment_end", Appointment.objects.get(post=seat).id).status_code == 403
    for name in ("admin_person_edit", "admin_person_retire"):
        assert mine.get(name, powerful.id).status_code == 403, name
    assert mine.post("admin_person_link", powerful.id).status_code == 403


def test_nobody_else_gets_in() -> None:
    house = unit("dinkes")
    seat = post("kadis", house)
    who = seated("Budi", seat)
    places: list[tuple[str, tuple[UUID, ...]]] = [
        ("administration", ()), ("admin_units", ()), ("admin_unit_add", ()), ("admin_people", ()),
        ("admin_person_add", ()),
        ("admin_unit", (house.id,)), ("admin_unit_edit", (house.id,)), ("admin_post_add", (house.id,)),
        ("admin_post", (seat.id,)), ("admin_person", (who.id,)), ("admin_person_edit", (who.id,)),
        *((name, ()) for name in ROUTES_OF_ALL),
    ]  # fmt: skip
    for name, args in places:
        assert Browser(who).get(name, *args).status_code == 403, name
        assert Browser(None).get(name, *args).status_code == 302, name


def test_what_is_gone_is_not_found(admin: Browser) -> None:
    gone = UUID(int=7)
    for name in (
        "admin_unit", "admin_unit_edit", "admin_post_add", "admin_post", "admin_post_edit", "admin_post_abolish",
        "admin_role_grant", "admin_seat", "admin_appointment_end", "admin_deputy_end", "admin_person",
        "admin_person_edit",
        "admin_person_retire", "admin_calendar", "admin_calendar_edit", "admin_calendar_week", "admin_calendar_change",
    ):  # fmt: skip
        assert admin.get(name, gone).status_code == 404, name
    for name in ("admin_person_link", "admin_role_revoke"):
        assert admin.post(name, gone).status_code == 404, name


@pytest.fixture
def crowd(admin: Browser) -> Iterator[Unit]:
    """A unit with many units, posts and people below."""
    house = unit("besar")
    for number in range(12):
        unit(f"besar.{number}", house)
        seated(f"Orang {number}", post(f"besar.p{number}", house))
    yield house


def test_lists_ask_the_database_as_often_for_many_as_for_few(admin: Browser, crowd: Unit) -> None:
    """Pinned: with session, person, reader and savepoints of the test."""
    small = unit("kecil")
    seated("Sendiri", post("kecil.p", small))

    def statements(name: str, *args: Any, query: str = "") -> int:
        admin.get(name, *args, query=query)
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(name, *args, query=query).status_code == 200
        return len(queries)

    assert statements("admin_unit", small.id) == statements("admin_unit", crowd.id) <= 10
    assert statements("admin_units") <= 8
    assert statements("admin_units", query="?q=besar") <= 8
    assert statements("administration") <= 15
    assert statements("admin_record") <= 10


def test_the_search_of_people_asks_no_more_for_more_people(admin: Browser, crowd: Unit) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert "Orang 11" in words(admin.post("admin_people", q="orang"))
    assert len(queries) <= 10


def test_a_unit_without_a_head_leads_to_where_it_gets_one(admin: Browser) -> None:
    house = unit("puncak", kind="agency")
    post("puncak.staf", house)
    top = root()
    answer = words(admin.get("admin_start"))
    to_make = f"{reverse('admin_post_add', 'tertib.urls', args=[top.pk])}?kepala=1"
    assert to_make in answer and "/atur/#tanpa-kepala" in answer
    listed = words(admin.get("administration"))
    assert to_make in listed and f"{reverse('admin_post_add', 'tertib.urls', args=[house.pk])}?kepala=1" in listed
    # The post is offered as the head, and once more only where there is none.
    assert re.search(r'name="is_head"[^>]*checked', words(admin.get("admin_post_add", top.pk, query="?kepala=1")))
    assert not re.search(r'name="is_head"[^>]*checked', words(admin.get("admin_post_add", top.pk)))
    seat = post("walikota", is_head=True)
    assert reverse("admin_post", "tertib.urls", args=[seat.pk]) in words(admin.get("admin_start"))
    seated("Wali Kota", seat)
    seated("Kepala", post("puncak.kepala", house, is_head=True))
    assert 'id="tanpa-kepala"' not in words(admin.get("administration"))
    # Sections need none.
    unit("puncak.seksi", house, kind="section")
    assert 'id="tanpa-kepala"' not in words(admin.get("administration"))


def test_a_new_unit_lies_below_the_top_unless_told_otherwise(admin: Browser) -> None:
    top, other = root(), unit("a")

    def offered(query: str = "") -> tuple[str, bool]:
        answer = words(admin.get("admin_unit_add", query=query))
        field = re.search(r'<label for="id_parent">(.*?)</label>.*?<select name="parent".*?</select>', answer, re.S)
        assert field
        chosen = re.search(r'value="([^"]*)" selected', field[0])
        return chosen[1] if chosen else "", "optional" in field[1]

    assert offered() == (str(top.pk), False)
    assert offered(f"?di={other.pk}") == (str(other.pk), False)
    assert 'for="id_parent"' in words(admin.post("admin_unit_add", **UNIT, parent=""))
    assert not Unit.objects.filter(code="baru").exists()


def test_a_deputy_who_ends_soon_is_named_among_what_ends(admin: Browser) -> None:
    seat = post("kadis", is_head=True)
    seated("Kepala Dinas", seat)
    day = date.fromisoformat(local_day())
    who = person("Pengganti Sebentar")
    assert "Pengganti Sebentar" not in words(admin.get("administration"))
    actions.save_deputy(by=None, post=seat.id, person=who.id, starts_on=day, ends_on=day + timedelta(days=7))
    assert "Pengganti Sebentar · pengganti<" in words(admin.get("administration"))
