"""The desk: order, groups, filters, pages, and how many statements it costs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.ground.time import now, travel
from tertib.matters.testing import City

# Wednesday 4 March 2020, 10.00 in Jakarta: an ordinary week.
WEDNESDAY = datetime(2020, 3, 4, 3, 0, tzinfo=UTC)


def _until(moment: datetime) -> Any:
    from tertib.matters.allowance import Allowance

    return Allowance("until", 0, moment)


@pytest.mark.parametrize(
    ("due", "tone"),
    [
        (timedelta(minutes=-1), "late"),
        (timedelta(0), "today"),
        (timedelta(hours=13, minutes=59), "today"),
        (timedelta(hours=14), "week"),
        (timedelta(days=4, hours=13), "week"),
        (timedelta(days=4, hours=14), "later"),
    ],
)
def test_the_groups_end_where_the_local_day_and_week_end(due: timedelta, tone: str) -> None:
    from zoneinfo import ZoneInfo

    from django.utils import timezone

    from tertib.web.deadlines import tone_of

    with timezone.override(ZoneInfo("Asia/Jakarta")):
        assert tone_of(WEDNESDAY + due, WEDNESDAY) == tone
        saturday = WEDNESDAY + timedelta(days=3)
        assert tone_of(saturday + timedelta(days=7), saturday) == "week"  # at a weekend the coming week counts


def _open(city: City, title: str, due: timedelta | None, holder: str = "health") -> Any:
    return city.open("mayor", holder, title=title, allowance=_until(now() + due) if due is not None else None)


def test_the_most_pressing_comes_first_in_its_group(city: City, sign_in: Callable[[str], Client]) -> None:
    with travel(WEDNESDAY):
        _open(city, "Nanti saja", timedelta(days=30))
        _open(city, "Minggu ini juga", timedelta(days=2))
        _open(city, "Hari ini", timedelta(hours=2))
        _open(city, "Terlambat", timedelta(hours=1))
        with travel(WEDNESDAY + timedelta(minutes=90)):
            text = sign_in("health").get("/").content.decode()
    order = [
        "Lewat tenggat",
        "Terlambat",
        "Jatuh tempo hari ini",
        "Hari ini<",
        "Minggu ini",
        "Minggu ini juga",
        "Nanti",
    ]
    places = [text.index(word) for word in order]
    assert places == sorted(places)
    assert "30 menit lewat" in text
    assert 'title="Rabu, 4 Maret 2020, 11.00 WIB"' in text


def test_others_desks_are_not_mine_and_a_deputy_sees_the_one_they_stand_in_for(
    city: City, sign_in: Callable[[str], Client]
) -> None:
    _open(city, "Urusan dinas kesehatan", timedelta(days=1))
    _open(city, "Urusan pekerjaan umum", timedelta(days=1), "works")
    assert "Urusan pekerjaan umum" not in sign_in("health").get("/").content.decode()
    text = sign_in("deputy").get("/").content.decode()
    assert "Urusan pekerjaan umum" in text
    assert "pengganti s.d." in text
    assert "Urusan dinas kesehatan" not in text


def test_someone_without_a_post_is_told_so(sign_in: Callable[[str], Client]) -> None:
    assert "tidak memangku jabatan" in sign_in("nobody").get("/").content.decode()


def test_an_empty_desk_says_what_would_appear(sign_in: Callable[[str], Client]) -> None:
    assert "Meja Anda bersih" in sign_in("roads").get("/").content.decode()


def test_filters_narrow_and_bad_ones_are_ignored(city: City, sign_in: Callable[[str], Client]) -> None:
    from tertib.matters.testing import deputise

    deputise(city.people["health"], city.posts["lab"])
    _open(city, "Milik kepala", timedelta(days=1))
    _open(city, "Milik laboratorium", timedelta(days=1), "lab")
    client = sign_in("health")
    text = client.get("/", {"jabatan": str(city.posts["lab"].pk)}).content.decode()
    assert "Milik laboratorium" in text
    assert "Milik kepala" not in text
    assert "Tidak ada yang cocok" in client.get("/", {"lewat": "1"}).content.decode()
    other = str(city.posts["works"].pk)
    for query in ({"jabatan": other}, {"jabatan": "x"}, {"setelah": "kapan~siapa"}, {"setelah": "2020-13-45~x"}):
        assert "Milik kepala" in client.get("/", query).content.decode()


def test_pages_follow_each_other_without_gap_or_repetition(
    city: City, sign_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tertib.matters import desk_pages as desks

    monkeypatch.setattr(desks, "PAGE", 3)
    for n in range(5):
        _open(city, f"Urusan {n}", timedelta(days=n // 2))
    me = city.reader("health")
    seen, cursor = [], ""
    for _ in range(4):
        rows, cursor = desks.matters(me, desks.Wanted(after=cursor), now())
        seen += [row.title for row in rows]
        if not cursor:
            break
    assert sorted(seen) == [f"Urusan {n}" for n in range(5)]
    assert len(seen) == 5


def test_a_desk_costs_seven_statements_however_much_lies_on_it(city: City, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("health")
    counts = []
    for _ in range(2):
        for n in range(4):
            _open(city, f"Urusan {n}", timedelta(days=n))
        client.get("/")  # procedures and calendars are kept in memory from the first time on
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/")
        asked = [
            q["sql"] for q in captured.captured_queries if not q["sql"].startswith(("SET", "SAVEPOINT", "RELEASE"))
        ]
        counts.append(len(asked))
    assert counts[0] == counts[1]
    # The seventh asks the room of letters what the reader left unfinished.
    assert counts[0] <= 7, asked


def test_a_room_may_name_the_sender_and_what_can_be_begun(city: City, sign_in: Callable[[str], Client]) -> None:
    from tertib.matters import rooms
    from tertib.matters.rooms import Line, MenuEntry, Room

    matter = _open(city, "Surat", timedelta(days=1)).matter
    begin = (MenuEntry("Mulai", "profile", "plus"), MenuEntry("Rahasia", "profile", "plus", frozenset({"registrar"})))
    room = Room(
        "test",
        "Uji",
        begin=begin,
        lines=lambda ids: {matter: Line("Gubernur", "Satu bagian kembali")},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rooms, "rooms", lambda: (room,))
        text = sign_in("health").get("/").content.decode()
    assert "Gubernur" in text and "Satu bagian kembali" in text
    assert "Mulai" in text
    assert "Rahasia" not in text


def _asked(city: City, title: str, **more: Any) -> None:
    """A matter that the mayor gave to the head of health, who asks back; it lies with the mayor then."""
    from tertib.matters import engine

    matter = city.open("mayor", "health", title=title, **more).matter
    engine.act(matter, "ask", city.reader("health"), {})


def test_what_waits_for_my_word_stands_near_the_top_and_can_be_filtered(
    city: City, sign_in: Callable[[str], Client]
) -> None:
    _open(city, "Biasa saja", timedelta(days=1), "mayor")
    _open(city, "Tanpa tenggat sendiri", None, "mayor")
    _asked(city, "Ada pertanyaan")
    client = sign_in("mayor")
    text = client.get("/").content.decode()
    assert text.count("data-line href") == 3
    assert text.index("Menunggu penjelasan Anda") < text.index("Ada pertanyaan") < text.index("Biasa saja")
    only = client.get("/", {"tanya": "1"}).content.decode()
    assert "Ada pertanyaan" in only and "Biasa saja" not in only
    assert "Ada pertanyaan" not in client.get("/", {"lewat": "1"}).content.decode()


def test_what_waits_and_is_too_secret_for_a_deputy_is_not_even_heard_of(city: City) -> None:
    from tertib.matters import desk_pages
    from tertib.matters.testing import deputise

    deputise(city.people["lab"], city.posts["mayor"])
    _asked(city, "Rahasia", security=3)
    assert len(desk_pages.undated(city.reader("mayor"))) == 1
    assert desk_pages.undated(city.reader("lab")) == []
    _asked(city, "Biasa")
    assert len(desk_pages.undated(city.reader("lab"))) == 1


def test_a_line_says_where_it_stands(city: City, sign_in: Callable[[str], Client]) -> None:
    _open(city, "Urusan", timedelta(days=1))
    assert '<span class="step">Terbuka</span>' in sign_in("health").get("/").content.decode()


def test_the_head_of_the_desk_says_who_stands_in_for_whom(city: City, sign_in: Callable[[str], Client]) -> None:
    from tertib.matters.testing import deputise

    assert "Belum ada pengganti" in sign_in("health").get("/").content.decode()
    deputise(city.people["lab"], city.posts["health"])
    text = sign_in("health").get("/").content.decode()
    assert f"<b>{city.people['lab'].name}</b> menggantikan Anda" in text and "/profil" in text
    _open(city, "Titipan", timedelta(days=1))
    text = sign_in("lab").get("/").content.decode()
    assert "Anda menggantikan" in text and city.people["health"].name in text
    assert f"sebagai pengganti {city.posts['health'].name}" in text


def test_a_desk_with_a_question_costs_one_statement_more(city: City, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("mayor")
    counts = []
    for _ in range(2):
        _asked(city, "Pertanyaan")
        client.get("/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        counts.append(len([q for q in captured.captured_queries if not q["sql"].startswith(("SET", "SAVE", "REL"))]))
    assert counts == [7, 7]


def test_what_was_chosen_can_be_printed_as_far_as_it_may_be_seen(city: City, sign_in: Callable[[str], Client]) -> None:
    mine = _open(city, "Untuk dicetak", timedelta(days=1)).matter
    others = _open(city, "Milik orang lain", timedelta(days=1), "works").matter
    text = sign_in("health").get("/meja/cetak", {"urusan": [f"{mine}:1", f"{others}:1", "x"]}).content.decode()
    assert "Untuk dicetak" in text and "Milik orang lain" not in text
    assert "Belum ada yang dipilih" in sign_in("health").get("/meja/cetak").content.decode()


def test_single_letters_as_keys_can_be_switched_off_for_good(city: City, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("health")
    assert "data-keys" not in client.get("/").content.decode()
    client.post("/profil/tombol", {"letters": "off"})
    assert 'data-keys="off"' in sign_in("health").get("/").content.decode()
    client.post("/profil/tombol", {"letters": "on"})
    assert "data-keys" not in client.get("/").content.decode()


def test_who_audits_begins_with_who_holds_what(city: City, sign_in: Callable[[str], Client]) -> None:
    first = re.search(r'href="([^"]+)"[^>]*data-key="n"', sign_in("auditor").get("/").content.decode())
    assert first and first[1] == "/papan"
    first = re.search(r'href="([^"]+)"[^>]*data-key="n"', sign_in("mayor").get("/").content.decode())
    assert not first or first[1] != "/papan"


def test_where_no_working_time_is_left_the_day_is_said(city: City, sign_in: Callable[[str], Client]) -> None:
    """On a Friday night, due on Sunday: nothing is late, and nobody must take it for that."""
    with travel(datetime(2020, 3, 6, 16, 46, tzinfo=UTC)):
        _open(city, "Akhir pekan", timedelta(days=2))
        text = sign_in("health").get("/").content.decode()
    assert "tenggat 8 Mar" in text and "Lewat tenggat" not in text and "habis" not in text
