"""Checks of what people type about the government, for forms and imports alike; each finding names its field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext as _

from tertib.government.identity import check_nik, check_nip, nip_birth
from tertib.ground.errors import Invalid, Problem, Text

_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?")
_AREA = re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?")
_USERNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@+-]*[A-Za-z0-9])?")
_MARKUP = re.compile(r"<[A-Za-z/!?]")


class Checks:
    """Collects what is wrong. `place` turns the name of a field into the place a reader looks for it."""

    def __init__(self, place: Callable[[str], str] = str) -> None:
        self.problems: list[Problem] = []
        self.place = place

    def wrong(self, where: str, what: Text, mend: Text = "") -> None:
        """Note a problem of a field; an empty `where` means the whole."""
        self.problems.append(Problem(what, where=self.place(where) if where else self.place(""), mend=mend))

    def done(self) -> None:
        """Raise `Invalid` with everything noted, if anything was."""
        if self.problems:
            raise Invalid(*self.problems)

    def text(self, where: str, value: str, limit: int, *, required: bool = False) -> str:
        """One line of text: spaces tidied, not too long, no control characters, no markup."""
        tidy = " ".join(unicodedata.normalize("NFC", value).split())
        if required and not tidy:
            self.wrong(where, _("This is missing."))
        elif len(tidy) > limit:
            self.wrong(where, _("This has %(length)d characters.") % {"length": len(tidy)},
                       _("At most %(limit)d fit.") % {"limit": limit})  # fmt: skip
        elif any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") for letter in tidy):
            self.wrong(where, _("This contains characters that can't be shown."), _("Type it anew."))
        elif _MARKUP.search(tidy):
            self.wrong(where, _("This contains markup."), _("Give plain text, without “<”."))
        return tidy

    def code(self, where: str, value: str, limit: int) -> str:
        """A code: letters, digits and . _ / - between them."""
        tidy = self.text(where, value, limit, required=True)
        if tidy and not _CODE.fullmatch(tidy) and not _MARKUP.search(tidy):
            mend = _("Use letters, digits and . _ / - without spaces.")
            self.wrong(where, _("“%s” can't be a code.") % tidy, mend)
        return tidy

    def area_code(self, where: str, value: str) -> str:
        """A code of Kemendagri's list of areas, or nothing."""
        tidy = self.text(where, value, 13)
        if tidy and not _AREA.fullmatch(tidy):
            self.wrong(where, _("“%s” is no area code.") % tidy, _("Write it like 32.75 or 35.14.09."))
        return tidy

    def choice(self, where: str, value: Any, choices: Iterable[Any]) -> Any:
        """One of the choices."""
        known = list(choices)
        if value not in known:
            self.wrong(
                where, _("“%s” is not one of the choices.") % value, _("There are: %s.") % ", ".join(map(str, known))
            )
        return value

    def email(self, where: str, value: str) -> str:
        """An e-mail address, or nothing."""
        tidy = self.text(where, value, 254)
        if tidy:
            try:
                validate_email(tidy)
            except ValidationError:
                self.wrong(where, _("“%s” is no e-mail address.") % tidy, _("Write it like name@office.go.id."))
        return tidy

    def username(self, where: str, value: str) -> str:
        """A name to sign in with."""
        tidy = self.text(where, value, 80, required=True)
        if tidy and not _USERNAME.fullmatch(tidy) and not _MARKUP.search(tidy):
            mend = _("Use letters, digits and . _ - @ + without spaces.")
            self.wrong(where, _("“%s” can't be a user name.") % tidy, mend)
        return tidy

    def numbers(self, nip: str, nik: str) -> None:
        """NIP and NIK, each alone and against each other; empty ones are not judged."""
        wrong = check_nip(nip) if nip else []
        if nik:
            wrong += check_nik(nik, nip_birth(nip).day if nip and not wrong else None)
            if nip and not wrong and nip_birth(nip).female != (int(nik[6:8]) > 40):
                what = _("NIP and NIK disagree on whether this is a woman or a man.")
                wrong.append(Problem(what, where="nik", mend=_("Compare both with the documents.")))
        for problem in wrong:
            self.wrong(str(problem.where), problem.what, problem.mend)

    def period(self, starts_on: date | None, ends_on: date | None) -> None:
        """The last day does not come before the first."""
        if starts_on is None:
            self.wrong("starts_on", _("This is missing."))
        elif ends_on is not None and ends_on < starts_on:
            self.wrong("ends_on", _("The last day comes before the first."))


def limit(model: type[models.Model], field: str) -> int:
    """How many characters a column takes."""
    return int(getattr(model._meta.get_field(field), "max_length", 0) or 0)


def digits(value: str) -> str:
    """A number as people write it (spaces, dots, a leading apostrophe of a spreadsheet), without the trimmings."""
    return re.sub(r"[\s.\-']", "", value)
