"""Each kind of error as a page, as a fragment, and as JSON."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from tertib.ground.errors import (
    Broken,
    Forbidden,
    Invalid,
    Moved,
    NotFound,
    Problem,
    TertibError,
    Unavailable,
)

KINDS = [Invalid, Forbidden, NotFound, Moved, Unavailable, Broken]


def _request(path: str = "/surat/1", **headers: str) -> Any:
    from django.contrib.auth.models import AnonymousUser

    request: Any = RequestFactory(headers=headers or None).get(path)
    request.user = AnonymousUser()
    request.reader = SimpleNamespace(seats=(), roles=frozenset(), name="")
    return request


def _answer(error: TertibError, request: Any) -> Any:
    from tertib.web.middleware import ErrorsMiddleware

    return ErrorsMiddleware(lambda r: None).process_exception(request, error)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_says_what_where_and_how_to_mend(kind: type[TertibError]) -> None:
    error = kind(Problem("Tanggal belum diisi <b>", where="tanggal", mend="Isi tanggal surat."))
    answer = _answer(error, _request())
    text = answer.content.decode()
    assert answer.status_code == kind.status
    assert "Tanggal belum diisi &lt;b&gt;" in text
    assert "tanggal:" in text
    assert "Isi tanggal surat." in text
    assert "button primary" in text  # a way back


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("request_", [("/api/v1/x", {}), ("/surat/1", {"Accept": "application/json"})])
def test_a_program_gets_json(kind: type[TertibError], request_: tuple[str, dict[str, str]]) -> None:
    answer = _answer(
        kind(Problem("A", where="b", mend="C"), facts={"version": 3}), _request(request_[0], **request_[1])
    )
    said = json.loads(answer.content)
    assert answer.status_code == kind.status
    assert said == {"error": kind.code, "problems": [{"what": "A", "where": "b", "mend": "C"}], "version": 3}


def test_htmx_gets_a_fragment_for_its_place() -> None:
    answer = _answer(Invalid("A"), _request(**{"HX-Request": "true"}))
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#problems"
    assert "<html" not in answer.content.decode()


def test_a_moved_matter_tells_what_happened_meanwhile() -> None:
    meanwhile = [{"n": 2, "at": "2020-07-02T09:00:00+00:00", "what": "Didisposisikan", "by": "Sekretaris Daerah"}]
    text = _answer(Moved("Sudah bergerak.", facts={"meanwhile": meanwhile}), _request()).content.decode()
    assert "Didisposisikan" in text
    assert "Sekretaris Daerah" in text
    assert "Kamis, 2 Juli 2020, 16.00 WIB" in text


def test_other_exceptions_are_left_to_the_last_handler() -> None:
    from tertib.web.middleware import ErrorsMiddleware

    assert ErrorsMiddleware(lambda r: None).process_exception(_request(), ValueError("x")) is None  # type: ignore[arg-type,return-value]


def test_an_unforeseen_error_shows_a_number_and_nothing_else() -> None:
    from tertib.web.errors import server_error

    try:
        raise RuntimeError("kata sandi basis data")
    except RuntimeError:
        page, program = server_error(_request()), server_error(_request("/api/v1/x"))
    assert page.status_code == program.status_code == 500
    assert "kata sandi basis data" not in page.content.decode() + program.content.decode()
    assert len(json.loads(program.content)["id"]) == 12


def test_a_lost_database_is_no_mistake_of_the_program() -> None:
    from tertib.web.errors import server_error

    try:
        raise OperationalError("server closed the connection")
    except OperationalError:
        answer = server_error(_request())
    assert answer.status_code == 503
    assert "server closed" not in answer.content.decode()


def test_a_form_without_its_token_is_refused_politely(government: Any) -> None:
    client = Client(SERVER_NAME="bekasi.localhost", enforce_csrf_checks=True)
    answer = client.post("/bahasa", {"language": "en"})
    assert answer.status_code == 403
    assert "terlalu lama terbuka" in answer.content.decode()


def test_an_unknown_address_is_a_page_of_ours_in_both_languages(visitor: Client) -> None:
    assert "Tidak ada apa-apa di sini" in visitor.get("/tidak-ada").content.decode()
    visitor.cookies["django_language"] = "en"
    assert "There is nothing here" in visitor.get("/tidak-ada").content.decode()


def test_an_address_with_a_nul_is_refused_before_it_reaches_the_database(visitor: Client) -> None:
    answer = visitor.get("/?jenis=%00")
    assert answer.status_code == 400 and "di pihak kami" not in answer.content.decode()
    assert "Permintaan ini tidak terbaca" in answer.content.decode()
    assert visitor.get("/profil%00").status_code in (400, 404)
