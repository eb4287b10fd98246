"""The page of the first government: only with the code, only once, only while nothing is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from tertib.government.models import Appointment, Person, RoleGrant, Unit
from tertib.ground.errors import Forbidden, Invalid, TooMany
from tertib.ground.tenancy import first_run, here
from tertib.ground.tenancy.middleware import activate, forget
from tertib.ground.tenancy.models import FirstRun, Government
from tertib.ground.time import now, travel
from tertib.web.first_run import FirstForm, _done, make, schema_of

pytestmark = pytest.mark.django_db

GIVEN = {
    "kind": "kabupaten",
    "name": "Kabupaten Contoh",
    "short_name": "Contoh Baru",
    "host": "contoh.localhost",
    "timezone": "Asia/Makassar",
    "person": "Ani Admin",
    "username": "ani",
    "password": "semangka-biru-17",
    "again": "semangka-biru-17",
}


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no government were there; those of the tests stay."""
    here.leave()
    forget()
    known = set(Government.objects.values_list("pk", flat=True))
    monkeypatch.setattr(Government, "objects", _Hidden(known))


class _Hidden:
    def __init__(self, known: set[Any]) -> None:
        self.known = known

    def __getattr__(self, name: str) -> Any:
        return getattr(Government._default_manager.exclude(pk__in=self.known), name)


def client(host: str = "lain.localhost") -> Client:
    return Client(HTTP_HOST=host)


def test_no_code_is_issued_and_no_page_opens_where_a_government_is(government: Government) -> None:
    assert first_run.issue() == "" and not FirstRun.objects.exists()
    assert client().get("/mulai").status_code == 404
    assert client().post("/mulai", GIVEN).status_code == 404


@pytest.mark.usefixtures("nobody")
def test_a_code_is_typed_as_people_type_and_a_newer_one_replaces_it() -> None:
    old = first_run.issue()
    assert old not in str(FirstRun.objects.get().code)
    code = first_run.issue()
    first_run.check(f" {code.lower().replace('-', ' ')} ")
    with pytest.raises(Invalid):
        first_run.check(old)
    first_run.use()
    with pytest.raises(Forbidden):
        first_run.check(code)


@pytest.mark.usefixtures("nobody")
def test_guesses_are_few_and_a_code_does_not_last() -> None:
    code = first_run.issue()
    for _n in range(first_run.MOST_WRONG):
        with pytest.raises(Invalid):
            first_run.check("AAAA-BBBB-CCCC")
    with pytest.raises(TooMany):
        first_run.check(code)
    with travel(now() + first_run.WINDOW + timedelta(seconds=1)):
        first_run.check(code)
    with travel(now() + first_run.LASTS + timedelta(seconds=1)), pytest.raises(Forbidden):
        first_run.check(code)


@pytest.mark.usefixtures("nobody")
def test_a_wrong_code_learns_only_what_is_wrong_in_what_was_typed_and_loses_nothing() -> None:
    code = first_run.issue()
    page = client().post("/mulai", {**GIVEN, "code": "AAAA-BBBB-CCCC", "again": "lain", "host": "kota.example"})
    shown = page.content.decode()
    assert page.status_code == 422 and "Bukan itu kodenya" in shown and "Kabupaten Contoh" in shown
    assert "berbeda" in shown and "TERTIB_HOSTS" not in shown and "semangka" not in shown and code not in shown
    page = client().post("/mulai", {**GIVEN, "code": code, "again": "lain", "host": "kota.example"})
    shown = page.content.decode()
    assert page.status_code == 422 and "berbeda" in shown and "TERTIB_HOSTS" in shown


@pytest.mark.parametrize(
    ("asked", "chosen", "said", "door"),
    [
        ("127.0.0.1:8000", "uji.localhost", "uji.localhost:8000", "uji.localhost:8000"),
        ("lain.localhost:8000", "uji.localhost", "uji.localhost:8000", "uji.localhost:8000"),
        ("127.0.0.1:8000", "surat.localhost.test", "surat.localhost.test", "127.0.0.1:8000"),
    ],
)
def test_it_ends_with_the_address_under_which_it_is_reached(
    government: Government, asked: str, chosen: str, said: str, door: str
) -> None:
    government.domains.filter(is_primary=True).update(domain=chosen)
    request = RequestFactory(HTTP_HOST=asked).get("/mulai")
    shown = _done(request, government, "ani", local=asked.startswith("127")).content.decode()
    assert f'<dd class="mono">{said}</dd>' in shown and f'href="http://{door}/accounts/login/' in shown
    # Where that is another one than the address of now, both are said.
    assert ("Untuk sementara di mesin ini" in shown) == (said != door)


def test_weak_passwords_and_odd_names_are_refused() -> None:
    for wrong in (
        {"password": "anianiani"},
        {"short_name": "7"},
        {"host": "-"},
        {"kind": "negara"},
        {"username": "a b"},
    ):
        assert not FirstForm({**GIVEN, "code": "x", **wrong}).is_valid(), wrong
    assert FirstForm({**GIVEN, "code": "x"}).is_valid()
    assert schema_of("Kutai Kartanegara") == "kutai_kartanegara" and schema_of("Ngañjuk 2!") == "nganjuk"


@pytest.mark.usefixtures("nobody")
def test_the_government_comes_with_its_first_administrator() -> None:
    first_run.issue()
    made = make(GIVEN)
    assert not FirstRun.objects.exists() and made.timezone == "Asia/Makassar"
    activate(made)
    who = Person.objects.get(username="ani")
    assert who.check_password(GIVEN["password"])
    seat = Appointment.objects.get(person=who).post
    top = Unit.objects.get()
    assert RoleGrant.objects.get(post=seat).unit == top and top.code == "pemkab"
    here.leave()
