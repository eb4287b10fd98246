"""The bell, the page of notices, and how one is told, as a person meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.ground.time import travel
from tertib.matters.testing import City
from tertib.notices import compose, queries
from tertib.notices.models import Browser, Notice, Wishes
from tertib.notices.tests.times import address, follow, setting

MORNING = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


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


def told(city: City, *moments: timedelta, urgency: int = 0) -> None:
    """A matter arrives on the desk of the laboratory at each of these moments."""
    for moment in moments:
        with travel(MORNING + moment):
            city.open("health", "lab", title=f"Kiriman {moment}", urgency=urgency)
            follow()


def bundles(text: str) -> list[int]:
    """How many notices each bundle of a page has."""
    return [int(one) for one in re.findall(r'<li class="bundle[^"]*"><details>.*?class="count">(\d+)<', text, re.S)]


def test_what_comes_together_is_one_line_that_opens(city: City, sign_in: Callable[[str], Client]) -> None:
    told(city, *(timedelta(seconds=20 * n) for n in range(12)), timedelta(minutes=30), timedelta(minutes=31))
    client = sign_in("lab")
    with travel(MORNING + timedelta(hours=1)):
        text = client.get("/pemberitahuan").content.decode()
        assert bundles(text) == [12] and "dan 11 lainnya" in text and "14 belum dibaca" in text
        # What came later stands above by itself, and each single one can still be opened.
        assert text.index("Kiriman 0:31:00") < text.index("Kiriman 0:30:00") < text.index("<details>")
        assert len(re.findall(r'class="told" data-line href="/pemberitahuan/[0-9a-f-]{36}"', text)) == 14
        assert "14" in client.get("/pemberitahuan/lonceng").content.decode()
        # One of them read, the others stay together; all of them read, they do so too.
        inside = text[text.index("<details>") :]
        first = re.findall(r'name="satu" value="([0-9a-f-]+)"', inside)[0]
        client.post("/pemberitahuan/dibaca", {"satu": first})
        text = client.get("/pemberitahuan").content.decode()
        assert bundles(text) == [11] and "13 belum dibaca" in text
        form = re.search(r'</details>\s*<form method="post" action="/pemberitahuan/dibaca">(.*?)</form>', text, re.S)
        assert form
        ids = re.findall(r'name="satu" value="([0-9a-f-]+)"', form[1])
        assert len(ids) == 11
        client.post("/pemberitahuan/dibaca", {"satu": ids})
        text = client.get("/pemberitahuan").content.decode()
        assert bundles(text) == [12] and "2 belum dibaca" in text and 'class="bundle"' in text


def test_what_is_very_urgent_or_of_another_kind_or_time_stands_alone(
    city: City, sign_in: Callable[[str], Client]
) -> None:
    client = sign_in("lab")
    told(city, *(timedelta(minutes=n) for n in range(4)), urgency=2)
    with travel(MORNING + timedelta(hours=1)):
        assert bundles(client.get("/pemberitahuan").content.decode()) == []
    told(city, timedelta(hours=2), timedelta(hours=2, minutes=4), timedelta(hours=2, minutes=7))
    with travel(MORNING + timedelta(hours=3)):
        assert bundles(client.get("/pemberitahuan").content.decode()) == []
    told(city, timedelta(hours=2, minutes=6))
    with travel(MORNING + timedelta(hours=3)):
        assert bundles(client.get("/pemberitahuan").content.decode()) == [3]
        # Those of somebody else are not marked by naming them.
        strange = [str(one) for one in Notice.objects.values_list("pk", flat=True)]
        sign_in("health").post("/pemberitahuan/dibaca", {"satu": strange})
    assert sum(queries.unread(city.reader("lab")).values()) == 8


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


def _told(city: City, name: str, number: int) -> Browser:
    values = {"p256dh": b"x" * 65, "auth": b"x" * 16, "created_at": MORNING}
    return Browser.objects.create(person=city.people[name], endpoint=f"https://push.example/{number}", **values)


def _switched_on(client: Client, number: int) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    from tertib.notices import push

    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    keys = {"p256dh": push.encode(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))}
    sent = {"endpoint": f"https://8.8.8.8/{number}", "auth": push.encode(b"x" * 16), "name": "Chrome", **keys}
    with setting(TERTIB_PUSH="1", TERTIB_PUSH_CONTACT="mailto:a@kota.example"):
        assert client.post("/profil/pemberitahuan/peramban", sent).status_code == 302


def _pushed_to() -> list[str]:
    return sorted(Browser.objects.values_list("endpoint", flat=True))


def test_who_signs_out_is_pushed_to_no_more_in_that_browser(city: City, sign_in: Callable[[str], Client]) -> None:
    _told(city, "lab", 1)
    _told(city, "lab", 2)
    _told(city, "works", 3)
    # Without script the session knows where it was switched on.
    client = sign_in("lab")
    _switched_on(client, 4)
    assert client.post("/accounts/logout/").status_code == 302
    assert _pushed_to() == [f"https://push.example/{n}" for n in (1, 2, 3)]
    # With it the browser says what it is; of others nobody can say so.
    for number in (2, 3):
        assert (
            sign_in("lab").post("/accounts/logout/", {"endpoint": f"https://push.example/{number}"}).status_code == 302
        )
    assert _pushed_to() == [f"https://push.example/{n}" for n in (1, 3)]
    assert sign_in("lab").post("/accounts/logout/", {"endpoint": "\0"}).status_code == 302
    assert len(_pushed_to()) == 2


def test_signing_out_the_other_browsers_ends_their_pushes(city: City, sign_in: Callable[[str], Client]) -> None:
    from allauth.usersessions.models import UserSession

    _told(city, "lab", 1)
    _told(city, "works", 2)
    client = sign_in("lab")
    _switched_on(client, 3)
    for key in (client.session.session_key, "elsewhere"):
        UserSession.objects.create(user=city.people["lab"], ip="127.0.0.1", session_key=key)
    # What is no session any more is not listed; this one is.
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore("elsewhere")
    store.update(dict(client.session.items()))
    store.save(must_create=True)
    assert client.post("/accounts/sessions/").status_code == 302
    assert _pushed_to() == ["https://8.8.8.8/3", "https://push.example/2"]
    assert UserSession.objects.count() == 1
