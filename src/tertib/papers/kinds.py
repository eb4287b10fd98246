"""What each kind of paper consists of: one description for its form, its check and its typesetting.

Parts and layout follow the rules of official writing (tata naskah dinas, Permendagri 1/2023 and ANRI 5/2021).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema_rs
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tertib.ground.errors import Invalid, Problem
from tertib.papers.blocks import DEEPEST_LEVEL, bold_passages, clean, texts

Schema = dict[str, Any]
Path = tuple[str | int, ...]

MAX_BLOCKS = 500
MAX_COLUMNS = 10
# Of all texts of one paper together, some seventy pages: what is typeset within two seconds, whatever it says.
MAX_LETTERS = 200_000
_EACH_TEXT = 10
# Each begins a run of its own, which takes as long to typeset as many letters.
MAX_BOLD = 2_000

# Printed on every disposition sheet; those that were chosen are ticked.
STANDARD_INSTRUCTIONS = ("Tanggapan dan saran", "Proses lebih lanjut", "Koordinasi/konfirmasi")


def _line(title: str, most: int, **more: Any) -> Schema:
    return {"type": "string", "title": title, "minLength": 1, "maxLength": most, **more}


def _date(title: str) -> Schema:
    return {"type": "string", "title": title, "format": "date"}


def _list(title: str, items: Schema, most: int = 100) -> Schema:
    return {"type": "array", "title": title, "items": items, "minItems": 1, "maxItems": most}


def _lines(title: str, item: str, length: int, most: int = 100) -> Schema:
    return _list(title, _line(item, length), most)


def _group(title: str, properties: Mapping[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "title": title,
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


_PARTS = {"paragraph": "text", "heading": "text", "numbered": "items", "table": "rows"}
_BLOCK: Schema = {
    **_group(
        gettext_noop("Block"),
        {
            "type": {"enum": list(_PARTS), "title": gettext_noop("Kind of block")},
            "text": _line(gettext_noop("Text"), 20_000),
            "items": _lines(gettext_noop("Points"), gettext_noop("Point"), 5_000, 200),
            "levels": {
                "type": "array",
                "title": gettext_noop("Levels of the points"),
                "items": {"type": "integer", "title": gettext_noop("Level"), "minimum": 0, "maximum": DEEPEST_LEVEL},
                "maxItems": 200,
            },
            "rows": _list(
                gettext_noop("Rows"),
                {
                    "type": "array",
                    "title": gettext_noop("Row"),
                    "items": {"type": "string", "title": gettext_noop("Cell"), "maxLength": 2_000},
                    "minItems": 1,
                    "maxItems": MAX_COLUMNS,
                },
                500,
            ),
            "head": {"type": "boolean", "title": gettext_noop("First row is a head")},
        },
        ("type",),
    ),
    "allOf": [
        {"if": {"properties": {"type": {"const": kind}}}, "then": {"required": [part]}} for kind, part in _PARTS.items()
    ],
}


def _body(title: str, **more: Any) -> Schema:
    return {**_list(title, _BLOCK, MAX_BLOCKS), **more}


_NUMBER = _line(gettext_noop("Number"), 80)
_DATE = _date(gettext_noop("Date"))
_PLACE = _line(gettext_noop("Place"), 60)
_SUBJECT = _line(gettext_noop("Subject"), 300)
_HEAD: dict[str, Schema] = {
    "number": _NUMBER,
    "date": _DATE,
    "nature": _line(gettext_noop("Nature"), 60),
    "attachments": _line(gettext_noop("Attachments"), 80),
    "subject": _SUBJECT,
}
_TO = _lines(gettext_noop("Recipients"), gettext_noop("Recipient"), 200, 200)
_COPIES = _lines(gettext_noop("Copies to"), gettext_noop("Copy to"), 200)
_PERSON: dict[str, Schema] = {
    "name": _line(gettext_noop("Name"), 120),
    "rank": _line(gettext_noop("Rank"), 80),
    "nip": _line(gettext_noop("NIP"), 30),
    "post": _line(gettext_noop("Post"), 200),
}
_SIGNER = _group(
    gettext_noop("Signing official"),
    {
        "on_behalf": _line(gettext_noop("On behalf of"), 200),
        "capacity": {"enum": ["Plt.", "Plh."], "title": gettext_noop("Acting as")},
        **_PERSON,
    },
    ("post", "name"),
)
_SIGNATURE = _group(
    gettext_noop("Electronic signature"),
    {
        "url": _line(gettext_noop("Address for checking"), 300, pattern="^https?://"),
        "moment": _line(gettext_noop("Moment of signing"), 80),
    },
)
_SIGNED: dict[str, Schema] = {"signer": _SIGNER, "signature": _SIGNATURE}
_LETTER: dict[str, Schema] = {
    **_HEAD,
    "place": _PLACE,
    "to": _TO,
    "to_place": _line(gettext_noop("Place of the recipient"), 80),
}

SCHEMAS: dict[str, Schema] = {
    "surat_dinas": _group(
        gettext_noop("Official letter"),
        {**_LETTER, "body": _body(gettext_noop("Text of the letter")), **_SIGNED, "copies": _COPIES},
        ("number", "date", "place", "subject", "to", "body", "signer"),
    ),
    "nota_dinas": _group(
        gettext_noop("Internal memorandum"),
        {
            "to": _TO,
            "from": _line(gettext_noop("From"), 200),
            "copies": _COPIES,
            **_HEAD,
            "body": _body(gettext_noop("Text of the memorandum")),
            **_SIGNED,
        },
        ("number", "date", "to", "from", "subject", "body", "signer"),
    ),
    "undangan": _group(
        gettext_noop("Invitation"),
        {
            **_LETTER,
            "body": _body(gettext_noop("Text before the appointment")),
            "event_date": _date(gettext_noop("Date of the event")),
            "event_end": _date(gettext_noop("Last day of the event")),
            "time": _line(gettext_noop("Time"), 100),
            "venue": _line(gettext_noop("Venue"), 300),
            "agenda": _line(gettext_noop("Agenda"), 1_000),
            "closing": _body(gettext_noop("Text after the appointment")),
            **_SIGNED,
            "copies": _COPIES,
        },
        (
            "number",
            "date",
            "place",
            "subject",
            "to",
            "body",
            "event_date",
            "time",
            "venue",
            "agenda",
            "signer",
        ),
    ),
    "surat_perintah": _group(
        gettext_noop("Order"),
        {
            "heading": {"enum": ["SURAT PERINTAH", "SURAT TUGAS"], "title": gettext_noop("Heading")},
            "number": _NUMBER,
            "place": _PLACE,
            "date": _DATE,
            "subject": _SUBJECT,
            "considering": _lines(gettext_noop("Considering"), gettext_noop("Consideration"), 2_000),
            "grounds": _lines(gettext_noop("Legal grounds"), gettext_noop("Legal ground"), 2_000),
            "assigned": _list(gettext_noop("Persons assigned"), _group(gettext_noop("Person"), _PERSON, ("name",))),
            "tasks": _lines(gettext_noop("Tasks"), gettext_noop("Task"), 2_000),
            **_SIGNED,
            "copies": _COPIES,
        },
        ("number", "place", "date", "grounds", "assigned", "tasks", "signer"),
    ),
    "lembar_disposisi": _group(
        gettext_noop("Disposition sheet"),
        {
            "from": _line(gettext_noop("Letter from"), 300),
            "number": _line(gettext_noop("Letter number"), 120),
            "date": _date(gettext_noop("Date of the letter")),
            "received": _date(gettext_noop("Received on")),
            "agenda": _line(gettext_noop("Agenda number"), 80),
            "nature": _line(gettext_noop("Nature"), 60),
            "subject": _SUBJECT,
            "to": _lines(gettext_noop("Passed on to"), gettext_noop("Post"), 200),
            "instructions": _lines(gettext_noop("Instructions"), gettext_noop("Instruction"), 300, 20),
            "note": _line(gettext_noop("Note"), 3_000),
            "due": _date(gettext_noop("Due date")),
            "by": _group(gettext_noop("Given by"), _PERSON, ("post",)),
            "given": _date(gettext_noop("Given on")),
        },
        ("from", "subject"),
    ),
    "bukti_pengiriman": _group(
        gettext_noop("Delivery note"),
        {
            "number": _NUMBER,
            "date": _DATE,
            "to": _line(gettext_noop("Recipient"), 300),
            "address": _line(gettext_noop("Address of the recipient"), 300),
            "means": _line(gettext_noop("Means of delivery"), 120),
            "items": _list(
                gettext_noop("Letters sent"),
                _group(
                    gettext_noop("Letter"),
                    {
                        "number": _NUMBER,
                        "date": _DATE,
                        "subject": _SUBJECT,
                        "attachments": _HEAD["attachments"],
                    },
                    ("number", "subject"),
                ),
            ),
            "note": _line(gettext_noop("Note"), 2_000),
            "sender": _group(gettext_noop("Handed over by"), _PERSON, ("name",)),
        },
        ("date", "to", "items"),
    ),
    "buku_agenda": _group(
        gettext_noop("Agenda book"),
        {
            "heading": _line(gettext_noop("Title"), 120),
            "period": _line(gettext_noop("Period"), 60),
            "columns": {**_lines(gettext_noop("Columns"), gettext_noop("Column"), 60, 9), "minItems": 9},
            "rows": _list(
                gettext_noop("Rows"),
                {
                    "type": "array",
                    "title": gettext_noop("Row"),
                    "items": {"type": "string", "title": gettext_noop("Cell"), "maxLength": 600},
                    "minItems": 9,
                    "maxItems": 9,
                },
                1_000,
            ),
        },
        ("heading", "period", "columns", "rows"),
    ),
}

_EMPTY: tuple[Any, ...] = ("", None, [], {})

# What is given only at signing, so that a draft may go without.
AT_SIGNING = ("number", "date")
# What stands on the paper where somebody has not written yet.
TO_COME = "…"


def fields(kind: str) -> Schema:
    """The JSON Schema of a kind's data. `title` of each field is an English msgid; treat it as read-only.

    Raises `Invalid` for a kind that does not exist.
    """
    if kind not in SCHEMAS:
        raise Invalid(
            Problem(
                format_lazy(_("There is no kind of paper “{kind}”."), kind=kind),
                where="kind",
                mend=format_lazy(_("Use one of {kinds}."), kinds=", ".join(SCHEMAS)),
            )
        )
    return SCHEMAS[kind]


def check(kind: str, data: Mapping[str, Any], *, draft: bool = False) -> dict[str, Any]:
    """The data of a paper, cleaned: text composed and stripped, what is empty left out.

    Raises `Invalid` with every problem; each says the field in words, and `facts["fields"]` has, in the same
    order, its path such as `signer.nip` or `to.2`, so that a form can show it in place.
    """
    fields(kind)
    cleaned = _pruned(data)
    found: list[tuple[Path, Problem]] = []
    for error in _validator(kind, draft).iter_errors(cleaned):
        found += _problems(kind, error)
    found += _too_long(kind, cleaned)
    refuse(found)
    result: dict[str, Any] = cleaned
    return result


def check_part(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Some fields of a paper, cleaned; none is required, so that a draft can be kept half-way. Raises as `check`."""
    cleaned = _pruned(data)
    found: list[tuple[Path, Problem]] = []
    for error in _part_validator(kind).iter_errors(cleaned):
        found += _problems(kind, error)
    found += _too_long(kind, cleaned)
    refuse(found)
    result: dict[str, Any] = cleaned
    return result


