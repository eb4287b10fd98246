"""How the entries of a record are told to people. A room finds its own words (`Room.tell`); these are everybody's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tertib.ground import canonical
from tertib.matters import rooms

if TYPE_CHECKING:
    from tertib.matters.queries import Event

# What people write goes into one of these, whatever the action.
SAID = ("note", "text", "question", "remarks", "reason")
# A long body would make the page of a record heavy; the rest of it is a click away.
SHOWN = 800


@dataclass(slots=True)
class Told:
    """An entry with what was said in it.

    `facts` in short lines, `quotes` as somebody wrote them, `papers` by name and hash.
    """

    event: Event
    label: str
    facts: list[str] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)
    papers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def canonical(self) -> str:
        """The beginning of the body in the form its commitment was made over; empty where it was erased."""
        text = canonical.dumps(self.event.body).decode() if self.event.body else ""
        return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"


def plain(events: Sequence[Event], _titles: Mapping[str, str]) -> list[Told]:
    """Each entry by the label of its action, with what was written in it."""
    return [Told(event, event.label, quotes=quotes(event)) for event in events]


def quotes(event: Event) -> list[str]:
    """What somebody wrote with an act, as they wrote it."""
    data = (event.body or {}).get("data") or {}
    return [str(data[name]) for name in SAID if data.get(name)]


def tell(procedure: str, events: Sequence[Event], titles: Mapping[str, str]) -> list[Told]:
    """The entries of a matter of this procedure in its room's words. `titles` names those linked matters, by id, that
    the reader may see.
    """
    room = rooms.of(procedure)
    teller = room.tell if room and room.tell else plain
    return teller(events, titles)
