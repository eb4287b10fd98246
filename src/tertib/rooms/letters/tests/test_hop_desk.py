"""From letter to letter of the desk, in the order in which the desk shows them."""

from __future__ import annotations

import html
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.ground.time import travel
from tertib.matters import desk_pages, engine
from tertib.matters.models import Matter
from tertib.matters.testing import deputise
from tertib.rooms.letters.receiving import Incoming
from tertib.rooms.letters.receiving import register as enter
from tertib.rooms.letters.tests.test_pages_incoming import act, children
from tertib.rooms.letters.tests.world import World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def letters(world: World, *subjects: str, **more: Any) -> list[Matter]:
    """Letters on the chief's desk in the order of their subjects: each is registered an hour after the other."""
    made = []
    for hour, subject in enumerate(subjects):
        with travel(MONDAY + timedelta(hours=hour)):
            incoming = Incoming(subject=subject, sender_name="Contoh", **more)
            made.append(enter(incoming, world.units["dinkes"], world.reader("agendaris")).letter.matter)
    return made


def part(world: World, letter: Matter, *recipients: str, due: str = "2 working days", **more: Any) -> None:
    """Dispose a letter of the chief's, which stays on the desk until its parts are done."""
    given: dict[str, Any] = {"recipients": [world.id(name) for name in recipients], "due": due, **more}
    engine.act(letter.pk, "dispose", world.reader("kadis"), given)


def lines(client: Client, path: str = "/") -> list[str]:
    """The addresses of the desk's lines, from the top."""
    text = client.get(path).content.decode()
    return [html.unescape(one) for one in re.findall(r'data-line href="([^"]+)"', text)]


def opened(client: Client, line: str) -> str:
    return client.get(line, follow=True).content.decode()


def to(page: str, way: str) -> str:
    """The address of the neighbour above ("prev") or below ("next"); empty where there is none."""
    found = re.search(rf'<a rel="{way}" href="([^"]+)" data-key', page)
    return html.unescape(found[1]) if found else ""


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return html.unescape(found[1])


def walked(client: Client, first: str, way: str = "next") -> list[uuid.UUID]:
    """The matters from this one on."""
    seen: list[uuid.UUID] = []
    while first and len(seen) < 50:
        seen.append(uuid.UUID(re.findall(r"[0-9a-f-]{36}", first.partition("?")[0])[0]))
        first = to(opened(client, first), way)
    return seen


def shown(client: Client, path: str = "/") -> list[uuid.UUID]:
    return [uuid.UUID(line.partition("?")[0].rsplit("/", 1)[1]) for line in lines(client, path)]


@pytest.fixture
def busy(world: World) -> World:
    """A chief with letters that are late and due later, and with a part whose recipient asks back."""
    letters(world, "Satu", "Dua", "Tiga")
    asked = letters(world, "Ditanya")[0]
    with travel(MONDAY + timedelta(hours=5)):
        part(world, asked, "kabid", "staf")
        mine = children(asked.pk)["Kepala Bidang Layanan"]
        engine.act(mine.pk, "ask", world.reader("kabid"), {"question": "Tahun berapa?"})
        for subject, due in (
            ("Lewat", "1 working days"),
            ("Nanti", "20 working days"),
            ("Minggu ini", "4 working days"),
        ):
            part(world, letters(world, subject)[0], "staf", due=due, also_letter=True)
    return world


def test_the_way_goes_down_and_up_as_the_desk_shows_it(busy: World) -> None:
    with travel(MONDAY + timedelta(days=3)):
        client = busy.client("kadis")
        text = client.get("/").content.decode()
        assert re.findall(r'<h2 id="g-(\w+)"', text) == ["late", "asked", "week", "later"]
        desk = lines(client)
        order = shown(client)
        assert len(order) >= 5 and len(set(order)) == len(order)
        assert walked(client, desk[0]) == order
        assert walked(client, desk[-1], "prev") == order[::-1]
        assert "Meja saya" in opened(client, desk[0]) and to(opened(client, desk[0]), "prev") == ""


def test_filters_hold_on_the_way_and_back(busy: World) -> None:
    with travel(MONDAY + timedelta(days=3)):
        client = busy.client("kadis")
        for path in ("/?jenis=letters.incoming", "/?tanya=1", f"/?jabatan={busy.id('kadis')}"):
            desk = lines(client, path)
            assert desk and walked(client, desk[0]) == shown(client, path)
            page = opened(client, desk[-1])
            assert f'class="back" href="{html.escape(path)}"' in page
        assert len(lines(client, "/?jenis=letters.incoming")) < len(lines(client))


def test_the_way_goes_on_over_the_end_of_a_page(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_pages, "PAGE", 2)
    with travel(MONDAY + timedelta(days=3)):
        client = busy.client("kadis")
        path = "/"
        pages: list[list[uuid.UUID]] = []
        while path and len(pages) < 9:
            pages.append(shown(client, path))
            more = re.search(r'href="(\?setelah=[^"]+)"', client.get(path).content.decode())
            path = f"/{html.unescape(more[1])}" if more else ""
        way = walked(client, lines(client)[0])
        assert way == [one for page in pages for one in page] and len(pages) > 2


