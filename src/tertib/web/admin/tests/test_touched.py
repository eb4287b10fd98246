"""Before a change is saved, whom it touches is said; where it touches nobody, it is saved at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tertib.government.models import AdminEntry, Appointment, Calendar, CalendarChange, Deputy, Unit
from tertib.government.tests.samples import post, seated
from tertib.ground.tenancy import here
from tertib.matters import testing
from tertib.matters.allowance import Allowance
from tertib.matters.models import Matter
from tertib.web.admin.tests.browser import Browser, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]


@pytest.fixture
def city() -> testing.City:
    with testing.only_room():
        return testing.make_city()


@pytest.fixture
def admin(city: testing.City) -> Browser:
    return Browser(seated("Ani Admin", post("admin", clearance=3), "administrator"))


def seal(answer: Any) -> str:
    found = re.search(r'name="touched" value="([^"]+)"', words(answer))
    assert found, words(answer)
    return found[1]


def test_a_holiday_says_how_many_due_dates_it_moves_and_so_does_taking_it_back(
    admin: Browser, city: testing.City
) -> None:
    matter = Matter.objects.get(pk=city.open("mayor", "analyst", allowance=Allowance.parse("10 working days")).matter)
    house = matter.calendar
    day = here.today() + timedelta(days=1)
    while day.weekday() > 4 or house.changes.filter(starts_on__lte=day, ends_on__gte=day).exists():
        day += timedelta(days=1)
    given = {"kind": "local", "title": "Libur", "starts_on": day.isoformat(), "ends_on": day.isoformat()}
    asked = admin.post("admin_calendar_change", house.pk, **given)
    assert asked.status_code == 200 and "1 tenggat mundur" in words(asked)
    # The administrator sees no letters by that, and is told so.
    assert "tidak satu pun di antaranya" in words(asked)
    assert not CalendarChange.objects.filter(title="Libur").exists()
    assert admin.post("admin_calendar_change", house.pk, **given, touched="x").status_code == 200
    assert admin.post("admin_calendar_change", house.pk, **given, touched=seal(asked)).status_code == 302
    row = CalendarChange.objects.get(title="Libur")
    house.refresh_from_db()
    assert admin.post("admin_change_withdraw", row.pk).status_code == 422
    # The job has not run yet, so nothing moves back.
    assert admin.post("admin_change_withdraw", row.pk, reason="Salah tahun").status_code == 302
    page = words(admin.get("admin_calendar", house.pk))
    assert "Salah tahun" in page and "ditarik" in page
    assert AdminEntry.objects.get(what="calendar.withdrawn").body["after"] == {"reason": "Salah tahun"}
    assert "Ketetapan ditarik" in words(admin.get("admin_record"))
    assert admin.post("admin_change_withdraw", row.pk, reason="lagi").status_code == 422


def test_the_end_of_an_appointment_says_what_lies_there(admin: Browser, city: testing.City) -> None:
    row = Appointment.objects.get(post=city.posts["analyst"])
    city.open("mayor", "analyst")
    today = here.today().isoformat()
    asked = admin.post("admin_appointment_end", row.pk, on=today)
    assert "1 urusan terbuka" in words(asked) and "tidak ada yang memangku" in words(asked)
    row.refresh_from_db()
    assert row.ends_on is None
    # One matter more came meanwhile: what is saved is what was shown.
    city.open("mayor", "analyst")
    again = admin.post("admin_appointment_end", row.pk, on=today, touched=seal(asked))
    assert again.status_code == 200 and "2 urusan terbuka" in words(again)
    assert admin.post("admin_appointment_end", row.pk, on=today, touched=seal(again)).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == here.today()


def test_a_deputy_who_leaves_nothing_behind_ends_at_once(admin: Browser, city: testing.City) -> None:
    row = Deputy.objects.get(post=city.posts["works"])
    assert admin.post("admin_deputy_end", row.pk, on=here.today().isoformat()).status_code == 302


def test_a_unit_that_moves_says_what_comes_along(admin: Browser, city: testing.City) -> None:
    city.open("mayor", "analyst")
    lab, works = city.units["lab"], city.units["works"]
    given = {"name": lab.name, "code": lab.code, "kind": lab.kind, "parent": works.pk}
    asked = admin.post("admin_unit_edit", lab.pk, **given)
    assert "1 urusan terbuka" in words(asked) and works.name in words(asked)
    assert Unit.objects.get(pk=lab.pk).parent_id != works.pk
    assert admin.post("admin_unit_edit", lab.pk, **given, touched=seal(asked)).status_code == 302
    assert Unit.objects.get(pk=lab.pk).parent_id == works.pk


def test_abolishing_a_post_says_what_ends_and_retiring_what_lies(admin: Browser, city: testing.City) -> None:
    seat = city.posts["nurse"]
    asked = admin.post("admin_post_abolish", seat.pk, on=here.today().isoformat())
    assert "1 pengangkatan berakhir" in words(asked)
    city.open("mayor", "nurse")
    refused = admin.post("admin_post_abolish", seat.pk, on=here.today().isoformat(), touched=seal(asked))
    assert refused.status_code == 422
    who = city.people["nurse"]
    asked = admin.post("admin_person_retire", who.pk, on=here.today().isoformat())
    assert "1 urusan terbuka" in words(asked)
    who.refresh_from_db()
    assert who.is_active


def test_a_post_that_moves_says_who_comes_to_see(admin: Browser, city: testing.City) -> None:
    seat = city.posts["roads"]
    city.open("mayor", "roads")
    given = {"name": seat.name, "code": seat.code, "unit": city.units["health"].pk, "clearance": "0"}
    asked = admin.post("admin_post_edit", seat.pk, **given)
    assert "1 urusan terbuka" in words(asked) and city.units["health"].name in words(asked)


def _days_off_but(first: str) -> dict[str, str]:
    """The form of a week that is worked on its first day for an hour, and as usual on the others."""
    usual = {f"day{number}": "07:30-12:00, 13:00-16:00" for number in range(1, 4)}
    return {"day0": first, **usual, "day4": "07:30-11:30, 13:00-16:30", "day5": "", "day6": ""}


def test_another_week_names_the_due_dates_it_moves_as_far_as_one_may_see_them(city: testing.City) -> None:
    testing.grant(city.posts["health"], "administrator", city.units["city"])
    admin = Browser(city.people["health"])
    public = city.open("mayor", "analyst", allowance=Allowance.parse("30 working hours"), title="Pekerjaan umum")
    city.open("mayor", "analyst", allowance=Allowance.parse("30 working hours"), title="Pekerjaan rahasia", security=3)
    house = Matter.objects.get(pk=public.matter).calendar
    given = {**_days_off_but("07:30-08:30"), "starts_on": here.today().isoformat(), "decree": "Perwali 9"}
    given |= {f"day{number}": "07:30-08:30" for number in range(1, 5)}
    asked = admin.post("admin_calendar_week", house.pk, **given)
    page = words(asked)
    assert asked.status_code == 200 and "2 tenggat mundur" in page
    assert "Yang boleh Anda lihat, mulai dari yang pertama:" in page
    assert f'href="/urusan/{public.matter}">Pekerjaan umum</a>' in page and "Pekerjaan rahasia" not in page
    assert not CalendarChange.objects.filter(decree="Perwali 9").exists()
    assert admin.post("admin_calendar_week", house.pk, **given, touched=seal(asked)).status_code == 302
    assert CalendarChange.objects.filter(decree="Perwali 9").exists()


def test_a_week_that_nothing_was_counted_on_is_saved_at_once(admin: Browser, city: testing.City) -> None:
    assert admin.post("admin_calendar_add", code="lain", name="Lain", timezone="Asia/Jakarta").status_code == 302
    house = Calendar.objects.get(code="lain")
    assert admin.post("admin_calendar_week", house.pk, **_days_off_but("08:00-15:00")).status_code == 302
    house.refresh_from_db()
    assert house.weekly[0] == [["08:00", "15:00"]]


def test_a_unit_that_gets_another_calendar_says_that_nothing_moves(admin: Browser, city: testing.City) -> None:
    matter = Matter.objects.get(pk=city.open("mayor", "analyst", allowance=Allowance.parse("3 working days")).matter)
    admin.post("admin_calendar_add", code="lain", name="Puskesmas", timezone="Asia/Jakarta")
    house = matter.holder.unit if matter.holder else None
    assert house is not None
    given = {"name": house.name, "code": house.code, "kind": house.kind, "parent": house.parent_id or ""}
    asked = admin.post("admin_unit_edit", house.pk, **given, calendar=Calendar.objects.get(code="lain").pk)
    assert "1 urusan terbuka tetap pada kalender semula" in words(asked) and "Puskesmas" in words(asked)
    house.refresh_from_db()
    assert house.calendar_id is None
