"""What is wrong with the file of a procedure, in words for whoever wrote it: of the reader of YAML and of the schema.

Both have words of their own, in English and for programmers; nobody else is shown them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from tertib.ground.errors import Problem

Fault = tuple[list[str | int], str, str]

# What a field may look like, to be written where it is missing or wrong.
_EXAMPLES: Mapping[str, str] = {
    "procedure": "procedure: letters.incoming",
    "label": "label: {id: Terbuka, en: Open}",
    "id": "id: Terbuka",
    "en": "en: Open",
    "initial": "initial: open",
    "withdrawn": "withdrawn: dropped",
    "holder": "holder: opener",
    "allowance": "allowance: 3 working days",
    "pauses_clock": "pauses_clock: true",
    "final": "final: true",
    "from": "from: [open]",
    "to": "to: done",
    "or_to": "or_to: [done]",
    "by": "by: [holder]",
    "guards": "guards: [letters.is_complete]",
    "effects": "effects: [letters.report]",
    "confirm": "confirm: password",
    "primary": "primary: true",
    "moves": "moves: false",
    "after_closing": "after_closing: true",
    "withdraws_children": "withdraws_children: true",
    "clock": "clock: restart",
    "action": "action: children_closed",
    "type": "type: object",
    "properties": "properties: {text: {type: string}}",
}


@dataclass(frozen=True, slots=True)
class _Slip:
    """Where the reader of YAML stopped, as it says so, and where what it was reading began. From 1."""

    problem: str
    line: int
    column: int
    began: tuple[int, int]
    before: str


def of_yaml(error: YAMLError | ValueError, text: str, name: str) -> Problem:
    """Why a text is no YAML, with `name:line:column`."""
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        what, mend = _("The file holds a character that YAML does not allow."), _("Delete it and type it again.")
        return Problem(what, f"{name}:{line}", mend)
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    if mark is None or not isinstance(error, MarkedYAMLError):
        rows = text.splitlines()
        line = next((n for n, row in enumerate(rows, 1) if any(map(_no_day, _DAY.findall(row)))), 1)
        return Problem(_("A value looks like a date and is none."), f"{name}:{line}", _("Write it in quotes."))
    began = error.context_mark or mark
    rows = text.splitlines()
    row = rows[mark.line] if mark.line < len(rows) else ""
    begins = (began.line + 1, began.column + 1)
    slip = _Slip(str(error.problem), mark.line + 1, mark.column + 1, begins, row[: mark.column])
    for pattern, say in _SLIPS:
        if found := re.search(pattern, slip.problem):
            return say(slip, found, name)
    return _any_slip(slip, name)


_DAY = re.compile(r"\b[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\b")


def _no_day(text: str) -> bool:
    try:
        date(*map(int, text.split("-")))
    except ValueError:
        return True
    return False


def _at(name: str, place: tuple[int, int], what: str, mend: str) -> Problem:
    return Problem(what, f"{name}:{place[0]}:{place[1]}", mend)


def _any_slip(slip: _Slip, name: str) -> Problem:
    mend = _("Look at the quotes, brackets, colons and the indentation of this line and the one above.")
    return _at(name, (slip.line, slip.column), _("This can't be read."), mend)


def _token(slip: _Slip, found: re.Match[str], name: str) -> Problem:
    sign = found[1]
    if sign in ("\\t", "\t"):
        what, mend = _("There is a tab; only spaces indent."), _("Replace it with spaces, two for each level.")
    else:
        what, mend = _("A value can't begin with “%s”.") % sign, _("Write the value in quotes.")
    return _at(name, (slip.line, slip.column), what, mend)


def _colon(slip: _Slip, _found: re.Match[str], name: str) -> Problem:
    if re.search(r":\s", slip.before):
        what = _("There is a second colon on this line.")
        mend = _("Write the text after the first one in quotes.")
        return _at(name, (slip.line, slip.column), what, mend)
    return _indentation(slip, _found, name)


def _indentation(slip: _Slip, _found: re.Match[str], name: str) -> Problem:
    column = len(slip.before) - len(slip.before.lstrip()) + 1
    what = _("The indentation does not fit the lines above.")
    mend = _("What belongs together begins in the same column, two spaces further in than what it is part of.")
    if _found[0].startswith("mapping values"):
        mend += " " + _("If it does, a quote further up is not closed.")
    return _at(name, (slip.line, column), what, mend)


def _no_colon(slip: _Slip, _found: re.Match[str], name: str) -> Problem:
    what = _("The colon after the name is missing, or the space after the colon.")
    return _at(name, slip.began, what, _("Write it like “%s”.") % "initial: open")


def _bracket(slip: _Slip, found: re.Match[str], name: str) -> Problem:
    opening = {"]": "[", "}": "{"}[found[1]]
    facts = {"open": opening, "close": found[1]}
    if slip.began[0] == slip.line:
        what = (
            _("After “%(open)s” a comma is missing, or “%(close)s”, or a text with a colon is not in quotes.") % facts
        )
        return _at(name, (slip.line, slip.column), what, _("Write it like “%s”.") % "{id: Terbuka, en: Open}")
    what = _("“%(open)s” is opened here and not closed.") % facts
    return _at(name, slip.began, what, _("Write “%(close)s” at its end.") % facts)


def _closing(slip: _Slip, found: re.Match[str], name: str) -> Problem:
    what = _("“%s” stands here without anything to close.") % found[1]
    return _at(name, (slip.line, slip.column), what, _("Leave it out, or open it before."))


def _quote(slip: _Slip, _found: re.Match[str], name: str) -> Problem:
    what = _("The quote that is opened here is not closed.")
    return _at(name, slip.began, what, _("Close it at the end of the text, with the same sign."))


def _twice(slip: _Slip, found: re.Match[str], name: str) -> Problem:
    what = _("“%s” is given twice.") % found[1]
    return _at(name, (slip.line, slip.column), what, _("Keep one of them."))


def _alias(slip: _Slip, _found: re.Match[str], name: str) -> Problem:
    what = _("“*” stands for something said before, and there is nothing of that name.")
    return _at(name, (slip.line, slip.column), what, _("Write it out, or in quotes if it is text."))


def _documents(slip: _Slip, _found: re.Match[str], name: str) -> Problem:
    what = _("“---” begins another file within this one.")
    return _at(name, (slip.line, slip.column), what, _("Leave it out; one procedure is one file."))


def _list_item(slip: _Slip, _found: re.Match[str], name: str) -> Problem:
    what = _("A list stands where none can.")
    mend = _("Write it in brackets after its name, like “%s”.") % "by: [holder, opener]"
    return _at(name, (slip.line, slip.column), what, mend)


def _escape(slip: _Slip, found: re.Match[str], name: str) -> Problem:
    what = _("“\\%s” means nothing within double quotes.") % found[1]
    return _at(name, (slip.line, slip.column), what, _("Write it in single quotes."))


def _nothing(slip: _Slip, found: re.Match[str], name: str) -> Problem:
    what = _("A value is missing before “%s”.") % found[1]
    return _at(name, (slip.line, slip.column), what, _("Write the value, or leave the sign out."))


def _tag(slip: _Slip, found: re.Match[str], name: str) -> Problem:
    what = _("“%s” is not read here: “!” would name a kind of value.") % found[1]
    return _at(name, (slip.line, slip.column), what, _("Leave it out, or write it in quotes if it is text."))


# What the reader of YAML says, and who words it for people. The first that fits does.
_SLIPS: tuple[tuple[str, Callable[[_Slip, re.Match[str], str], Problem]], ...] = (
    (r"found character '(.+)' that cannot start", _token),
    (r"mapping values are not allowed", _colon),
    (r"could not find expected ':'", _no_colon),
    (r"expected ',' or '([\]}])'", _bracket),
    (r"expected <block end>, but found '([\]}])'", _closing),
    (r"expected <block end>, but found '-'", _list_item),
    (r"expected <block end>, but found '<block", _indentation),
    (r"sequence entries are not allowed", _list_item),
    (r"unexpected end of stream", _quote),
    (r'found duplicate key "(.+?)"', _twice),
    (r"undefined alias", _alias),
    (r"found another document", _documents),
    (r"unknown escape character '(.)'", _escape),
    (r"expected the node content, but found '([^<]+)'", _nothing),
    (r"constructor for the tag '(.+)'", _tag),
)


def of_schema(error: Any, schema: Mapping[str, Any]) -> Iterator[Fault]:
    """What does not fit the schema, as (path within the file, what, how to mend it)."""
    where, kind = list(error.instance_path), error.kind
    field = next((step for step in reversed(where) if isinstance(step, str)), "")
    match kind.name:
        case "required":
            yield where, _("“%s” is missing.") % kind.property, _like(kind.property, _("Add “%s”."))
        case "additionalProperties":
            there = list(_part(schema, error.schema_path[:-1]).get("properties", ()))
            for name in kind.unexpected:
                yield [*where, name], _("“%s” is not known here.") % name, _near(name, there)
        case "propertyNames":
            wrong = kind.error.instance
            yield [*where, wrong], _("“%s” can't be a name.") % wrong, _name_rule()
        case "pattern" if field == "procedure":
            mend = _("Write room and name with a dot between, like “%s”.") % "letters.incoming"
            yield where, _("“%s” is no name of a procedure.") % error.instance, mend
        case "pattern":
            yield where, _("“%s” can't be a name.") % error.instance, _name_rule()
        case "type":
            yield where, _must_be(field, kind.types), _like(field)
        case "minItems" | "minLength":
            yield where, _("“%s” is empty.") % field, _like(field)
        case "minProperties":
            yield where, _("“%(field)s” names fewer than %(n)d.") % {"field": field, "n": kind.limit}, ""
        case "uniqueItems":
            yield where, _("“%s” names something twice.") % field, _("Name each once.")
        case "enum" | "const":
            allowed = _part(schema, error.schema_path[:-1])
            mend = _listed([str(item) for item in allowed.get("enum", [allowed.get("const")])])
            yield where, _("“%(field)s” can't be “%(value)s”.") % {"field": field, "value": error.instance}, mend
        case _:
            yield where, _("This value does not fit here."), _like(field)


def _part(schema: Mapping[str, Any], path: list[str | int]) -> Mapping[str, Any]:
    """The place in the schema that a path leads to; empty where it leads nowhere."""
    found: Any = schema
    for step in path:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            return {}
    return found if isinstance(found, Mapping) else {}


def _must_be(field: str, types: list[str]) -> str:
    said = {
        "object": _("“%s” must be names with values."),
        "array": _("“%s” must be a list."),
        "string": _("“%s” must be text."),
        "boolean": _("“%s” must be true or false."),
        "integer": _("“%s” must be a whole number."),
    }
    words = said.get(types[0]) if field else None
    return words % field if words else _("This value does not fit here.")


def _like(field: str, words: str = "") -> str:
    """How the field is written; empty where there is no example."""
    return (words or _("Write it like “%s”.")) % _EXAMPLES[field] if field in _EXAMPLES else ""


def _name_rule() -> str:
    return _("Names are of small letters, digits and underscores, a letter first, 40 at most.")


def _near(name: str, there: list[str]) -> str:
    found = get_close_matches(name, there, 1)
    return _("Did you mean “%s”?") % found[0] if found else _listed(there)


def _listed(there: list[str]) -> str:
    return _("There are: %s.") % ", ".join(there) if there else ""


def not_among(what: str, name: str, there: list[str]) -> tuple[str, str]:
    """`what` with the name in it, and the name that was meant, or all there are."""
    return what % name, _near(name, there)
