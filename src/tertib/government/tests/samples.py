"""A small city for tests of the government."""

from __future__ import annotations

from datetime import date

from tertib.government import actions
from tertib.government.models import Person, Post, Unit

START = date(2020, 1, 2)


def root() -> Unit:
    """The unit at the top, made at first use."""
    found = Unit.objects.filter(parent__isnull=True).first()
    return found or actions.save_unit(by=None, code="kota", name="Kota Contoh", kind="government", parent=None)


def unit(code: str, parent: Unit | None = None, kind: str = "agency") -> Unit:
    above = parent or root()
    return actions.save_unit(by=None, code=code, name=f"Dinas {code}", kind=kind, parent=above.id)


def post(
    code: str,
    house: Unit | None = None,
    *,
    superior: Post | None = None,
    is_head: bool = False,
    clearance: int = 0,
) -> Post:
    return actions.save_post(
        by=None,
        code=code,
        name=f"Kepala {code}",
        unit=(house or root()).id,
        superior=superior.id if superior else None,
        is_head=is_head,
        clearance=clearance,
    )


def person(name: str, nip: str = "", nik: str = "", email: str = "") -> Person:
    return actions.save_person(by=None, name=name, nip=nip, nik=nik, email=email)


def seated(name: str, seat: Post, role: str = "", house: Unit | None = None) -> Person:
    """A new person, definitively in the post, which carries the role for the unit."""
    who = person(name)
    actions.appoint(by=None, post=seat.id, person=who.id, kind="definitive", starts_on=START)
    if role:
        actions.grant_role(by=None, post=seat.id, role=role, unit=(house or root()).id)
    return who
