"""Standing in: whom one may name, and how that ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from tertib.matters.testing import City


def _day(days: int) -> str:
    from tertib.government.authority import local_day

    return (date.fromisoformat(local_day()) + timedelta(days=days)).isoformat()


def _fields(city: City, **changes: Any) -> dict[str, Any]:
    person = str(city.people["analyst"].pk)
    return {"name": "analy", "person": person, "starts_on": _day(0), "ends_on": _day(3), "reason": "Cuti", **changes}


def test_search_then_choose_then_the_deputy_sees_the_desk(city: City, sign_in: Callable[[str], Client]) -> None:
    client, address = sign_in("health"), f"/profil/pengganti/{city.posts['health'].pk}"
    text = client.get(address).content.decode()
    # Who works for the post is offered before anything is typed, and a week from today.
    assert str(city.people["lab"].pk) in text and str(city.people["roads"].pk) not in text
    assert f'value="{city.people["health"].pk}"' not in text
    assert f'value="{_day(0)}"' in text and f'value="{_day(6)}"' in text
    text = client.post(address, {"name": "ANA", "search": "1", "reason": "Cuti tahunan"}).content.decode()
    assert str(city.people["analyst"].pk) in text and str(city.people["lab"].pk) not in text
    assert 'value="Cuti tahunan"' in text
    assert client.post(address, _fields(city))["Location"] == "/profil"
    text = client.get("/profil").content.decode()
    assert "analyst mewakili Anda" in text
    city.open("mayor", "health", title="Untuk kepala dinas")
    assert "Untuk kepala dinas" in sign_in("analyst").get("/").content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"person": ""}, "Pilih orangnya"),
        ({"person": "bukan-id"}, ""),
        ({"starts_on": "31-02-2020"}, ""),
        ({"starts_on": "2020-02-31"}, ""),
        ({"ends_on": "", "starts_on": ""}, ""),
        ({"starts_on": "2020-03-01", "ends_on": "2020-03-02"}, "Hari itu sudah lewat."),
        ({"reason": "x" * 500}, ""),
        ({"ends_on": ""}, "wajib"),
        ({"name": "x\x00y"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    city: City, sign_in: Callable[[str], Client], changes: dict[str, str], said: str
) -> None:
    from tertib.government.models import Deputy

    before = Deputy.objects.count()
    address = f"/profil/pengganti/{city.posts['health'].pk}"
    answer = sign_in("health").post(address, _fields(city, **changes))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="summary"' in text
    assert said in text
    assert Deputy.objects.count() == before


def test_whoever_is_chosen_stays_while_another_name_is_sought(city: City, sign_in: Callable[[str], Client]) -> None:
    client, address = sign_in("health"), f"/profil/pengganti/{city.posts['health'].pk}"
    analyst = city.people["analyst"].pk
    text = client.post(address, {"name": "roads", "search": "1", "person": str(analyst)}).content.decode()
    assert f'value="{analyst}" checked' in text and str(city.people["roads"].pk) in text
    assert "Tidak ada" in client.post(address, {"name": "zzz", "search": "1"}).content.decode()
    # What is left in the search says nothing about who was chosen.
    assert client.post(address, _fields(city, name="zzz")).status_code == 302
    # Whoever stood in last time comes first the next time.
    deputies = client.get(address).content.decode()
    assert deputies.index(str(analyst)) < deputies.index(str(city.people["lab"].pk))


def test_nobody_without_a_post_and_not_oneself_can_be_chosen(city: City, sign_in: Callable[[str], Client]) -> None:
    address = f"/profil/pengganti/{city.posts['health'].pk}"
    for name in ("health", "nobody"):
        assert sign_in("health").post(address, _fields(city, person=str(city.people[name].pk))).status_code == 422


def test_the_last_day_can_not_come_before_the_first_nor_two_stand_in_at_once(
    city: City, sign_in: Callable[[str], Client]
) -> None:
    client, address = sign_in("health"), f"/profil/pengganti/{city.posts['health'].pk}"
    assert client.post(address, _fields(city, starts_on=_day(3), ends_on=_day(1))).status_code == 422
    assert client.post(address, _fields(city)).status_code == 302
    answer = client.post(address, _fields(city, name="roads", person=str(city.people["roads"].pk)))
    assert answer.status_code == 422
    assert "analyst" in answer.content.decode()


@pytest.mark.parametrize(("name", "post"), [("health", "works"), ("deputy", "works"), ("acting", "spare")])
def test_only_who_fills_the_post_definitively_may(
    city: City, sign_in: Callable[[str], Client], name: str, post: str
) -> None:
    address = f"/profil/pengganti/{city.posts[post].pk}"
    assert sign_in(name).get(address).status_code == 403
    assert sign_in(name).post(address, _fields(city)).status_code == 403


def test_ending_asks_once_and_closes_the_desk(city: City, sign_in: Callable[[str], Client]) -> None:
    from tertib.government.models import Deputy

    row = Deputy.objects.get(post=city.posts["works"])
    address = f"/profil/pengganti/{row.pk}/akhiri"
    assert sign_in("health").post(address).status_code == 403
    assert "tidak lagi melihat" in sign_in("works").get(address).content.decode()
    assert sign_in("works").post(address).status_code == 302
    assert "tidak memangku jabatan" in sign_in("deputy").get("/").content.decode()
    assert sign_in("works").get(f"/profil/pengganti/{city.posts['lab'].pk}/akhiri").status_code == 404
