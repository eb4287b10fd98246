"""What the schema of a procedure can't see: names that lead nowhere, states nobody reaches, rules that can't hold."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema_rs
from django.utils.translation import gettext as _

from tertib.matters.allowance import Allowance
from tertib.matters.procedure_says import Fault, not_among, of_schema
from tertib.matters.procedure_schema import ACTORS, HOLDERS


def not_json(value: Any, where: list[str | int], above: tuple[int, ...] = ()) -> Iterator[Fault]:
    """What YAML can say and JSON can't.

    Names that are no text, dates, fractions, and anchors that contain themselves.
    """
    if id(value) in above:
        yield where, _("An anchor that contains itself can't be read."), _("Write out what it stands for.")
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(key, str):
                yield from not_json(item, [*where, key], (*above, id(value)))
            else:
                yield [*where, key], _("The name “%s” must be text.") % key, _("Write it in quotes.")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from not_json(item, [*where, index], (*above, id(value)))
    elif isinstance(value, datetime.date):
        yield where, _("“%s” must be text.") % value, _("Write it in quotes.")
    elif value is not None and not isinstance(value, str | int):
        yield where, _("“%s” is neither text nor a whole number.") % value, _("Write it in quotes.")


def faults(raw: Mapping[str, Any], known: frozenset[str]) -> Iterator[Fault]:
    """Everything wrong with a definition that fits the schema, as (path within the file, what, how to mend it).

    `known` as by `rooms.known_functions`.
    """
    yield from _names(raw, known)
    yield from _unreachable(raw)


def faults_beside(raw: Mapping[str, Any], known: frozenset[str], others: Sequence[Fault]) -> list[Fault]:
    """What else is wrong with a definition that does not fit the schema, as far as that can be told: nothing within
    what the schema refuses, and not which states nobody reaches, since that may follow from it.
    """
    found: list[Fault] = []
    refused = [list(where) for where, _what, _mend in others]
    try:
        for fault in _names(raw, known):
            where = list(fault[0])
            if not any(where[: len(path)] == path or path[: len(where)] == where for path in refused):
                found.append(fault)
    except (KeyError, TypeError, AttributeError, ValueError):
        # A part is missing or of another shape; the schema has said so.
        pass
    return found


def _names(raw: Mapping[str, Any], known: frozenset[str]) -> Iterator[Fault]:
    states, actions = raw["states"], raw["actions"]
    if raw["initial"] not in states:
        yield ["initial"], *_no_state(raw["initial"], states)
    elif states[raw["initial"]].get("final"):
        yield ["initial"], _("A matter can't begin in a final state."), _listed_open(states)
    if raw.get("withdrawn") and not states.get(raw["withdrawn"], {}).get("final"):
        what = _("“%s” is no final state; a withdrawn matter ends in one.") % raw["withdrawn"]
        yield ["withdrawn"], what, _("Final are: %s.") % ", ".join(n for n, item in states.items() if item.get("final"))
    for name, state in states.items():
        yield from _state_faults(name, state)
    for name, action in actions.items():
        yield from _action_faults(name, action, states, known)
    for index, item in enumerate(raw.get("when_children_close", ())):
        for end in ("from", "to"):
            if item[end] not in states:
                yield ["when_children_close", index, end], *_no_state(item[end], states)
        if states.get(item["from"], {}).get("final"):
            what = _("“%s” is final; nothing moves it.") % item["from"]
            yield ["when_children_close", index, "from"], what, _listed_open(states)
        if item.get("guard") and f"guard {item['guard']}" not in known:
            yield ["when_children_close", index, "guard"], *_no_function("guard", item["guard"], known)


def _state_faults(name: str, state: Mapping[str, Any]) -> Iterator[Fault]:
    if not state.get("final") and not _known_holder(state.get("holder", "keep")):
        yield ["states", name, "holder"], *_no_holder(state["holder"])
    if "allowance" in state:
        try:
            Allowance.parse(state["allowance"])
        except ValueError:
            yield ["states", name, "allowance"], *_no_allowance(state["allowance"])
    if state.get("pauses_clock") and "allowance" in state:
        what = _("“%s” pauses the clock and gives it an allowance.") % name
        yield ["states", name, "allowance"], what, _("Leave out one of the two.")
    if state.get("final") and (state.get("holder") or state.get("allowance")):
        what = _("“%s” is final and has a holder or an allowance.") % name
        yield ["states", name], what, _("What is closed lies with nobody: leave out both.")


def _action_faults(
    name: str, action: Mapping[str, Any], states: Mapping[str, Any], known: frozenset[str]
) -> Iterator[Fault]:
    for source in action.get("from", ()):
        if source not in states:
            yield ["actions", name, "from"], *_no_state(source, states)
        elif states[source].get("final") and not action.get("after_closing"):
            yield ["actions", name, "from"], _("“%s” is final; no action leaves it.") % source, _listed_open(states)
    for field, target in targets(action):
        if target not in states:
            yield ["actions", name, field], *_no_state(target, states)
        if action.get("after_closing"):
            what = _("“%s” is done after closing and leads to a state.") % name
            yield ["actions", name, field], what, _("What is closed stays closed: leave out “%s”.") % field
    for rule in action["by"]:
        if not _known_actor(rule):
            there = [*ACTORS, *(f"role:{role}" for role in _roles())]
            yield ["actions", name, "by"], *not_among(_("“%s” is no rule of who may act."), rule, there)
    if action.get("holder") and not _known_holder(action["holder"]):
        yield ["actions", name, "holder"], *_no_holder(action["holder"])
    for kind in ("guards", "effects"):
        for function in action.get(kind, ()):
            if f"{kind[:-1]} {function}" not in known:
                yield ["actions", name, kind], *_no_function(kind[:-1], function, known)
    yield from _form_faults(name, action, states)


def _form_faults(name: str, action: Mapping[str, Any], states: Mapping[str, Any]) -> Iterator[Fault]:
    form = action.get("form")
    if form is not None and _leads_elsewhere(form):
        yield ["actions", name, "form"], _("The form refers to another file."), _("Write out here what it says.")
    elif form is not None:
        try:
            jsonschema_rs.validator_for(form, validate_formats=True)
        except jsonschema_rs.ValidationError as error:
            for where, what, mend in of_schema(error, {}):
                yield ["actions", name, "form", *where], _("The form is no JSON Schema.") + f" {what}", mend
    # Without a rule of its own, an action follows that of the state it leads to.
    rule = action.get("holder") or states.get(action.get("to", ""), {}).get("holder", "")
    if rule.startswith("data."):
        field = rule.removeprefix("data.")
        if field not in (form or {}).get("properties", {}):
            what = _("The holder comes from the field “%s”, which the form does not have.") % field
            yield ["actions", name, "form"], what, _("Add the field to the “properties” of the form.")


def _leads_elsewhere(form: Any) -> bool:
    """Whether a schema names another by its address, which nobody here fetches."""
    if isinstance(form, Mapping):
        named = [form.get(key) for key in ("$ref", "$dynamicRef", "$schema", "$id") if key in form]
        strange = any(isinstance(item, str) and not item.startswith("#") for item in named)
        return strange or any(_leads_elsewhere(item) for item in form.values())
    return isinstance(form, list) and any(_leads_elsewhere(item) for item in form)


def targets(action: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every state an action may lead to, with the field that says so."""
    to = [("to", action["to"])] if action.get("to") else []
    return [*to, *(("or_to", name) for name in action.get("or_to", ()))]


