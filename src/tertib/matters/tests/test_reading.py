"""Who reads a secret matter leaves a line in its record, once a day."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from tertib.ground.time import travel
from tertib.matters.engine import act
from tertib.matters.models import EntryBody, Matter
from tertib.matters.reading import note_reading
from tertib.matters.testing import City

MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)


def _reads(matter: uuid.UUID) -> int:
    return EntryBody.objects.filter(entry__matter=matter, body__action="read").count()


def test_an_ordinary_matter_is_read_without_a_trace(city: City) -> None:
    done = city.open("health", "lab", security=1)
    assert not note_reading(done.matter, 1, city.reader("lab"))
    assert Matter.objects.get(pk=done.matter).version == 1


def test_a_secret_matter_notes_each_reader_once_a_day(city: City) -> None:
    with travel(MONDAY):
        done = city.open("health", "lab", security=2)
    with travel(MONDAY + timedelta(hours=1)):
        assert note_reading(done.matter, 2, city.reader("lab"))
        assert not note_reading(done.matter, 2, city.reader("lab"))
        assert note_reading(done.matter, 2, city.reader("health"))
    with travel(MONDAY + timedelta(days=1)):
        assert note_reading(done.matter, 2, city.reader("lab"))
    assert _reads(done.matter) == 3


def test_reading_moves_nothing(city: City) -> None:
    with travel(MONDAY):
        done = city.open("health", "lab", security=3)
        before = Matter.objects.get(pk=done.matter)
        note_reading(done.matter, 3, city.reader("lab"))
        after = Matter.objects.get(pk=done.matter)
        assert (after.state, after.holder_id, after.due_at, after.clock) == (
            before.state, before.holder_id, before.due_at, before.clock,
        )  # fmt: skip
        assert (after.version, after.moved) == (2, 1)
        # Whoever opened the page before somebody else read it can still act on what they saw.
        act(done.matter, "remark", city.reader("lab"), {"text": "x"}, expected_version=1)


def test_a_closed_matter_stays_as_it_was_closed(city: City) -> None:
    with travel(MONDAY):
        done = city.open("health", "lab", security=2)
        closed = act(done.matter, "finish", city.reader("lab"), {})
    with travel(MONDAY + timedelta(hours=3)):
        before = Matter.objects.get(pk=done.matter)
        assert note_reading(done.matter, 2, city.reader("lab"))
        after = Matter.objects.get(pk=done.matter)
    assert closed.holder is None
    assert (after.closed_at, after.holder_id, after.state) == (before.closed_at, None, before.state)
