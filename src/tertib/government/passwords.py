"""The password again before a signature, with a brake on guessing."""

from __future__ import annotations

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
    """Raises Invalid for a wrong password, TooMany after five wrong ones within five minutes."""
    if not _counted(f"confirm:{here.schema()}:{person.pk}"):
        mend = _("Wait five minutes, then try again.")
        raise TooMany(Problem(_("Too many wrong passwords."), where="password", mend=mend))
    if not person.has_usable_password():
        mend = _("Set one in your profile, then sign.")
        raise Invalid(Problem(_("You have no password."), where="password", mend=mend))
    if not _is_text(password) or not person.check_password(password):
        raise Invalid(
            Problem(_("The password is wrong."), where="password", mend=_("Nothing was signed; type it again."))
        )
    cache.delete(f"confirm:{here.schema()}:{person.pk}")


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
