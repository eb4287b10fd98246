"""Forms of actions, made from the form that the procedure describes; those that deserve their own are below."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tertib.government import passwords
from tertib.government.models import Security
from tertib.ground.dates import DayField, day_picker
from tertib.ground.ids import parse_id
from tertib.ground.tenancy.here import today
from tertib.matters.models import Link
from tertib.matters.procedures import Action
from tertib.rooms.letters.arrivals import How, outside
from tertib.rooms.letters.forms import CODE, LineField, urgency_choices
from tertib.rooms.letters.models import Instruction, Letter

PICK = "pick"
DUE = (
    ("1 working days", gettext_lazy("Tomorrow")),
    ("3 working days", gettext_lazy("3 working days")),
    (PICK, gettext_lazy("Choose a day")),
)
LABELS: Mapping[str, Any] = {
    "report.text": gettext_lazy("Report"),
    "take_back.text": gettext_lazy("Report"),
    "take_back.reason": gettext_lazy("Why the others need not answer any more"),
    "answer.text": gettext_lazy("Explanation"),
    "remark.text": gettext_lazy("Remark"),
    "ask.question": gettext_lazy("What needs explaining?"),
    "finish.note": gettext_lazy("What was done, or why nothing needs to be"),
    "close.reason": gettext_lazy("Why it is done although parts are open"),
    "correct.reason": gettext_lazy("Why it is corrected"),
    "void.reason": gettext_lazy("Why the registration is void"),
    "remind.note": gettext_lazy("A word with it, if you like"),
    "text": gettext_lazy("Text"),
    "note": gettext_lazy("Note"),
    "reason": gettext_lazy("Reason"),
    "remarks": gettext_lazy("Remarks"),
}


def due_as(form: forms.Form, words: str) -> None:
    """Offer no due date of its own, called what it comes to, where there is one to follow; else that would be the usual
    one (`dispositions.USUAL`), which is offered already.
    """
    cast(forms.ChoiceField, form.fields["due_how"]).choices = [*DUE, ("", words)]


class IdsField(forms.Field):
    """Ids of posts, chosen with check boxes that come and go with a search."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[str]:
        ids = [parse_id(str(text)) for text in value or []]
        if None in ids:
            raise ValidationError(_("Choose from the posts that are offered."))
        return list(dict.fromkeys(str(found) for found in ids))

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(_("Choose at least one."))


class ActForm(forms.Form):
    """What every action needs: the version its actor has seen. `fields_of` and subclasses add the rest."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    # The hash of the paper that was shown, where the action is about what it says.
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    files_wanted: ClassVar[bool] = False

    def about(self, letter: Letter) -> None:
        """Fit the form to the letter it is about; called once it is made."""

    def data_for_engine(self) -> dict[str, Any]:
        """The form as the procedure takes it: what was left empty is left out."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("version", "shown") and value not in ("", None, [])
        }


def text_field(label: Any, schema: Mapping[str, Any], *, required: bool) -> forms.Field:
    """A field for a string of the procedure's form."""
    most = int(schema.get("maxLength", 2000))
    if most > 200:
        return forms.CharField(
            label=label, max_length=most, required=required, widget=forms.Textarea(attrs={"rows": 5})
        )
    return LineField(label=label, max_length=most, required=required)


def generated(action: Action) -> type[ActForm]:
    """A form for an action, from its JSON Schema. Lists and objects have no field; only `papers` becomes an upload."""
    properties: Mapping[str, Any] = (action.form or {}).get("properties", {})
    needed = set((action.form or {}).get("required", ()))
    fields: dict[str, Any] = {"files_wanted": "papers" in properties}
    for name, schema in properties.items():
        if name == "shown":
            continue
        label = LABELS.get(f"{action.name}.{name}") or LABELS.get(name) or name
        kind = schema.get("type")
        if "enum" in schema:
            choices = [("", "—"), *((str(value), str(value)) for value in schema["enum"])]
            fields[name] = forms.ChoiceField(label=label, choices=choices, required=name in needed)
        elif kind == "string" and schema.get("format") == "date":
            fields[name] = DayField(label=label, required=name in needed)
        elif kind == "string":
            fields[name] = text_field(label, schema, required=name in needed)
        elif kind == "integer":
            fields[name] = forms.IntegerField(label=label, required=name in needed)
    return type(f"{action.name.title()}Form", (ActForm,), fields)


