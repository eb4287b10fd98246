"""The door of the demo, and that there is none elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tertib.matters.testing import City


@pytest.fixture
def door(city: City) -> str:
    """The code of a post with a door; its person is a sample."""
    from tertib.web.models import DemoDoor

    person = city.people["health"]
    person.is_sample = True
    person.save()
    words = {"id": "Kepala Dinas", "en": "Head"}
    DemoDoor.objects.create(post=city.posts["health"], title=words, line={"id": "Baca.", "en": "Read."})
    return city.posts["health"].code


@pytest.fixture
def demo(settings: Any, government: Any) -> None:
    """This installation is a demo, and so is the government."""
    from tertib.ground.tenancy.middleware import forget

    settings.DEMO = True
    settings.ROOT_URLCONF = "tertib.web.tests.demo_urls"
    government.demo = True
    government.save(verbosity=0)
    forget()


def test_outside_a_demo_the_door_does_not_exist(visitor: Client, door: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("demo_enter", "tertib.urls")
    for method in ("get", "post"):
        assert getattr(visitor, method)("/demo/enter", {"post": door}).status_code == 404
    assert "Kepala Dinas" not in visitor.get("/accounts/login/").content.decode()


def test_one_click_signs_in_as_the_person_of_the_post(visitor: Client, door: str, city: City, demo: None) -> None:
    assert "Masuk sebagai Kepala Dinas" in visitor.get("/accounts/login/").content.decode()
    answer = visitor.post("/demo/enter", {"post": door})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert visitor.session["_auth_user_id"] == str(city.people["health"].pk)
    assert "bekasi" in visitor.get("/accounts/sessions/").content.decode().lower()


@pytest.mark.parametrize("without", ["sample", "active", "government", "installation", "door", "occupant"])
def test_each_condition_is_needed(
    visitor: Client, door: str, city: City, demo: None, settings: Any, government: Any, without: str
) -> None:
    from tertib.government.models import Appointment, Person
    from tertib.ground.tenancy.middleware import forget
    from tertib.web.models import DemoDoor

    if without == "sample":
        Person.objects.update(is_sample=False)
    elif without == "active":
        Person.objects.update(is_active=False)
    elif without == "government":
        government.demo = False
        government.save(verbosity=0)
        forget()
    elif without == "installation":
        settings.DEMO = False
    elif without == "door":
        DemoDoor.objects.all().delete()
    else:
        Appointment.objects.filter(post=city.posts["health"]).delete()
    assert visitor.post("/demo/enter", {"post": door}).status_code == 404
    assert "_auth_user_id" not in visitor.session


def test_it_opens_by_post_only(visitor: Client, door: str, demo: None) -> None:
    assert visitor.get("/demo/enter", {"post": door}).status_code == 404
    assert visitor.post("/demo/enter", {"post": "' OR 1=1 --"}).status_code == 404


@pytest.mark.parametrize("open_", [True, False])
def test_the_password_everybody_knows_opens_nothing_outside_a_demo(
    visitor: Client, door: str, city: City, demo: None, settings: Any, open_: bool
) -> None:
    from tertib.government.passwords import SAMPLE

    person = city.people["health"]
    person.username = "contoh"
    person.set_password(SAMPLE)
    person.save()
    settings.DEMO = open_
    answer = visitor.post("/accounts/login/", {"login": "contoh", "password": SAMPLE})
    assert (answer.status_code == 302) is open_
    assert ("_auth_user_id" in visitor.session) is open_


def test_sessions_and_keys_of_sample_people_stop_with_the_demo(
    city: City, sign_in: Callable[[str], Client], door: str, demo: None, settings: Any, government: Any
) -> None:
    """Those of real people go on, whatever the installation is."""
    from tertib.government import tokens
    from tertib.ground.tenancy.middleware import forget

    def works(name: str) -> tuple[bool, bool]:
        by_key = Client(SERVER_NAME="bekasi.localhost").get(
            "/api/v1/desk", headers={"Authorization": f"Bearer {keys[name]}"}
        )
        return sessions[name].get("/profil").status_code == 200, by_key.status_code == 200

    keys = {name: tokens.make(city.people[name], "program") for name in ("health", "works")}
    sessions = {name: sign_in(name) for name in keys}
    # The pages of a demo and of others differ by the demo's own doors only.
    settings.ROOT_URLCONF = "tertib.urls"
    assert works("health") == works("works") == (True, True)
    settings.DEMO = False
    assert works("health") == (False, False) and works("works") == (True, True)
    assert sessions["health"].get("/api/v1/desk").status_code == 401
    settings.DEMO, government.demo = True, False
    government.save(verbosity=0)
    forget()
    assert works("health") == (False, False) and works("works") == (True, True)


def test_no_other_way_of_signing_in_lets_sample_people_in(
    visitor: Client, city: City, door: str, demo: None, settings: Any
) -> None:
    """A passkey or a link for a new password asks for no password, but ends where every sign-in does."""
    from allauth.account.internal.flows.login import perform_login
    from allauth.account.models import Login
    from allauth.core.context import request_context
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    settings.DEMO = False
    for name, taken in (("health", False), ("works", True)):
        request = RequestFactory().get("/accounts/login/", SERVER_NAME="bekasi.localhost")
        request.session, request.user = SessionStore(), city.people[name]
        with request_context(request):
            perform_login(request, Login(user=city.people[name]))
        assert ("_auth_user_id" in request.session) is taken
