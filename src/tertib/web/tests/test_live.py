"""Live pages: who is told that something moved, who is not, and that nothing is missed. Everything commits for real."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.core import signing

from tertib.web.tests.station import ORIGIN, Station, data_of

if TYPE_CHECKING:
    from tertib.ground.tenancy.models import Government
    from tertib.matters.testing import City
    from tertib.web.live.tickets import Ticket

# Longer than a few looks at the record: what was not told by then is not told.
QUIET = 1.0


@pytest.fixture
def real_city(transactional_government: Government) -> Iterator[City]:
    from tertib.matters.testing import make_city, only_room

    with only_room():
        yield make_city()


@pytest.fixture
def station(real_city: City) -> Iterator[Station]:
    made = Station()
    # From now on it knows what moves; what was a moment before it began, it tells once more rather than not at all.
    made.listen(ticket(real_city, person="auditor"))
    yield made
    made.close()


def ticket(
    city: City, *posts: str, matters: tuple[uuid.UUID, ...] = (), person: str = "nurse", ceiling: int = 3
) -> str:
    from tertib.web.live import tickets

    mine = {city.posts[post].pk: ceiling for post in posts}
    return tickets.write("bekasi", city.people[person].pk, ORIGIN, mine, matters)


def forward(city: City, matter: uuid.UUID, by: str, to: str) -> None:
    from tertib.matters.engine import act

    act(matter, "forward", city.reader(by), {"post": str(city.posts[to].pk)})


# --- Tickets ----------------------------------------------------------------------------------------------------------


def test_a_ticket_says_what_was_written_and_nothing_else_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from tertib.web.live import tickets

    person, post, matter = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    text = tickets.write("bekasi", person, ORIGIN, {post: 2}, [matter])
    found = tickets.read(text)
    assert found is not None and (found.government, found.person, found.origin) == ("bekasi", person, ORIGIN)
    assert found.posts == {post: 2} and set(found.matters) == {matter}
    assert 590 < found.until - time.time() <= 600
    body, stamp, signature = text.rsplit(":", 2)
    forged = signing.dumps({"g": "bekasi", "p": person.hex, "o": ORIGIN, "d": [], "m": [], "t": 2**31}, key="guess")
    elsewhere = signing.dumps({"g": "bekasi", "p": person.hex, "o": ORIGIN, "d": [], "m": [], "t": 2**31})
    for wrong in (
        "",
        "x",
        text[:-1],
        f"{body}:{stamp}:{signature[::-1]}",
        f"{body}:zzzzzz:{signature}",
        forged,
        elsewhere,
    ):
        assert tickets.read(wrong) is None, wrong
    monkeypatch.setattr(tickets, "LIFE_SECONDS", -1)
    assert tickets.read(text) is None


def test_the_web_gives_a_ticket_for_my_desks_and_what_i_may_see(
    city: City, sign_in: Callable[[str], Any], django_assert_num_queries: Any
) -> None:
    from tertib.web.live import tickets

    mine = city.open("mayor", "works").matter
    others = city.open("mayor", "health").matter
    client = sign_in("deputy")
    address = f"/langsung/karcis?urusan={mine}&urusan={others}&urusan={uuid.uuid4()}&urusan=x"
    client.get(address)
    with django_assert_num_queries(4):  # session, person, reader; the matters
        answer = client.get(address).json()
    found = tickets.read(answer["ticket"])
    assert found is not None
    assert found.posts == {city.posts["works"].pk: 0} and found.matters == {mine}
    assert found.government == "bekasi" and found.person == city.people["deputy"].pk
    assert found.origin == "http://bekasi.localhost" and answer["address"] == "http://bekasi.localhost:8001/"


def test_nobody_gets_no_ticket(visitor: Any) -> None:
    assert visitor.get("/langsung/karcis", headers={"accept": "application/json"}).status_code == 401


def test_the_policy_names_exactly_where_streams_come_from(visitor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tertib.ground.config import config
    from tertib.web.live import address

    def policy(**settings: Any) -> str:
        changed = replace(config(), **settings)
        monkeypatch.setattr(address, "config", lambda: changed)
        return str(visitor.get("/accounts/login/")["Content-Security-Policy"])

    assert policy(port=8000, live_port=0).endswith("; connect-src 'self' http://bekasi.localhost:8001")
    assert policy(live_port=9005).endswith("; connect-src 'self' http://bekasi.localhost:9005")
    # A path of the same origin, as a proxy passes it on, needs no leave.
    assert "connect-src" not in policy(live_url="/langsung/arus")
    assert "connect-src" not in policy(https=True)
    assert policy(live_url="https://arus.kota.example/").endswith("connect-src 'self' https://arus.kota.example")


# --- Who is told ------------------------------------------------------------------------------------------------------


def test_the_desks_it_leaves_and_comes_to_are_told_and_no_others(real_city: City, station: Station) -> None:
    city = real_city
    matter = city.open("mayor", "works").matter
    station.settle()
    before, after = station.listen(ticket(city, "works")), station.listen(ticket(city, "health"))
    reader = station.listen(ticket(city, matters=(matter,)))
    stranger = station.listen(ticket(city, "lab", "roads", matters=(uuid.uuid4(),)))
    assert all(one.status == 200 and "desk" not in one.first for one in (before, after, reader, stranger))
    forward(city, matter, "works", "health")
    assert before.hears() == after.hears() == {"desk": True}
    assert reader.hears() == {"matters": [str(matter)]}
    assert stranger.hears(QUIET) == before.hears(0.1) == after.hears(0.1) == {}


def test_those_above_are_told_what_becomes_of_parts(real_city: City, station: Station) -> None:
    from tertib.matters.engine import act

    city = real_city
    matter = city.open("mayor", "works").matter
    parts = act(matter, "split", city.reader("works"), {"posts": [str(city.posts["roads"].pk)]}).children
    above, whole = station.listen(ticket(city, "works")), station.listen(ticket(city, matters=(matter,)))
    act(parts[0], "remark", city.reader("roads"), {"text": "x"})
    assert above.hears() == {"desk": True} and whole.hears() == {"matters": [str(matter)]}


def test_reading_a_secret_matter_moves_nothing(real_city: City, station: Station) -> None:
    from tertib.matters.reading import note_reading

    city = real_city
    matter = city.open("mayor", "works", security=2).matter
    listener = station.listen(ticket(city, "works", matters=(matter,)))
    assert note_reading(matter, 2, city.reader("works"))
    assert listener.hears(QUIET) == {}


def test_what_is_too_secret_for_a_deputy_is_not_even_heard_of(real_city: City, station: Station) -> None:
    from tertib.matters.engine import act

    city = real_city
    secret, plain = (city.open("mayor", "works", security=level).matter for level in (2, 0))
    station.settle()
    began = time.time()
    own, deputy = station.listen(ticket(city, "works")), station.listen(ticket(city, "works", ceiling=1))
    act(secret, "remark", city.reader("works"), {"text": "x"})
    assert own.hears() == {"desk": True} and deputy.hears(QUIET) == {}
    # Nor by who comes back.
    assert "desk" not in station.listen(ticket(city, "works", ceiling=1), since=began).first
    assert station.listen(ticket(city, "works"), since=began).first["desk"] is True
    # What becomes too secret must leave the desk.
    act(plain, "classify", city.reader("works"), {"security": 2})
    assert deputy.hears() == {"desk": True}


def test_no_stream_for_a_ticket_that_is_forged_or_old_or_used_elsewhere(
    real_city: City, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tertib.web.live import tickets

    good = ticket(real_city, "works")
    assert station.listen(good[:-2] + "xx").status == 403
    assert station.listen("").status == 403
    assert station.listen(good, origin="http://pasuruan.localhost:8000").status == 403
    assert station.listen(good, origin="null").status == 403
    assert station.listen(good, method="POST").status == 405
    # Of one origin with the page, browsers name none.
    plain = station.listen(good, origin="")
    assert plain.status == 200 and b"access-control-allow-origin" not in plain.headers
    assert station.listen(good).headers[b"access-control-allow-origin"] == ORIGIN.encode()
    monkeypatch.setattr(tickets, "LIFE_SECONDS", -1)
    assert station.listen(good).status == 403
    assert station.live.hub.count == 3


def test_a_ticket_of_another_government_hears_nothing_of_this_one(real_city: City, station: Station) -> None:
    from tertib.web.live import tickets

    city = real_city
    matter = city.open("mayor", "works").matter
    posts = {post.pk: 3 for post in city.posts.values()}
    theirs = tickets.write("pasuruan", city.people["nurse"].pk, "http://pasuruan.localhost:8000", posts, [matter])
    listener = station.listen(theirs, origin="http://pasuruan.localhost:8000")
    forward(city, matter, "works", "health")
    assert listener.status == 200 and listener.hears(QUIET) == {}


def test_a_message_says_nothing_of_what_moved(real_city: City, station: Station) -> None:
    city = real_city
    matter = city.open("mayor", "works", title="Rahasia dapur").matter
    listener = station.listen(ticket(city, "works"))
    forward(city, matter, "works", "health")
    text = listener.events.get(timeout=5)
    assert set(data_of(text)) == {"at", "desk"}


# --- Nothing is missed ------------------------------------------------------------------------------------------------


def test_what_commits_late_is_told_late_and_once(real_city: City) -> None:
    """By its number it lies before what was told already."""
    from psycopg import AsyncConnection

    from tertib.ground.config import config
    from tertib.matters.tests.test_followers import others, remark
    from tertib.web.live.source import Source

    city = real_city
    slow_one, quick_one = (city.open("works", "works").matter for _n in range(2))
    source = Source("bekasi")

    def look() -> list[uuid.UUID]:
        async def once() -> list[uuid.UUID]:
            async with await AsyncConnection.connect(config().database_url, autocommit=True) as session:
                found = await (source.look if source.low else source.begin)(session)
                return [one.matters[0] for one in found]

        return asyncio.run(once())

    with others(city, 1) as (slow,):
        slow.act(slow_one)
        assert set(look()) == {slow_one, quick_one}  # their openings
        remark(city, quick_one)
        assert look() == [quick_one]
        assert look() == []
        slow.commit()
        assert look() == [slow_one]
        assert look() == []
        slow.act(slow_one)
        slow.roll_back()
        remark(city, quick_one)
        assert look() == [quick_one] and look() == []
    # What can't come again is forgotten, once no transaction of the server, those of other tests too, is older.
    until = time.monotonic() + 60
    while len(source.told) >= 3 and time.monotonic() < until:
        assert look() == []
        time.sleep(0.05)
    assert len(source.told) < 3


def test_more_than_one_look_can_take_is_read_in_turns(real_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import transaction
    from psycopg import AsyncConnection

    from tertib.ground.config import config
    from tertib.matters.tests.test_followers import remark
    from tertib.web.live import source as module

    monkeypatch.setattr(module, "BATCH", 3)
    city = real_city
    source = module.Source("bekasi")
    matters = [city.open("works", "works").matter for _n in range(4)]

    async def once() -> list[uuid.UUID]:
        async with await AsyncConnection.connect(config().database_url, autocommit=True) as session:
            found = await (source.look if source.low else source.begin)(session)
            return [one.matters[0] for one in found]

    asyncio.run(once())
    with transaction.atomic():
        for matter in matters:
            remark(city, matter)
    remark(city, matters[0])
    found = [matter for _n in range(4) for matter in asyncio.run(once())]
    assert sorted(found) == sorted([*matters, matters[0]])


def test_who_comes_back_hears_of_what_moved_meanwhile_and_only_then(real_city: City, station: Station) -> None:
    city = real_city
    matter = city.open("mayor", "works").matter
    first = station.listen(ticket(city, "works"))
    last = first.first["at"]
    first.leave()
    keeps = station.listen(ticket(city, "roads"))
    assert "desk" not in station.listen(ticket(city, "works"), since=last).first
    forward(city, matter, "works", "roads")
    assert keeps.hears() == {"desk": True}
    assert station.listen(ticket(city, "works"), since=last).first["desk"] is True
    assert "desk" not in station.listen(ticket(city, "lab"), since=last).first
    # A page that knows nothing is told to look at everything.
    assert station.listen(ticket(city, "lab"), since=0).first["desk"] is True


def test_a_new_process_knows_what_moved_before_it_began(real_city: City, station: Station) -> None:
    city = real_city
    matter = city.open("mayor", "works").matter
    heard = station.listen(ticket(city, "works")).first["at"]
    forward(city, matter, "works", "roads")
    other = Station()
    try:
        assert other.listen(ticket(city, "works"), since=heard).first["desk"] is True
        assert "desk" not in other.listen(ticket(city, "lab"), since=heard).first
    finally:
        other.close()


def test_a_database_that_was_away_is_read_on_from_where_it_was(real_city: City, station: Station) -> None:
    from django.db import connection

    city = real_city
    matter = city.open("mayor", "works").matter
    listener = station.listen(ticket(city, "works"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND query LIKE '%%pg_snapshot_xmin%%'"
        )
        assert cursor.rowcount >= 1
    forward(city, matter, "works", "roads")
    assert listener.hears() == {"desk": True}


# --- Limits -----------------------------------------------------------------------------------------------------------


def test_a_person_s_oldest_stream_gives_way_and_all_have_a_bound(real_city: City) -> None:
    from tertib.web.live import hub

    small = Station(most=hub.MOST_STREAMS_OF_ONE + 1)
    try:
        mine = [small.listen(ticket(real_city, "works")) for _n in range(hub.MOST_STREAMS_OF_ONE + 1)]
        assert mine[0].hears() == {"event": "full"} and mine[0].over.wait(5)
        assert not mine[1].over.is_set()
        theirs = small.listen(ticket(real_city, "lab", person="lab"))
        assert theirs.status == 200
        assert small.listen(ticket(real_city, "roads", person="roads")).status == 503
        theirs.leave()
        assert small.listen(ticket(real_city, "roads", person="roads")).status == 200
    finally:
        small.close()


def test_a_stream_ends_with_its_ticket_and_beats_until_then(
    real_city: City, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tertib.web.live import hub, tickets

    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.3)
    read = tickets.read

    def short(text: str) -> Ticket | None:
        found = read(text)
        return replace(found, until=time.time() + 1.5) if found else None

    monkeypatch.setattr(tickets, "read", short)
    listener = station.listen(ticket(real_city, "works"))
    beats = [data_of(listener.events.get(timeout=3))["at"] for _n in range(2)]
    assert beats == sorted(set(beats))
    assert listener.over.wait(5)
    assert station.live.hub.count == 1 and not station.live.hub.houses["bekasi"].followers


def test_a_reader_who_takes_nothing_is_dropped(
    real_city: City, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tertib.web.live import app

    monkeypatch.setattr(app, "SLOW_SECONDS", 0.2)
    sent: list[str] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])
        if message["type"] == "http.response.body":
            await asyncio.sleep(60)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    asked = urlencode({"karcis": ticket(real_city, "works"), "sejak": time.time()}).encode()
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": asked, "headers": []}
    station.run(station.live(scope, receive, send))
    assert sent == ["http.response.start", "http.response.body"] and station.live.hub.count == 1


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_the_desk_says_when_something_lapses_next(city: City, sign_in: Callable[[str], Any]) -> None:
    from datetime import UTC, datetime, timedelta

    from tertib.ground.time import now, travel
    from tertib.matters.allowance import Allowance

    with travel(datetime(2020, 3, 4, 3, 0, tzinfo=UTC)):
        client = sign_in("health")
        assert f'data-next="{14 * 3600 + 1}"' in client.get("/").content.decode()  # midnight
        for minutes in (90, 30):
            due = Allowance("until", 0, now() + timedelta(minutes=minutes))
            city.open("mayor", "health", allowance=due)
        assert f'data-next="{30 * 60 + 1}"' in client.get("/").content.decode()


def test_news_of_a_matter_are_for_who_sees_it_and_name_no_hidden_part(
    city: City, sign_in: Callable[[str], Any], django_assert_num_queries: Any
) -> None:
    from tertib.matters.engine import act

    matter = city.open("mayor", "works").matter
    address = f"/urusan/{matter}/kabar"
    client, dari = sign_in("works"), time.time() - 1
    assert client.get(f"{address}?sejak=1&dari={dari}").content.strip() == b""
    assert sign_in("nurse").get(address).status_code == 404
    act(matter, "remark", city.reader("works"), {"text": "<b>x"})
    with django_assert_num_queries(5):  # session, person, reader; the matter; its news
        text = client.get(f"{address}?sejak=1&dari={dari}").content.decode()
    assert "works" in text and "<b>x" not in text
    assert client.get(f"{address}?sejak=2&dari={dari}").content.strip() == b""
    for odd in ("?sejak=x&dari=x", "?sejak=99999999999&dari=1e999", "?dari=nan", "?sejak=-1&dari=-1e9"):
        assert client.get(address + odd).status_code == 200
