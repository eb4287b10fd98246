from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tertib.ground.canonical import LARGEST, dumps

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
# Keys on both sides of the place where the order of code points and that of UTF-16 differ.
KEYS = st.one_of(TEXT, st.sampled_from(["\ue000", "\uffff", "\U00010000", "\U0001f600a", "a", "é", ""]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
@settings(max_examples=400, deadline=None)
def test_as_another_implementation_of_rfc_8785(value: Any) -> None:
    assert dumps(value) == rfc8785.dumps(value)


@given(VALUES)
@settings(max_examples=100, deadline=None)
def test_reading_it_back_loses_nothing(value: Any) -> None:
    assert json.loads(dumps(value)) == value
    assert dumps(json.loads(dumps(value))) == dumps(value)


def test_the_order_of_keys_is_that_of_utf_16() -> None:
    assert dumps({"\U0001f600": 1, "\ue000": 2}) == '{"\U0001f600":1,"\ue000":2}'.encode()
    assert dumps([{"b": {"\uffff": 1, "\U00010000": 2}, "a": (1, 2)}]) == (
        '[{"a":[1,2],"b":{"\U00010000":2,"\uffff":1}}]'.encode()
    )


def test_escapes_are_the_shortest() -> None:
    assert dumps('\b\t\n\f\r"\\\x00\x1f\x7f/é') == '"\\b\\t\\n\\f\\r\\"\\\\\\u0000\\u001f\x7f/é"'.encode()


@pytest.mark.parametrize(
    "value",
    [1.0, 0.5, float("nan"), float("inf"), b"x", Decimal(1), {1, 2}, object(), {1: "x"}, {None: 1}, {True: 1}, [[0.1]]],
)
def test_what_has_no_exact_place_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        dumps(value)


@pytest.mark.parametrize("value", [LARGEST + 1, -LARGEST - 1, 10**30, "\ud800", {"\udfff": 1}, ["\ud83d\ud83d"]])
def test_what_others_would_read_differently_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"beyond|surrogate"):
        dumps(value)


def test_the_largest_integers_are_kept() -> None:
    assert dumps([LARGEST, -LARGEST]) == b"[9007199254740991,-9007199254740991]"
