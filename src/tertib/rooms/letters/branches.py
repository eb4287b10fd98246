"""How the parts of a letter stand: to whom each was given, who holds it now, who owes whom an explanation."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import ngettext

from tertib.government.authority import Reader
from tertib.matters.queries import Node
from tertib.rooms.letters import says
from tertib.rooms.letters.models import Disposition

# The state of a disposition in which its recipient waits, and whoever gave it must explain.
ASKING = "asking"


@dataclass(frozen=True, slots=True)
class Branch:
    """A matter of the tree with what was asked of it."""

    node: Node
    instructions: list[str] = field(default_factory=list)
    note: str = ""
    answer: str = ""
    # Closed, and what was asked is done: neither returned nor recalled.
    fulfilled: bool = False
    # Given back, and nothing decided about it since.
    came_back: bool = False
    # Its holder must explain something to whom it was given; and whether that holder is the reader.
    asking: bool = False
    asks_reader: bool = False

    @property
    def given_to(self) -> str:
        return self.node.first_holder or self.node.holder

    @property
    def now_with(self) -> str:
        """Who holds it now, where it is not who was given it."""
        return self.node.holder if self.node.holder != self.given_to else ""


def branches(root: uuid.UUID, nodes: Iterable[Node], reader: Reader) -> list[Branch]:
    """The tree with instructions and answers, where the reader may see them. One statement."""
    asked = {item.pk: item for item in Disposition.objects.filter(letter=root)}
    return [_branch(root, node, asked.get(node.id) if node.visible else None, reader) for node in nodes]


def _branch(root: uuid.UUID, node: Node, item: Disposition | None, reader: Reader) -> Branch:
    asking = node.step == ASKING and node.closed_at is None
    if item is None:
        done = bool(node.closed_at) and node.id == root and node.visible
        return Branch(node, fulfilled=done, asking=asking, asks_reader=asking and node.holder_id in reader.posts)
    return Branch(
        node,
        says.instructions(item.instructions),
        item.note,
        item.answer,
        fulfilled=bool(node.closed_at) and item.outcome == Disposition.Outcome.REPORTED,
        came_back=item.outcome == Disposition.Outcome.RETURNED and not item.handled,
        asking=asking,
        asks_reader=asking and node.holder_id in reader.posts,
    )


def came_back_words(count: int) -> str:
    """How many parts came back undone, as desk and page say it."""
    return ngettext("%(count)d part came back", "%(count)d parts came back", count) % {"count": count}


def parts_of(matter: uuid.UUID, tree: Iterable[Branch]) -> list[Branch]:
    """The parts that were given from a matter itself, not from one below it."""
    return [branch for branch in tree if branch.node.parent == matter]


def open_below(matter: uuid.UUID, nodes: Sequence[Node]) -> list[Branch]:
    """Everything below a matter that somebody still has. `nodes` stand in reading order: a parent before its parts."""
    inside = {matter}
    found = []
    for node in nodes:
        if node.parent in inside:
            inside.add(node.id)
            if node.closed_at is None:
                found.append(Branch(node))
    return found
