"""The door of the demo, and that there is none elsewhere."""

from __future__ import annotations

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
