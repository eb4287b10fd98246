"""Passwords are compared here or by way of here, so that a brake holds for every door at which one could guess.

There are two counts for a person: of strangers, who try to sign in, and of whoever is signed in as them already. With
one, anybody who knows a user name could keep its owner from signing letters.
"""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.db import connection, transaction
from django.utils.translation import gettext as _

from tertib.government.models import Person
from tertib.ground.errors import Invalid, Problem, TooMany
from tertib.ground.tenancy import here

MOST_WRONG = 5
WINDOW_SECONDS = 300
# Of the sample people of a demo, who come in by a door and yet sign with a password. Anybody may know it.
SAMPLE = "tertib-demo"


def confirm(person: Person, password: str) -> None:
    """Raises Invalid for a wrong password, TooMany after five wrong ones within five minutes.

    For somebody signed in as this person, as `check` is.
    """
    _count(_own_key(person))
    if not person.has_usable_password():
        mend = _("Set one in your profile, then sign.")
        raise Invalid(Problem(_("You have no password."), where="password", mend=mend))
    if not _is_text(password) or not person.check_password(password):
        raise Invalid(
            Problem(_("The password is wrong."), where="password", mend=_("Nothing was signed; type it again."))
        )
    cache.delete(_own_key(person))


def check(person: Person, password: str) -> bool:
    """Whether this is the password of the person, who is signed in. Raises TooMany as `confirm` does."""
    _count(_own_key(person))
    if not person.check_password(password):
        return False
    cache.delete(_own_key(person))
    return True


def count(whose: str) -> None:
    """Count a stranger's guess before the password is looked at. Raises TooMany after five within five minutes.

    `whose` is the id of the person, or what was typed where nobody has that name: it must not be seen who exists.
    """
    _count(_key(whose))


def forget(whose: str) -> None:
    """A stranger's password was right: that count begins anew."""
    cache.delete(_key(whose))


def forget_all(person: Person) -> None:
    """There is a new password: both counts begin anew."""
    cache.delete_many([_key(str(person.pk)), _own_key(person)])


def _count(key: str) -> None:
    if not _counted(key):
        mend = _("Wait five minutes, then try again.")
        raise TooMany(Problem(_("Too many wrong passwords."), where="password", mend=mend))


def _key(whose: str) -> str:
    return f"password:{here.schema()}:{hashlib.sha256(whose.lower().encode()).hexdigest()}"


def _own_key(person: Person) -> str:
    # Nothing that is typed as a user name leads here: `_key` begins otherwise.
    return f"password-own:{here.schema()}:{person.pk}"


def _is_text(password: str) -> bool:
    """Whether it can be hashed: JSON may carry half a character, which no keyboard types."""
    return not any("\ud800" <= mark <= "\udfff" for mark in password)


def _counted(key: str) -> bool:
    """Count an attempt before the password is looked at. False when there were too many already.

    Under a lock, for attempts sent at once must not slip through together; and in a transaction of its own, so that the
    refusal of a wrong password does not undo the count.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))
        tried = int(cache.get(key) or 0)
        if tried < MOST_WRONG:
            cache.set(key, tried + 1, WINDOW_SECONDS)
        return tried < MOST_WRONG
