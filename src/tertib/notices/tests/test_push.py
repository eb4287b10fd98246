"""Pushed notices to a real service over TLS, which reads them as a browser would; and where we never go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tertib.ground.errors import Invalid
from tertib.ground.time import travel
from tertib.matters.testing import City
from tertib.notices import outbox, push
from tertib.notices.models import Browser, Sending, Wishes
from tertib.notices.tests import servers
from tertib.notices.tests.servers import PushService
from tertib.notices.tests.times import MORNING, follow, setting

ON = {"TERTIB_PUSH": "1", "TERTIB_PUSH_CONTACT": "mailto:pengelola@kota.example"}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """A push service on this machine that the settings allow."""
    with servers.push_service(tmp_path) as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        with setting(**ON, TERTIB_PUSH_PRIVATE=f"localhost:{found.port}"):
            yield found


def wants_push(city: City, service: PushService, name: str = "lab") -> Browser:
    person = city.people[name]
    Wishes.objects.create(person=person, ways={f"arrived.{urgency}": "push" for urgency in range(3)})
    return push.subscribe(person.pk, **service.subscription())


def test_a_browser_is_told_and_only_it_can_read_it(city: City, service: PushService) -> None:
    wants_push(city, service)
    done = city.open("health", "lab", title="Permohonan data", urgency=2)
    follow()
    assert outbox.send_waiting() == 1 and Sending.objects.get().state == "sent"
    ((headers, said),) = service.taken
    assert said["title"] == "Masuk ke meja Anda" and said["body"] == "Permohonan data"
    assert said["url"].startswith("/pemberitahuan/") and said["tag"] == str(done.matter)
    assert headers["Content-Encoding"] == "aes128gcm" and headers["Urgency"] == "high" and int(headers["TTL"]) > 0
    assert len(headers["Topic"]) <= 32
    said, good = servers.claims(headers["Authorization"])
    assert good and said["aud"] == f"https://localhost:{service.port}" and said["sub"] == ON["TERTIB_PUSH_CONTACT"]
    assert push.public_key() in headers["Authorization"]


@pytest.mark.parametrize("security", [1, 2, 3])
def test_above_ordinary_no_subject_is_pushed(city: City, service: PushService, security: int) -> None:
    wants_push(city, service)
    city.open("health", "lab", title="Mutasi pejabat", security=security)
    follow()
    outbox.send_waiting()
    ((_headers, said),) = service.taken
    assert "Mutasi" not in str(said) and said["title"] == "Tertib"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(city: City, service: PushService, status: int) -> None:
    wants_push(city, service)
    service.status = status
    city.open("health", "lab")
    follow()
    outbox.send_waiting()
    assert not Browser.objects.exists() and Sending.objects.get().state == "dropped"


@pytest.mark.parametrize("status", [429, 500, 302])
def test_a_service_in_trouble_is_tried_again_and_leads_nowhere_else(
    city: City, service: PushService, status: int
) -> None:
    wants_push(city, service)
    service.status = status
    city.open("health", "lab")
    follow()
    outbox.send_waiting()
    assert Browser.objects.exists() and Sending.objects.get().state == "waiting"
    service.status = 201
    with travel(MORNING + timedelta(minutes=2)):
        outbox.send_waiting()
    assert len(service.taken) == 1


def test_a_certificate_nobody_vouches_for_is_not_trusted(
    city: City, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    wants_push(city, service)
    city.open("health", "lab")
    follow()
    outbox.send_waiting()
    assert not service.taken and Sending.objects.get().state == "waiting"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]/x",
        "https://10.1.2.3/x",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/x",
        "https://[fd00::1]/x",
        "https://2130706433/x",
        "https://0/x",
        "https://user:word@8.8.8.8/x",
        "https://8.8.8.8:22/x",
        "https://8.8.8.8:99999/x",
        "https:///x",
        "ftp://8.8.8.8/x",
        "https://8.8.8.8/a b",
        "https://8.8.8.8/a\r\nHost: x",
        "",
        "https://8.8.8.8/" + "x" * 1000,
    ],
)
def test_where_we_never_go(city: City, endpoint: str) -> None:
    good = PushService().subscription()
    with setting(**ON):
        with pytest.raises(Invalid):
            push.subscribe(city.people["lab"].pk, **{**good, "endpoint": endpoint})
        with pytest.raises(push.Gone):
            push.send(endpoint, push.decode(good["p256dh"]), push.decode(good["auth"]), {}, urgent=False, topic="x")
    assert not Browser.objects.exists()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False),  # noqa: S104
        ("::", False), ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
        ("fe80::1%eth0", False), ("nonsense", False), ("172.31.255.255", False), ("198.18.0.1", False),
    ],
)  # fmt: skip
def test_public_addresses(address: str, public: bool) -> None:
    assert push.is_public(address) is public


def test_a_name_that_moves_home_between_looking_and_going(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is made to the address that was looked at, so a second look-up has no say."""
    import socket

    asked: list[str] = []

    def lookup(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8" if len(asked) == 1 else "127.0.0.1", port))]

    gone_to: list[str] = []

    def connect(where: tuple[str, int], _timeout: float) -> None:
        gone_to.append(where[0])
        raise OSError("no route")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "create_connection", connect)
    good = PushService().subscription()
    with setting(**ON), pytest.raises(push.Later):
        push.send(
            "https://push.example/x",
            push.decode(good["p256dh"]),
            push.decode(good["auth"]),
            {},
            urgent=False,
            topic="x",
        )
    assert gone_to == ["8.8.8.8"]


@pytest.mark.parametrize("change", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "é"}, {"p256dh": ""}])
def test_keys_no_browser_has_are_refused(city: City, service: PushService, change: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        push.subscribe(city.people["lab"].pk, **{**service.subscription(), **change})


def test_a_browser_belongs_to_whoever_switched_it_on_last(city: City, service: PushService) -> None:
    push.subscribe(city.people["lab"].pk, **service.subscription())
    push.subscribe(city.people["analyst"].pk, **service.subscription())
    browser = Browser.objects.get()
    assert browser.person_id == city.people["analyst"].pk
    assert push.unsubscribe(city.people["lab"].pk, browser.pk) == 0
    assert push.unsubscribe(city.people["analyst"].pk, browser.pk) == 1


def test_a_server_that_never_ends_its_answer_is_left(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each letter comes in time; only the whole never does."""
    monkeypatch.setattr(push, "LONGEST_SECONDS", 0.5)
    with servers.trickling(tmp_path) as port:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        with setting(**ON, TERTIB_PUSH_PRIVATE=f"localhost:{port}"):
            browser = servers.PushService(port=port).subscription()
            wants = push.subscribe(city.people["lab"].pk, **browser)
            with pytest.raises(push.Later):
                push.send_to_all(wants.person_id, {"title": "x"}, urgent=False, topic="t")
            wants.refresh_from_db()
            assert wants.failures == 1
            Browser.objects.update(failures=push.MOST_FAILURES - 1)
            with pytest.raises(push.Later):
                push.send_to_all(wants.person_id, {"title": "x"}, urgent=False, topic="t")
            assert not Browser.objects.exists()


def test_a_topic_tells_neither_matter_nor_company(city: City) -> None:
    matter = city.open("health", "lab").matter
    first, second = (outbox.topic(city.people[name].pk, matter) for name in ("lab", "health"))
    assert first != second and matter.hex not in (first, second) and len(first) == 32
    assert first == outbox.topic(city.people["lab"].pk, matter)
