"""The bell, the page of notices, and how one is told, as a person meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.matters.testing import City
from tertib.notices import compose, queries
from tertib.notices.models import Browser, Notice, Wishes
from tertib.notices.tests.times import address, follow, setting


def test_the_bell_is_fetched_and_costs_a_page_nothing(city: City, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("lab")
    text = client.get("/").content.decode()
    assert 'hx-get="/pemberitahuan/lonceng"' in text
    with CaptureQueriesContext(connection) as before:
        client.get("/")
    for _each in range(3):
        city.open("health", "lab")
    follow()
    assert "3 belum dibaca" in client.get("/pemberitahuan/lonceng").content.decode()
    city.open("health", "lab")
    with CaptureQueriesContext(connection) as after:
        client.get("/bantuan/papan-ketik")
    assert not any("notices_notice" in query["sql"] for query in [*before.captured_queries, *after.captured_queries])


def test_opening_a_matter_reads_what_was_told_of_it(city: City, sign_in: Callable[[str], Client]) -> None:
    one, other = city.open("health", "lab", title="Satu"), city.open("health", "lab", title="Dua")
    follow()
    client = sign_in("lab")
    here = f"http://bekasi.localhost/urusan/{one.matter}/catatan"
    text = client.get("/pemberitahuan/lonceng", headers={"HX-Current-URL": here}).content.decode()
    assert "1 belum dibaca" in text
    notice = Notice.objects.get(matter=other.matter)
    answer = client.get(f"/pemberitahuan/{notice.pk}")
    assert answer["Location"] == f"/urusan/{other.matter}"
    assert client.get("/pemberitahuan/lonceng").content.decode().strip() == ""


def test_the_page_has_unread_first_filters_and_an_empty_state(city: City, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("lab")
    assert "Belum ada pemberitahuan" in client.get("/pemberitahuan").content.decode()
    old = city.open("health", "lab", title="Sudah dibaca")
    follow()
    client.post("/pemberitahuan/dibaca", {"satu": str(Notice.objects.get(matter=old.matter).pk)})
    city.open("health", "lab", title="Masih baru")
    follow()
    text = client.get("/pemberitahuan").content.decode()
    assert text.index("Masih baru") < text.index("Sudah dibaca") and "1 belum dibaca" in text
    assert "Sudah dibaca</span>" not in client.get("/pemberitahuan?baru=1").content.decode()
    text = client.get("/pemberitahuan?jenis=tenggat").content.decode()
    assert "Masih baru" not in text and "Tidak ada pemberitahuan di sini" in text
    assert client.get("/pemberitahuan?jenis=x&setelah=%27").status_code == 200
    newest = re.search(r'name="sampai" value="([0-9a-f-]+)"', client.get("/pemberitahuan").content.decode())
    assert newest
    answer = client.post("/pemberitahuan/dibaca", {"sampai": newest[1], "next": "/pemberitahuan?baru=1"})
    assert answer["Location"] == "/pemberitahuan?baru=1"
    assert queries.unread(city.reader("lab")) == {}


def test_the_page_of_notices_costs_the_same_for_many(city: City, sign_in: Callable[[str], Client]) -> None:
    client, counts = sign_in("lab"), []
    client.get("/pemberitahuan")
    for number in (1, 30):
        for _each in range(number):
            city.open("health", "lab")
        follow()
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/pemberitahuan").status_code == 200
        counts.append(len(caught))
    # Session, person, the reader, the unread and the read ones, the count.
    assert counts == [6, 6]


def fields(client: Client) -> dict[str, str]:
    """The form of ways as it stands."""
    text = client.get("/profil/pemberitahuan").content.decode()
    found = {}
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'value="([a-z]+)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


def test_wishes_are_kept_where_they_differ_from_the_usual(city: City, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("lab")
    start = fields(client)
    assert len(start) == 30 and all(start.values())
    answer = client.post("/profil/pemberitahuan", {"what": "ways", **start, "arrived-0": "off"})
    assert answer.status_code == 302
    assert Wishes.objects.get(person=city.people["lab"]).ways == {"arrived.0": "off"}
    assert fields(client)["arrived-0"] == "off"
    bad = client.post("/profil/pemberitahuan", {"what": "ways", **start, "arrived-0": "burung merpati"})
    assert bad.status_code == 422 and fields(client)["arrived-0"] == "off"
    client.post("/profil/pemberitahuan", {"what": "usual"})
    assert fields(client) == start


def test_times_are_kept_and_a_wrong_one_is_said(city: City, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("lab")
    text = client.get("/profil/pemberitahuan").content.decode()
    assert 'value="07:30"' in text and "Surel belum dinyalakan" in text
    answer = client.post("/profil/pemberitahuan", {"what": "times", "quiet": "on", "digest_at": "06.45"})
    assert answer.status_code == 302
    row = Wishes.objects.get(person=city.people["lab"])
    assert (row.quiet, row.mail, row.digest, str(row.digest_at)) == (True, False, False, "06:45:00")
    bad = client.post("/profil/pemberitahuan", {"what": "times", "digest_at": "pagi-pagi"})
    assert bad.status_code == 422 and "Isi jam seperti 07.30." in bad.content.decode()
    assert "pagi-pagi" in bad.content.decode()


def test_the_defaults_follow_the_work(city: City, sign_in: Callable[[str], Client]) -> None:
    leader, registrar, officer = (fields(sign_in(name))["arrived-1"] for name in ("health", "registrar", "analyst"))
    assert (leader, registrar, officer) == ("digest", "page", "mail")


SMTP = {"TERTIB_SMTP_URL": "smtp+plain://localhost:1", "TERTIB_MAIL_FROM": "tertib@kota.example"}


def test_a_refused_address_is_told_and_can_be_tried_again(city: City, sign_in: Callable[[str], Client]) -> None:
    mail = address(city, "lab")
    row = {"refused_address": mail, "refused_why": "550 no such user", "refused_at": "2026-07-01T00:00Z"}
    Wishes.objects.create(person=city.people["lab"], **row)
    client = sign_in("lab")
    with setting(**SMTP):
        text = client.get("/profil/pemberitahuan").content.decode()
        assert "550 no such user" in text and "ditolak" in text
        client.post("/profil/pemberitahuan", {"what": "again"})
        assert "550 no such user" not in client.get("/profil/pemberitahuan").content.decode()


@pytest.mark.parametrize("way", ["mail", "digest"])
def test_one_click_in_an_e_mail_stops_it(city: City, visitor: Client, way: str) -> None:
    person = city.people["lab"].pk
    path = f"/pemberitahuan/berhenti/{compose.token(person, way)}"
    # Whoever only follows links, as scanners of e-mail do, stops nothing.
    assert visitor.get(path).status_code == 200 and not Wishes.objects.filter(person=person).exists()
    strict = Client(SERVER_NAME="bekasi.localhost", enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    row = Wishes.objects.get(person=person)
    assert (row.mail, row.digest) == ((False, True) if way == "mail" else (True, False))
    assert visitor.post(f"{path}x").status_code == 403
    assert visitor.post("/pemberitahuan/berhenti/a:b:c").status_code == 403


def test_a_link_of_another_government_stops_nothing_here(city: City, visitor: Client, monkeypatch: Any) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("tertib.ground.tenancy.here.schema", lambda: "pasuruan")
        token = compose.token(city.people["lab"].pk, "mail")
    assert visitor.post(f"/pemberitahuan/berhenti/{token}").status_code == 403


def test_push_is_refused_where_it_is_off_and_the_script_is_there(
    city: City, visitor: Client, sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("lab")
    assert client.post("/profil/pemberitahuan/peramban", {"endpoint": "https://x"}).status_code == 403
    assert "data-push" not in client.get("/profil/pemberitahuan").content.decode()
    answer = visitor.get("/push.js")
    assert answer["Content-Type"].startswith("text/javascript") and b"showNotification" in answer.content
    with setting(TERTIB_PUSH="1", TERTIB_PUSH_CONTACT="mailto:a@kota.example"):
        assert "data-push" in client.get("/profil/pemberitahuan").content.decode()
        bad = client.post("/profil/pemberitahuan/peramban", {"endpoint": "https://127.0.0.1/x", "p256dh": "A"})
        assert bad.status_code == 422 and not Browser.objects.exists()
