from __future__ import annotations

import pytest
from django.utils.translation import gettext_lazy, override

from tertib.ground.errors import (
    Broken,
    Forbidden,
    Invalid,
    Moved,
    NotFound,
    Problem,
    TertibError,
    Unavailable,
    invalid,
)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (Invalid, 422, "invalid"),
        (Forbidden, 403, "forbidden"),
        (NotFound, 404, "not_found"),
        (Moved, 409, "moved"),
        (Unavailable, 503, "unavailable"),
        (Broken, 500, "broken"),
    ],
)
def test_each_kind_has_its_status_and_code(kind: type[TertibError], status: int, code: str) -> None:
    error = kind("Oops.")
    assert (error.status, error.code) == (status, code)
    assert error.to_json() == {"error": code, "problems": [{"what": "Oops.", "where": "", "mend": ""}]}


def test_a_problem_reads_as_one_line() -> None:
    assert str(Problem("Too long.")) == "Too long."
    assert str(Problem("Too long.", "row 3, column B")) == "row 3, column B: Too long."
    assert str(Problem("Too long.", "title", "Shorten it.")) == "title: Too long. Shorten it."


def test_several_problems_and_more_facts() -> None:
    error = Moved(Problem("A.", "x"), "B.", facts={"version": 3})
    assert str(error) == "x: A.\nB."
    assert error.to_json()["version"] == 3 and len(error.to_json()["problems"]) == 2


def test_texts_are_put_into_the_readers_language_when_they_are_read() -> None:
    problem = Problem(gettext_lazy("January"))
    with override("id"):
        assert problem.to_json()["what"] == "Januari"
    with override("en"):
        assert problem.to_json()["what"] == "January"


def test_no_problems_no_error() -> None:
    invalid([])
    with pytest.raises(Invalid) as refused:
        invalid(Problem(text) for text in ("A.", "B."))
    assert len(refused.value.problems) == 2
