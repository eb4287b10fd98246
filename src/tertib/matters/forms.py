"""The form of an action, checked against its JSON Schema, with messages a person can use."""

from __future__ import annotations

import copy
from typing import Any

from django.utils.translation import gettext as _

from tertib.ground import canonical
from tertib.ground.errors import Invalid, Problem
from tertib.matters.procedures import Action

MAX_DEPTH = 12


def check_form(action: Action, data: dict[str, Any]) -> dict[str, Any]:
    """The data, cleaned of outer white space. Raises Invalid with one problem for each field that is wrong."""
    if not isinstance(data, dict):
        raise Invalid(Problem(_("The data of an action is an object of named fields.")))
    clean: dict[str, Any] = _clean(data, 0)
    if action.form is None:
        if clean:
            raise Invalid(Problem(_("This action takes no data."), where=next(iter(clean))))
        return clean
    if action.validate:
        problems = [_problem(error) for error in action.validate(clean)]
        if problems:
            raise Invalid(*problems)
    return clean


def _clean(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise Invalid(Problem(_("The data is nested too deeply.")))
    if isinstance(value, str):
        return _text(value).strip()
    if isinstance(value, dict):
        return {_text(str(key)): _clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, float):
        if not value.is_integer():
            raise Invalid(Problem(_("Fractions are not taken here; give a whole number.")))
        value = int(value)
    if isinstance(value, int) and abs(value) > canonical.LARGEST:
        raise Invalid(Problem(_("The number is too large.")))
    return copy.copy(value)


def _text(value: str) -> str:
    """The text, if the record can hold it: neither NUL, which PostgreSQL refuses, nor half a character."""
    if "\x00" in value or any("\ud800" <= mark <= "\udfff" for mark in value):
        raise Invalid(Problem(_("The text holds a character that can't be stored.")))
    return value


def _problem(error: Any) -> Problem:
    where = ".".join(str(step) for step in error.instance_path)
    kind = type(error.kind).__name__
    facts = error.kind
    if kind.endswith("Required"):
        field = getattr(facts, "property", "")
        return Problem(_("This field is needed."), where=str(field) or where)
    if kind.endswith("MinLength") or kind.endswith("MinItems"):
        return Problem(_("This field is needed."), where=where)
    if kind.endswith("MaxLength"):
        return Problem(_("The text is too long; %s characters at most.") % getattr(facts, "limit", ""), where=where)
    if kind.endswith("Format"):
        return Problem(
            _("This is not a valid value of its kind."), where=where, mend=_("Check the date or the number.")
        )
    if kind.endswith("AdditionalProperties"):
        return Problem(_("There is no such field here."), where=where)
    if kind.endswith("Enum"):
        return Problem(_("Choose one of the values offered."), where=where)
    return Problem(_("This value does not fit here."), where=where)
