"""The search page: what fits is marked, counted by what it has in common, narrowed by it, and kept under a name."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.rooms.letters import facets, finding, searches
from tertib.rooms.letters.models import SavedSearch
from tertib.rooms.letters.receiving import Incoming
from tertib.rooms.letters.receiving import register as enter
from tertib.rooms.letters.tests.world import World


@pytest.fixture
def found(world: World) -> World:
    """Eight letters of two senders in two houses; one hides its word in a long summary, one is full of signs."""
    for n in range(6):
        incoming = Incoming(
            subject=f"Permohonan data {n}", sender_name=("PT Maju", "CV Karya")[n % 2], number=f"12/MJ-{n}/2026"
        )
        enter(incoming, world.units["dinkes"], world.reader("agendaris"))
    enter(
        Incoming(subject="Lain", sender_name="PT Maju", summary=f"{'kata ' * 60}vaksinasi keliling {'kata ' * 60}"),
        world.units["dpmptsp"],
        world.reader("agendaris2"),
    )
    enter(
        Incoming(subject="<b>Vaksin</b> & 'data'", sender_name="<script>alert(1)</script>"),
        world.units["dinkes"],
        world.reader("agendaris"),
    )
    return world


def page(world: World, name: str, **query: str) -> str:
    answer = world.client(name).get("/surat/cari", query)
    assert answer.status_code == 200
    return answer.content.decode()


def subjects(text: str) -> list[str]:
    return [html.unescape(re.sub("<[^>]+>", "", one)) for one in re.findall(r'data-line href="[^"]+">(.*?)</a>', text)]


def test_words_are_marked_and_nothing_else_becomes_markup(found: World) -> None:
    text = page(found, "walikota", q="vaksin")
    assert subjects(text) == ["<b>Vaksin</b> & 'data'", "Lain"]
    assert "&lt;b&gt;<mark>Vaksin</mark>&lt;/b&gt;" in text and "<script>alert" not in text
    assert "<mark>vaksinasi</mark> keliling" in text and "… kata" in text
    numbers = page(found, "walikota", q="12 mj")
    assert "<mark>12</mark>/<mark>MJ</mark>-3/2026" in numbers


def test_facets_narrow(found: World) -> None:
    text = page(found, "walikota", q="data")
    links: dict[str, str] = dict(re.findall(r'<li><a href="([^"]+)">([^<]+)</a> <span class="soft">\d+<', text))
    address = next(html.unescape(href) for href, label in links.items() if label == "CV Karya")
    narrowed = found.client("walikota").get(f"/surat/cari{address}").content.decode()
    assert subjects(narrowed) == ["Permohonan data 5", "Permohonan data 3", "Permohonan data 1"]
    assert "Dari CV Karya" in narrowed
    # Away with it again.
    back = re.search(r'class="chip" href="([^"]+)" aria-current="true"', narrowed)
    assert back is not None and len(subjects(page(found, "walikota", q="data"))) == 7
    assert len(subjects(found.client("walikota").get(f"/surat/cari{html.unescape(back[1])}").content.decode())) == 7


def test_facets_count_only_what_the_reader_sees(found: World) -> None:
    assert "DPMPTSP" not in page(found, "kadis") and ">Dinas Penanaman Modal</a>" in page(found, "walikota")


def test_more_than_are_counted_says_so(found: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "COUNTED", 3)
    monkeypatch.setattr(finding, "PAGE", 2)
    text = page(found, "walikota", q="data")
    assert "Setidaknya 3 surat cocok" in text and "Dihitung dari 3 surat terbaru" in text


def test_a_search_is_kept_and_given_up(found: World) -> None:
    client = found.client("kadis")
    made = client.post("/surat/cari/simpan", {"name": " Data  saya ", "asked": "q=data&state=open"}, follow=True)
    assert "Data saya" in made.content.decode() and len(subjects(made.content.decode())) == 7
    saved = SavedSearch.objects.get()
    assert (saved.name, saved.query) == ("Data saya", "q=data&state=open")
    client.post("/surat/cari/simpan", {"name": "Data saya", "asked": "q=vaksin"})
    assert SavedSearch.objects.get().query == "q=vaksin"
    assert found.client("walikota").post(f"/surat/cari/{saved.pk}/hapus").status_code == 404
    assert client.post(f"/surat/cari/{saved.pk}/hapus").status_code == 302 and not SavedSearch.objects.exists()


@pytest.mark.parametrize(("name", "asked"), [("", "q=x"), ("x" * 61, "q=x"), ("x", ""), ("x", f"q={'x' * 1000}")])
def test_what_can_not_be_kept_says_why(found: World, name: str, asked: str) -> None:
    client = found.client("kadis")
    answer = client.post("/surat/cari/simpan", {"name": name, "asked": asked}, follow=True)
    assert not SavedSearch.objects.exists() and 'class="notice error"' in answer.content.decode()


def test_nobody_keeps_more_than_thirty(found: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MOST", 2)
    client = found.client("kadis")
    for n in range(3):
        answer = client.post("/surat/cari/simpan", {"name": str(n), "asked": "q=x"}, follow=True)
    assert SavedSearch.objects.count() == 2 and "sudah menyimpan 2 pencarian" in answer.content.decode()
    # The one that is there already may still change.
    client.post("/surat/cari/simpan", {"name": "1", "asked": "q=y"})
    assert SavedSearch.objects.get(name="1").query == "q=y"


def test_a_saved_address_leads_nowhere_else(found: World) -> None:
    answer = found.client("kadis").post("/surat/cari/simpan", {"name": "x", "asked": "//evil.example/?q=x"})
    assert answer["Location"].startswith("/surat/cari?")


@pytest.mark.parametrize("query", ["holder=x", "sender=" + "x" * 300, "buku=zz", "since=kapan", "unit=1"])
def test_wrong_addresses(found: World, query: str) -> None:
    assert found.client("walikota").get(f"/surat/cari?{query}").status_code == 200


def test_a_day_that_is_none_is_said_where_it_is_seen(found: World) -> None:
    text = page(found, "walikota", since="kapan")
    assert '<details class="more" open>' in text and "kapan" in text.partition('class="small late"')[2][:200]
    assert '<details class="more" open>' not in page(found, "walikota", q="data")


def test_statements(found: World) -> None:
    """Eleven, however much is found; one more where a holder's name is said."""
    counts = set()
    client: Any = found.client("walikota")
    for query in ({"q": "data"}, {"q": "lain"}, {"q": "data", "sender": "PT Maju"}):
        client.get("/surat/cari", query)
        with CaptureQueriesContext(connection) as seen:
            client.get("/surat/cari", query)
        counts.add(len([one for one in seen if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert len(counts) == 1 and max(counts) <= 12, counts
