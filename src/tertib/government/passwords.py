"""The password again before a signature, with a brake on guessing."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.translation import gettext as _

from tertib.government.models import Person
from tertib.ground.errors import Invalid, Problem, TertibError
from tertib.ground.tenancy import here

MOST_WRONG = 5
WINDOW_SECONDS = 300
# Of the sample people of a demo, who come in by a door and yet sign with a password. Anybody may know it.
SAMPLE = "tertib-demo"


class TooMany(TertibError):
    """Too many attempts; wait."""

    status = 429
    code = "too_many"


def confirm(person: Person, password: str) -> None:
    """Raises Invalid for a wrong password, TooMany after five wrong ones within five minutes."""
    key = f"confirm:{here.schema()}:{person.pk}"
    cache.add(key, 0, WINDOW_SECONDS)
    if int(cache.get(key) or 0) >= MOST_WRONG:
        mend = _("Wait five minutes, then try again.")
        raise TooMany(Problem(_("Too many wrong passwords."), where="password", mend=mend))
    if not person.has_usable_password():
        mend = _("Set one in your profile, then sign.")
        raise Invalid(Problem(_("You have no password."), where="password", mend=mend))
    # Counted before it is checked: attempts sent at once must not all slip through.
    try:
        cache.incr(key)
    except ValueError:
        cache.add(key, 1, WINDOW_SECONDS)
    if not person.check_password(password):
        raise Invalid(
            Problem(_("The password is wrong."), where="password", mend=_("Nothing was signed; type it again."))
        )
    cache.delete(key)
