"""What the form of registration offers of what was read on a scan: the words that are shown, and the fields they fill.

An offer is taken by the registrar or not; nothing is filled in by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tertib.government.models import Unit
from tertib.ground.tenancy import here
from tertib.rooms.letters.houses import headed_by
from tertib.rooms.letters.models import Party
from tertib.rooms.letters.proposals import Found, Head
from tertib.rooms.letters.senders import Writer


@dataclass(frozen=True, slots=True)
class Offer:
    """`said` is what one reads, `fill` what the fields of the form become by taking it."""

    said: str
    fill: dict[str, str]


def offers(
    found: Found, mine: Sequence[Unit], units: Iterable[Unit], governments: Iterable[tuple[str, str]]
) -> dict[str, Offer]:
    """By the field below which each is shown.

    `mine` are the houses the reader registers for, `units` those that may be the sender, `governments` schema and name
    of the others. One statement at most, where a letter to the head of the government could go into several books.
    """
    made = {
        name: Offer(said, {name: said})
        for name, said in (("number", found.number), ("letter_date", found.letter_date), ("subject", found.subject))
        if said
    }
    if found.writer:
        made["sender_name"] = _sender(found.writer, units, governments)
    if found.urgency is not None:
        made["urgency"] = Offer(str(found.urgency.label), {"urgency": str(found.urgency.value)})
    if found.security is not None:
        made["security"] = Offer(str(found.security.label), {"security": str(found.security.value)})
    if found.head and len(mine) > 1 and (house := _book(found.head, mine)):
        made["unit"] = Offer(house.name, {"unit": str(house.pk)})
    return made


def _sender(writer: Writer, units: Iterable[Unit], governments: Iterable[tuple[str, str]]) -> Offer:
    """A unit of this government, or another one of the installation, where the name is exactly theirs; else a name."""
    ours = _same(writer.government, here.name())
    # Without a government in its head a “Dinas Contoh” may be that of any.
    if ours:
        names = {_folded(writer.full), _folded(writer.own)}
        unit = next((unit for unit in units if _folded(unit.name) in names), None)
        if unit is not None:
            fill = {"sender_kind": Party.UNIT.value, "sender_unit": str(unit.pk), "sender_name": unit.name}
            return Offer(f"{unit.name} ({Party.UNIT.label})", fill)
    schema = next((schema for schema, name in governments if schema and _same(writer.government, name)), "")
    itself = writer.own == writer.full and _same(writer.full, f"Pemerintah {writer.government}")
    if schema or (itself and not ours):
        fill = {
            "sender_kind": Party.GOVERNMENT.value,
            "sender_government": schema,
            "sender_name": writer.full,
        }
        return Offer(f"{writer.full} ({Party.GOVERNMENT.label})", fill)
    return Offer(writer.full, {"sender_name": writer.full})


def _book(head: Head, mine: Sequence[Unit]) -> Unit | None:
    """The book of the house this head leads, where it is ours: another city has a mayor as well."""
    places = {_folded(name) for name in (here.name(), here.short_name())}
    if head.place and _folded(head.place) not in places:
        return None
    return headed_by(head.title, mine)


def _same(one: str, other: str) -> bool:
    return bool(one) and _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
