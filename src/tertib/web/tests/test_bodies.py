"""Somebody sends more than there is room for: refused before it is read, or as soon as it is too much."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from django.test import Client

from tertib.government import tokens
from tertib.ground.errors import Unavailable
from tertib.matters.testing import City
from tertib.web import arriving, bodies

HOST = "bekasi.localhost"
FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data; boundary=x"
MB = 1024 * 1024


class Unread(io.RawIOBase):
    """A body that fails the test when it is read; it comes from a client that would send for ever."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body was read")


class Endless(io.RawIOBase):
    """A body without an end, and how much of it was read."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        assert 0 < size <= MB
        self.taken += size
        return b"x" * size


def send(client: Client, address: str, kind: str, size: int | None, body: Any, **more: Any) -> Any:
    """POST a body of a stated size; None: chunked, without one."""
    extra: dict[str, Any] = {"wsgi.input": body, "CONTENT_TYPE": kind, **more}
    extra["CONTENT_LENGTH"] = "" if size is None else str(size)
    if size is None:
        extra["HTTP_TRANSFER_ENCODING"] = "chunked"
    return client.generic("POST", address, b"", **extra)


@pytest.mark.parametrize(
    ("kind", "size"),
    [(FORM, 2 * MB + 1), (FILES, 2 * MB + 1), (FILES, 10**12), ("application/json", MB + 1), ("text/plain", 3 * MB)],
)
@pytest.mark.parametrize("address", ["/accounts/login/", "/surat/masuk/baru", "/tiada", "/api/v1/letters"])
def test_from_nobody_in_particular_little_is_taken(visitor: Client, address: str, kind: str, size: int) -> None:
    answer = send(visitor, address, kind, size, Unread())
    assert answer.status_code == 413
    if address.startswith("/api/"):
        assert answer.json()["error"] == "too_large" and answer.json()["problems"][0]["mend"]
    else:
        assert "Terlalu banyak sekaligus" in answer.content.decode()


def test_files_of_who_is_signed_in_are_taken_up_to_a_bound(sign_in: Callable[[str], Client]) -> None:
    client = sign_in("health")
    assert send(client, "/profil", FILES, bodies.MOST_FILES + 2 * MB + 1, Unread()).status_code == 413
    assert send(client, "/profil", FORM, 3 * MB, Unread()).status_code == 413
    # What fits is read, which the test can see.
    for kind, size in ((FILES, bodies.MOST_FILES), (FORM, MB)):
        with pytest.raises(AssertionError, match="was read"):
            send(client, "/tema", kind, size, Unread())


def test_a_key_gives_no_right_to_send_much(city: City) -> None:
    head = {"HTTP_AUTHORIZATION": f"Bearer {tokens.make(city.people['health'], 'x')}"}
    client = Client(SERVER_NAME=HOST)
    for kind, size in (("application/json", MB + 1), (FILES, 3 * MB)):
        assert send(client, "/api/v1/letters", kind, size, Unread(), **head).status_code == 413


@pytest.mark.parametrize(("kind", "most"), [(FORM, 2 * MB), (FILES, 2 * MB), ("application/json", MB)])
def test_without_a_size_it_is_counted_while_it_comes(visitor: Client, kind: str, most: int) -> None:
    body = Endless()
    assert send(visitor, "/api/v1/letters", kind, None, body).status_code == 413
    assert most < body.taken < most + 2 * 64 * 1024


def test_without_a_size_a_small_body_arrives_whole(visitor: Client) -> None:
    answer = send(visitor, "/tema", FORM, None, io.BytesIO(b"theme=dark&next=%2Fprofil"))
    assert answer["Location"] == "/profil" and answer.cookies["theme"].value == "dark"


def test_on_a_host_of_no_government_too(government: object) -> None:
    client = Client(SERVER_NAME="localhost.localdomain.localhost")
    assert send(client, "/tema", FILES, 3 * MB, Unread()).status_code == 413


def test_strangers_who_send_slowly_leave_places_to_who_is_signed_in(visitor: Client) -> None:
    with ExitStack() as taken:
        for _ in range(arriving.MOST_STRANGERS):
            taken.enter_context(arriving.place(known=False))
        assert send(visitor, "/accounts/login/", FORM, 10, Unread()).status_code == 503
        for _ in range(arriving.MOST_READING - arriving.MOST_STRANGERS):
            taken.enter_context(arriving.place(known=True))
        with pytest.raises(Unavailable), arriving.place(known=True):
            pass
    with arriving.place(known=False):
        pass
