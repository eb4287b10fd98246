from __future__ import annotations

import pytest

from tertib.ground import pace
from tertib.ground.errors import TooMany
from tertib.ground.pace import Busy, OneAtATime, Pace


def test_each_key_has_its_own_count_and_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [1000.0]
    monkeypatch.setattr("tertib.ground.pace.time.monotonic", lambda: moment[0])
    found = Pace((2, 10), (3, 100), what="a", mend="b")
    for key in "xxy":
        found.take(key)
    with pytest.raises(TooMany, match="a"):
        found.take("x")
    moment[0] += 10
    found.take("x")
    # The longer of the two is full now.
    moment[0] += 10
    with pytest.raises(TooMany):
        found.take("x")
    found.take("y")


def test_made_up_keys_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_MOST_KEYS", 10)
    found = Pace((1, 10), what="", mend="")
    for number in range(100):
        found.take(number)
        assert len(found._counts) <= 11


def test_one_at_a_time_for_each_key_also_after_one_that_failed() -> None:
    found = OneAtATime(what="a", mend="b")
    with found.hold("x"), found.hold("y"), pytest.raises(Busy, match="a"), found.hold("x"):
        pass
    with pytest.raises(ZeroDivisionError), found.hold("x"):
        raise ZeroDivisionError
    with found.hold("x"):
        pass
