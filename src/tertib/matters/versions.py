"""Versions of a procedure that an administrator publishes: what may differ from what the program brings, what a new one
changes, which are at work.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from tertib.government.actions.record import note
from tertib.ground.errors import Invalid, NotFound, Problem
from tertib.matters import procedures
from tertib.matters.models import Matter, Procedure
from tertib.matters.rooms import known_functions

PUBLISHED = "procedure.published"
MOST_CHARACTERS = 60_000
# A form of a form in an action is eight deep.
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version changes: `part` is "procedure", "state" or "action", `name` its name there, `field` what of it.

    `old` and `new` are as in the definition, None where there was or will be nothing.
    """

    part: str
    name: str
    field: str
    old: Any
    new: Any


def at_work() -> dict[uuid.UUID, int]:
    """How many open matters follow each version. One statement."""
    counted = Matter.objects.filter(closed_at__isnull=True).order_by().values("procedure").annotate(n=Count("pk"))
    return {row["procedure"]: row["n"] for row in counted}


def as_yaml(definition: str) -> str:
    """A stored definition as the file that would make it."""
    out = io.StringIO()
    writer = YAML()
    writer.width = 4096
    writer.dump(json.loads(definition), out)
    return out.getvalue()


def check(key: str, text: str, name: str) -> dict[str, Any]:
    """The definition that somebody wrote for the procedure `key`. Raises `Invalid` with everything wrong, each as
    `name:line`, and where it departs from what the program itself relies on."""
    if len(text) > MOST_CHARACTERS:
        what = _("The text has more than %d characters.") % MOST_CHARACTERS
        raise Invalid(Problem(what, name, _("A procedure is a page or two; check the file.")))
    try:
        _without_aliases(text, name)
        raw = procedures.read(text, name, known_functions())
    except RecursionError as error:
        raise Invalid(Problem(_("The text is nested too deeply."), where=f"{name}:1")) from error
    brought = Procedure.objects.filter(key=key, shipped=True).order_by("-version").first()
    marked = YAML(typ="rt").load(text)
    found = list(_departures(key, raw, json.loads(brought.definition) if brought else None))
    if found:
        problems = (Problem(what, f"{name}:{procedures.line_of(marked, where)}", mend) for where, what, mend in found)
        raise Invalid(*problems)
    return raw


def _without_aliases(text: str, name: str) -> None:
    """A few lines of aliases can stand for billions of values, and no procedure needs them; nor nesting so deep that
    reading it takes a minute.
    """
    depth = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > DEEPEST:
                raise Invalid(Problem(_("The text is nested too deeply."), where=f"{name}:{event.start_mark.line + 1}"))
            if isinstance(event, AliasEvent):
                line = event.start_mark.line + 1
                raise Invalid(
                    Problem(_("“*” for something said before is not read here; write it out."), f"{name}:{line}")
                )
    except YAMLError:
        return  # What is no YAML is said, with its line, by whoever reads it next.


_Fault = tuple[list[str | int], str, str]


def _departures(key: str, raw: Mapping[str, Any], brought: Mapping[str, Any] | None) -> Iterator[_Fault]:
    """Where a definition lacks what the code of its room calls by name: it would stop in the middle of a letter."""
    if raw["procedure"] != key:
        yield (
            ["procedure"],
            _("This is the procedure “%s”.") % raw["procedure"],
            _("Here only “%s” is published.") % key,
        )
        return
    if brought is None:
        return
    for name in brought["states"]:
        if name not in raw["states"]:
            yield ["states"], _("The state “%s” is missing.") % name, _("The program names it; keep it.")
        elif bool(brought["states"][name].get("final")) != bool(raw["states"][name].get("final")):
            yield ["states", name], _("Whether “%s” is final can't be changed.") % name, ""
    if raw["initial"] != brought["initial"]:
        yield ["initial"], _("A matter begins in “%s”; the program relies on it.") % brought["initial"], ""
    for name, action in brought["actions"].items():
        if name not in raw["actions"]:
            mend = _("To let nobody use it, keep it with “by: [system]”.")
            yield ["actions"], _("The action “%s” is missing.") % name, mend
        else:
            yield from _action_departures(name, action, raw["actions"][name])


def _action_departures(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[_Fault]:
    where: list[str | int] = ["actions", name]
    for field, what in (
        ("effects", _("The effects of “%s” can't be changed.")),
        ("form", _("The form of “%s” can't be changed.")),
    ):
        if old.get(field) != new.get(field):
            yield [*where, field], what % name, _("The pages and tables of the room are made for it.")
    if set(old.get("guards", ())) - set(new.get("guards", ())):
        yield [*where, "guards"], _("“%s” lacks a guard that it has.") % name, _("Guards may be added, not left out.")
    if "system" in old["by"] and "system" not in new["by"]:
        yield [*where, "by"], _("“%s” is done by the program itself.") % name, _("Keep “system” among who may.")
    if old.get("confirm") and not new.get("confirm"):
        yield where, _("“%s” asks for the password again; that stays.") % name, ""


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Everything in which two definitions differ, in the order of the new one."""
    found = [
        Difference("procedure", "", field, old.get(field), new.get(field))
        for field in ("label", "initial", "withdrawn", "when_children_close")
        if old.get(field) != new.get(field)
    ]
    for part, group in (("state", "states"), ("action", "actions")):
        for name in [*new[group], *(name for name in old[group] if name not in new[group])]:
            before, after = old[group].get(name), new[group].get(name)
            if before is None or after is None:
                found.append(Difference(part, name, "", before, after))
            else:
                fields = dict.fromkeys([*after, *before])
                found += [
                    Difference(part, name, field, before.get(field), after.get(field))
                    for field in fields
                    if before.get(field) != after.get(field)
                ]
        if list(old[group]) != list(new[group]) and set(old[group]) == set(new[group]):
            found.append(Difference(part, "", "order", list(old[group]), list(new[group])))
    return found


def publish(raw: Mapping[str, Any], base: uuid.UUID, *, by: uuid.UUID, reason: str) -> uuid.UUID:
    """Store what `check` answered as the newest version: matters that open from now on follow it.

    `base` is the version it was compared with. Raises `Invalid` where a newer one came meanwhile, nothing changes or
    the reason is missing, `NotFound` where there is no such procedure.
    """
    if not reason.strip():
        raise Invalid(Problem(_("Say why."), where="reason"))
    text = json.dumps(raw, ensure_ascii=False)
    with transaction.atomic():
        procedures.lock_versions()
        latest = Procedure.objects.filter(key=raw["procedure"]).order_by("-version").first()
        if latest is None:
            raise NotFound(_("There is no such procedure."))
        if latest.id != base:
            mend = _("Compare with it first.")
            raise Invalid(Problem(_("Meanwhile version %d was published.") % latest.version, mend=mend))
        if latest.digest == procedures.digest(text):
            raise Invalid(Problem(_("This is what version %d says already.") % latest.version))
        row = procedures.store_version(latest.key, latest.version + 1, text, shipped=False)
        title = f"{procedures.words(raw['label'])} · {latest.version + 1}"
        before, after = {"version": latest.version}, {"version": latest.version + 1, "reason": reason.strip()}
        note(PUBLISHED, row, by, before, after, title=title)
    return row
