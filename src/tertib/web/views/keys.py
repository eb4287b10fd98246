"""Keys with which programs act as me: made here, shown once, revoked here."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tertib.government import passwords, tokens
from tertib.government.models import ApiToken, Person
from tertib.ground.dates import DayField, day_picker
from tertib.ground.errors import Invalid, NotFound, TooMany
from tertib.ground.tenancy import here
from tertib.ground.time import now
from tertib.web.forms import complain


class KeyForm(forms.Form):
    """What a key is for and until when. The password again, so that nobody makes one at an open desk."""

    name = forms.CharField(
        label=gettext_lazy("Which program?"),
        help_text=gettext_lazy("So that you know later what to revoke, like: scanner in the lobby."),
        max_length=tokens.NAME_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    last_day = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Empty where there is no end."),
        required=False,
        widget=day_picker(),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """My keys, and the form for another. A new key is in the answer to the form and nowhere else."""
    person = cast(Person, request.user)
    form = KeyForm(request.POST if request.method == "POST" else None)
    made, status = "", 200
    if request.method == "POST":
        made, status = _make(person, form)
    facts = {
        "form": KeyForm() if made else form,
        "keys": [_shown(row) for row in tokens.of(person.pk)],
        "made": made,
        "sample_password": passwords.SAMPLE if person.is_sample else "",
    }
    return render(request, "keys.html", facts, status=status)


def _shown(row: ApiToken) -> dict[str, Any]:
    """A key with the last day on which it counts."""
    ends = row.expires_at
    last_day = (ends - timedelta(seconds=1)).astimezone(here.zone()).date() if ends else None
    return {"row": row, "last_day": last_day, "over": ends is not None and ends <= now()}


def _make(person: Person, form: KeyForm) -> tuple[str, int]:
    """The new key, or nothing and the status of the answer that says why."""
    if not form.is_valid():
        return "", 422
    given = form.cleaned_data
    try:
        passwords.confirm(person, given["password"])
    except (Invalid, TooMany) as error:
        # Its words on how to mend it speak of signing.
        form.add_error("password", str(error.problems[0].what))
        return "", error.status
    try:
        return tokens.make(person, given["name"], given["last_day"], by=person.pk), 200
    except Invalid as error:
        complain(form, error)
        return "", 422


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take a key of mine away. Asks once."""
    person = cast(Person, request.user)
    if request.method == "POST":
        tokens.revoke(key, person.pk, by=person.pk)
        messages.success(request, _("The key is revoked. Whatever used it is refused from now on."))
        return redirect("keys")
    row = tokens.of(person.pk).filter(pk=key).first()
    if row is None:
        raise NotFound(_("There is no such key any more."))
    return render(request, "key_revoke.html", {"key": row})
