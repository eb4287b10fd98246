"""A procedure drawn: states as boxes below each other, each with its actions beneath it, and a lane at the right for
each state that actions lead to. Every label has a line of its own, so nothing overlaps, however many actions there are.

Sizes are in the units of the drawing; 16 of them are the height of a line of text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tertib.matters.procedures import Action, Definition, words

WIDTH, _BOX, _STEP, _LANE, _LEFT, _GAP = 230, 30, 24, 12, 6, 14
_HINT, _FRAME = 16, 3
_INDENT = 22
# So many letters fit before the lanes begin.
_LETTERS = 30
COLOURS = 6


@dataclass(slots=True)
class Step:
    """An action below its state, as a line of text; from it a line runs to the lane of where it leads."""

    label: str
    full: str
    y: int
    target: str = ""
    kind: str = ""
    x1: int = 0
    x2: int = 0
    colour: int = 0

    @property
    def text_y(self) -> int:
        return self.y + 4


@dataclass(slots=True)
class Box:
    """A state."""

    name: str
    label: str
    hint: str
    y: int
    height: int
    kind: str
    first: bool = False
    steps: list[Step] = field(default_factory=list)

    @property
    def text_y(self) -> int:
        return self.y + 20

    @property
    def inner_y(self) -> int:
        """Where the second frame begins of what is finished."""
        return self.y + _FRAME

    @property
    def inner_height(self) -> int:
        return self.height - 2 * _FRAME


@dataclass(slots=True)
class Lane:
    """The way to a state: from the lowest and highest action that leads there to its box."""

    target: str
    top: int
    bottom: int
    entry: int
    x: int = 0
    colour: int = 0


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything that is drawn."""

    boxes: list[Box]
    lanes: list[Lane]
    width: int
    height: int
    # Where arrows end, and how wide a box is.
    edge: int = WIDTH + 1
    inner: int = WIDTH - _LEFT


def draw(definition: Definition, hints: Mapping[str, str]) -> Diagram:
    """Lay out a definition. `hints` say in words, by the state's name, what stands below its name in the box."""
    boxes, y = [], _GAP
    for name in [*order(definition), ""]:
        steps = _steps(definition, name)
        if not name and not steps:
            continue
        box = _box(definition, name, hints.get(name, ""), y)
        boxes.append(box)
        y += box.height + 4
        for step in steps:
            step.y = y + _STEP // 2
            box.steps.append(step)
            y += _STEP
        y += _GAP
    lanes = _lanes(boxes)
    last = max((lane.x for lane in lanes), default=WIDTH)
    return Diagram(boxes, lanes, last + _LANE, y)


def order(definition: Definition) -> list[str]:
    """The states as work passes through them: by the fewest steps from the first, those that close it last."""
    ways: dict[str, list[str]] = {name: [] for name in definition.states}
    for action in definition.actions.values():
        for source in action.source or [name for name, state in definition.states.items() if not state.final]:
            ways[source] += [target for target in (action.target, *action.or_to) if target]
    for outcome in definition.outcomes:
        ways[outcome.source].append(outcome.target)
    depth, waiting = {definition.initial: 0}, [definition.initial]
    while waiting:
        here = waiting.pop(0)
        for target in ways[here]:
            if target not in depth:
                depth[target] = depth[here] + 1
                waiting.append(target)
    place = list(definition.states)
    far = len(place)
    return sorted(place, key=lambda name: (definition.states[name].final, depth.get(name, far), place.index(name)))


def _box(definition: Definition, name: str, hint: str, y: int) -> Box:
    if not name:
        return Box("", _("From any open state"), "", y, _BOX, "any")
    state = definition.states[name]
    kind = "final" if state.final else "paused" if state.pauses_clock else ""
    return Box(name, words(state.label), hint, y, _BOX + (_HINT if hint else 0), kind, name == definition.initial)


def _steps(definition: Definition, name: str) -> list[Step]:
    """The actions that leave a state, and with no name those that may be done from any open one."""
    found: list[Step] = []
    for action in definition.actions.values():
        if (name in action.source) if name else not action.source:
            found += _ways(action, name)
    for outcome in definition.outcomes if name else ():
        if outcome.source == name:
            found.append(_step(_("All parts are done"), outcome.target, "event"))
    return found


def _ways(action: Action, name: str) -> list[Step]:
    label = words(action.label)
    kind = "system" if action.by == ("system",) else "closed" if action.after_closing else ""
    targets = [target for target in (action.target, *action.or_to) if target and target != name]
    stays = not action.target or action.target == name
    return [
        *([_step(label, "", kind)] if stays else []),
        *(_step(label, target, kind) for target in targets),
    ]


def _step(label: str, target: str, kind: str) -> Step:
    short = label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1].rstrip()}…"
    return Step(short, label, 0, target, kind)


def _lanes(boxes: Sequence[Box]) -> list[Lane]:
    """A lane for each state that is led to; two share a place where they do not pass each other."""
    place = {box.name: box for box in boxes}
    rows: dict[str, list[Step]] = {}
    for box in boxes:
        for step in box.steps:
            if step.target:
                rows.setdefault(step.target, []).append(step)
    lanes = []
    for target, steps in rows.items():
        entry = place[target].y + _BOX // 2
        ys = [entry, *(step.y for step in steps)]
        lanes.append(Lane(target, min(ys), max(ys), entry))
    lanes.sort(key=lambda lane: (lane.bottom - lane.top, lane.top))
    taken: list[list[tuple[int, int]]] = []
    for number, lane in enumerate(lanes):
        free = (at for at, spans in enumerate(taken) if all(lane.bottom < a or lane.top > b for a, b in spans))
        slot = next(free, len(taken))
        if slot == len(taken):
            taken.append([])
        taken[slot].append((lane.top, lane.bottom))
        lane.x, lane.colour = WIDTH + _LANE * (slot + 1), number % COLOURS
        for step in rows[lane.target]:
            step.x1, step.x2, step.colour = _INDENT + _length(step.label), lane.x, lane.colour
    return lanes


def _length(label: str) -> int:
    """About how wide a label is drawn."""
    return min(WIDTH - _INDENT, len(label) * 7 + 8)
