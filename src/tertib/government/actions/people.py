"""People and their accounts."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from tertib.government.actions.appointments import end_deputies_of
from tertib.government.actions.record import get, note, store, writing
from tertib.government.checks import Checks, digits, limit
from tertib.government.fields import decrypt, encrypt, lookup
from tertib.government.models import Appointment, Deputy, Person
from tertib.ground.errors import Invalid, Problem


def save_person(
    *,
    by: uuid.UUID | None,
    person: uuid.UUID | None = None,
    name: str,
    username: str = "",
    nip: str | None = None,
    nik: str | None = None,
    email: str = "",
    language: str = "id",
    is_active: bool = True,
    is_sample: bool = False,
) -> Person:
    """Make a person with an account but no password yet, or change the one given by `person`.

    `nip` and `nik`: None leaves them as they are, "" takes them away. Without a user name, one is made of the e-mail
    address or the name. Raises `Invalid` and `NotFound`.
    """
    with writing(whole=True):
        row = get(Person, person) if person else Person(is_sample=is_sample)
        checks = Checks()
        values: dict[str, Any] = {
            "name": checks.text("name", name, limit(Person, "name"), required=True),
            "email": checks.email("email", email),
            "language": checks.choice("language", language, dict(settings.LANGUAGES)),
            "is_active": is_active,
        }
        wanted = (
            username or row.username or free_username(values["email"], values["name"], _taken_usernames(email, name))
        )
        values["username"] = checks.username("username", wanted)
        values |= _numbers(checks, row, nip, nik)
        _check_unique(checks, row, values)
        checks.done()
        if row._state.adding:
            row.set_unusable_password()
        store("person.saved", row, by, values, title=values["name"])
    return row


def _numbers(checks: Checks, row: Person, nip: str | None, nik: str | None) -> dict[str, Any]:
    """The columns of changed numbers, after checking both together, the stored one too."""
    given = {"nip": nip, "nik": nik}
    full, changed = {}, {}
    for kind, text in given.items():
        stored = getattr(row, f"{kind}_cipher")
        if text is None:
            full[kind] = decrypt(stored) if stored else ""
            continue
        full[kind] = number = digits(text)
        known = getattr(row, f"{kind}_hash")
        hashed = lookup(number) if number else None
        if (bytes(known) if known else None) != hashed:
            changed[f"{kind}_hash"] = hashed
            changed[f"{kind}_cipher"] = encrypt(number) if number else None
    checks.numbers(full["nip"], full["nik"])
    return changed


def _check_unique(checks: Checks, row: Person, values: dict[str, Any]) -> None:
    others = Person.objects.exclude(pk=row.pk)
    if others.filter(username__iexact=values["username"]).exists():
        checks.wrong("username", _("The user name “%s” is taken.") % values["username"])
    if values["email"] and (other := others.filter(email__iexact=values["email"]).first()):
        checks.wrong("email", _("This address belongs to %s.") % other.name)
    for kind in ("nip", "nik"):
        number = values.get(f"{kind}_hash")
        if number and (other := others.filter(**{f"{kind}_hash": number}).first()):
            what = _("This %(kind)s belongs to %(name)s.") % {"kind": kind.upper(), "name": other.name}
            checks.wrong(kind, what, _("Open that person instead of adding them twice."))


def _taken_usernames(email: str, name: str) -> set[str]:
    stem = _stem(email, name)
    found = Person.objects.filter(Q(username__istartswith=stem) | Q(username__iexact=email))
    return {username.lower() for username in found.values_list("username", flat=True)}


def _stem(email: str, name: str) -> str:
    from django.utils.text import slugify

    local = re.sub(r"[^a-z0-9._+-]+", ".", email.partition("@")[0].lower()).strip("._+-")
    return (local or slugify(name).replace("-", ".") or "user")[:60].rstrip("._+-")


def free_username(email: str, name: str, taken: set[str]) -> str:
    """A user name nobody has: the part of the address before the @, or the name; numbered where that is taken."""
    stem = _stem(email, name)
    found, number = stem, 1
    while found in taken:
        number += 1
        found = f"{stem}.{number}"
    return found


def set_password(person: uuid.UUID, password: str, *, by: uuid.UUID | None) -> None:
    """Give a person a password. Raises `Invalid` (field password) where it is too weak."""
    with writing():
        row = get(Person, person)
        try:
            validate_password(password, row)
        except ValidationError as error:
            raise Invalid(*(Problem(text, where="password") for text in error.messages)) from error
        row.set_password(password)
        row.save(update_fields=["password"])
        note("person.password_set", row.id, by, {}, {}, title=row.name)


def note_password_link(person: uuid.UUID, *, by: uuid.UUID | None) -> Person:
    """Note that a link was made by which a person chooses a password. Raises `Invalid` for a closed account."""
    with writing():
        row = get(Person, person)
        if not row.is_active:
            raise Invalid(Problem(_("This account is closed."), mend=_("Open it first.")))
        note("person.password_link", row.id, by, {}, {}, title=row.name)
    return row


def retire(person: uuid.UUID, on: date, *, by: uuid.UUID | None) -> Person:
    """The last day of a person is `on`: all appointments and deputyships end with it, and the account is closed now.

    What had been meant to begin later is taken away; the record keeps it.
    """
    with writing():
        row = get(Person, person)
        ended = []
        for model in (Appointment, Deputy):
            mine = model._default_manager.filter(person=row).select_related("post")
            for item in mine.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).select_for_update(of=("self",)):
                ended.append(
                    {"post": item.post.name, "starts_on": str(item.starts_on), "ends_on": str(item.ends_on or "")}
                )
                if item.starts_on > on:
                    item.delete()
                else:
                    item.ends_on = on
                    item.save(update_fields=["ends_on"])
        end_deputies_of(row.id, on, by=by)
        row.tokens.all().delete()
        before = {"is_active": row.is_active}
        row.is_active = False
        row.save(update_fields=["is_active"])
        note("person.retired", row.id, by, before, {"is_active": False, "on": on}, ended=ended, title=row.name)
    return row
