"""The engine's rules a second time, as plainly as can be, in memory: what a matter of the test procedure may become.

It knows nothing of SQL. The random tests compare the engine with it after every step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["ok", "moved", "refused", "invalid"]
FINAL = {"done", "dropped", "withdrawn"}
# action: (from, to, who may)
RULES: dict[str, tuple[set[str], str, tuple[str, ...]]] = {
    "forward": ({"open", "back"}, "open", ("holder",)),
    "split": ({"open", "split", "back"}, "split", ("holder",)),
    "ask": ({"open"}, "asking", ("holder",)),
    "answer": ({"asking"}, "open", ("holder", "opener")),
    "submit": ({"open", "back"}, "review", ("holder",)),
    "approve": ({"review"}, "done", ("holder",)),
    "send_back": ({"review"}, "back", ("holder",)),
    "take_over": ({"open", "back"}, "open", ("superior",)),
    "finish": ({"open", "back"}, "done", ("holder",)),
    "drop": ({"open", "asking", "back"}, "dropped", ("holder", "opener", "parent")),
    "close": ({"split"}, "done", ("holder",)),
    "classify": (set(), "", ("holder", "head")),
    "remark": (set(), "", ("holder", "opener", "parent", "registrar")),
    "copy": (set(), "", ("holder",)),
}


@dataclass
class Town:
    """Posts by name, as the model sees them."""

    superior: dict[str, str | None]
    unit: dict[str, str]
    lineage: dict[str, tuple[str, ...]]  # unit: itself and all above
    head: dict[str, str]  # unit: post
    clearance: dict[str, int]
    house: dict[str, str]  # unit: the unit whose registry sees it
    registrars: dict[str, str]  # post: unit


@dataclass
class Thing:
    """One matter."""

    name: int
    opener: str
    holder: str | None
    unit: str
    state: str = "open"
    parent: int | None = None
    version: int = 1
    moved: int = 1
    security: int = 0
    title: str = "Pekerjaan"
    held_by: set[str] = field(default_factory=set)
    copies: set[str] = field(default_factory=set)


@dataclass
class World:
    """All matters, and what each post may see of them."""

    town: Town
    things: dict[int, Thing] = field(default_factory=dict)

    def open(self, name: int, by: str, holder: str, security: int = 0, parent: int | None = None) -> Thing:
        thing = Thing(name, by, holder, self.town.unit[holder], parent=parent, security=security, held_by={holder})
        self.things[name] = thing
        return thing

    def ancestors(self, thing: Thing) -> list[Thing]:
        above = self.things[thing.parent] if thing.parent is not None else None
        return [*self.ancestors(above), above] if above else []

    def below(self, thing: Thing) -> list[Thing]:
        return [item for item in self.things.values() if thing in self.ancestors(item)]

    def may(self, thing: Thing, action: str, by: str) -> bool:
        holder = thing.holder
        parent = self.things[thing.parent].holder if thing.parent is not None else None
        allowed = {
            "holder": by == holder,
            "opener": by == thing.opener,
            "superior": holder is not None and by == self.town.superior[holder],
            "parent": parent is not None and by == parent,
            "head": self.town.head.get(thing.unit) == by,
            "registrar": self.town.registrars.get(by) == thing.unit,
        }
        return any(allowed[rule] for rule in RULES[action][2])

    def owns(self, thing: Thing, by: str) -> bool:
        """Whether the matter lies with a post, was opened by it, or is a part of what lies with it."""
        above = self.things[thing.parent].holder if thing.parent is not None else None
        return by in (thing.holder, thing.opener, above)

    def act(
        self, thing: Thing, action: str, by: str, *, to: list[str], names: list[int], seen: int | None, value: int
    ) -> Outcome:
        """What becomes of an action; the world changes only where it is "ok". `to` are posts, `names` new matters."""
        sources, target, _who = RULES[action]
        moves = action not in ("remark", "copy")
        if seen is not None and moves and seen < thing.moved:
            return "moved"
        if (thing.state in FINAL and action != "remark") or (sources and thing.state not in sources):
            return "moved"
        if not self.may(thing, action, by) or not (self.owns(thing, by) or self.sees(by, thing)):
            return "refused"
        superior = self.town.superior[thing.holder] if thing.holder else None
        if (action == "approve" and not value) or (action in ("submit", "take_over") and superior is None):
            return "invalid"
        thing.version += 1
        thing.moved = thing.version if moves else thing.moved
        if action == "classify":
            self.classify(thing, value)
        if action == "copy":
            thing.copies |= set(to)
        if not target:
            return "ok"
        holder = {"forward": to[0], "answer": to[0], "ask": thing.opener, "send_back": thing.opener}.get(action)
        holder = superior if action in ("submit", "take_over") else holder or thing.holder
        self.settle(thing, target, holder)
        if action == "split":
            for name, post in zip(names, to, strict=True):
                self.open(name, by, post, thing.security, thing.name)
        if action == "close":
            for item in self.below(thing):
                if item.state not in FINAL:
                    item.version += 1
                    item.moved = item.version
                    self.settle(item, "withdrawn", None, alone=True)
        return "ok"

    def classify(self, thing: Thing, value: int) -> None:
        """A matter's secrecy, and with it that of its parts, except where one was more secret than the matter."""
        before, thing.security = thing.security, value
        for item in self.below(thing) if value != before else ():
            security = value if item.security == before else max(item.security, value)
            if security != item.security:
                item.security = security
                item.version += 1
                item.moved = item.version

    def settle(self, thing: Thing, state: str, holder: str | None, *, alone: bool = False) -> None:
        """Give a matter its new state and holder; where it closes, its parent may move on by itself."""
        thing.state, thing.holder = state, None if state in FINAL else holder
        if thing.holder:
            thing.held_by.add(thing.holder)
        if state not in FINAL or thing.parent is None or alone:
            return
        parent = self.things[thing.parent]
        parts = [item for item in self.things.values() if item.parent == parent.name]
        if parent.state != "split" or any(item.state not in FINAL for item in parts):
            return
        parent.version += 1
        parent.moved = parent.version
        dropped = any(item.state == "dropped" for item in parts)
        self.settle(parent, "back" if dropped else "done", parent.holder)

    def keys(self, thing: Thing) -> set[str]:
        """Every post, unit and registry that sees a matter, straight from the reasons: who holds or held it, opened it,
        was sent a copy; the units it lies or lay in; the same of the matters above; and whoever was given a part of it.
        """
        found = {"everything", *thing.copies}
        for item in [thing, *self.ancestors(thing)]:
            found |= {item.opener} | self._places(item.held_by)
            if item.parent is None:
                found |= self._places({item.opener})
        for item in self.below(thing):
            found |= self._places(item.held_by)
        return found

    def _places(self, posts: set[str]) -> set[str]:
        found = set(posts)
        for post in posts:
            unit = self.town.unit[post]
            found |= {f"unit {key}" for key in self.town.lineage[unit]} | {f"registry of {self.town.house[unit]}"}
        return found

    def sees(self, post: str, thing: Thing) -> bool:
        """Whether whoever fills this post (and no other) may see the matter."""
        keys, unit, clearance = self.keys(thing), self.town.unit[post], self.town.clearance[post]
        if post in keys:
            return True
        if thing.security > clearance:
            return False
        registry = f"registry of {self.town.registrars.get(post)}"
        heads = self.town.head.get(unit) == post and f"unit {unit}" in keys
        return heads or registry in keys or post == "auditor"
