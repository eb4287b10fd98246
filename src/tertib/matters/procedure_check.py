"""What the schema of a procedure can't see: names that lead nowhere, states nobody reaches, rules that can't hold."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from tertib.matters.allowance import Allowance
from tertib.matters.procedure_schema import ACTORS, HOLDERS

Fault = tuple[list[str | int], str]


def not_json(value: Any, where: list[str | int], above: tuple[int, ...] = ()) -> Iterator[Fault]:
    """What YAML can say and JSON can't.

    Names that are no text, dates, fractions, and anchors that contain themselves.
    """
    if id(value) in above:
        yield where, "An anchor that contains itself can't be read."
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(key, str):
                yield from not_json(item, [*where, key], (*above, id(value)))
            else:
                yield [*where, key], f"The name “{key}” must be text; write it in quotes."
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from not_json(item, [*where, index], (*above, id(value)))
    elif isinstance(value, datetime.date):
        yield where, f"“{value}” must be text; write it in quotes."
    elif value is not None and not isinstance(value, str | int):
        yield where, f"“{value}” is neither text nor a whole number."


def faults(raw: Mapping[str, Any], known: frozenset[str]) -> Iterator[Fault]:
    """Everything wrong with a definition that fits the schema, as (path within the file, what).

    `known` as by `rooms.known_functions`.
    """
    states, actions = raw["states"], raw["actions"]
    if raw["initial"] not in states:
        yield ["initial"], f"There is no state “{raw['initial']}”."
    elif states[raw["initial"]].get("final"):
        yield ["initial"], "A matter can't begin in a final state."
    if raw.get("withdrawn") and not states.get(raw["withdrawn"], {}).get("final"):
        yield ["withdrawn"], "“withdrawn” must name a final state."
    for name, state in states.items():
        yield from _state_faults(name, state)
    for name, action in actions.items():
        yield from _action_faults(name, action, states, known)
    for index, item in enumerate(raw.get("when_children_close", ())):
        for end in ("from", "to"):
            if item[end] not in states:
                yield ["when_children_close", index, end], f"There is no state “{item[end]}”."
        if states.get(item["from"], {}).get("final"):
            yield ["when_children_close", index, "from"], f"“{item['from']}” is final; nothing moves it."
        if item.get("guard") and f"guard {item['guard']}" not in known:
            yield ["when_children_close", index, "guard"], f"No guard “{item['guard']}” is registered."
    yield from _unreachable(raw)


def _state_faults(name: str, state: Mapping[str, Any]) -> Iterator[Fault]:
    if not state.get("final") and not _known_holder(state.get("holder", "keep")):
        yield ["states", name, "holder"], f"“{state['holder']}” is no holder rule; there are {', '.join(HOLDERS)}."
    if "allowance" in state:
        try:
            Allowance.parse(state["allowance"])
        except ValueError as error:
            yield ["states", name, "allowance"], str(error)
    if state.get("pauses_clock") and "allowance" in state:
        yield ["states", name, "allowance"], "A state that pauses the clock can't give it an allowance."
    if state.get("final") and (state.get("holder") or state.get("allowance")):
        yield ["states", name], "A final state has neither holder nor allowance."


def _action_faults(
    name: str, action: Mapping[str, Any], states: Mapping[str, Any], known: frozenset[str]
) -> Iterator[Fault]:
    for source in action.get("from", ()):
        if source not in states:
            yield ["actions", name, "from"], f"There is no state “{source}”."
        elif states[source].get("final") and not action.get("after_closing"):
            yield ["actions", name, "from"], f"“{source}” is final; no action leaves it."
    for field, target in targets(action):
        if target not in states:
            yield ["actions", name, field], f"There is no state “{target}”."
        if action.get("after_closing"):
            yield ["actions", name, field], "What is closed stays closed: an action after closing leads to no state."
    for rule in action["by"]:
        if not _known_actor(rule):
            roles = ", ".join(f"role:{role}" for role in _roles())
            yield (
                ["actions", name, "by"],
                f"“{rule}” is no rule of who may act; there are {', '.join(ACTORS)}, {roles}.",
            )
    if action.get("holder") and not _known_holder(action["holder"]):
        yield ["actions", name, "holder"], f"“{action['holder']}” is no holder rule; there are {', '.join(HOLDERS)}."
    for kind in ("guards", "effects"):
        for function in action.get(kind, ()):
            if f"{kind[:-1]} {function}" not in known:
                yield ["actions", name, kind], f"No {kind[:-1]} “{function}” is registered."
    yield from _form_faults(name, action, states)


def _form_faults(name: str, action: Mapping[str, Any], states: Mapping[str, Any]) -> Iterator[Fault]:
    form = action.get("form")
    if form is not None and _leads_elsewhere(form):
        yield ["actions", name, "form"], "The form refers to another file; write out here what it says."
    elif form is not None:
        try:
            jsonschema_rs.validator_for(form, validate_formats=True)
        except jsonschema_rs.ValidationError as error:
            yield ["actions", name, "form", *error.instance_path], f"The form is no JSON Schema: {error.message}"
    # Without a rule of its own, an action follows that of the state it leads to.
    rule = action.get("holder") or states.get(action.get("to", ""), {}).get("holder", "")
    if rule.startswith("data."):
        field = rule.removeprefix("data.")
        if field not in (form or {}).get("properties", {}):
            yield ["actions", name, "form"], f"The holder comes from the field “{field}”, which the form does not have."


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
            for _field, target in targets(action)
        ]
        steps += [item["to"] for item in raw.get("when_children_close", ()) if item["from"] == here]
        for step in steps:
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    for name in raw["states"]:
        if name not in reached:
            yield ["states", name], f"No action leads to the state “{name}”."
