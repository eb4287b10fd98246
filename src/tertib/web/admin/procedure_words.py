"""A procedure in words: who may, who holds it, how long it may take, what is asked and what happens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tertib.government.models import RoleGrant
from tertib.matters.clock import Allowance
from tertib.matters.procedures import Action, Definition, State, words
from tertib.matters.rooms import meanings
from tertib.matters.versions import Difference
from tertib.web import moments


def allowance(given: Allowance) -> str:
    """“3 working days”."""
    if given.until is not None:
        return _("until %s") % moments.moment(given.until)
    n = given.amount
    if given.kind == "working_minutes" and n % 60 == 0 and n:
        return ngettext("%d working hour", "%d working hours", n // 60) % (n // 60)
    if given.kind == "working_minutes":
        return ngettext("%d working minute", "%d working minutes", n) % n
    if given.kind == "working_days":
        return ngettext("%d working day", "%d working days", n) % n
    return ngettext("%d calendar day", "%d calendar days", n) % n


def actor(rule: str) -> str:
    """Who may act by a rule."""
    kind, _sign, role = rule.partition(":")
    if kind == "role":
        return str(dict(RoleGrant.Role.choices).get(role, role))
    known = {
        "holder": _("whoever holds it"),
        "opener": _("whoever opened it"),
        "superior_of_holder": _("the superior of the holder"),
        "parent_holder": _("whoever holds what it is a part of"),
        "head_of_unit": _("the head of the unit"),
        "leader_above": _("the head of the unit or of one above it"),
        "system": _("the program itself"),
    }
    return known.get(rule, rule)


def holder(rule: str) -> str:
    """Whose desk it comes to by a rule."""
    known = {
        "keep": _("stays where it is"),
        "opener": _("whoever opened it"),
        "parent_holder": _("whoever holds what it is a part of"),
        "superior_of_holder": _("the superior of the holder"),
        "head_of_unit": _("the head of the unit"),
        "effect": _("as the action decides"),
    }
    return _("the post chosen in the form") if rule.startswith("data.") else known.get(rule, rule)


def hints(definition: Definition) -> dict[str, str]:
    """What stands in the box of a state below its name."""
    return {name: hint(state) for name, state in definition.states.items()}


def hint(state: State) -> str:
    """The clock of a state in a few words."""
    if state.final:
        return _("finished")
    if state.pauses_clock:
        return _("the clock is paused")
    return allowance(state.allowance) if state.allowance else ""


def states(definition: Definition, names: Iterable[str]) -> list[dict[str, Any]]:
    """The states as rows of a table."""
    return [
        {
            "name": name,
            "label": words(definition.states[name].label),
            "clock": hint(definition.states[name]),
            "holder": "" if definition.states[name].final else holder(definition.states[name].holder),
            "first": name == definition.initial,
            "final": definition.states[name].final,
        }
        for name in names
    ]


def actions(definition: Definition) -> list[dict[str, Any]]:
    """The actions as rows: from, to, who may, what is asked, what happens."""
    named = {name: words(state.label) for name, state in definition.states.items()}
    known = meanings()
    rows = [
        {
            "name": name,
            "label": words(action.label),
            "from": [named[source] for source in definition.states if source in action.source],
            "to": [named[target] for target in (action.target, *action.or_to) if target],
            "by": [actor(rule) for rule in action.by],
            "guards": [str(known.get(guard, guard)) for guard in action.guards],
            "effects": [*_clockwork(action), *(str(known.get(effect, effect)) for effect in action.effects)],
            "after_closing": action.after_closing,
            "confirm": action.confirm,
        }
        for name, action in definition.actions.items()
    ]
    for outcome in definition.outcomes:
        rows.append(
            {
                "name": "",
                "label": _("All parts are done"),
                "from": [named[outcome.source]],
                "to": [named[outcome.target]],
                "by": [actor("system")],
                "guards": [str(known.get(outcome.guard, outcome.guard))] if outcome.guard else [],
                "effects": [],
            }
        )
    return rows


def _clockwork(action: Action) -> list[str]:
    said = {"restart": _("the clock begins anew"), "stop": _("the clock stops")}
    found = [said[action.clock]] if action.clock else []
    if action.withdraws_children:
        found.append(_("open parts are withdrawn"))
    return found


def difference(item: Difference, old: Definition, new: Definition) -> dict[str, Any]:
    """A difference as a line: what it is about, what stood there, what comes."""
    about = _("The procedure")
    if item.part != "procedure" and item.name:
        groups = [side.states if item.part == "state" else side.actions for side in (new, old)]
        labels = [words(group[item.name].label) for group in groups if item.name in group]
        about = (_("State “%s”") if item.part == "state" else _("Action “%s”")) % labels[0]
    elif item.part != "procedure":
        about = _("States") if item.part == "state" else _("Actions")
    if not item.field:
        what = _("is new") if item.old is None else _("is taken away")
        return {"about": about, "what": what, "old": "", "new": "", "gone": item.new is None}
    named = {**_labels(old), **_labels(new)}
    return {
        "about": about,
        "what": _fields().get(item.field, item.field),
        "old": _said(item.field, item.old, named),
        "new": _said(item.field, item.new, named),
        "gone": False,
    }


def _labels(definition: Definition) -> dict[str, str]:
    return {name: words(state.label) for name, state in definition.states.items()} | {
        name: words(action.label) for name, action in definition.actions.items()
    }


def _fields() -> dict[str, str]:
    return {
        "label": _("name"),
        "initial": _("first state"),
        "withdrawn": _("state when withdrawn"),
        "when_children_close": _("when all parts are done"),
        "order": _("order"),
        "holder": _("who holds it then"),
        "allowance": _("allowance"),
        "pauses_clock": _("the clock is paused"),
        "final": _("finished"),
        "from": _("from"),
        "to": _("to"),
        "or_to": _("or to"),
        "by": _("who may"),
        "guards": _("only if"),
        "effects": _("then"),
        "form": _("form"),
        "confirm": _("asks for the password"),
        "primary": _("comes first"),
        "moves": _("moves the matter"),
        "after_closing": _("after closing too"),
        "withdraws_children": _("open parts are withdrawn"),
        "clock": _("clock"),
    }


def _said(field: str, value: Any, named: dict[str, str]) -> str:
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "label":
        return f"{value['id']} / {value['en']}"
    if field == "allowance":
        return allowance(Allowance.parse(value))
    if field in ("by", "guards", "effects"):
        known = meanings()
        return ", ".join(actor(item) if field == "by" else str(known.get(item, item)) for item in value)
    if field == "holder":
        return holder(value)
    if field == "confirm":
        return _("yes")
    if field == "clock":
        return _("the clock begins anew") if value == "restart" else _("the clock stops")
    if field in ("form", "when_children_close"):
        return _("changed")
    return ", ".join(named.get(item, str(item)) for item in (value if isinstance(value, list) else [value]))
