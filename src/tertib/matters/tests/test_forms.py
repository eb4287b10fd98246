from __future__ import annotations

from typing import Any

import pytest

from tertib.ground.canonical import LARGEST
from tertib.ground.errors import Invalid
from tertib.matters.forms import MAX_DEPTH, check_form
from tertib.matters.procedures import Action, _action

pytestmark = pytest.mark.usefixtures("english")
FORM = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 10},
        "day": {"type": "string", "format": "date"},
        "post": {"type": "string", "format": "uuid"},
        "speed": {"enum": ["biasa", "segera"]},
        "copies": {"type": "integer", "minimum": 1, "maximum": 9},
        "posts": {"type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True, "items": {"type": "string"}},
        "code": {"type": "string", "pattern": "^[0-9.]+$"},
        "place": {"type": "object", "properties": {"rt": {"type": "integer"}}, "required": ["rt"]},
    },
    "required": ["title"],
    "additionalProperties": False,
}


def action(form: dict[str, Any] | None) -> Action:
    return _action("do", {"label": {"id": "x", "en": "x"}, "by": ["holder"], **({"form": form} if form else {})})


def problems(data: Any, form: dict[str, Any] | None = FORM) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        check_form(action(form), data)
    return [(str(problem.where), str(problem.what)) for problem in refused.value.problems]


def test_good_data_comes_back_clean() -> None:
    data = {"title": "  Surat \n", "copies": 2.0, "posts": [" a "], "place": {"rt": 1}, "day": "2020-02-29"}
    clean = check_form(action(FORM), data)
    assert clean == {"title": "Surat", "copies": 2, "posts": ["a"], "place": {"rt": 1}, "day": "2020-02-29"}
    assert type(clean["copies"]) is int
    clean["posts"].append("b")
    assert data["posts"] == [" a "]  # what came in is left alone


@pytest.mark.parametrize(
    ("more", "where", "what"),
    [
        ({"title": "   "}, "title", "This field is needed."),
        ({"posts": []}, "posts", "This field is needed."),
        ({"title": "x" * 11}, "title", "The text is too long; 10 characters at most."),
        ({"day": "2021-02-29"}, "day", "This is not a valid value of its kind."),
        ({"post": "someone"}, "post", "This is not a valid value of its kind."),
        ({"colour": "red"}, "colour", "There is no such field here."),
        ({"speed": "kilat"}, "speed", "Choose one of the values offered."),
        ({"copies": 0}, "copies", "The least is 1."),
        ({"copies": 10}, "copies", "The most is 9."),
        ({"copies": "two"}, "copies", "This value does not fit here."),
        ({"posts": ["a", "b", "c"]}, "posts", "At most 2 may be given."),
        ({"posts": ["a", " a"]}, "posts", "Something is given twice."),
        ({"posts": ["a", 1]}, "posts.1", "This value does not fit here."),
        ({"code": "12a"}, "code", "This value does not fit here."),
        ({"place": {}}, "place.rt", "This field is needed."),
        ({"place": {"rt": "1"}}, "place.rt", "This value does not fit here."),
        ({"title": None}, "title", "This value does not fit here."),
    ],
)
def test_each_kind_of_mistake_names_its_field(more: dict[str, Any], where: str, what: str) -> None:
    assert (where, what) in problems({"title": "Surat", **more})


def test_a_missing_field_is_named() -> None:
    assert problems({}) == [("title", "This field is needed.")]


def test_all_mistakes_are_told_at_once() -> None:
    assert {where for where, _ in problems({"copies": 0, "speed": "x", "a": 1, "b": 2})} == {
        "title",
        "copies",
        "speed",
        "a",
        "b",
    }


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("a\x00b", "can't be stored"),
        ("\ud83d", "can't be stored"),
        ({"\udead": 1}, "can't be stored"),
        (0.5, "Fractions"),
        (float("nan"), "Fractions"),
        (float("inf"), "Fractions"),
        (1e300, "too large"),
        (LARGEST + 1, "too large"),
        (-LARGEST - 1, "too large"),
    ],
)
def test_what_the_record_can_not_hold_is_refused(value: Any, what: str) -> None:
    anything = {"type": "object", "properties": {}}
    assert what in problems({"x": value}, anything)[0][1]
    assert what in problems({"x": [{"y": value}]}, anything)[0][1]
    assert check_form(action(anything), {"x": LARGEST}) == {"x": LARGEST}


def test_data_may_not_be_nested_without_end() -> None:
    deep: Any = "x"
    for _ in range(MAX_DEPTH):
        deep = [deep]
    assert "nested" in problems({"x": deep}, {"type": "object", "properties": {}})[0][1]


@pytest.mark.parametrize("data", [[], "text", 5, [1]])
def test_data_is_an_object(data: Any) -> None:
    assert "object" in problems(data)[0][1]
    assert "object" in problems(data, None)[0][1]


def test_an_action_without_a_form_takes_nothing() -> None:
    assert check_form(action(None), {}) == {}
    assert problems({"text": "x"}, None) == [("text", "This action takes no data.")]
