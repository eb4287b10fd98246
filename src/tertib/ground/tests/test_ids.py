from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertib.ground.ids import new_id, parse_id
from tertib.ground.time import travel

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants it so


def milliseconds(identity: uuid.UUID) -> int:
    return identity.int >> 80


def test_ids_made_one_after_another_sort_so() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(made) and len(set(made)) == 5000
    assert all(identity.version == 7 and identity.variant == uuid.RFC_4122 for identity in made[:50])


def test_ids_of_many_threads_never_meet() -> None:
    with ThreadPoolExecutor(8) as pool:
        lots = list(pool.map(lambda _: [new_id() for _ in range(500)], range(16)))
    assert len({identity for lot in lots for identity in lot}) == 8000


@given(MOMENTS)
@settings(max_examples=200, deadline=None)
def test_an_id_tells_its_moment(at: datetime) -> None:
    exact = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert milliseconds(new_id(at)) == exact


@given(st.lists(MOMENTS, min_size=2, max_size=6))
@settings(max_examples=100, deadline=None)
def test_history_sorts_among_its_time(moments: list[datetime]) -> None:
    ordered = sorted(moments)
    made = [milliseconds(new_id(at)) for at in ordered]
    assert made == sorted(made)


def test_ids_follow_travel() -> None:
    then = datetime(2020, 7, 1, tzinfo=UTC)
    with travel(then):
        assert milliseconds(new_id()) == int(then.timestamp() * 1000)
        assert len({new_id() for _ in range(1000)}) == 1000


def test_before_the_epoch_is_the_epoch() -> None:
    assert milliseconds(new_id(datetime(1950, 1, 1, tzinfo=UTC))) == 0


@pytest.mark.parametrize("text", ["", "x", "123", None, 5, "01a20032-0388-7f4c-bb7d-b9852c692a3"])
def test_no_id(text: str) -> None:
    assert parse_id(text) is None


def test_parse() -> None:
    identity = new_id()
    assert parse_id(str(identity)) == identity == parse_id(identity.hex)
