"""Several letters and parts dealt with at once: each is an act of its own with an entry of its own, and one that
can't be done stops none of the others.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.ground.errors import Invalid, Moved, NotFound, Problem, TertibError
from tertib.ground.ids import parse_id
from tertib.matters import engine, queries
from tertib.matters.authorise import permitted
from tertib.matters.models import Matter
from tertib.matters.procedures import Action
from tertib.matters.rooms import MOST_TOGETHER
from tertib.matters.visibility import visible
from tertib.rooms.letters.desk import together
from tertib.rooms.letters.models import Disposition


@dataclass(frozen=True, slots=True)
class Chosen:
    """A matter as it was chosen: which one, and the version that was seen."""

    id: uuid.UUID
    version: int

    def __str__(self) -> str:
        return f"{self.id}:{self.version}"


@dataclass(slots=True)
class One:
    """What becomes of one of them: the matter (None where it is not the reader's to see), the action that it will be,
    or why it can't be; `moved` where it has moved on since it was chosen; `parts` that were made of it.
    """

    chosen: Chosen
    matter: Matter | None = None
    action: Action | None = None
    why: str = ""
    moved: bool = False
    parts: tuple[uuid.UUID, ...] = ()


def chosen(values: Iterable[str]) -> list[Chosen]:
    """What a desk's boxes say, `<id>:<version>` each; anything else is left out. Raises Invalid for too many."""
    found: dict[uuid.UUID, Chosen] = {}
    for text in values:
        ident, _sep, version = text.partition(":")
        key = parse_id(ident)
        if key and version.isdecimal() and len(version) < 10:
            found.setdefault(key, Chosen(key, int(version)))
    if len(found) > MOST_TOGETHER:
        what = _("%(count)d were chosen; at most %(most)d can be dealt with at once.")
        raise Invalid(
            Problem(what % {"count": len(found), "most": MOST_TOGETHER}, mend=_("Choose fewer, then do the rest."))
        )
    return list(found.values())


def look(name: str, wanted: Sequence[Chosen], reader: Reader) -> list[One]:
    """Each of the chosen, in the order of the desk, and whether it can be done. Two statements."""
    ids = [one.id for one in wanted]
    rows = visible(Matter.objects.filter(pk__in=ids), reader).select_related("holder", "unit", "opener")
    matters = {matter.pk: matter for matter in rows}
    asked = dict(Disposition.objects.filter(pk__in=matters).values_list("pk", "instructions"))
    return [_judged(name, one, matters.get(one.id), asked.get(one.id), reader) for one in wanted]


def _judged(name: str, one: Chosen, matter: Matter | None, asked: list[str] | None, reader: Reader) -> One:
    if matter is None:
        return One(one, why=_("There is no such matter, or it is not for you to see."))
    if one.version < matter.moved:
        return One(one, matter, why=_("It has moved on since you chose it."), moved=True)
    action = together(name, matter.procedure_id, matter.state, asked)
    if action is None or matter.closed_at is not None:
        return One(one, matter, why=_("In the state it is in this can't be done with it."))
    if permitted(queries.as_row(matter), action, reader) is None:
        return One(one, matter, why=_("It does not lie with one of your posts."))
    return One(one, matter, action)


def perform(found: Sequence[One], reader: Reader, data: Callable[[Action], dict[str, Any]]) -> list[One]:
    """Do all that can be done, each by itself; what could not be done says why. As many statements for each as
    alone.
    """
    return [_one(one, one.action, reader, data(one.action)) if one.action else one for one in found]


def _one(one: One, action: Action, reader: Reader, data: dict[str, Any]) -> One:
    try:
        done = engine.act(one.chosen.id, action.name, reader, data, expected_version=one.chosen.version)
    except (Moved, NotFound) as error:
        return One(one.chosen, one.matter, why=_said(error), moved=isinstance(error, Moved))
    except TertibError as error:
        return One(one.chosen, one.matter, why=_said(error))
    return replace(one, parts=done.children)


def _said(error: TertibError) -> str:
    return " ".join(f"{problem.what} {problem.mend}".strip() for problem in error.problems)
