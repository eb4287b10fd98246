"""Keys of programs: shown once, kept as a hash. Making and revoking one is noted, the key itself never."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tertib.government.actions.record import note, writing
from tertib.government.models import ApiToken, Person
from tertib.ground.errors import Invalid, NotFound, Problem
from tertib.ground.tenancy import here
from tertib.ground.time import now

PREFIX = "tertib_"
NAME_LENGTH = 80
# Nobody has so many programs; more is a loop gone wrong.
MOST = 50
# A day further off is a slip of the keyboard.
MOST_YEARS = 10


def make(person: Person, name: str, last_day: date | None = None, *, by: uuid.UUID | None = None) -> str:
    """A new key with which a program acts as this person, up to and with the last day. It can't be read again.

    `by` is the person who makes it; None stands for the operator. Raises `Invalid` for a name or a day that is none
    (fields name, last_day), for a closed account, and where there are too many already.
    """
    title = " ".join(name.split())
    problems = []
    if not title or len(title) > NAME_LENGTH or not title.isprintable():
        what = _("Name the key after its program, in at most %d characters.") % NAME_LENGTH
        problems.append(Problem(what, where="name"))
    if last_day is not None and last_day < here.today():
        problems.append(Problem(_("That day is past."), where="last_day"))
    if last_day is not None and last_day.year > here.today().year + MOST_YEARS:
        mend = _("Leave the day empty for a key without an end.")
        problems.append(Problem(_("That day is too far away."), where="last_day", mend=mend))
    with writing():
        # Locked, so that the account isn't closed meanwhile, nor more keys made at once than there may be.
        active = Person.objects.select_for_update().filter(pk=person.pk, is_active=True).exists()
        if not active:
            problems.append(Problem(_("This account is closed.")))
        elif of(person.pk).count() >= MOST:
            problems.append(Problem(_("There are %d keys already.") % MOST, mend=_("Revoke one that is not in use.")))
        if problems:
            raise Invalid(*problems)
        token = PREFIX + secrets.token_urlsafe(32)
        ends = _end_of(last_day) if last_day else None
        row = ApiToken.objects.create(person_id=person.pk, name=title, token_hash=_hash(token), expires_at=ends)
        note("key.made", row.id, by, {}, {"name": title, "ends_on": last_day}, title=title, person=person.name)
    return token


def of(person: uuid.UUID) -> QuerySet[ApiToken]:
    """The keys of a person, also those whose time is over, the oldest first."""
    return ApiToken.objects.filter(person=person).order_by("created_at", "id")


def revoke(key: uuid.UUID, person: uuid.UUID, *, by: uuid.UUID | None = None) -> None:
    """Take a key of this person away, at once and for good. Raises `NotFound` where they have no such key."""
    with writing():
        row = ApiToken.objects.select_for_update(of=("self",)).select_related("person")
        found = row.filter(pk=key, person=person).first()
        if found is None:
            raise NotFound(_("There is no such key any more."))
        found.delete()
        note("key.revoked", key, by, {"name": found.name}, {}, title=found.name, person=found.person.name)


def revoke_all(person: uuid.UUID, *, by: uuid.UUID | None = None) -> None:
    """Take every key of this person away."""
    with writing():
        for key in list(of(person).values_list("pk", flat=True)):
            revoke(key, person, by=by)


def owner(token: str) -> uuid.UUID | None:
    """Whose key this is, if it is valid now and its owner still active. Sample people have none outside a demo.

    The key is random, so a plain hash keeps it safe.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.person_id FROM government_apitoken t "
            "JOIN government_person p ON p.id = t.person_id AND p.is_active "
            "WHERE t.token_hash = %s AND (t.expires_at IS NULL OR t.expires_at > %s) AND (%s OR NOT p.is_sample)",
            (_hash(token), now(), here.is_demo()),
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _end_of(day: date) -> datetime:
    """The moment at which a day ends where the government is."""
    return datetime.combine(day + timedelta(days=1), time(), here.zone())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
