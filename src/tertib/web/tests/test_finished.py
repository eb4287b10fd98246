"""What my posts finished this week: what counts, whose, how long it lay, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.ground.time import travel
from tertib.matters import engine
from tertib.matters.testing import City

# Wednesday, 10.00 in Jakarta.
WEDNESDAY = datetime(2020, 3, 4, 3, 0, tzinfo=UTC)
LAST_WEEK = WEDNESDAY - timedelta(days=7)


def page(client: Client, **query: str) -> str:
    return client.get("/selesai", query).content.decode()


def test_an_act_counts_once_a_matter_left_my_desk_by_it(city: City, sign_in: Callable[[str], Client]) -> None:
    with travel(WEDNESDAY):
        matter = city.open("mayor", "health", title="Selesai di sini").matter
        city.open("mayor", "health", title="Masih di meja")
    with travel(WEDNESDAY + timedelta(hours=2)):
        engine.act(matter, "finish", city.reader("health"), {})
        text = page(sign_in("health"))
        assert "Selesai di sini" in text and "Masih di meja" not in text
        assert "2 jam di meja" in text and "tepat waktu" in text
        # The mayor opened both and handed them to another: that much is done of them at the mayor's desk.
        assert "Masih di meja" in page(sign_in("mayor"))
        assert "Selesai di sini" not in page(sign_in("works"))
        assert "<b>1</b>" in sign_in("health").get("/selesai/jumlah").content.decode()


def test_what_is_older_counts_in_the_week_in_which_it_moved(city: City, sign_in: Callable[[str], Client]) -> None:
    with travel(LAST_WEEK):
        old = city.open("mayor", "health", title="Lama").matter
        before = city.open("mayor", "health", title="Minggu lalu").matter
        engine.act(before, "finish", city.reader("health"), {})
    with travel(WEDNESDAY):
        engine.act(old, "forward", city.reader("health"), {"post": str(city.posts["lab"].pk)})
        text = page(sign_in("health"))
        assert "Lama" in text and "Minggu lalu</span>" not in text
        assert "lewat tenggat" in text
        text = page(sign_in("health"), lalu="1")
        assert "Minggu lalu</span>" in text and "Lama" not in text


def test_it_is_the_post_that_counts_whoever_acted(city: City, sign_in: Callable[[str], Client]) -> None:
    with travel(WEDNESDAY):
        matter = city.open("mayor", "works", title="Oleh pengganti").matter
        engine.act(matter, "finish", city.reader("deputy"), {})
        assert city.people["deputy"].name in page(sign_in("works"))
        assert "Oleh pengganti" in page(sign_in("deputy"))


def test_pages_follow_each_other_and_cost_the_same(
    city: City, sign_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tertib.web.views import finished

    monkeypatch.setattr(finished, "PAGE", 3)
    client, counts, seen = sign_in("health"), [], 0
    with travel(WEDNESDAY):
        for n in range(7):
            matter = city.open("mayor", "health", title=f"Urusan {n}").matter
            engine.act(matter, "finish", city.reader("health"), {})
        client.get("/selesai")
        after = ""
        for _ in range(3):
            with CaptureQueriesContext(connection) as captured:
                answer = client.get("/selesai", {"setelah": after} if after else {})
            counts.append(
                len([q for q in captured.captured_queries if not q["sql"].startswith(("SET", "SAVE", "REL"))])
            )
            seen += answer.content.decode().count("data-line")
            after = str(answer.context["older"])
        assert page(client, setelah="x").count("data-line") == 3
    assert seen == 7 and after == ""
    assert len(set(counts)) == 1 and counts[0] <= 6


def test_an_empty_week_says_what_would_appear(city: City, sign_in: Callable[[str], Client]) -> None:
    assert "muncul di sini dengan sendirinya" in page(sign_in("roads"))
    assert "belum ada" in sign_in("roads").get("/selesai/jumlah").content.decode()
