from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tertib.ground.time import now, travel

THEN = datetime(2020, 7, 1, 9, 0, tzinfo=timezone(timedelta(hours=7)))


def test_now_is_now_in_utc() -> None:
    assert abs(now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert now().tzinfo is UTC


def test_travel_holds_within_its_block_and_nests() -> None:
    with travel(THEN):
        assert now() == THEN and now().tzinfo is UTC
        with travel(THEN + timedelta(days=1)):
            assert now() == THEN + timedelta(days=1)
        assert now() == THEN
    assert now().year >= 2024


def test_travel_ends_with_an_error_too() -> None:
    with pytest.raises(KeyError), travel(THEN):
        raise KeyError
    assert now() > THEN + timedelta(days=365)


def test_travel_is_for_one_thread() -> None:
    seen: list[datetime] = []
    with travel(THEN):
        other = threading.Thread(target=lambda: seen.append(now()))
        other.start()
        other.join()
    assert seen[0] > THEN + timedelta(days=365)


def test_a_moment_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"), travel(datetime(2020, 7, 1)):  # noqa: DTZ001 - the point of it
        pass
