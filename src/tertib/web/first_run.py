"""The first hour: a page that makes the first government and its first administrator, opened by a one-time code."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import validate_host
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_tenants.utils import tenant_context

from tertib.government import actions
from tertib.government.authority import local_day
from tertib.government.checks import Checks
from tertib.government.models import Person, RoleGrant, UnitKind
from tertib.government.workhours import WIB, WIT, WITA
from tertib.ground.errors import Forbidden, Invalid, NotFound, Problem, TertibError, TooMany
from tertib.ground.tenancy import first_run, here
from tertib.ground.tenancy.actions import create_government
from tertib.ground.tenancy.middleware import BARE, forget
from tertib.ground.tenancy.models import Government
from tertib.matters.setup import prepare
from tertib.web.forms import complain

KINDS = {"kota": gettext_lazy("Kota"), "kabupaten": gettext_lazy("Kabupaten")}
# The unit at the top of each kind, and the post of whoever administers.
_TOP = {"kota": "pemkot", "kabupaten": "pemkab"}
# Two browsers that send the form at once must not make two governments.
_LOCK = 8160_0001


class FirstForm(forms.Form):
    """The government and whoever administers it."""

    code = forms.CharField(
        label=gettext_lazy("One-time code"),
        max_length=40,
        help_text=gettext_lazy("It stands on the terminal where “tertib up” runs, like 7KQM-3XWD-9RTP."),
        widget=forms.TextInput(
            {"class": "mono", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(KINDS.items()), widget=forms.RadioSelect)
    name = forms.CharField(
        label=gettext_lazy("Name of the government"),
        max_length=120,
        help_text=gettext_lazy("As it is written in letters, like Kota Bekasi."),
    )
    short_name = forms.CharField(
        label=gettext_lazy("Short name"), max_length=40, help_text=gettext_lazy("How the menu calls it, like Bekasi.")
    )
    host = forms.CharField(
        label=gettext_lazy("Host name"),
        max_length=250,
        help_text=gettext_lazy("What people type into the browser, without https://."),
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}),
    )
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=[(WIB, "WIB"), (WITA, "WITA"), (WIT, "WIT")])
    person = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=160,
        help_text=gettext_lazy("You become its first administrator."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=80,
        help_text=gettext_lazy("With it you sign in. Small letters, digits, dots and hyphens."),
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy("At least 10 characters."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The password once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_host(self) -> str:
        host: str = self.cleaned_data["host"].strip().lower().rstrip(".")
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", host):
            raise ValidationError(_("“%s” is no host name.") % host)
        if not validate_host(host, settings.ALLOWED_HOSTS):
            what = _("This program does not answer on “%s”.") % host
            mend = _("Add it to TERTIB_HOSTS and start again, or choose another.")
            raise ValidationError(f"{what} {mend}")
        return host

    def clean_username(self) -> str:
        checks = Checks()
        name: str = checks.username("username", self.cleaned_data["username"])
        try:
            checks.done()
        except Invalid as error:
            raise ValidationError([f"{problem.what} {problem.mend}".strip() for problem in error.problems]) from error
        return name

    def clean_short_name(self) -> str:
        short: str = self.cleaned_data["short_name"]
        if len(schema_of(short)) < 2:
            raise ValidationError(_("The short name needs at least two letters."))
        return short

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        password = given.get("password", "")
        if password and given.get("again") and password != given["again"]:
            self.add_error("again", _("The two passwords differ."))
        if password:
            somebody = Person(name=given.get("person", ""), username=given.get("username", ""))
            try:
                validate_password(password, somebody)
            except ValidationError as error:
                self.add_error("password", error)
        return given


def schema_of(short_name: str) -> str:
    """The schema for a short name: “Kutai Kartanegara” becomes kutai_kartanegara."""
    plain = unicodedata.normalize("NFKD", short_name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_0123456789")[:40].strip("_")


@sensitive_post_parameters("code", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Make the first government. There is no such page once one is there."""
    if not first_run.is_open():
        raise NotFound(_("A government is there already."))
    asked = request.get_host().rsplit(":", 1)[0].lower()
    local = asked in BARE or asked.endswith(".localhost")
    form = FirstForm(
        request.POST if request.method == "POST" else None,
        initial={"host": "" if local else asked, "kind": "kota"},
    )
    if local:
        form.fields["host"].help_text = _("What people type into the browser. On this machine alone: bekasi.localhost.")
    if request.method == "POST":
        made = _made(form)
        if made is not None:
            return _done(request, made, form.cleaned_data["username"], local=asked in BARE)
    return render(request, "first_run.html", {"form": form}, status=422 if form.errors else 200)


