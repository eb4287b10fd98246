"""What answers on a host that belongs to no government."""

from __future__ import annotations

from typing import Any

from django.test import Client


def test_each_government_is_listed_with_its_own_address(government: Any) -> None:
    answer = Client().get("/", SERVER_NAME="localhost", SERVER_PORT="8123")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'href="http://bekasi.localhost:8123/"' in text
    assert 'href="http://pasuruan.localhost:8123/"' in text
    assert "Kota Bekasi" in text


def test_the_first_page_of_an_empty_installation_says_how_to_begin(db: None) -> None:
    from tertib.ground.tenancy.middleware import forget
    from tertib.ground.tenancy.models import Domain, Government

    Domain.objects.all().delete()
    Government.objects.all()._raw_delete("default")
    forget()
    text = Client().get("/", SERVER_NAME="localhost").content.decode()
    assert "tertib government create" in text


def test_nothing_of_a_government_answers_there(government: Any) -> None:
    for path in ("/accounts/login/", "/profil", "/demo/enter", "/_look"):
        assert Client().get(path, SERVER_NAME="localhost").status_code == 404


def test_a_session_of_another_host_does_no_harm(government: Any) -> None:
    client = Client(SERVER_NAME="localhost")
    client.cookies["sessionid"] = "x" * 32
    assert client.get("/").status_code == 200
    assert client.post("/bahasa", {"language": "en"}).status_code == 302
    assert "Which government?" in client.get("/").content.decode()
