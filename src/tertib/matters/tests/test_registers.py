from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tertib.ground.errors import Invalid, NotFound
from tertib.matters.models import Number, Register
from tertib.matters.registers import cancel, check_pattern, give, render
from tertib.matters.testing import City

pytestmark = pytest.mark.usefixtures("english")
AUGUST = datetime(2026, 8, 5, 9, tzinfo=ZoneInfo("Asia/Jakarta"))
ANRI = "{security}-{n:03d}/{classification}/{unit}/{roman_month}/{year}"


@pytest.mark.parametrize(
    ("pattern", "n", "fields", "text"),
    [
        # the example of ANRI 5/2021 in RULES §5
        (ANRI, 1, {"security": 0, "classification": "PL.02", "unit": "OIKN"}, "B-001/PL.02/OIKN/VIII/2026"),
        (ANRI, 1234, {"security": 3, "classification": "X", "unit": "Y"}, "SR-1234/X/Y/VIII/2026"),
        ("{classification}/{n}/{unit}", 15, {"classification": "000.8.3.3", "unit": "OR"}, "000.8.3.3/15/OR"),
        ("{n}", 7, {}, "7"),
        ("{security}{n:05d}.{month:02d}", 7, {"security": 1}, "T00007.08"),
        ("{security}{n}", 7, {"security": 2}, "R7"),
        ("No. {n} {{a}}", 1, {}, "No. 1 {a}"),
        ("{n}/{unit}", 1, {"unit": "{year}"}, "1/{year}"),  # what a field says is never a pattern
    ],
)
def test_patterns(pattern: str, n: int, fields: dict[str, Any], text: str) -> None:
    assert check_pattern(pattern) == []
    assert render(pattern, n, AUGUST, fields) == text


@pytest.mark.parametrize("month", range(1, 13))
def test_roman_months(month: int) -> None:
    roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"][month - 1]
    assert render("{n}/{roman_month}", 1, AUGUST.replace(month=month), {}) == f"1/{roman}"


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("", "must contain {n}"),
        ("{year}", "must contain {n}"),
        ("{{n}}", "must contain {n}"),
        ("{n", "braces"),
        ("n}", "braces"),
        ("{n}{", "braces"),
        ("{}", "no field “”"),
        ("{0}", "no field “0”"),
        ("{number}", "no field “number”"),
        ("{n.__class__}", "no field “n.__class__”"),
        ("{n[0]}", "no field “n[0]”"),
        ("{n:x03q}", "format of a field"),
        ("{n:999999999d}", "format of a field"),
        ("{n:{year}}", "format of a field"),
        ("{n}{unit:05d}", "format of a field"),
        ("{n!z}", "format of a field"),
        ("{n}" + "a" * 120, "too long"),
    ],
)
def test_patterns_that_are_no_use_say_why(pattern: str, says: str) -> None:
    (problem,) = check_pattern(pattern)
    assert says in str(problem.what) and problem.where == "pattern"


def test_each_register_and_year_counts_for_itself(city: City) -> None:
    matter = city.open("mayor", "analyst").matter
    unit, other = city.units["health"].id, city.units["works"].id
    january = AUGUST.replace(year=2027, month=1)
    given = [
        give(unit, "keluar", matter, AUGUST, {}, "{n:03d}/{year}"),
        give(unit, "keluar", matter, AUGUST, {}, "ignored, for the register exists"),
        give(unit, "keluar", matter, january, {}),
        give(unit, "masuk", matter, AUGUST, {}),
        give(other, "keluar", matter, AUGUST, {}),
        give(unit, "keluar", matter, AUGUST, {}),
    ]
    assert [item.text for item in given] == ["001/2026", "002/2026", "001/2027", "1", "1", "003/2026"]
    assert Register.objects.count() == 3


def test_a_cancelled_number_says_why_and_is_never_used_again(city: City) -> None:
    matter, unit = city.open("mayor", "analyst").matter, city.units["health"].id
    first = give(unit, "keluar", matter, AUGUST, {})
    for empty in ("", "  \n"):
        with pytest.raises(Invalid) as refused:
            cancel(first.id, empty, AUGUST)
        assert refused.value.problems[0].where == "reason"
    gone = cancel(first.id, "  salah tujuan ", AUGUST)
    assert (gone.cancel_reason, gone.cancelled_at, gone.n) == ("salah tujuan", AUGUST, 1)
    with pytest.raises(NotFound):
        cancel(first.id, "lagi", AUGUST)
    with pytest.raises(NotFound):
        cancel(matter, "no such number", AUGUST)
    assert give(unit, "keluar", matter, AUGUST, {}).n == 2
    assert list(Number.objects.values_list("n", "cancel_reason")) == [(1, "salah tujuan"), (2, "")]