def _made(form: FirstForm) -> Government | None:
    """The government, where code and form are right; what is wrong is said in the form."""
    code = str(form.data.get("code", ""))
    try:
        # First of all: without the code nobody learns anything but what is wrong in what they typed themselves, and not
        # on which hosts this program answers.
        first_run.check(code)
    except (Invalid, TooMany, Forbidden) as error:
        form.is_valid()
        form.errors.pop("host", None)
        if not isinstance(error, Invalid):
            form.errors.clear()
        complain(form, error)
        return None
    if not form.is_valid():
        return None
    try:
        return make(form.cleaned_data)
    except Invalid as error:
        # What the actions call otherwise than the form.
        fields = {"domain": "host", "schema": "short_name"}
        said = (Problem(p.what, fields.get(str(p.where), str(p.where)), p.mend) for p in error.problems)
        complain(form, Invalid(*said))
        return None


def make(given: dict[str, Any]) -> Government:
    """The government with its first unit, post and administrator; nothing of it where a part fails.

    Raises `Invalid`.
    """
    here.leave()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,))
        if not cursor.fetchone()[0]:
            raise Invalid(
                Problem(_("Somebody else is making the government at this moment."), mend=_("Wait a minute."))
            )
    made: Government | None = None
    try:
        if not first_run.is_open():
            raise Invalid(Problem(_("A government is there already.")))
        made = create_government(
            schema_of(given["short_name"]),
            given["name"],
            short_name=given["short_name"],
            domain=given["host"],
            timezone=given["timezone"],
        )
        prepare(made)
        with tenant_context(made), transaction.atomic():
            _fill(given)
        first_run.use()
    except TertibError:
        if made is not None:
            here.leave()
            made.delete(force_drop=True)
        raise
    finally:
        here.leave()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
        forget()
    return made


def _fill(given: dict[str, Any]) -> None:
    who = actions.save_person(by=None, name=given["person"], username=given["username"])
    actions.set_password(who.id, given["password"], by=None)
    top = actions.save_unit(
        by=None,
        code=_TOP[given["kind"]],
        name=_("Government of %s") % given["name"],
        short_name=given["short_name"],
        kind=UnitKind.GOVERNMENT,
        parent=None,
    )
    seat = actions.save_post(
        by=None, code="administrator", name=_("Administrator of the system"), unit=top.id, superior=None, is_head=False
    )
    actions.grant_role(by=None, post=seat.id, role=RoleGrant.Role.ADMINISTRATOR, unit=top.id)
    today = date.fromisoformat(local_day())
    actions.appoint(by=None, post=seat.id, person=who.id, kind="definitive", starts_on=today)


def _done(request: HttpRequest, made: Government, username: str, *, local: bool) -> HttpResponse:
    asked = re.sub(r":\d+$", "", request.get_host())
    # The port that was typed, not the one behind a proxy.
    port = request.get_host().removeprefix(asked)
    chosen = made.domains.get(is_primary=True).domain
    # A name that the world knows may lead here only later, and then through a proxy; on this machine one signs in by
    # the address that was typed. Names below localhost lead here at once.
    later = local and not chosen.endswith(".localhost") and chosen not in BARE
    host = chosen if later else f"{chosen}{port}"
    door = f"{asked if later else chosen}{port}"
    facts = {
        "made": made,
        "address": f"{request.scheme}://{door}/accounts/login/?next=/atur/mulai",
        "host": host,
        "now": door if later else "",
        "username": username,
    }
    return render(request, "first_run_done.html", facts)
