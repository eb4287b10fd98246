"""What browsers are told about every answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.test import Client


def test_every_page_forbids_inline_script_and_foreign_sources(visitor: Client) -> None:
    answer = visitor.get("/accounts/login/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    for part in ("object-src 'none'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in answer["Permissions-Policy"]


def test_errors_carry_the_headers_too(visitor: Client) -> None:
    answer = visitor.get("/tidak-ada")
    assert answer.status_code == 404
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_pages_of_a_signed_in_person_are_not_stored(sign_in: Callable[[str], Client]) -> None:
    assert sign_in("health").get("/")["Cache-Control"] == "private, no-store"


def test_moments_are_told_in_the_zone_of_the_government(visitor: Client) -> None:
    from datetime import UTC, datetime

    from tertib.web import moments

    visitor.get("/accounts/login/")
    assert moments.moment(datetime(2020, 7, 2, 9, 0, tzinfo=UTC)) == "Kamis, 2 Juli 2020, 16.00 WIB"


def test_pages_are_compressed_unless_they_show_secrets(sign_in: Callable[[str], Client]) -> None:
    person = sign_in("health")
    taken = {"Accept-Encoding": "gzip"}
    assert person.get("/profil", headers=taken)["Content-Encoding"] == "gzip"
    session = person.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    answer = person.get("/accounts/2fa/totp/activate/?q=abc", headers=taken)
    assert b"data:image/svg+xml" in answer.content
    assert "Content-Encoding" not in answer