def _no_state(name: str, states: Mapping[str, Any]) -> tuple[str, str]:
    return not_among(_("There is no state “%s”."), name, list(states))


def _no_holder(rule: str) -> tuple[str, str]:
    return not_among(_("“%s” is no rule of who holds the matter."), rule, [*HOLDERS, "data.…"])


def _no_function(kind: str, name: str, known: frozenset[str]) -> tuple[str, str]:
    there = sorted(item.partition(" ")[2] for item in known if item.startswith(f"{kind} "))
    what = _("There is no guard “%s”.") if kind == "guard" else _("There is no effect “%s”.")
    return not_among(what, name, there)


def _no_allowance(text: str) -> tuple[str, str]:
    examples = "90 working minutes, 4 working hours, 3 working days, 14 calendar days"
    return _("“%s” is no time that the clock can give.") % text, _("Write it like one of these: %s.") % examples


def _listed_open(states: Mapping[str, Any]) -> str:
    names = [name for name, item in states.items() if not item.get("final")]
    return _("Not final are: %s.") % ", ".join(names)


def _known_holder(rule: str) -> bool:
    return rule in HOLDERS or (rule.startswith("data.") and len(rule) > len("data."))


def _known_actor(rule: str) -> bool:
    return rule in ACTORS or (rule.startswith("role:") and rule.removeprefix("role:") in _roles())


def _roles() -> list[str]:
    from tertib.government.models import RoleGrant

    return [str(value) for value in RoleGrant.Role.values]


def _unreachable(raw: Mapping[str, Any]) -> Iterator[Fault]:
    reached, waiting = {raw["initial"], raw.get("withdrawn", "")}, [raw["initial"]]
    while waiting:
        here = waiting.pop()
        steps = [
            target
            for action in raw["actions"].values()
            if not action.get("from") or here in action["from"]
            for _at, target in targets(action)
        ]
        steps += [item["to"] for item in raw.get("when_children_close", ()) if item["from"] == here]
        for step in steps:
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    for name in raw["states"]:
        if name not in reached:
            what = _("No action leads to the state “%s”.") % name
            yield ["states", name], what, _("Name it at “to” of an action, or leave it out.")