class DisposeForm(ActForm):
    """Recipients, what is asked of them, until when."""

    recipients = IdsField(label=gettext_lazy("To"))
    instructions = forms.MultipleChoiceField(
        label=gettext_lazy("Please"), choices=Instruction.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_how = forms.ChoiceField(
        label=gettext_lazy("Due"), choices=DUE, initial="3 working days", required=False, widget=forms.RadioSelect
    )
    due_day = DayField(label=gettext_lazy("Day"), required=False, widget=day_picker())
    also_letter = forms.BooleanField(label=gettext_lazy("Let the letter itself be due then as well"), required=False)

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or self.cleaned_data
        if clean.get("due_how") == PICK and not clean.get("due_day") and "due_day" not in self.errors:
            self.add_error("due_day", _("Choose the day."))
        return clean

    def data_for_engine(self) -> dict[str, Any]:
        given = self.cleaned_data
        picked = given.get("due_how") == PICK
        due = given["due_day"].isoformat() if picked else given.get("due_how") or ""
        return {
            "recipients": given["recipients"],
            "instructions": given["instructions"],
            "note": given["note"],
            **({"due": due} if due else {}),
            **({"also_letter": True} if due and given.get("also_letter") else {}),
        }


class ForwardForm(ActForm):
    """To whom it is passed on, and why."""

    post = forms.UUIDField(
        label=gettext_lazy("To"), error_messages={"required": gettext_lazy("Choose who receives it.")}
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def data_for_engine(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"post": str(given["post"]), **({"note": given["note"]} if given["note"] else {})}


class CorrectForm(ActForm):
    """What was registered wrongly; only what has changed goes into the record."""

    subject = LineField(label=gettext_lazy("Subject"), max_length=500)
    number = LineField(label=gettext_lazy("Letter number"), max_length=120, required=False)
    letter_date = DayField(label=gettext_lazy("Date of the letter"), required=False)
    sender_name = LineField(label=gettext_lazy("Name of the sender"), max_length=200)
    sender_address = LineField(label=gettext_lazy("Address"), max_length=300, required=False)
    received_on = DayField(label=gettext_lazy("Received on"), required=False)
    security = forms.TypedChoiceField(
        label=gettext_lazy("Security"), choices=Security.choices, coerce=int, required=False, empty_value=None,
        widget=forms.RadioSelect, help_text=gettext_lazy("Its dispositions follow, those that are finished too."),
    )  # fmt: skip
    urgency = forms.TypedChoiceField(
        label=gettext_lazy("Urgency"), coerce=int, required=False, empty_value=None, widget=forms.RadioSelect,
        help_text=gettext_lazy("While the letter waits for a decision, the time this allows begins anew."),
    )  # fmt: skip
    classification = forms.RegexField(
        label=gettext_lazy("Classification"), regex=CODE, max_length=20, required=False,
        error_messages={"invalid": gettext_lazy("This is no classification code. Write it like 000.8.3.3.")},
    )  # fmt: skip
    summary = forms.CharField(
        label=gettext_lazy("Summary"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = LineField(label=gettext_lazy("Why it is corrected"), max_length=500)
    before: Letter | None = None

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: Any = self.fields
        fields["urgency"].choices = urgency_choices()

    def about(self, letter: Letter) -> None:
        self.before = letter

    def data_for_engine(self) -> dict[str, Any]:
        given = self.cleaned_data
        stood = registered(self.before) if self.before else {}
        data: dict[str, Any] = {"reason": given["reason"]}
        for name in CORRECTED:
            value = given[name]
            if value is not None and value != stood.get(name):
                data[name] = value.isoformat() if isinstance(value, date) else value
        return data


CORRECTED = (
    "subject", "number", "letter_date", "sender_name", "sender_address", "received_on", "security", "urgency",
    "classification", "summary",
)  # fmt: skip


def registered(letter: Letter) -> dict[str, Any]:
    """A registration as it stands, for its correction."""
    return {name: getattr(letter.matter if name in ("security", "urgency") else letter, name) for name in CORRECTED}


LINKS = [(kind.value, kind.label) for kind in Link.Kind if kind != Link.Kind.DELIVERED_FROM]


class LinkForm(ActForm):
    """Which letter this one belongs to, and how."""

    kind = forms.ChoiceField(
        label=gettext_lazy("This letter"), choices=LINKS, widget=forms.RadioSelect, initial="follows_up"
    )
    target = forms.UUIDField(
        label=gettext_lazy("the letter"), error_messages={"required": gettext_lazy("Choose the other letter.")}
    )

    def data_for_engine(self) -> dict[str, Any]:
        return {"kind": self.cleaned_data["kind"], "target": str(self.cleaned_data["target"])}


class SignForm(ActForm):
    """The password again, so that nobody signs at an open desk."""

    sample_password = passwords.SAMPLE
    password = forms.CharField(
        label=gettext_lazy("Your password"), max_length=500, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    def data_for_engine(self) -> dict[str, Any]:
        return {}


class ArriveForm(ActForm):
    """When, how and with whom a paper arrived."""

    files_wanted = True
    recipient = forms.ChoiceField(label=gettext_lazy("Recipient"), widget=forms.RadioSelect)
    received_on = DayField(label=gettext_lazy("Received on"), initial=today, widget=day_picker())
    how = forms.ChoiceField(
        label=gettext_lazy("How it came there"), choices=How.choices, initial=How.HAND, widget=forms.RadioSelect
    )
    received_by = LineField(
        label=gettext_lazy("Received by"), help_text=gettext_lazy("Name, and position if you know it."), max_length=200
    )

    def about(self, letter: Letter) -> None:
        found = outside(letter.pk)
        field: Any = self.fields["recipient"]
        field.choices = [(str(item.pk), item.name) for item in found]
        field.initial = str(found[0].pk) if found else None

    def data_for_engine(self) -> dict[str, Any]:
        return {**super().data_for_engine(), "received_on": self.cleaned_data["received_on"].isoformat()}


TAILORED: Mapping[str, type[ActForm]] = {
    "dispose": DisposeForm,
    "forward": ForwardForm,
    "correct": CorrectForm,
    "link": LinkForm,
    "sign": SignForm,
    "arrive": ArriveForm,
}


def form_for(action: Action) -> type[ActForm]:
    """The form of an action."""
    return TAILORED.get(action.name) or generated(action)


def initial(action: Action, version: int, letter: Letter) -> dict[str, Any]:
    """What stands in a form before anything is typed."""
    start: dict[str, Any] = {"version": version}
    if action.name == "correct":
        start |= registered(letter)
    return start


def ids_of(values: list[str]) -> list[uuid.UUID]:
    """Those of the values that are ids, each once."""
    return list(dict.fromkeys(found for found in map(parse_id, values) if found))
