"""The pages that every matter has, whatever its room."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from tertib.matters.testing import City

PAGES = ["", "/catatan", "/mengapa", "/tenggat"]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_answers_its_holder_and_nobody_else(
    city: City, sign_in: Callable[[str], Client], visitor: Client, page: str
) -> None:
    matter = city.open("mayor", "health", title="Laporan <i>dinas</i>").matter
    address = f"/urusan/{matter}{page}"
    answer = sign_in("health").get(address)
    assert answer.status_code == 200
    assert "Laporan &lt;i&gt;dinas&lt;/i&gt;" in answer.content.decode()
    assert sign_in("roads").get(address).status_code == 404
    assert sign_in("nobody").get(address).status_code == 404
    assert sign_in("roads").get(f"/urusan/{uuid.uuid4()}{page}").status_code == 404
    assert visitor.get(address).status_code == 302


def test_why_names_the_reason_and_an_auditor_sees_all(city: City, sign_in: Callable[[str], Client]) -> None:
    matter = city.open("mayor", "health").matter
    text = sign_in("health").get(f"/urusan/{matter}/mengapa").content.decode()
    assert "memegangnya atau pernah memegangnya" in text
    assert "Semua yang dapat melihatnya" not in text
    audited = sign_in("auditor").get(f"/urusan/{matter}/mengapa").content.decode()
    assert "Semua yang dapat melihatnya" in audited
    assert "<dt>Para auditor</dt><dd>pengawasan seluruh pemerintah daerah</dd>" in audited


def test_the_due_date_is_explained_line_by_line(city: City, sign_in: Callable[[str], Client]) -> None:
    matter = city.open("mayor", "health").matter
    text = sign_in("health").get(f"/urusan/{matter}/tenggat").content.decode()
    for words in ("jam mulai berjalan", "hari ke-1", "hari ke-3", "tenggat"):
        assert words in text


def test_a_paused_and_a_closed_matter_have_a_page_for_their_clock(city: City, sign_in: Callable[[str], Client]) -> None:
    from tertib.matters.engine import act

    client = sign_in("mayor")
    done = city.open("mayor", "health")
    act(done.matter, "ask", city.reader("health"))
    assert "dijeda" in client.get(f"/urusan/{done.matter}/tenggat").content.decode()
    assert "jam dijeda" in client.get("/").content.decode()


def test_a_room_with_a_page_of_its_own_is_gone_to(city: City, sign_in: Callable[[str], Client]) -> None:
    from dataclasses import replace

    from tertib.matters import rooms
    from tertib.matters.testing import room

    matter = city.open("mayor", "health").matter
    # Undone here and not by a fixture: whichever fixture goes last would leave its rooms to the tests that follow.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rooms, "rooms", lambda: (replace(room, page=lambda matter: f"/kamar/{matter}"),))
        assert sign_in("health").get(f"/urusan/{matter}")["Location"] == f"/kamar/{matter}"
        assert sign_in("health").get(f"/urusan/{matter}/catatan").status_code == 200


def test_reading_a_secret_matter_leaves_a_line(city: City, sign_in: Callable[[str], Client]) -> None:
    from tertib.matters.models import Entry

    matter = city.open("mayor", "health", security=2).matter
    for _ in range(2):
        sign_in("health").get(f"/urusan/{matter}")
    assert Entry.objects.filter(matter=matter).count() == 2


def test_the_record_tells_the_story_and_folds_the_rest_away(city: City, sign_in: Callable[[str], Client]) -> None:
    from tertib.matters.engine import act
    from tertib.matters.models import Entry

    done = city.open("mayor", "health", title="Telaah")
    data = {"post": str(city.posts["lab"].pk), "note": "Yang <b>mana</b>?"}
    act(done.matter, "forward", city.reader("health"), data)
    text = sign_in("health").get(f"/urusan/{done.matter}/catatan").content.decode()
    assert "<blockquote>Yang &lt;b&gt;mana&lt;/b&gt;?</blockquote>" in text
    story, technical = text.split("<details", 1)[0], text.split("Rincian teknis", 1)[1]
    hashes = [bytes(entry.hash).hex() for entry in Entry.objects.filter(matter=done.matter)]
    assert len(hashes) == 2
    assert not any(mark in story for mark in (*hashes, "&quot;action&quot;"))
    assert all(mark in technical for mark in (*hashes, "&quot;action&quot;"))
