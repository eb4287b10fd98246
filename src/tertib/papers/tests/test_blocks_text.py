"""Blocks can be typed again: what a drafter saved comes back into the text field as it was."""

from __future__ import annotations

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from tertib.papers.blocks import blocks_from_text, text_from_blocks
from tertib.papers.tests.letters import BODY


def test_the_parts_of_a_letter_come_back() -> None:
    body = cast(list[dict[str, Any]], BODY)
    assert blocks_from_text(text_from_blocks(body)) == [{**block, **_head(block)} for block in body]


def _head(block: dict[str, Any]) -> dict[str, Any]:
    return {"head": False} if block["type"] == "table" else {}


@given(st.text(alphabet=st.sampled_from("ab1. #|-*\n"), max_size=80))
def test_typing_again_changes_nothing(text: str) -> None:
    once = blocks_from_text(text)
    again = blocks_from_text(text_from_blocks(once))
    assert blocks_from_text(text_from_blocks(again)) == again
