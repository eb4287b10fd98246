from __future__ import annotations

import pytest

from tertib.ground.numbers import whole


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("007", 7), ("", None), ("-1", None), ("²", None), ("1" * 5000, None)]
)
def test_only_a_few_digits_are_a_number(text: str, number: int | None) -> None:
    assert whole(text) == number
