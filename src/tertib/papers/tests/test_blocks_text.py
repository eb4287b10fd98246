"""Blocks can be typed again: what a drafter saved comes back into the text field as it was."""

from __future__ import annotations

import re
from time import process_time
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.papers.blocks import blocks_from_text, levels, markers, runs, text_from_blocks
from tertib.papers.tests.letters import BODY


def test_the_parts_of_a_letter_come_back() -> None:
    body = cast(list[dict[str, Any]], BODY)
    assert blocks_from_text(text_from_blocks(body)) == [{**block, **_head(block)} for block in body]


def _head(block: dict[str, Any]) -> dict[str, Any]:
    return {"head": False} if block["type"] == "table" else {}


@given(st.text(alphabet=st.sampled_from("ab1. )#|-*\n"), max_size=80))
def test_typing_again_changes_nothing(text: str) -> None:
    once = blocks_from_text(text)
    again = blocks_from_text(text_from_blocks(once))
    assert blocks_from_text(text_from_blocks(again)) == again


def test_points_have_levels() -> None:
    typed = "1. satu\na. huruf\n    b. dua\n        1) tiga\n        2) empat\nsambungan\n2. lima"
    block = blocks_from_text(typed)[0]
    assert block == {
        "type": "numbered",
        "items": ["satu", "huruf", "dua", "tiga", "empat\nsambungan", "lima"],
        "levels": [0, 1, 1, 2, 2, 0],
    }
    assert text_from_blocks([block]) == typed.replace("\na. ", "\n    a. ")
    assert markers(block) == ["1.", "a.", "b.", "1)", "2)", "2."]


def test_a_list_may_be_lettered_from_the_start() -> None:
    blocks = blocks_from_text("Dengan ini:\na. satu\nb. dua")
    assert [block["type"] for block in blocks] == ["paragraph", "numbered"] and blocks[1]["levels"] == [1, 1]
    # What merely begins with a letter and a full stop is no list.
    assert blocks_from_text("a.n. Wali Kota")[0]["type"] == "paragraph"
    assert blocks_from_text("d. seterusnya")[0]["type"] == "paragraph"


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["x", "y z", "**b** c"])), min_size=1, max_size=40))
def test_levels_come_back(points: list[tuple[int, str]]) -> None:
    block: dict[str, Any] = {"type": "numbered", "items": [text for _level, text in points]}
    found = levels({**block, "levels": [level for level, _text in points]})
    block = {**block, "levels": found} if any(found) else block
    # A list begins with a number or with the letter a.
    if found[0] <= 1:
        assert blocks_from_text(text_from_blocks([block])) == [block]


SLOW = {
    "bold": "**a " * 15_000,
    "stars": "*" * 60_000,
    "rule": "|a|\n|" + "-|" * 30_000 + "x|",
    "dashes": "|a|\n|" + "-" * 60_000 + "x|",
    "spaces": "|a|\n|" + "- | " * 15_000 + "x|",
    "row": "|" + "| " * 30_000 + "x",
    "numbers": "1. " * 20_000,
    "word": "x" * 60_000,
}


@pytest.mark.parametrize("name", SLOW)
def test_no_text_takes_long_whatever_is_typed(name: str) -> None:
    """A page of marks costs what a page of words does; it held up a whole process for half a minute."""
    began = process_time()
    for block in blocks_from_text(SLOW[name]):
        runs(block.get("text", ""))
    runs(SLOW[name])
    assert process_time() - began < 3


@given(st.text(alphabet=st.sampled_from("***ab \n"), max_size=20))
def test_bold_is_what_stands_between_two_marks(text: str) -> None:
    found = ["".join(run.get("x", [run.get("t", "")])) for run in runs(text) if run["b"]]
    assert found == [match[1] for match in re.finditer(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", text, re.DOTALL)]
