"""A day as people write it: the one place that reads dates, for forms and for imported tables."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tertib.ground.errors import Invalid, Problem, Text

# As they stand in letters and old books, Indonesian and English, whole and shortened.
_MONTHS: Final = (
    "januari january jan",
    "februari pebruari february feb peb",
    "maret march mar mrt",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "agustus august agu ags agt agust aug",
    "september sep sept",
    "oktober october okt oct",
    "november nopember nov nop",
    "desember december des dec",
)
_MONTH_OF: Final = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
# A spreadsheet that is saved as text writes midnight behind the day.
_MIDNIGHT = re.compile(r"[T ]00:00(?::00)?$")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_IN_WORDS = re.compile(r"(\d{1,2})[ .-]*([^\W\d_]+)[ .,-]*(\d{4})")


def parse_day(text: str, where: Text = "", mend: Text = "") -> date:
    """The day that `text` names: 02/07/2020, 2-7-2020, 2.7.2020, 2020-07-02, 2 Juli 2020, 2 Jul 2020 or 2 July 2020.

    Raises Invalid where it names none; a day that its month does not have is named.
    """
    shown = " ".join(text.split())
    mend = mend or _("Write it like 02/07/2020, 2 Juli 2020 or 2020-07-02.")
    found = _numbers(_MIDNIGHT.sub("", shown))
    if found is not None:
        year, month, day = found
        try:
            return date(year, month, day)
        except ValueError:
            if day and year and 1 <= month <= 12:
                said = {
                    "day": day,
                    "month": date_format(date(year, month, 1), "F Y"),
                    "last": monthrange(year, month)[1],
                }
                what = _("There is no %(day)d %(month)s: that month has %(last)d days.") % said
                raise Invalid(Problem(what, where, mend)) from None
    raise Invalid(Problem(_("“%s” is no date of the calendar.") % shown[:40], where, mend))


def _numbers(shown: str) -> tuple[int, int, int] | None:
    """Year, month and day as they stand there, whether there is such a day or not."""
    if match := _YEAR_FIRST.fullmatch(shown):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_FIRST.fullmatch(shown):
        return int(match[4]), int(match[3]), int(match[1])
    match = _IN_WORDS.fullmatch(shown)
    month = _MONTH_OF.get(match[2].casefold()) if match else None
    return (int(match[3]), month, int(match[1])) if match and month else None


def day_picker() -> forms.DateInput:
    """The device's own date picker; what it shows and sends is ISO, whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class DayField(forms.DateField):
    """A day in a form, as people write it; with a date picker as its widget also what the device sends."""

    def __init__(self, **more: Any) -> None:
        more.setdefault(
            "widget",
            forms.DateInput(
                format="%d/%m/%Y", attrs={"placeholder": gettext_lazy("dd/mm/yyyy"), "autocomplete": "off"}
            ),
        )
        super().__init__(localize=False, **more)

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        try:
            return parse_day(value)
        except Invalid as error:
            problem = error.problems[0]
            raise ValidationError(f"{problem.what} {problem.mend}") from error

    def prepare_value(self, value: Any) -> Any:
        # A picker shows nothing but its own way of writing, so what was typed elsewhere would be gone from the page.
        if isinstance(value, str) and getattr(self.widget, "input_type", "") == "date":
            try:
                return parse_day(value)
            except Invalid:
                return value
        return value


def month_names() -> list[str]:
    """The names of the months in the reader's language."""
    return [date_format(date(2020, month, 1), "F") for month in range(1, 13)]