@pytest.mark.parametrize("action", ["finish", "forward", "dispose"])
def test_after_the_act_the_way_leads_on_to_the_following_one(world: World, action: str) -> None:
    letters(world, "Satu", "Dua", "Tiga")
    forms: dict[str, dict[str, Any]] = {
        "finish": {"note": "Cukup diketahui"},
        "forward": {"post": world.id("kabid")},
        "dispose": {"recipients": [world.id("staf")], "due_how": "1 working days"},
    }
    with travel(MONDAY + timedelta(hours=4)):
        client = world.client("kadis")
        desk, order = lines(client), shown(client)
        page = opened(client, desk[1])
        button = re.search(rf'href="(/surat/[^"]+/{action}\?[^"]+)"', page)
        assert button
        address = html.unescape(button[1])
        form = client.get(address).content.decode()
        version = re.search(r'name="version"[^>]*value="(\d+)"', form)
        assert version and f'href="/surat/{order[1]}?dari=meja&amp;di=' in form
        answer = client.post(address, {"version": version[1], "whole": "1", **forms[action]})
        assert answer.status_code == 302, answer.content.decode()
        after = client.get(answer["Location"]).content.decode()
        if action != "dispose":
            assert order[1] not in shown(client)
        following = opened(client, to(after, "next"))
        assert heading(following) == "Tiga"
        assert heading(opened(client, to(after, "prev"))) == "Satu"
        # From there on the letter that was dealt with is left out, unless it lies there still.
        assert walked(client, lines(client)[0]) == shown(client)


def test_what_has_left_the_end_of_the_desk_leads_only_back(world: World) -> None:
    made = letters(world, "Satu", "Dua")
    with travel(MONDAY + timedelta(hours=4)):
        client = world.client("kadis")
        last = lines(client)[-1]
        engine.act(made[1].pk, "finish", world.reader("kadis"), {"note": "Sudah"})
        page = opened(client, last)
        assert to(page, "next") == "" and heading(opened(client, to(page, "prev"))) == "Satu"


def test_who_stands_in_hops_only_to_what_is_not_too_secret(world: World) -> None:
    with travel(MONDAY):
        deputise(world.people["staf"], world.posts["kadis"])
        letters(world, "Terbuka satu")
        letters(world, "Sangat rahasia", security=3)
        letters(world, "Terbuka dua")
    with travel(MONDAY + timedelta(hours=4)):
        client = world.client("staf")
        way = walked(client, lines(client)[0])
        assert way == shown(client) and len(way) == 2
        for line in lines(client):
            assert "Sangat rahasia" not in opened(client, line)


@pytest.mark.parametrize(
    "asked",
    [
        "dari=meja",
        "dari=meja&di=x",
        "dari=meja&di=" + "9" * 40,
        "dari=meja&jabatan=x&setelah=y&jenis=z",
        "dari=dapur",
    ],
)
def test_an_address_that_was_made_up_is_no_trouble(world: World, asked: str) -> None:
    (letter,) = letters(world, "Satu")
    for name in ("kadis", "agendaris", "walikota"):
        assert world.client(name).get(f"/surat/{letter.pk}?{asked}").status_code == 200


def test_the_way_costs_the_same_however_much_lies_on_the_desk(busy: World) -> None:
    client = busy.client("kadis")

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return sum(not query["sql"].startswith(("SET", "SAVE", "REL")) for query in captured.captured_queries)

    with travel(MONDAY + timedelta(days=3)):
        some = shown(client)[1]
        alone, few = cost(f"/surat/{some}"), cost(f"/surat/{some}?dari=meja")
        letters(busy, *(f"Surat {n}" for n in range(7)))
        assert few == alone + 3
        assert cost(f"/surat/{some}?dari=meja") == few


def test_an_act_begun_from_a_list_leads_back_to_its_place_in_the_list(world: World) -> None:
    letters(world, "Satu", "Dua", "Tiga")
    client = world.client("kadis")
    page = opened(client, lines(client, "/surat/masuk?q=contoh")[1])
    matter = re.search(r'href="/surat/([^/"]+)/remark\?dari=masuk&amp;q=contoh"', page)
    assert matter
    answer = act(client, f"{matter[1]}", "remark", text="Catatan")
    assert answer["Location"] == f"/surat/{matter[1]}"
    version = Matter.objects.get(pk=matter[1]).version
    sent = {"version": version, "text": "Lagi", "whole": "1"}
    answer = client.post(f"/surat/{matter[1]}/remark?dari=masuk&q=contoh", sent)
    assert answer["Location"] == f"/surat/{matter[1]}?dari=masuk&q=contoh"
