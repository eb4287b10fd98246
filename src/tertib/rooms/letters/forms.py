"""Forms of registration and of the agenda book's filter."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tertib.government.models import Security, Unit
from tertib.ground.dates import DayField
from tertib.ground.tenancy import here
from tertib.ground.tenancy.here import today
from tertib.ground.tenancy.models import Government
from tertib.matters.allowance import Allowance
from tertib.matters.models import Urgency
from tertib.papers.blocks import line
from tertib.rooms.letters.finding import Wanted
from tertib.rooms.letters.models import Direction, LetterKind, Party, UrgencyRule

# Permendagri 83/2022, as far as it was at hand; any other code may be written too.
CLASSIFICATIONS = (
    ("000", "Umum"), ("000.5.6.2", "Pemusnahan arsip"), ("000.8.3.3", "SOP"), ("100", "Pemerintahan"),
    ("100.3.3.2", "Keputusan bupati"), ("200", "Politik"), ("300", "Keamanan dan ketertiban"), ("400",
    "Kesejahteraan rakyat"),
    ("400.3", "Pendidikan"), ("400.7", "Kesehatan"), ("400.12", "Kependudukan dan pencatatan sipil"), ("500",
    "Perekonomian"),
    ("600", "Pekerjaan umum dan ketenagaan"), ("700", "Pengawasan"), ("800", "Kepegawaian"), ("800.1.11.1",
    "Surat perintah, surat tugas"),
    ("900", "Keuangan"),
)  # fmt: skip
CODE = r"^(\d{3}(\.\d{1,3})*|[A-Z]{2,3}(\.\d{1,3})*)$"


class LineField(forms.CharField):
    """One line of text: what is pasted with line breaks becomes one, without marks that turn or hide text."""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "")
        # What can't be stored is for Django's own check to refuse, not to vanish unseen.
        return text if "\x00" in text else line(text)


def unit_choices(units: Iterable[Unit]) -> list[tuple[str, str]]:
    """Units for a select, with an empty first line."""
    return [("", "—"), *((str(unit.id), unit.name) for unit in units)]


def other_governments() -> list[tuple[str, str]]:
    """The other governments of this installation."""
    found = Government.objects.exclude(schema_name=here.schema()).exclude(schema_name="public")
    return [("", "—"), *found.order_by("name").values_list("schema_name", "name")]


def allowance_words(text: str) -> str:
    """An allowance in words, e.g. “5 hari kerja”."""
    allowance = Allowance.parse(text)
    unit = {
        "working_days": _("working days"), "calendar_days": _("calendar days"), "working_minutes": _("working minutes"),
    }.get(allowance.kind, "")  # fmt: skip
    if allowance.kind == "calendar_days":
        return _("%d × 24 hours") % allowance.amount  # noqa: RUF001 - how the decree writes it
    if allowance.kind == "working_minutes" and allowance.amount % 60 == 0:
        return _("%d working hours") % (allowance.amount // 60)
    return f"{allowance.amount} {unit}"


def urgency_choices() -> list[tuple[str, str]]:
    """The urgencies with how much time each allows, by the rules in force today."""
    rules: dict[int, str] = {}
    for rule in UrgencyRule.objects.filter(valid_from__lte=today()).order_by("valid_from"):
        rules[rule.urgency] = rule.allowance
    return [
        (str(value), f"{label} ({allowance_words(rules[value])})" if value in rules else str(label))
        for value, label in Urgency.choices
    ]


class RegisterForm(forms.Form):
    """A letter that came in, as the registrar sees it."""

    order_of_keys: ClassVar[tuple[str, ...]] = ()
    unit = forms.ChoiceField(label=gettext_lazy("Agenda of"))
    sender_kind = forms.ChoiceField(
        label=gettext_lazy("Sender"), choices=Party.choices, widget=forms.RadioSelect, initial=Party.BODY
    )
    sender_unit = forms.ChoiceField(label=gettext_lazy("Which unit"), required=False)
    sender_government = forms.ChoiceField(label=gettext_lazy("Which government"), required=False)
    sender_name = LineField(label=gettext_lazy("Name of the sender"), max_length=200, required=False)
    sender_address = LineField(label=gettext_lazy("Address"), max_length=300, required=False)
    number = LineField(label=gettext_lazy("Letter number"), max_length=120, required=False)
    letter_date = DayField(label=gettext_lazy("Date of the letter"), required=False)
    received_on = DayField(label=gettext_lazy("Received on"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=LetterKind.choices, initial=LetterKind.SURAT_DINAS)
    subject = LineField(label=gettext_lazy("Subject"), max_length=500)
    security = forms.TypedChoiceField(
        label=gettext_lazy("Security"), choices=Security.choices, coerce=int, initial=0, widget=forms.RadioSelect
    )
    urgency = forms.TypedChoiceField(label=gettext_lazy("Urgency"), coerce=int, initial=0, widget=forms.RadioSelect)
    classification = forms.RegexField(
        label=gettext_lazy("Classification"), regex=CODE, max_length=20, required=False,
        error_messages={"invalid": gettext_lazy("This is no classification code. Write it like 000.8.3.3.")},
    )  # fmt: skip
    summary = forms.CharField(
        label=gettext_lazy("Summary"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, houses: list[Unit], units: Iterable[Unit], **more: Any) -> None:
        super().__init__(*args, **more)
        fields: Any = self.fields
        self.houses = houses
        fields["unit"].choices = [(str(unit.id), unit.name) for unit in houses]
        if len(houses) == 1:
            fields["unit"].initial = str(houses[0].id)
            fields["unit"].widget = forms.HiddenInput()
        self.units = {str(unit.id): unit for unit in units}
        fields["sender_unit"].choices = unit_choices(self.units.values())
        fields["sender_government"].choices = other_governments()
        fields["urgency"].choices = urgency_choices()
        fields["received_on"].initial = today
        fields["classification"].widget.attrs["list"] = "classifications"
        self._need_sender(fields)
        fields["sender_name"].widget.attrs["autofocus"] = True

    def governments(self) -> list[tuple[str, str]]:
        """The other governments that may be chosen as the sender, schema and name."""
        field: Any = self.fields["sender_government"]
        return [(str(schema), str(name)) for schema, name in field.choices if schema]

    def _need_sender(self, fields: Any) -> None:
        """Which field names the sender depends on what kind of sender it is."""
        kind = self["sender_kind"].value()
        if kind == Party.UNIT:
            fields["sender_unit"].required = True
            fields["sender_unit"].error_messages["required"] = gettext_lazy("Choose the unit that sent it.")
        elif kind != Party.GOVERNMENT:
            fields["sender_name"].required = True
            fields["sender_name"].error_messages["required"] = gettext_lazy("Write who sent it.")

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        kind = clean.get("sender_kind")
        if kind == Party.UNIT:
            unit = self.units.get(clean.get("sender_unit") or "")
            if unit is not None:
                clean["sender_name"] = unit.name
        elif kind == Party.GOVERNMENT:
            names = dict(self.fields["sender_government"].choices)  # type: ignore[attr-defined]
            if not clean.get("sender_name"):
                clean["sender_name"] = names.get(clean.get("sender_government") or "", "").strip("—")
            if not clean["sender_name"]:
                self.add_error("sender_government", _("Choose the government, or write its name."))
        self._check_days(clean)
        return clean

    def _check_days(self, clean: dict[str, Any]) -> None:
        written, received = clean.get("letter_date"), clean.get("received_on")
        if received and received > today():
            self.add_error("received_on", _("This day has not come yet."))
        if written and received and written > received:
            self.add_error("letter_date", _("The letter can't be dated after it was received."))
        for name, value in (("letter_date", written), ("received_on", received)):
            if value and value.year < 1945:
                self.add_error(name, _("The year can't be right."))

    def sender_unit_id(self) -> uuid.UUID | None:
        """The unit that sent it, where the sender is one."""
        chosen = self.cleaned_data.get("sender_unit")
        return uuid.UUID(chosen) if chosen and self.cleaned_data["sender_kind"] == Party.UNIT else None


class AgendaForm(forms.Form):
    """What of the agenda book is wanted; comes by GET, so that a filter can be kept as a bookmark."""

    q = LineField(
        label=gettext_lazy("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    unit = forms.ChoiceField(label=gettext_lazy("Agenda of"), required=False)
    security = forms.ChoiceField(
        label=gettext_lazy("Security"), required=False, choices=[("", gettext_lazy("all")), *Security.choices]
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"), required=False, choices=[("", gettext_lazy("all")), *Urgency.choices]
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("Until"), required=False)
    # Chosen among what was found, not typed.
    holder = forms.UUIDField(required=False, widget=forms.HiddenInput)
    sender = LineField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, direction: str, units: Iterable[Unit], **more: Any) -> None:
        super().__init__(*args, **more)
        self.direction = direction
        states = [
            ("", gettext_lazy("all")),
            ("open", _("not finished")),
            ("closed", _("finished")),
            ("imported", _("imported")),
            ("cancelled", _("number cancelled")),
        ]
        if direction != Direction.IN:
            states += [("unconfirmed", _("arrival not recorded"))]
        fields: Any = self.fields
        fields["state"].choices = states
        fields["unit"].choices = [("", gettext_lazy("all")), *((str(unit.id), unit.name) for unit in units)]

    def wanted(self) -> Wanted:
        """The filter; what could not be understood is left out (the form says so)."""
        self.is_valid()
        clean = self.cleaned_data
        return Wanted(
            self.direction,
            text=clean.get("q", ""),
            unit=uuid.UUID(clean["unit"]) if clean.get("unit") else None,
            security=int(clean["security"]) if clean.get("security") else None,
            urgency=int(clean["urgency"]) if clean.get("urgency") else None,
            state=clean.get("state", ""),
            since=clean.get("since"),
            until=clean.get("until"),
            holder=clean.get("holder"),
            sender=clean.get("sender", ""),
        )
