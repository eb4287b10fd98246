"""Signing in, and what is closed before it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from tertib.matters.testing import City

PASSWORD = "panjang-sekali-1945"


@pytest.fixture
def person(city: City) -> Any:
    """Someone with a user name, an address and a password."""
    found = city.people["health"]
    found.username, found.email = "ratna", "ratna@contoh.example"
    found.set_password(PASSWORD)
    found.save()
    return found


def _patterns(entries: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in entries:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns, here)
        elif isinstance(entry, URLPattern):
            yield here, entry.callback


def test_every_page_asks_for_sign_in_unless_it_is_known_to_be_open(visitor: Client) -> None:
    from tertib.web import account_urls, urls

    opened = {"login/", "logout/", "inactive/", "signup/", "bahasa", "tema", "2fa/authenticate/", "2fa/webauthn/login/"}
    opened |= {"password/reset/key/done/", "^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"}
    # The link of an e-mail, which is signed, and a script without anything of anybody.
    opened |= {"pemberitahuan/berhenti/<str:token>", "push.js"}
    closed = 0
    for address, view in [*_patterns(account_urls.urlpatterns), *_patterns(urls.urlpatterns)]:
        if getattr(view, "login_required", True):
            closed += 1
        else:
            assert address in opened, address
    assert closed > 15


def test_a_closed_page_leads_to_sign_in_and_back(visitor: Client) -> None:
    address = f"/urusan/{uuid.uuid4()}"
    answer = visitor.get(address)
    assert answer["Location"] == f"/accounts/login/?next={address.replace('/', '%2F')}"
    assert visitor.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == "/accounts/login/"
    answer = visitor.get(address, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


@pytest.mark.parametrize("login", ["ratna", "RATNA", "ratna@contoh.example"])
def test_a_user_name_or_an_address_and_the_password(visitor: Client, person: Any, login: str) -> None:
    answer = visitor.post("/accounts/login/?next=/profil", {"login": login, "password": PASSWORD, "next": "/profil"})
    assert (answer.status_code, answer["Location"]) == (302, "/profil")
    assert person.name in visitor.get("/profil").content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "https://jahat.example/",
        "//jahat.example/",
        "/\\jahat.example/",
        "https:jahat.example",
        "\thttps://jahat.example",
        "javascript:alert(1)",
        "http://bekasi.localhost@jahat.example/",
        # Served here too, but somebody else's house.
        "http://pasuruan.localhost/",
        "http://bekasi.localhost:8080/",
    ],
)
def test_a_foreign_address_is_not_gone_to(visitor: Client, person: Any, target: str) -> None:
    typed = {"login": "ratna", "password": PASSWORD, "next": target}
    assert visitor.post("/accounts/login/", typed)["Location"] == "/"
    assert visitor.post("/tema", {"theme": "dark", "next": target})["Location"] == "/"


def test_a_wrong_password_keeps_what_was_typed_and_does_not_say_who_exists(visitor: Client, person: Any) -> None:
    texts = set()
    for login in ("ratna", "tiada"):
        text = visitor.post("/accounts/login/", {"login": login, "password": "salah"}).content.decode()
        assert f'value="{login}"' in text
        assert "Nama pengguna atau kata sandi tidak cocok." in text
        texts.add(text.count("<li>"))
    assert len(texts) == 1


def test_what_is_missing_is_called_what_its_field_is_called(visitor: Client) -> None:
    page = visitor.post("/accounts/login/", {}).content.decode()
    assert page.count("Nama pengguna atau surel</a>") == 1 and page.count("Kata sandi</a>") == 1


def test_attempts_are_limited_by_a_count_that_all_processes_share(visitor: Client, person: Any) -> None:
    from django.core.cache import cache
    from django.core.cache.backends.db import DatabaseCache
    from django.db import connection

    for _ in range(5):
        visitor.post("/accounts/login/", {"login": "ratna", "password": "salah"})
    text = visitor.post("/accounts/login/", {"login": "ratna", "password": PASSWORD}).content.decode()
    assert "Terlalu banyak percobaan gagal" in text
    assert cache._connections["default"].__class__ is DatabaseCache if hasattr(cache, "_connections") else True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bekasi.web_cache")
        assert cursor.fetchone()[0] > 0


def test_nobody_signs_up(visitor: Client) -> None:
    from tertib.government.models import Person

    fields = {"username": "baru", "email": "baru@contoh.example", "password1": PASSWORD, "password2": PASSWORD}
    before = Person.objects.count()
    answer = visitor.post("/accounts/signup/", fields)
    assert "Akun dibuat oleh administrator" in answer.content.decode()
    assert Person.objects.count() == before


PAGES = ["2fa/", "2fa/totp/activate/", "2fa/webauthn/", "2fa/webauthn/add/", "password/change/", "sessions/"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pages_of_the_account_are_in_the_look(visitor: Client, person: Any, page: str, language: str) -> None:
    visitor.post("/accounts/login/", {"login": "ratna", "password": PASSWORD})
    visitor.post("/bahasa", {"language": language})
    answer = visitor.get(f"/accounts/{page}", follow=True)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in text
    assert 'class="top"' in text
    assert "<style" not in text
    assert " style=" not in text


def test_the_language_stays_with_the_person(sign_in: Callable[[str], Client], city: City) -> None:
    client = sign_in("health")
    assert "Meja saya" in client.get("/").content.decode()
    answer = client.post("/bahasa", {"language": "en", "next": "/profil"})
    assert answer["Location"] == "/profil"
    assert "My desk" in sign_in("health").get("/").content.decode()
    client.post("/bahasa", {"language": "xx"})
    assert "My desk" in client.get("/").content.decode()


def test_a_browser_that_speaks_english_still_gets_indonesian_first(visitor: Client) -> None:
    text = visitor.get("/accounts/login/", headers={"Accept-Language": "en-US,en"}).content.decode()
    assert "Kata sandi" in text


def test_the_theme_is_kept_on_the_device(visitor: Client) -> None:
    visitor.post("/tema", {"theme": "dark", "next": "//jahat.example"})
    assert 'data-theme="dark"' in visitor.get("/accounts/login/").content.decode()
    visitor.post("/tema", {"theme": ""})
    assert "data-theme" not in visitor.get("/accounts/login/").content.decode()


def test_a_second_factor_needs_no_confirmed_address(city: City, sign_in: Callable[[str], Client]) -> None:
    from allauth.account.models import EmailAddress

    # Looking at some pages of one's account notes the address; nothing here ever confirms it.
    EmailAddress.objects.create(user=city.people["health"], email="sehat@contoh.example", verified=False, primary=True)
    client = sign_in("health")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    for page in ("totp/activate/", "webauthn/add/"):
        assert client.get(f"/accounts/2fa/{page}").status_code == 200, page


def test_the_secret_of_an_authenticator_app_is_not_stored_plain(city: City) -> None:
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

    person, secret = city.people["health"], "JBSWY3DPEHPK3PXP"
    app = TOTP.activate(person, secret)
    assert secret not in str(Authenticator.objects.get().data)
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    # Once, however often it is sent while it counts.
    assert app.validate_code(code) and not app.validate_code(code)
    # What was stored before it was encrypted still opens.
    assert get_adapter().decrypt(secret) == secret


def test_codes_of_a_second_factor_can_not_be_guessed(visitor: Client, person: Any) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    answer = visitor.post("/accounts/login/", {"login": "ratna", "password": PASSWORD})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/") and "_auth_user_id" not in visitor.session
    said = [visitor.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}).content.decode() for n in range(7)]
    assert "Terlalu banyak percobaan gagal" in said[-1] and "Terlalu banyak percobaan gagal" not in said[0]
    assert "_auth_user_id" not in visitor.session


SAID = "Terlalu banyak percobaan gagal. Tunggu lima menit"


@pytest.mark.parametrize("turns", [("ratna", "ratna@contoh.example"), ("tiada", "TIADA"), ("tiada@contoh.example",)])
def test_five_guesses_at_a_person_by_whatever_name(visitor: Client, person: Any, turns: tuple[str, ...]) -> None:
    def tried(n: int, password: str) -> str:
        typed = {"login": turns[n % len(turns)], "password": password}
        return visitor.post("/accounts/login/", typed).content.decode()

    assert all(SAID not in tried(n, "salah") for n in range(5))
    assert all(SAID in tried(n, PASSWORD) for n in range(2))


@pytest.mark.parametrize("door", ["reauthenticate/", "password/change/"])
def test_who_is_signed_in_has_no_further_guesses(visitor: Client, person: Any, door: str) -> None:
    from tertib.government import passwords
    from tertib.ground.errors import TooMany

    visitor.force_login(person)

    def tried(password: str) -> str:
        new = "seribu lembar kertas"
        typed = {"password": password, "oldpassword": password, "password1": new, "password2": new}
        return visitor.post(f"/accounts/{door}", typed).content.decode()

    assert not passwords.check(person, "salah")
    assert all(SAID not in tried("salah") for _ in range(4))
    assert SAID in tried(PASSWORD)
    with pytest.raises(TooMany):
        passwords.confirm(person, PASSWORD)


@pytest.mark.parametrize("name", ["ratna", "ratna@contoh.example", "{person}"])
def test_guesses_of_strangers_keep_nobody_from_confirming(visitor: Client, person: Any, name: str) -> None:
    from tertib.government import passwords

    # Who is signed in already, while a stranger guesses at their user name or types what stands in an address.
    own = Client(HTTP_HOST="bekasi.localhost")
    own.force_login(person)
    typed = {"login": name.format(person=person.pk), "password": "salah"}
    assert [SAID in visitor.post("/accounts/login/", typed).content.decode() for _ in range(6)][-1]
    passwords.confirm(person, PASSWORD)
    assert passwords.check(person, PASSWORD)
    assert own.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def test_wrong_confirmations_keep_nobody_from_signing_in(visitor: Client, person: Any) -> None:
    from tertib.government import passwords
    from tertib.ground.errors import TooMany

    assert not any(passwords.check(person, "salah") for _ in range(5))
    assert visitor.post("/accounts/login/", {"login": "ratna", "password": PASSWORD}).status_code == 302
    # And signing in gives whoever guesses within a session no further guesses.
    with pytest.raises(TooMany):
        passwords.check(person, PASSWORD)


def test_the_right_password_clears_the_count(visitor: Client, person: Any) -> None:
    for _ in range(3):
        for _ in range(4):
            visitor.post("/accounts/login/", {"login": "ratna", "password": "salah"})
        assert visitor.post("/accounts/login/", {"login": "ratna", "password": PASSWORD}).status_code == 302
        visitor.logout()
