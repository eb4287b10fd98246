"""People: found by name or whole NIP, their numbers masked, their account and posts."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from tertib.government import actions
from tertib.government.authority import Reader
from tertib.government.fields import decrypt, mask
from tertib.government.models import Person
from tertib.government.queries import searches
from tertib.ground.errors import NotFound
from tertib.web import session
from tertib.web.admin import touched
from tertib.web.admin.access import administers_everything, administrators, require_person
from tertib.web.admin.forms import DayForm, PersonForm
from tertib.web.admin.shared import Sheet, form_page, posted, tabs, today
from tertib.web.people import search

FOUND = 50


def masked(cipher: bytes | memoryview | None) -> str:
    """A stored number as it is shown."""
    return mask(decrypt(cipher)) if cipher else ""


def person_or_404(person: uuid.UUID) -> Person:
    """The person. Raises `NotFound`."""
    found = Person.objects.filter(pk=person).first()
    if found is None:
        raise NotFound(_("There is no such person."))
    return found


@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def people(request: HttpRequest) -> HttpResponse:
    """Search. By POST, so that no number comes to stand in an address or a log."""
    me = session.reader(request)
    sought = " ".join((request.POST.get("q", "")).split())[:80]
    if sought:
        searches(me.person)
    found = list(search(sought)[: FOUND + 1])
    facts = {
        "q": sought,
        "rows": [{"person": person, "nip": masked(person.nip_cipher)} for person in found[:FOUND]],
        "more": len(found) > FOUND,
        "tabs": tabs("admin_people", administers_everything(me)),
    }
    return render(request, "admin/people.html", facts)


@require_safe
@administrators
def person(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """One person: account, masked numbers, posts past and present."""
    return _page(request, person_or_404(person))


def _page(request: HttpRequest, row: Person, link: str = "") -> HttpResponse:
    facts = {
        "person": row,
        "nip": masked(row.nip_cipher),
        "nik": masked(row.nik_cipher),
        "appointments": row.appointments.select_related("post__unit").order_by("-starts_on"),
        "deputyships": row.deputyships.select_related("post").order_by("-starts_on")[:20],
        "today": today(),
        "has_password": row.has_usable_password(),
        "link": link,
    }
    return render(request, "admin/person.html", facts)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def add(request: HttpRequest) -> HttpResponse:
    """Add a person."""
    me = session.reader(request)
    form = PersonForm(posted(request), initial={"language": "id"})
    note = _("The person gets no password yet: make a link for them on the next page.")
    sheet = Sheet(_("Add a person"), _("Add"), reverse("admin_people"), _("The person is there."), note=note)
    return form_page(request, form, sheet, lambda values: _save(me, None, values))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def edit(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Change a person."""
    me = session.reader(request)
    row = person_or_404(person)
    require_person(me, row.id)
    columns = ("name", "username", "email", "language", "is_active")
    form = PersonForm(posted(request), initial={name: getattr(row, name) for name in columns})
    for kind in ("nip", "nik"):
        shown = masked(getattr(row, f"{kind}_cipher"))
        form.fields[kind].help_text = _("Stored: %s. Leave it empty to keep it.") % shown if shown else ""
    sheet = Sheet(row.name, _("Save"), reverse("admin_person", args=[row.id]), _("The person is saved."))
    return form_page(request, form, sheet, lambda values: _save(me, row, values))


def _save(me: Reader, row: Person | None, values: dict[str, Any]) -> str:
    numbers = {kind: values[kind] or (None if row else "") for kind in ("nip", "nik")}
    saved = actions.save_person(by=me.person, person=row.id if row else None, **{**values, **numbers})
    return reverse("admin_person", args=[saved.id])


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def link(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Make a link by which the person chooses a password. It is shown once and works once, for three days."""
    me = session.reader(request)
    require_person(me, person_or_404(person).id)
    if request.method != "POST":
        # Who changes the language on that page comes back by its address; a link is made by pressing the button only.
        return redirect("admin_person", person)
    row = actions.note_password_link(person, by=me.person)
    key = default_token_generator.make_token(row)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(row), "key": key})
    return _page(request, row, request.build_absolute_uri(path))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def retire(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """End all appointments of a person and close the account."""
    me = session.reader(request)
    row = person_or_404(person)
    require_person(me, row.id)
    form = DayForm(posted(request), label=_("Last day"), initial={"on": today()})
    sheet = Sheet(
        _("Retire this person"),
        _("Retire"),
        reverse("admin_person", args=[row.id]),
        _("The appointments end and the account is closed."),
        lead=row.name,
        note=_(
            "All appointments end on that day, and the account is closed at once. Open matters stay with the posts."
        ),
        danger=True,
    )

    def save(values: dict[str, Any]) -> None:
        actions.retire(row.id, values["on"], by=me.person)

    def touches(values: dict[str, Any]) -> list[str]:
        held = row.appointments.exclude(ends_on__lt=values["on"]).values_list("post", flat=True)
        return touched.by_leaving(held, row.id, values["on"])

    return form_page(request, form, sheet, save, touches)
