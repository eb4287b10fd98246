"""The one-time code with which the first government is made in a browser.

Whoever reads the terminal of `tertib up` may make it, nobody else: an installation that is still empty may already be
reached by others. All of it in the public schema.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.ground.errors import Forbidden, Invalid, Problem, TooMany
from tertib.ground.tenancy import here
from tertib.ground.tenancy.models import FirstRun, Government
from tertib.ground.time import now

LASTS = timedelta(hours=2)
MOST_WRONG, WINDOW = 5, timedelta(minutes=5)
# Without letters and digits that are taken for each other.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12


def issue() -> str:
    """A new code, in place of any before. Empty where a government is there: then there is nothing to begin."""
    here.leave()
    with transaction.atomic():
        if Government.objects.exists():
            FirstRun.objects.all().delete()
            return ""
        letters = "".join(secrets.choice(_ALPHABET) for _n in range(_LENGTH))
        code = "-".join(letters[at : at + 4] for at in range(0, _LENGTH, 4))
        FirstRun.objects.update_or_create(
            pk=1, defaults={"code": _digest(code), "expires_at": now() + LASTS, "wrong": 0, "wrong_since": None}
        )
    return code


def is_open() -> bool:
    """Whether the first government may still be made. One statement."""
    return not Government.objects.exists()


def check(code: str) -> None:
    """Raises `Invalid` for a wrong code (field `code`), `TooMany` after five wrong ones within five minutes,
    `Forbidden` where no code is valid any more."""
    with transaction.atomic():
        row = FirstRun.objects.select_for_update().filter(pk=1).first()
        problem = _refusal(row, code)
    # Raised only now: a refusal must not undo the count.
    if problem is not None:
        raise problem


def _refusal(row: FirstRun | None, code: str) -> Invalid | TooMany | Forbidden | None:
    at = now()
    if row is None or row.expires_at <= at or Government.objects.exists():
        mend = _("Start “tertib up” again; it prints a new one.")
        return Forbidden(Problem(_("No code is valid any more."), where="code", mend=mend))
    if row.wrong_since is None or row.wrong_since <= at - WINDOW:
        row.wrong, row.wrong_since = 0, at
    if row.wrong >= MOST_WRONG:
        mend = _("Wait five minutes, then try again.")
        return TooMany(Problem(_("Too many wrong codes."), where="code", mend=mend))
    if hmac.compare_digest(row.code, _digest(code)):
        return None
    row.wrong += 1
    row.save(update_fields=["wrong", "wrong_since"])
    mend = _("It stands on the terminal where “tertib up” runs.")
    return Invalid(Problem(_("This is not the code."), where="code", mend=mend))


def use() -> None:
    """The code opens nothing more."""
    here.leave()
    FirstRun.objects.all().delete()


def _digest(code: str) -> str:
    plain = "".join(mark for mark in code.upper() if mark.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
