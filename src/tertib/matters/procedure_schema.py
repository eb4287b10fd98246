"""The shape of a procedure file, as JSON Schema, and the words it may use."""

from __future__ import annotations

from typing import Any

# Who may act. `role:<name>` means: a post with this role for the matter's unit or one above it.
ACTORS = ("holder", "opener", "superior_of_holder", "parent_holder", "head_of_unit", "leader_above", "system")

# Who holds the matter in a state. `data.<field>` means: the post named in that field of the action's form.
HOLDERS = ("keep", "opener", "parent_holder", "superior_of_holder", "head_of_unit", "effect")

_LABEL: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "string", "minLength": 1}, "en": {"type": "string", "minLength": 1}},
    "required": ["id", "en"],
    "additionalProperties": False,
}
_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
_NAMES = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}

_STATE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "label": _LABEL,
        "holder": {"type": "string"},
        "allowance": {"type": "string"},
        "pauses_clock": {"type": "boolean"},
        "final": {"type": "boolean"},
    },
    "required": ["label"],
    "additionalProperties": False,
}

_ACTION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "label": _LABEL,
        "from": _NAMES,
        "to": _NAME,
        # Other states that an effect may choose instead of `to`.
        "or_to": _NAMES,
        "by": _NAMES,
        "holder": {"type": "string"},
        "form": {
            "type": "object",
            "required": ["type", "properties"],
            "properties": {"properties": {"type": "object"}},
        },
        "guards": _NAMES,
        "effects": _NAMES,
        "confirm": {"const": "password"},
        "primary": {"type": "boolean"},
        # False for what only adds to the record (a remark, a reading): it makes nobody else's page out of date.
        "moves": {"type": "boolean"},
        "after_closing": {"type": "boolean"},
        "withdraws_children": {"type": "boolean"},
        # `restart`: the target state's allowance begins anew. Otherwise a running clock runs on.
        "clock": {"enum": ["restart", "stop"]},
    },
    "required": ["label", "by"],
    "additionalProperties": False,
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "procedure": {"type": "string", "pattern": r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"},
        "label": _LABEL,
        "initial": _NAME,
        # The final state of a matter whose parent was closed by a decision.
        "withdrawn": _NAME,
        "states": {
            "type": "object",
            "minProperties": 2,
            "propertyNames": _NAME,
            "additionalProperties": _STATE,
        },
        "actions": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": _NAME,
            "additionalProperties": _ACTION,
        },
        "when_children_close": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"from": _NAME, "to": _NAME, "guard": {"type": "string"}, "action": _NAME},
                "required": ["from", "to", "action"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["procedure", "label", "initial", "states", "actions"],
    "additionalProperties": False,
}
