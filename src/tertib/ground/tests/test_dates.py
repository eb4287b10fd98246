"""Days as people write them, and as forms take them."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from tertib.ground.dates import DayField, parse_day
from tertib.ground.errors import Invalid

SECOND_OF_JULY = [
    "2/7/2020", "02/07/2020", "2-7-2020", "02-07-2020", "2.7.2020", "2020-07-02", "2020-7-2", "2 Juli 2020",
    "2 juli 2020", "02 JULI 2020", "2 Jul 2020", "2 Jul. 2020", "2 July 2020", "2-Jul-2020", " 2  Juli  2020 ",
    "2020-07-02 00:00:00", "2020-07-02T00:00", "02/07/2020 00:00",
]  # fmt: skip


@pytest.mark.parametrize("text", SECOND_OF_JULY)
def test_a_day_is_understood_however_it_is_written(text: str) -> None:
    assert parse_day(text) == date(2020, 7, 2)


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("Januari", 1), ("Pebruari", 2), ("feb", 2), ("Maret", 3), ("March", 3), ("Apr", 4), ("Mei", 5), ("May", 5),
        ("Juni", 6), ("Agt", 8), ("Agustus", 8), ("August", 8), ("Sept", 9), ("Oktober", 10), ("Oct", 10),
        ("Nopember", 11), ("Nov", 11), ("Desember", 12), ("Dec", 12),
    ],
)  # fmt: skip
def test_months_have_the_names_of_both_languages(name: str, month: int) -> None:
    assert parse_day(f"5 {name} 2021") == date(2021, month, 5)


@given(some.dates(min_value=date(1000, 1, 1)))
def test_what_a_page_writes_is_read_back(day: date) -> None:
    from django.utils.formats import date_format

    for language in ("id", "en"):
        with translation.override(language):
            written = [date_format(day, "j F Y"), date_format(day, "j M Y"), f"{day:%d/%m/%Y}", day.isoformat()]
            assert [parse_day(text) for text in written] == [day] * 4


@pytest.mark.parametrize("text", ["31/02/2021", "31-2-2021", "2021-02-31", "31 Februari 2021", "31 Feb 2021"])
def test_a_day_that_its_month_does_not_have_is_named(text: str) -> None:
    with translation.override("id"), pytest.raises(Invalid) as refused:
        parse_day(text, "letter_date")
    problem = refused.value.problems[0]
    assert problem.what == "Tidak ada tanggal 31 Februari 2021: bulan itu hanya sampai tanggal 28."
    assert (problem.where, bool(problem.mend)) == ("letter_date", True)


@pytest.mark.parametrize(
    "text", ["", "kemarin", "2/7/20", "7 2020", "2 Julia 2020", "0/7/2020", "2/13/2020", "2/7-2020", "2 Juli 0000"]
)
def test_what_is_no_day_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_day(text)
    assert "2 Juli 2020" in str(refused.value.problems[0].mend)


class _Form(forms.Form):
    day = DayField(required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    typed = DayField(required=False)


def test_a_form_takes_what_is_typed_and_shows_it_again() -> None:
    form = _Form({"day": "2 Juli 2020", "typed": "31 Februari 2021"})
    with translation.override("id"):
        assert not form.is_valid()
        assert "31 Februari 2021" in form.errors["typed"][0]
    assert form.cleaned_data["day"] == date(2020, 7, 2)
    assert 'value="2020-07-02"' in str(form["day"]) and 'value="31 Februari 2021"' in str(form["typed"])
    assert _Form({"day": "", "typed": " "}).is_valid()
