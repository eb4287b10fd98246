"""Houses: the units that keep a registry. A section's letters bear the head and number of the house it belongs to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tertib.government.authority import Reader, local_day
from tertib.government.kept import keep
from tertib.government.models import ROOMS_OF_A_HOUSE, Post, Unit
from tertib.government.queries import head_of
from tertib.ground.errors import Forbidden, Invalid, Problem
from tertib.ground.tenancy import here


def houses() -> QuerySet[Unit]:
    """All units that keep a registry today."""
    return Unit.objects.exclude(kind__in=ROOMS_OF_A_HOUSE).exclude(ends_on__lt=local_day())


def of_code(code: str, version: int | None = None) -> Unit | None:
    """The unit that programs call by this code; `version` as for `head`."""
    # All of them are kept, so that made-up codes can't fill the memory.
    return keep(version, "units by code", lambda: {unit.code: unit for unit in Unit.objects.all()}).get(code)


def house_of(unit: Unit) -> Unit:
    """The house a unit belongs to: itself, or the nearest above that keeps a registry."""
    if unit.kind not in ROOMS_OF_A_HOUSE:
        return unit
    above = {found.id: found for found in Unit.objects.filter(pk__in=unit.lineage)}
    return next(
        (above[step] for step in unit.lineage if step in above and above[step].kind not in ROOMS_OF_A_HOUSE), unit
    )


def registering(reader: Reader) -> list[Unit]:
    """The houses for which this reader registers letters, that of their own post first, then those they stand in for.

    Seats come in that order, the definitive one first.
    """
    units = list(dict.fromkeys(grant.unit for grant in reader.grants if grant.role == "registrar"))
    found = Unit.objects.in_bulk(units) if units else {}
    return [found[unit] for unit in units if unit in found]


def head(unit: Unit, version: int | None = None) -> uuid.UUID:
    """The post that heads a unit. Raises Invalid where there is none, naming whom to ask.

    `version` is that of the government's structure, where the caller has just read it.
    """
    found = keep(version, ("head", unit.id), lambda: head_of(unit.id))
    if found is None:
        what = _("%s has no head who could receive the letter.") % unit
        raise Invalid(Problem(what, where="unit", mend=_("Ask the administrator to name one.")))
    return found


def headed_by(title: str, units: Sequence[Unit]) -> Unit | None:
    """The one of these units whose head has this title, like “wali kota”, with or without the name of the place. One
    statement.
    """
    heads = Post.objects.filter(unit__in=units, is_head=True, abolished_on__isnull=True)
    led = {unit for unit, name in heads.values_list("unit", "name") if _is_title(name, title)}
    return next((unit for unit in units if unit.pk in led), None) if len(led) == 1 else None


def _is_title(name: str, title: str) -> bool:
    said = " ".join(name.casefold().split()).replace("walikota", "wali kota")
    return said == title or said in {f"{title} {place.casefold()}" for place in (here.name(), here.short_name())}


def must_register_for(reader: Reader, unit: Unit) -> uuid.UUID:
    """The post by which the reader registers for this house. Raises Forbidden where there is none."""
    seat = reader.has_role("registrar", [unit.id])
    if seat is None:
        raise Forbidden(Problem(_("You are not the registrar of %s.") % unit, where="unit"))
    return seat.post
