"""The head (kop) of each unit's papers: address and contact of its own, arms and place from the nearest unit that has
them, itself or one above.
"""

from __future__ import annotations

import hashlib
import uuid

from django.utils.translation import gettext as _

from tertib.government.actions.record import get, note, store, writing
from tertib.government.checks import Checks, limit
from tertib.government.models import Post, Unit
from tertib.ground.errors import Invalid, Problem
from tertib.ground.tenancy import here
from tertib.papers import confined
from tertib.papers.drawing import JPEG, PNG, Unfit
from tertib.papers.models import Head
from tertib.papers.sniff import kind_of
from tertib.papers.typeset import Letterhead

SAVED = "head.saved"
MOST_BYTES = 1024 * 1024


def letterhead(unit: Unit) -> Letterhead:
    """The head of a unit's papers. One statement; two for the unit at the top, whose papers bear the name of its head
    (WALI KOTA …, BUPATI …; Permendagri 1/2023), not the government's twice.
    """
    heads = _near(unit)
    own = heads.get(unit.pk)
    arms = next((found for step in unit.lineage if step in heads and (found := heads[step].arms)), None)
    government, name = f"PEMERINTAH {here.name()}".upper(), unit.name
    if unit.parent_id is None:
        leader = Post.objects.filter(unit=unit, is_head=True).order_by("abolished_on", "code").first()
        government, name = (leader.name.upper() if leader else government), ""
    return Letterhead(
        government=government,
        unit=name,
        address=unit.address,
        contact=own.contact if own else "",
        arms=bytes(arms) if arms else None,
    )


def place(unit: Unit) -> str:
    """The town that stands before the date. One statement."""
    heads = _near(unit)
    given = next((heads[step].place for step in unit.lineage if step in heads and heads[step].place), "")
    return given or here.short_name() or unit.name


def head_of(unit: uuid.UUID) -> Head:
    """What is kept of the unit itself; empty where nothing is."""
    return Head.objects.filter(pk=unit).first() or Head(unit_id=unit)


def _near(unit: Unit) -> dict[uuid.UUID, Head]:
    return {head.unit_id: head for head in Head.objects.filter(pk__in=unit.lineage)}


def fit_arms(data: bytes) -> bytes:
    """Arms that somebody chose, as a small PNG. They are opened in a process of its own. Raises `Invalid`."""
    mend = _("Use a PNG or JPEG picture of at most 1 MB.")
    kind = kind_of(data)
    if len(data) > MOST_BYTES or kind not in (PNG, JPEG):
        raise Invalid(Problem(_("The arms can't be used."), where="arms", mend=mend))
    try:
        return confined.emblem(data, kind)
    except Unfit as error:
        raise Invalid(Problem(_("The arms can't be read."), where="arms", mend=mend)) from error


def save_head(
    unit: uuid.UUID, *, address: str, contact: str, place: str, arms: bytes | None, by: uuid.UUID | None
) -> None:
    """Change the head of a unit's papers, from the next paper on. `arms` as `fit_arms` makes them; None leaves them as
    they are, b"" takes them away. Raises `Invalid` and `NotFound`.
    """
    with writing():
        row = get(Unit, unit)
        checks = Checks()
        values = {
            "contact": checks.text("contact", contact, limit(Head, "contact")),
            "place": checks.text("place", place, limit(Head, "place")),
        }
        street = checks.text("address", address, limit(Unit, "address"))
        checks.done()
        store("unit.saved", row, by, {"address": street}, title=row.name)
        head = head_of(unit)
        before = {name: getattr(head, name) for name in values} | {"arms": _named(head.arms)}
        for name, value in values.items():
            setattr(head, name, value)
        if arms is not None:
            head.arms = arms or None
        after = values | {"arms": _named(head.arms)}
        changed = [name for name in after if after[name] != before[name]]
        if changed:
            head.save()
            old, new = ({name: side[name] for name in changed} for side in (before, after))
            note(SAVED, row.pk, by, old, new, title=row.name)


def _named(arms: bytes | memoryview | None) -> str:
    """What the record says of a picture: enough to tell it from another."""
    return hashlib.sha256(bytes(arms)).hexdigest()[:12] if arms else ""
