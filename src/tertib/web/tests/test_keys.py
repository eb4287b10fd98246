"""Keys of programs on the profile: made with the password, shown once, revoked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tertib.matters.testing import City

PASSWORD = "kata sandi yang panjang"
ADDRESS = "/profil/kunci"


@pytest.fixture
def client(city: City, sign_in: Callable[[str], Client]) -> Client:
    """Somebody with a password, signed in."""
    cache.clear()
    city.people["health"].set_password(PASSWORD)
    city.people["health"].save()
    return sign_in("health")


def fields(**changes: Any) -> dict[str, Any]:
    return {"name": "pemindai lobi", "last_day": "", "password": PASSWORD, **changes}


def made(answer: Any) -> str:
    found = re.search(r'value="(tertib_[^"]+)"', answer.content.decode())
    return found[1] if found else ""


def test_a_key_is_made_shown_once_works_and_is_revoked(city: City, client: Client) -> None:
    from tertib.government import tokens
    from tertib.government.models import ApiToken

    assert ADDRESS in client.get("/profil").content.decode()
    assert "Belum ada kunci" in client.get(ADDRESS).content.decode()
    answer = client.post(ADDRESS, fields())
    key = made(answer)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    assert tokens.owner(key) == city.people["health"].pk
    page = client.get(ADDRESS).content.decode()
    assert "pemindai lobi" in page and key not in page
    revoke = f"{ADDRESS}/{ApiToken.objects.get().pk}/cabut"
    assert "pemindai lobi" in client.get(revoke).content.decode()
    assert tokens.owner(key) is not None
    assert client.post(revoke)["Location"] == ADDRESS
    assert tokens.owner(key) is None
    assert client.get(revoke).status_code == client.post(revoke).status_code == 404


def test_a_key_may_have_an_end(client: Client) -> None:
    from tertib.government.models import ApiToken
    from tertib.ground.tenancy import here
    from tertib.ground.time import now

    last = here.today() + timedelta(days=30)
    assert made(client.post(ADDRESS, fields(last_day=last.isoformat())))
    assert last.strftime("%d/%m/%Y") in client.get(ADDRESS).content.decode()
    ApiToken.objects.update(expires_at=now() - timedelta(days=1))
    assert "masa berlakunya habis" in client.get(ADDRESS).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\u200bb"}, "name"),
        ({"last_day": "2020-02-31"}, "last_day"),
        ({"last_day": "2020-02-03"}, "last_day"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"password": ""}, "password"),
        ({"password": "salah"}, "password"),
    ],
)
def test_what_is_wrong_is_said_and_no_key_is_made(client: Client, changes: dict[str, str], field: str) -> None:
    from tertib.government.models import ApiToken

    answer = client.post(ADDRESS, fields(**changes))
    page = answer.content.decode()
    assert answer.status_code == 422 and f'href="#id_{field}"' in page and not made(answer)
    assert PASSWORD not in page and not ApiToken.objects.exists()
    assert field == "name" or 'value="pemindai lobi"' in page


def test_guessing_the_password_has_an_end(client: Client) -> None:
    for _attempt in range(5):
        assert client.post(ADDRESS, fields(password="salah")).status_code == 422
    answer = client.post(ADDRESS, fields())
    assert answer.status_code == 429 and not made(answer)
    cache.clear()


def test_nobody_sees_or_revokes_the_keys_of_others(
    city: City, client: Client, sign_in: Callable[[str], Client]
) -> None:
    from tertib.government.models import ApiToken

    client.post(ADDRESS, fields())
    row, other = ApiToken.objects.get(), sign_in("works")
    assert "pemindai lobi" not in other.get(ADDRESS).content.decode()
    address = f"{ADDRESS}/{row.pk}/cabut"
    assert other.get(address).status_code == other.post(address).status_code == 404
    assert ApiToken.objects.filter(pk=row.pk).exists()


def test_a_visitor_has_no_keys(visitor: Client) -> None:
    assert visitor.get(ADDRESS).status_code == 302
    assert visitor.post(ADDRESS, fields()).status_code == 302


def test_the_record_of_changes_tells_of_keys(city: City, client: Client) -> None:
    from tertib.matters.testing import grant, root_unit

    key = made(client.post(ADDRESS, fields(last_day=(date.today() + timedelta(days=3)).isoformat())))  # noqa: DTZ011
    grant(city.posts["health"], "administrator", root_unit())
    page = client.get("/atur/catatan").content.decode()
    assert "Kunci dibuat untuk program" in page and "pemindai lobi" in page and key not in page
