"""The forms of administration. They only read what was typed; `government.actions` judges it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tertib.government.models import (
    Appointment,
    Calendar,
    CalendarChange,
    Post,
    RoleGrant,
    Security,
    Unit,
    UnitKind,
)
from tertib.government.workhours import WIB, WIT, WITA, hours_from_json
from tertib.ground.dates import DayField, day_picker
from tertib.matters.rooms import Book

WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
_PROCEDURE_BYTES = 200_000
_PART = re.compile(r"(\d{1,2})[:.](\d\d)\s*[-–]\s*(\d{1,2})[:.](\d\d)")  # noqa: RUF001 (people type both dashes)


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> DayField:
    """A date by the device's own picker."""
    return DayField(label=label, required=required, help_text=help_text, widget=day_picker())


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit by name and code, since sections of many agencies are called alike."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.code})"


class PostChoice(UnitChoice):
    """A post by name and code."""


class UnitForm(forms.Form):
    """A unit."""

    name = forms.CharField(label=_("Name"), max_length=160)
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Short, without spaces; imports find the unit by it.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=UnitKind.choices)
    parent = UnitChoice(label=_("Belongs to"), queryset=Unit.objects.none(), required=False, empty_label="-")
    short_name = forms.CharField(label=_("Short name"), max_length=60, required=False)
    letter_code = forms.CharField(
        label=_("Letter code"), max_length=30, required=False, help_text=_("Marks its letters in their number.")
    )
    area_code = forms.CharField(label=_("Area code"), max_length=13, required=False, help_text=_("Like 32.75.01."))
    address = forms.CharField(label=_("Address"), max_length=240, required=False)
    calendar = forms.ModelChoiceField(
        label=_("Calendar"), queryset=Calendar.objects.all(), required=False, empty_label=_("As the unit above")
    )
    ends_on = day_field(_("Last day"), required=False, help_text=_("Only for a unit that ends, like a task force."))

    def __init__(self, *args: Any, parents: QuerySet[Unit], top: bool, **kwargs: Any) -> None:
        """`top` says whether this is the unit at the top, which alone belongs to none."""
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        self.fields["parent"].required = not top


