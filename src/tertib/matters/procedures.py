"""Procedures: what states a kind of matter has and which actions lead from one to the next. Data, not code.

A procedure is a YAML file. It is checked when it is loaded; every fault names file and line. The running program
keeps procedures by their row id, so a matter always follows the version it began with.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tertib.ground.errors import Invalid, Problem
from tertib.ground.tenancy import here
from tertib.matters.clock import Allowance
from tertib.matters.procedure_check import faults, faults_beside, not_json
from tertib.matters.procedure_says import of_schema, of_yaml
from tertib.matters.procedure_schema import SCHEMA

Label = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class State:
    name: str
    label: Label
    holder: str = "keep"
    allowance: Allowance | None = None
    pauses_clock: bool = False
    final: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """`source` empty means: from any open state. `target` empty means: the state stays."""

    name: str
    label: Label
    source: frozenset[str]
    target: str
    by: tuple[str, ...]
    or_to: tuple[str, ...] = ()
    holder: str = ""
    form: Mapping[str, Any] | None = None
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    confirm: bool = False
    primary: bool = False
    moves: bool = True
    after_closing: bool = False
    withdraws_children: bool = False
    clock: str = ""
    validate: Callable[[Any], Iterator[Any]] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a matter whose last open child has closed."""

    source: str
    target: str
    guard: str
    action: str


@dataclass(frozen=True, slots=True)
class Definition:
    key: str
    label: Label
    initial: str
    withdrawn: str
    states: Mapping[str, State]
    actions: Mapping[str, Action]
    outcomes: tuple[Outcome, ...]


def words(label: Label) -> str:
    """The label in the reader's language; Indonesian where there is no other."""
    return label.get((get_language() or "id")[:2]) or label["id"]


def build(raw: Mapping[str, Any]) -> Definition:
    """The typed form of a checked definition."""
    states = {
        name: State(
            name,
            item["label"],
            item.get("holder", "keep"),
            Allowance.parse(item["allowance"]) if "allowance" in item else None,
            item.get("pauses_clock", False),
            item.get("final", False),
        )
        for name, item in raw["states"].items()
    }
    actions = {name: _action(name, item) for name, item in raw["actions"].items()}
    outcomes = tuple(
        Outcome(item["from"], item["to"], item.get("guard", ""), item["action"])
        for item in raw.get("when_children_close", ())
    )
    return Definition(
        raw["procedure"], raw["label"], raw["initial"], raw.get("withdrawn", ""), states, actions, outcomes
    )


def _action(name: str, item: Mapping[str, Any]) -> Action:
    form = item.get("form")
    return Action(
        name,
        item["label"],
        frozenset(item.get("from", ())),
        item.get("to", ""),
        tuple(item["by"]),
        tuple(item.get("or_to", ())),
        item.get("holder", ""),
        form,
        tuple(item.get("guards", ())),
        tuple(item.get("effects", ())),
        item.get("confirm") == "password",
        item.get("primary", False),
        item.get("moves", True),
        item.get("after_closing", False),
        item.get("withdraws_children", False),
        item.get("clock", ""),
        jsonschema_rs.validator_for(form, validate_formats=True).iter_errors if form else None,
    )


def parse(path: Path, known: frozenset[str]) -> dict[str, Any]:
    """Read and check one file. `known` are the registered guards and effects, as by `rooms.known_functions`.

    Raises `Invalid` with every fault found, each as `file:line`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(Problem(_("The file is not UTF-8 text."), where=path.name)) from error
    return read(text, path.name, known)


def read(text: str, name: str, known: frozenset[str]) -> dict[str, Any]:
    """Read and check the text of a procedure that its author calls `name`. Raises as `parse` does."""
    try:
        marked = YAML(typ="rt").load(text)
        plain = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError) as error:
        raise Invalid(of_yaml(error, text, name)) from error
    if not isinstance(marked, dict):
        what, mend = _("A procedure is a mapping of names to values."), _("Begin with one that is in force.")
        raise Invalid(Problem(what, f"{name}:1", mend))
    found = list(not_json(plain, []))
    if not found:
        schema = jsonschema_rs.validator_for(SCHEMA)
        found = [fault for error in schema.iter_errors(plain) for fault in of_schema(error, SCHEMA)]
        found += faults_beside(plain, known, found) if found else faults(plain, known)
    if found:
        raise Invalid(*(Problem(what, f"{name}:{line_of(marked, where)}", mend) for where, what, mend in found))
    return dict(plain)


def line_of(marked: Any, where: Sequence[str | int]) -> int:
    """The line (from 1) of the deepest part of `where` that stands in the file."""
    line = 1
    for step in where:
        try:
            mark = marked.lc.data[step]
            line, marked = mark[0] + 1, marked[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line


def digest(text: str) -> str:
    """What the text of a stored definition is recognised by."""
    return hashlib.sha256(text.encode()).hexdigest()


def publish(raw: Mapping[str, Any]) -> uuid.UUID:
    """Store a checked definition that comes with the program, unless it did so last time too. Answers the newest id.

    So what an administrator published here stays in force until the program really brings something else.
    """
    from tertib.matters.models import Procedure

    text = json.dumps(raw, ensure_ascii=False)
    with transaction.atomic():
        lock_versions()
        versions = Procedure.objects.filter(key=raw["procedure"]).order_by("-version")
        latest, brought = versions.first(), versions.filter(shipped=True).first()
        if latest and brought and brought.digest == digest(text):
            return latest.id
        return store_version(raw["procedure"], latest.version + 1 if latest else 1, text, shipped=True)


def lock_versions() -> None:
    """Let nobody else publish until the transaction ends: two must not both make version n + 1."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tertib.procedures'))")


def store_version(key: str, number: int, text: str, *, shipped: bool) -> uuid.UUID:
    """Store a version. For `publish` and `versions.publish`, after `lock_versions`."""
    from tertib.matters.models import Procedure

    row = Procedure(key=key, version=number, digest=digest(text), definition=text, shipped=shipped)
    row.save(force_insert=True)
    return row.id


@lru_cache(maxsize=4096)
def definition(_schema: str, row: uuid.UUID) -> Definition:
    """The definition of a stored version. Rows never change, so what is kept never goes stale."""
    from tertib.matters.models import Procedure

    return build(json.loads(Procedure.objects.values_list("definition", flat=True).get(pk=row)))


def of(row: uuid.UUID) -> Definition:
    """The definition of a stored version of the current government."""
    return definition(here.schema(), row)
