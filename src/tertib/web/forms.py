"""Forms of the face's own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tertib.government.models import Deputy, Person
from tertib.ground.dates import DayField, day_picker
from tertib.ground.errors import TertibError


def complain(form: forms.BaseForm, error: TertibError) -> None:
    """Put each problem beside the field it is about, or above the form."""
    for problem in error.problems:
        said = f"{problem.what} {problem.mend}".strip()
        form.add_error(str(problem.where) if str(problem.where) in form.fields else None, said)


class DeputyForm(forms.Form):
    """Who stands in for a post, from when to when. Where the person is not offered, the name is searched for."""

    name = forms.CharField(label=_("Name of somebody else"), max_length=80, required=False)
    person = forms.ModelChoiceField(
        label=_("Who stands in for you?"),
        queryset=Person.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose the person; search for the name where it is not offered.")},
    )
    starts_on = DayField(label=_("First day"), widget=day_picker())
    ends_on = DayField(label=_("Last day"), help_text=_("After this day it ends by itself."), widget=day_picker())
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Leave, official travel, training."),
        max_length=Deputy._meta.get_field("reason").max_length or 160,
        required=False,
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