class PostForm(forms.Form):
    """A post."""

    name = forms.CharField(label=_("Name"), max_length=160)
    code = forms.CharField(
        label=_("Code"), max_length=60, help_text=_("Short, without spaces; imports find the post by it.")
    )
    unit = UnitChoice(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    is_head = forms.BooleanField(label=_("Heads its unit"), required=False)
    superior = PostChoice(label=_("Superior"), queryset=Post.objects.none(), required=False, empty_label="-")
    grade = forms.CharField(label=_("Grade"), max_length=20, required=False)
    clearance = forms.TypedChoiceField(
        label=_("Clearance"),
        choices=Security.choices,
        coerce=int,
        help_text=_("The highest secrecy this post sees of what does not lie with itself."),
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], posts: QuerySet[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["superior"].queryset = posts  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role for a post."""

    role = forms.ChoiceField(label=_("Role"), choices=RoleGrant.Role.choices)
    unit = UnitChoice(label=_("For the unit and all below"), queryset=Unit.objects.none(), empty_label=None)

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class DayForm(forms.Form):
    """One day: from when something is abolished, or until when something lasts."""

    on = day_field(_("Day"))

    def __init__(self, *args: Any, label: Any = "", help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = label or self.fields["on"].label
        self.fields["on"].help_text = help_text


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class PersonForm(forms.Form):
    """A person and their account. Of a known person, empty numbers mean: as they are."""

    name = forms.CharField(label=_("Name"), max_length=160)
    username = forms.CharField(
        label=_("User name"), max_length=80, required=False, help_text=_("Left empty, one is made.")
    )
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    nip = forms.CharField(label="NIP", max_length=30, required=False, widget=forms.TextInput({"autocomplete": "off"}))
    nik = forms.CharField(label="NIK", max_length=30, required=False, widget=forms.TextInput({"autocomplete": "off"}))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    is_active = forms.BooleanField(label=_("The account is open"), required=False, initial=True)


class SeatForm(forms.Form):
    """Who fills a post or stands in for it. Where the person is not offered, name or NIP is searched for."""

    name = forms.CharField(label=_("Name or NIP of somebody else"), max_length=80, required=False)
    person = forms.UUIDField(
        label=_("Who?"),
        error_messages={"required": _("Choose the person; search for the name where it is not offered.")},
    )
    kind = forms.ChoiceField(label=_("As"), choices=[*Appointment.Kind.choices, ("deputy", _("deputy (absence)"))])
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"), required=False, help_text=_("Empty where there is no end; a deputy has one."))
    decree = forms.CharField(
        label=_("Decree"), max_length=120, required=False, help_text=_("For a deputy: the reason.")
    )


class CalendarForm(forms.Form):
    """A calendar."""

    name = forms.CharField(label=_("Name"), max_length=120)
    code = forms.CharField(label=_("Code"), max_length=40)
    timezone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(WIB, "WIB"), (WITA, "WITA"), (WIT, "WIT")]
        given = (self.data.get("timezone") if self.is_bound else self.initial.get("timezone")) or WIB
        if given in available_timezones() and given not in dict(zones):
            zones.append((given, given))
        self.fields["timezone"].choices = zones  # type: ignore[attr-defined]


class HoursField(forms.CharField):
    """Hours of a day like 07:30-12:00, 13:00-16:00; empty is off. The value is as of `workhours.hours_to_json`."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        parts: list[list[str]] = []
        for piece in filter(None, (piece.strip() for piece in text.split(","))):
            match = _PART.fullmatch(piece)
            if not match:
                raise ValidationError(_("Write hours like 07:30-12:00, 13:00-16:00."))
            a, b, c, d = match.groups()
            parts.append([f"{int(a):02d}:{b}", f"{int(c):02d}:{d}"])
        try:
            hours_from_json(parts)
        except ValueError as error:
            raise ValidationError(_("These hours are not in order, or no times of a day.")) from error
        return parts


def hours_text(hours: list[list[str]]) -> str:
    """The hours as `HoursField` reads them."""
    return ", ".join(f"{start}-{end}" for start, end in hours)


class WeekForm(forms.Form):
    """The usual week."""

    starts_on = day_field(_("From"), required=False, help_text=_("Needed once something was counted on this calendar."))
    decree = forms.CharField(label=_("Decree"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, label in enumerate(WEEKDAYS):
            self.fields[f"day{number}"] = HoursField(label=label, max_length=100, required=False)
        self.order_fields([*(f"day{number}" for number in range(7)), "starts_on", "decree"])


class ChangeForm(forms.Form):
    """A dated change by a decree."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CalendarChange.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As people will read it beside the day."))
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
    hours = HoursField(
        label=_("Hours"),
        max_length=100,
        required=False,
        help_text=_("Only for other hours or an extra working day, like 08:00-12:00, 12:30-15:00."),
    )
    friday = HoursField(
        label=_("Hours on Friday"), max_length=100, required=False, help_text=_("Empty: like the others.")
    )
    decree = forms.CharField(label=_("Decree"), max_length=200, required=False)
    sure = forms.BooleanField(
        label=_("The days are right"), required=False, help_text=_("Only for more than a week at once.")
    )


class PatternForm(forms.Form):
    """How a register writes its numbers."""

    pattern = forms.CharField(
        label=_("Pattern"),
        max_length=120,
        widget=forms.TextInput({"class": "mono", "autocomplete": "off", "spellcheck": "false"}),
    )


class RegisterForm(PatternForm):
    """A register that a unit gets before its first number."""

    unit = UnitChoice(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"))

    field_order = ("unit", "kind", "pattern")

    def __init__(self, *args: Any, units: QuerySet[Unit], books: Mapping[str, Book], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(kind, book.label) for kind, book in books.items()]  # type: ignore[attr-defined]
        self.fields["pattern"].required = False
        self.fields["pattern"].help_text = _("Left empty, it begins with the usual pattern of its kind.")


class HeadForm(forms.Form):
    """The head of a unit's papers. `carried` holds arms that were chosen at the look before."""

    address = forms.CharField(label=_("Address"), max_length=240, required=False)
    contact = forms.CharField(
        label=_("Contact"), max_length=240, required=False, help_text=_("Telephone, e-mail, website: the line below.")
    )
    place = forms.CharField(
        label=_("Place"), max_length=60, required=False, help_text=_("Stands before the date, like Bekasi.")
    )
    arms = forms.FileField(
        label=_("Arms"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg"}),
        help_text=_("PNG or JPEG of at most 1 MB. Units below have them too, unless they have their own."),
    )
    without = forms.BooleanField(label=_("Print no arms of this unit's own"), required=False)
    carried = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class ProcedureForm(forms.Form):
    """A procedure as YAML, written or as a file; the file prevails. `name` is what faults call it."""

    text = forms.CharField(
        label=_("The procedure as YAML"),
        required=False,
        strip=False,
        widget=forms.Textarea({"class": "mono", "rows": 24, "spellcheck": "false", "autocomplete": "off"}),
    )
    upload = forms.FileField(
        label=_("Or a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml"}),
        help_text=_("At most 200 kB."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        file = given.get("upload")
        given["name"] = "YAML"
        if file is not None and file.size > _PROCEDURE_BYTES:
            self.add_error("upload", _("The file is larger than 200 kB."))
        elif file is not None:
            try:
                given["text"] = file.read().decode()
            except UnicodeDecodeError:
                self.add_error("upload", _("The file is not UTF-8 text."))
            given["name"] = str(file.name or "")[:60]
        if not self.errors and not (given.get("text") or "").strip():
            self.add_error("text", _("Write the procedure, or choose its file."))
        return given


class PublishForm(forms.Form):
    """Publishing a version: why, and the password again."""

    text = forms.CharField(widget=forms.HiddenInput, strip=False)
    base = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("A decree or what is to become better; the record keeps it.")
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(item, initial) for item in files]


class ImportForm(forms.Form):
    """The files of an import."""

    uploads = FilesField(
        label=_("Files"),
        widget=ManyFiles(attrs={"multiple": True, "accept": ".csv,.xlsx"}),
        help_text=_("CSV or XLSX with units, posts or people; several at once, in any order. At most 20 MB each."),
    )