def to_come(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """For each field that a paper can't be without and that is not in `data`: what stands in its place meanwhile."""
    schema = fields(kind)
    missing = [name for name in schema["required"] if name not in data and name not in (*AT_SIGNING, "signer")]
    return {name: _to_come(schema["properties"][name]) for name in missing}


def _to_come(schema: Schema) -> Any:
    if schema["type"] == "string":
        return TO_COME
    item = schema["items"]
    if item is _BLOCK:
        return [{"type": "paragraph", "text": TO_COME}]
    return [{"name": TO_COME} if item["type"] == "object" else TO_COME]


def _too_long(kind: str, cleaned: Any) -> list[tuple[Path, Problem]]:
    """Typesetting can't be interrupted, so what it is given is bounded; each text counts for some letters more."""
    path: Path = ("body",) if "body" in SCHEMAS[kind]["properties"] else ()
    all_texts = [text for _path, text in texts(cleaned)]
    if sum(len(text) + _EACH_TEXT for text in all_texts) > MAX_LETTERS:
        what = format_lazy(_("The paper has more than {most} letters."), most=MAX_LETTERS)
        return [_problem(kind, path, what, _("Attach the long part as a file."))]
    if sum(map(bold_passages, all_texts)) > MAX_BOLD:
        what = format_lazy(_("The paper has more than {most} bold passages."), most=MAX_BOLD)
        return [_problem(kind, path, what, _("Make whole lines bold instead, or fewer words."))]
    return []


def refuse(found: list[tuple[Path, Problem]]) -> None:
    """Raise `Invalid` with these problems, if there are any."""
    if found:
        facts = {"fields": [".".join(map(str, path)) for path, _problem in found]}
        raise Invalid(*(problem for _path, problem in found), facts=facts)


@cache
def _validator(kind: str, draft: bool) -> jsonschema_rs.Draft202012Validator:
    schema = SCHEMAS[kind]
    if draft:
        schema = {**schema, "required": [name for name in schema["required"] if name not in AT_SIGNING]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


@cache
def _part_validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({**fields(kind), "required": []}, validate_formats=True)


def _pruned(value: Any, key: str = "") -> Any:
    """Forms send empty strings for what was left empty; to the schema that is absence."""
    if isinstance(value, str):
        return clean(value).strip()
    if isinstance(value, Mapping):
        items = {str(name): _pruned(item, str(name)) for name, item in value.items()}
        return {name: item for name, item in items.items() if item not in _EMPTY}
    if isinstance(value, list | tuple):
        # The cells of a table keep their places even when empty; an empty line of a list is no line.
        if key == "rows":
            return [[_pruned(cell) for cell in row] if isinstance(row, list | tuple) else row for row in value]
        return [item for item in map(_pruned, value) if item not in _EMPTY]
    return value


def _problems(kind: str, error: jsonschema_rs.ValidationError) -> Iterator[tuple[Path, Problem]]:
    path: Path = tuple(error.instance_path)
    reason = error.kind
    name, facts = reason.name, reason.as_dict()
    if name == "required":
        yield _problem(kind, (*path, str(facts["property"])), _("This is missing."), _("Fill it in."))
    elif name in ("minLength", "minItems"):
        yield _problem(kind, path, _("This is missing."), _("Fill it in."))
    elif name == "additionalProperties":
        for unknown in facts["unexpected"]:
            yield _problem(kind, (*path, str(unknown)), _("This is not a field here."), _("Leave it out."))
    elif name in ("maxLength", "maxItems"):
        what = _("This is too long.") if name == "maxLength" else _("These are too many.")
        yield _problem(kind, path, what, format_lazy(_("At most {limit} fit."), limit=facts["limit"]))
    elif name == "format":
        yield _problem(kind, path, _("This is not a date of the calendar."), _("Write it as 2020-07-02."))
    elif name == "enum":
        options = ", ".join(map(str, _at(kind, path).get("enum", ())))
        yield _problem(kind, path, _("This is not offered."), format_lazy(_("Use one of {0}."), options))
    else:
        yield _problem(kind, path, _("This can't be read."), _("Look at the field's description."))


def _problem(kind: str, path: Path, what: str | Promise, mend: str | Promise) -> tuple[Path, Problem]:
    return path, Problem(what, where=label(kind, path), mend=mend)


def label(kind: str, path: Path) -> str | Promise:
    """A field in the reader's words: “Signing official, NIP” or “Recipients 3”."""
    words: list[str | Promise] = []
    for end in range(1, len(path) + 1):
        part = path[end - 1]
        if isinstance(part, int):
            words[-1] = format_lazy("{} {}", words[-1], part + 1)
        else:
            title = _at(kind, path[:end]).get("title")
            words.append(_(title) if title else part)
    return format_lazy("{}" + ", {}" * (len(words) - 1), *words) if words else ""


def _at(kind: str, path: Path) -> Schema:
    """The part of the schema that describes the value at a path; empty when there is none."""
    schema = SCHEMAS[kind]
    for part in path:
        schema = schema.get("items", {}) if isinstance(part, int) else schema.get("properties", {}).get(part, {})
    return schema
