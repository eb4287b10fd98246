"""Finding gives what a plain filter over all visible letters gives, whichever way the statement takes, page by page."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from tertib.government.authority import Reader
from tertib.ground.tenancy.here import today
from tertib.matters import engine, visibility
from tertib.matters.models import Matter
from tertib.rooms.letters import finding
from tertib.rooms.letters.finding import Wanted, find
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.receiving import Incoming
from tertib.rooms.letters.receiving import register as enter
from tertib.rooms.letters.tests.world import World

SUBJECTS = ("Permohonan data pasar", "Undangan rapat", "Laporan kegiatan sekolah", "Pemohon izin")
SENDERS = ("PT Maju Jaya", "Yayasan Bina", "Warga RW 05")
READERS = ("walikota", "kadis", "agendaris", "kabid", "staf", "kadis2", "agendaris2")


@pytest.fixture
def book(world: World) -> Iterator[World]:
    """Sixty letters in two houses, some of them secret, some disposed, some done."""
    draw = random.Random(3)
    houses = (("dinkes", "agendaris", "kadis"), ("dpmptsp", "agendaris2", "kadis2"))
    for n in range(60):
        house, registrar, head = houses[draw.random() < 0.3]
        day = today() - timedelta(days=draw.randrange(90))
        made = enter(
            Incoming(
                subject=f"{draw.choice(SUBJECTS)} {n % 7}", sender_name=draw.choice(SENDERS), number=f"{n}/X-{n % 3}",
                received_on=day, letter_date=day, security=draw.choice((0, 0, 0, 1, 2)), urgency=draw.choice((0, 1)),
            ),
            world.units[house],
            world.reader(registrar),
        )  # fmt: skip
        matter = made.done.matter
        if draw.random() < 0.3 and house == "dinkes":
            engine.act(
                matter, "dispose", world.reader(head), {"recipients": [world.id(draw.choice(("kabid", "staf")))]}
            )
        elif draw.random() < 0.3:
            engine.act(matter, "finish", world.reader(head), {"note": "Cukup diketahui."})
    yield world


def plainly(reader: Reader, wanted: Wanted) -> list[uuid.UUID]:
    """The same question, asked one letter after the other."""
    matters = visibility.visible(Matter.objects.filter(letter__isnull=False), reader)
    found = []
    for letter in Letter.objects.filter(matter__in=matters).select_related("matter", "agenda"):
        text = f"{letter.subject} {letter.number} {letter.sender_name} {letter.agenda.text if letter.agenda else ''}"
        words = re.findall(r"[a-z0-9]+", text.lower())
        fits = [
            any(word == said if said.isdigit() or len(said) < 3 else word.startswith(said) for word in words)
            for said in wanted.text.lower().split()
        ]
        if (
            all(fits)
            and wanted.direction in ("", letter.direction)
            and wanted.unit in (None, letter.unit_id)
            and wanted.security in (None, letter.matter.security)
            and wanted.urgency in (None, letter.matter.urgency)
            and wanted.holder in (None, letter.matter.holder_id)
            and wanted.sender in ("", letter.sender_name)
            and wanted.state in ("", "closed" if letter.matter.closed_at else "open")
            and (wanted.since is None or (letter.received_on or date.min) >= wanted.since)
            and (wanted.until is None or (letter.received_on or date.max) <= wanted.until)
        ):
            found.append(letter)
    if wanted.dated:
        found.sort(key=lambda one: (one.received_on, one.pk), reverse=True)
    else:
        found.sort(key=lambda one: one.pk, reverse=True)
    return [letter.pk for letter in found]


def questions(world: World) -> list[Wanted]:
    since = today() - timedelta(days=40)
    return [
        Wanted(), Wanted("in"), Wanted("out"), Wanted(unit=world.units["dinkes"].pk), Wanted(security=2),
        Wanted(urgency=1), Wanted(state="open"), Wanted(state="closed"), Wanted(text="undangan"), Wanted(text="data"),
        Wanted(text="rapat 3"), Wanted(text="maju x"), Wanted(text="tidak ada"), Wanted(sender="Yayasan Bina"),
        Wanted(holder=world.posts["kadis"].pk), Wanted(since=since), Wanted(until=since),
        Wanted(since=since, security=1),
        Wanted(since=since, until=since + timedelta(days=20), text="jaya", state="open"),
    ]  # fmt: skip


def test_every_way_finds_the_same(book: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    for name in READERS:
        reader = book.reader(name)
        for wanted in questions(book):
            expected = plainly(reader, wanted)
            # Words are taken for common first, then for rare.
            for window, rare in ((1, 0), (3, 0), (12, 0), (10_000, 0), (1, 10_000), (12, 10_000), (10_000, 10_000)):
                if rare and not wanted.text:
                    continue
                for name_of, value in (("WINDOW", window), ("LITTLE", window), ("RARE", rare)):
                    monkeypatch.setattr(finding, name_of, value)
                found: list[uuid.UUID] = []
                while page := find(reader, wanted, 4, found[-1] if found else None):
                    found += page
                assert found == expected, (name, wanted, window, rare)
            asked += len(expected)
    assert asked > 500


def test_who_sees_nothing_finds_nothing(book: World) -> None:
    assert find(book.reader("orang_luar"), Wanted()) == []


def test_words_by_stem_and_beginning(book: World) -> None:
    """The stem is the language's: who asks, what is asked and the asking are one word."""
    reader = book.reader("walikota")
    asking = set(find(reader, Wanted(text="mohon"), 100))
    assert {one.subject[:10] for one in Letter.objects.filter(pk__in=asking)} == {"Permohonan"}
    for said in ("mohonkan", "dimohonkan", "permohonannya", "permoh"):
        assert set(find(reader, Wanted(text=said), 100)) == asking, said


@pytest.mark.parametrize("text", ["'", "\\", "a:* & !b", "((", "%_", "\x7f", "<->", "|", "''; drop table x", "²"])
def test_nothing_typed_is_taken_for_a_language(book: World, text: str) -> None:
    find(book.reader("walikota"), Wanted(text=text))


def test_one_statement_and_one_for_words(book: World, django_assert_num_queries: Any) -> None:
    reader = book.reader("walikota")
    for wanted in questions(book):
        with django_assert_num_queries(2 if wanted.text else 1):
            find(reader, wanted)


def test_the_row_follows_the_letter(book: World) -> None:
    """What a letter is found by is kept by the database: nothing that writes a letter can forget it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), count(*) FILTER (WHERE s IS DISTINCT FROM f) FROM
               (SELECT matter_id, direction, unit_id, day, words FROM letters_soughtrow) s
               FULL JOIN (SELECT matter_id, direction, unit_id, day, words FROM letters_sought) f USING (matter_id)"""
        )
        assert cursor.fetchone() == (60, 0)
        cursor.execute("UPDATE letters_letter SET subject = 'Hibah' WHERE subject LIKE 'Undangan%%'")
        cursor.execute("SELECT count(*) FROM letters_sought WHERE words @@ 'hibah'::tsquery")
        assert cursor.fetchone()[0] > 3
