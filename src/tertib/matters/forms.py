"""The form of an action, checked against its JSON Schema, with messages a person can use."""

from __future__ import annotations

import copy
import re
from typing import Any

from django.utils.translation import gettext as _

from tertib.ground import canonical
from tertib.ground.errors import Invalid, Problem
from tertib.matters.procedures import Action

MAX_DEPTH = 12
_NOT_STORED = re.compile("[\x00\ud800-\udfff]")


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
        problems = [problem for error in action.validate(clean) for problem in _problems(error)]
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
    if _NOT_STORED.search(value):
        raise Invalid(Problem(_("The text holds a character that can't be stored.")))
    return value


def _problems(error: Any) -> list[Problem]:
    facts = error.kind
    path = [str(step) for step in error.instance_path]
    where = ".".join(path)
    match facts.name:  # the keyword of JSON Schema that was not met
        case "required":
            return [Problem(_("This field is needed."), where=".".join([*path, facts.property]))]
        case "additionalProperties":
            return [Problem(_("There is no such field here."), ".".join([*path, name])) for name in facts.unexpected]
        case "minLength" | "minItems":
            return [Problem(_("This field is needed."), where)]
        case "maxLength":
            return [Problem(_("The text is too long; %s characters at most.") % facts.limit, where)]
        case "maxItems":
            return [Problem(_("At most %s may be given.") % facts.limit, where)]
        case "uniqueItems":
            return [Problem(_("Something is given twice."), where)]
        case "minimum":
            return [Problem(_("The least is %s.") % facts.limit, where)]
        case "maximum":
            return [Problem(_("The most is %s.") % facts.limit, where)]
        case "format":
            what, mend = _("This is not a valid value of its kind."), _("Check the date or the number.")
            return [Problem(what, where, mend)]
        case "enum" | "const":
            return [Problem(_("Choose one of the values offered."), where)]
    return [Problem(_("This value does not fit here."), where)]
