"""Rules of urgency: added with a date, never edited, and what letters make of them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from tertib.government.models import AdminEntry
from tertib.ground.errors import Invalid
from tertib.ground.tenancy.here import local_now, today
from tertib.ground.time import travel
from tertib.matters.models import Urgency
from tertib.matters.testing import grant
from tertib.rooms.letters import rules
from tertib.rooms.letters.models import Letter, UrgencyRule
from tertib.rooms.letters.receiving import urgency_allowance
from tertib.rooms.letters.tests.world import World, registration

ADDRESS = "/surat/aturan"


@pytest.fixture
def admin(world: World) -> Client:
    """The mayor, who administers the whole government."""
    grant(world.posts["walikota"], "administrator", world.units["kota"])
    return world.client("walikota")


def fields(**changes: Any) -> dict[str, Any]:
    later = (today() + timedelta(days=10)).strftime("%d/%m/%Y")
    rule = {"urgency": "2", "allowance": "4", "counted": "working hours", "valid_from": later, "source": "Perwali 1"}
    return rule | changes


def add(admin: Client, data: dict[str, Any]) -> Any:
    """Send the form, and once more with what it says it touches."""
    asked = admin.post(ADDRESS, data)
    found = re.search(r'name="touched" value="(\w+)"', asked.content.decode())
    return admin.post(ADDRESS, data | {"touched": found[1]}) if found else asked


def rows() -> list[tuple[Any, ...]]:
    columns = ("urgency", "allowance", "valid_from", "source")
    return list(UrgencyRule.objects.order_by("urgency", "valid_from").values_list(*columns))


def test_a_rule_is_added_and_counts_from_its_day_on(admin: Client) -> None:
    before = rows()
    page = admin.get(ADDRESS).content.decode()
    assert "Permendagri 54/2009" in page and "03/11/2009" in page and page.count("berlaku</span>") >= 3
    assert add(admin, fields()).status_code == 302
    page = admin.get(ADDRESS).content.decode()
    assert "belum berlaku" in page and "4 jam kerja" in page
    # The old ones stand as they stood.
    assert set(before) < set(rows()) and len(rows()) == len(before) + 1
    now = urgency_allowance(Urgency.SANGAT_SEGERA, local_now())
    then = urgency_allowance(Urgency.SANGAT_SEGERA, local_now() + timedelta(days=10))
    assert (now.kind, now.amount) == ("calendar_days", 1)  # type: ignore[union-attr]
    assert (then.kind, then.amount) == ("working_minutes", 240)  # type: ignore[union-attr]
    with travel(local_now() + timedelta(days=11)):
        assert [row.state for row in rules.standing()] == ["now", "before", "now", "now"]


def test_a_rule_of_today_counts_at_once(admin: Client) -> None:
    assert urgency_allowance(Urgency.SEGERA, local_now()).amount == 2  # type: ignore[union-attr]
    data = fields(urgency="1", allowance="3", counted="calendar days", valid_from=today().isoformat())
    assert add(admin, data).status_code == 302
    assert urgency_allowance(Urgency.SEGERA, local_now()).amount == 3  # type: ignore[union-attr]


def test_who_added_it_stands_in_the_record(admin: Client, world: World) -> None:
    add(admin, fields())
    entry = AdminEntry.objects.get(what=rules.ADDED)
    assert entry.person == world.people["walikota"].pk and entry.object_id == UrgencyRule.objects.latest("id").pk
    assert entry.body["after"]["allowance"] == "4 working hours" and entry.body["after"]["source"] == "Perwali 1"
    page = admin.get("/atur/catatan").content.decode()
    assert "Aturan kecepatan ditambahkan" in page and "Perwali 1" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"urgency": ""}, "urgency"),
        ({"urgency": "9"}, "urgency"),
        ({"allowance": ""}, "allowance"),
        ({"allowance": "0"}, "allowance"),
        ({"allowance": "-3"}, "allowance"),
        ({"allowance": "lima"}, "allowance"),
        ({"allowance": "1.5"}, "allowance"),
        ({"allowance": "99999"}, "allowance"),
        ({"allowance": "100000"}, "allowance"),
        ({"counted": "moons"}, "counted"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "31/02/2030"}, "valid_from"),
        ({"valid_from": "01/01/2020"}, "valid_from"),
        ({"valid_from": "01/01/9999"}, "valid_from"),
        ({"source": ""}, "source"),
        ({"source": "x" * 201}, "source"),
    ],
)
def test_a_wrong_rule_is_told_at_its_field_and_keeps_what_was_typed(
    admin: Client, changes: dict[str, str], field: str
) -> None:
    before = rows()
    answer = admin.post(ADDRESS, fields(**({"source": "Perwali 77", "counted": "working days"} | changes)))
    page = answer.content.decode()
    assert answer.status_code == 422 and f'href="#id_{field}"' in page
    assert field == "source" or "Perwali 77" in page
    assert rows() == before and not AdminEntry.objects.filter(what=rules.ADDED).exists()


def _registered(world: World, urgency: Urgency) -> None:
    number = f"{urgency.label} {Letter.objects.count()}"
    data = registration(world, urgency=urgency.value, number=number, subject=number)
    assert world.client("agendaris").post("/surat/masuk/baru", data).status_code == 302


def test_before_a_rule_is_added_it_says_that_no_due_date_moves(admin: Client, world: World) -> None:
    _registered(world, Urgency.SANGAT_SEGERA)
    _registered(world, Urgency.SEGERA)
    before = rows()
    asked = admin.post(ADDRESS, fields())
    page = asked.content.decode()
    assert asked.status_code == 200 and rows() == before
    assert not AdminEntry.objects.filter(what=rules.ADDED).exists()
    assert "1 surat terbuka" in page and "Perwali 1" in page
    assert "4 jam kerja; sampai sekarang 1 × 24 jam" in page  # noqa: RUF001
    # Meanwhile another letter came: it is asked again, with the number of now.
    seal = re.search(r'name="touched" value="(\w+)"', page)
    _registered(world, Urgency.SANGAT_SEGERA)
    again = admin.post(ADDRESS, fields(touched=seal[1] if seal else ""))
    assert again.status_code == 200 and "2 surat terbuka" in again.content.decode() and rows() == before


def test_one_rule_a_day_and_urgency(admin: Client) -> None:
    assert add(admin, fields()).status_code == 302
    again = admin.post(ADDRESS, fields(allowance="9"))
    assert again.status_code == 422 and 'href="#id_valid_from"' in again.content.decode()
    assert add(admin, fields(urgency="0")).status_code == 302


@pytest.mark.parametrize("allowance", ["", "soon", "3 fortnights", "until 2030-01-01T00:00:00+07:00", "0 working days"])
def test_what_is_no_allowance_is_refused(world: World, allowance: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.add(0, allowance, date(2009, 1, 1), by=None)
    assert [problem.where for problem in refused.value.problems] == ["allowance", "valid_from"]


def test_only_administrators_of_the_whole_government(world: World, admin: Client) -> None:
    grant(world.posts["kadis"], "administrator", world.units["dinkes"])
    before = rows()
    for name in ("kadis", "agendaris", "staf", "orang_luar"):
        client = world.client(name)
        assert client.get(ADDRESS).status_code == 403, name
        assert client.post(ADDRESS, fields()).status_code == 403, name
    assert world.client().get(ADDRESS).status_code == 302
    assert rows() == before
    assert ADDRESS in admin.get("/atur/").content.decode()
    assert ADDRESS not in world.client("kadis").get("/atur/").content.decode()
