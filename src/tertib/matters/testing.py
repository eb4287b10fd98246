"""A small city for tests and measurements: units, posts, people, and a procedure that uses all the engine can do.

Everything is made in the current government. Nothing here is meant for a real one.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tertib.government import authority
from tertib.government.authority import Reader
from tertib.government.models import (
    Appointment,
    Calendar,
    Deputy,
    Person,
    Post,
    RoleGrant,
    Unit,
    UnitKind,
)
from tertib.government.workhours import GOVERNMENT_WEEK, weekly_to_json
from tertib.ground.errors import Problem
from tertib.ground.ids import new_id
from tertib.matters import procedures, registers, rooms
from tertib.matters.allowance import Allowance
from tertib.matters.context import Act, Done, Opening
from tertib.matters.engine import open_matter
from tertib.matters.rooms import Room

LONG_AGO = date(2000, 1, 1)
PROCEDURES = Path(__file__).parent / "tests" / "procedures"
WORK = "test.work"
_count = itertools.count(1)


def default_calendar() -> Calendar:
    """The calendar that units without their own one use."""
    week = weekly_to_json(GOVERNMENT_WEEK)
    return Calendar.objects.get_or_create(code="default", defaults={"name": "Jam kerja", "weekly": week})[0]


def root_unit() -> Unit:
    """The unit above all others."""
    return Unit.objects.filter(parent=None).first() or make_unit("Pemerintah Kota", kind=UnitKind.GOVERNMENT, top=True)


def make_unit(
    name: str,
    parent: Unit | None = None,
    *,
    kind: str = UnitKind.AGENCY,
    calendar: Calendar | None = None,
    top: bool = False,
) -> Unit:
    """A unit below `parent` (below the root, unless it is the root)."""
    above = None if top else parent or root_unit()
    identity = new_id()
    lineage = [identity, *(above.lineage if above else [])]
    code = f"u{next(_count)}-{identity.hex[-6:]}"
    return Unit.objects.create(
        id=identity, code=code, name=name, kind=kind, parent=above, lineage=lineage, calendar=calendar
    )


def make_post(unit: Unit, name: str, *, head: bool = False, superior: Post | None = None, clearance: int = 0) -> Post:
    """A seat in a unit."""
    post = _post(unit, name, head, superior, clearance)
    post.save()
    return post


def _post(unit: Unit, name: str, head: bool, superior: Post | None, clearance: int) -> Post:
    code = f"p{next(_count)}-{uuid.uuid4().hex[:6]}"
    return Post(code=code, name=name, unit=unit, is_head=head, superior=superior, clearance=clearance)


def make_person(name: str) -> Person:
    """Someone who can't sign in, for want of a password."""
    person = _person(name)
    person.save()
    return person


def _person(name: str) -> Person:
    return Person(username=f"{name.lower()}-{uuid.uuid4().hex[:8]}", name=name, password="!")  # noqa: S106


def seat(
    person: Person, post: Post, kind: str = "definitive", starts: date = LONG_AGO, ends: date | None = None
) -> Appointment:
    """Appoint a person to a post: definitive, plt or plh."""
    return Appointment.objects.create(person=person, post=post, kind=kind, starts_on=starts, ends_on=ends)


def deputise(person: Person, post: Post, starts: date = LONG_AGO, ends: date = date(2100, 1, 1)) -> Deputy:
    """Let a person stand in for whoever fills a post."""
    away = post.appointments.order_by("kind").values_list("person", flat=True)[0]
    return Deputy.objects.create(
        person=person, post=post, principal_id=away, starts_on=starts, ends_on=ends, reason="test"
    )


def grant(post: Post, role: str, unit: Unit) -> RoleGrant:
    """Let a post carry a role for a unit."""
    return RoleGrant.objects.create(post=post, role=role, unit=unit)


def reader_of(person: Person) -> Reader:
    """The person as the engine knows them at this moment."""
    return authority.reader(person.id)


@dataclass(slots=True)
class City:
    """The small city: posts by name, and who fills them."""

    units: dict[str, Unit]
    posts: dict[str, Post]
    people: dict[str, Person]

    def reader(self, name: str) -> Reader:
        return reader_of(self.people[name])

    def open(self, by: str, holder: str, **more: Any) -> Done:
        """Open a matter of the test procedure: the person `by` opens, the post `holder` holds."""
        post = self.posts[holder]
        return open_matter(
            Opening(WORK, more.pop("title", "Pekerjaan"), post.id, post.unit_id, **more), self.reader(by)
        )


# name: (unit, heads it, superior, clearance)
_POSTS: dict[str, tuple[str, bool, str, int]] = {
    "mayor": ("city", True, "", 3),
    "auditor": ("city", False, "mayor", 2),
    "health": ("health", True, "mayor", 2),
    "registrar": ("health", False, "health", 1),
    "lab": ("lab", True, "health", 1),
    "analyst": ("lab", False, "lab", 0),
    "nurse": ("lab", False, "lab", 0),
    "works": ("works", True, "mayor", 1),
    "roads": ("works", False, "works", 0),
}


def make_city() -> City:
    """Two agencies, one with a section; a person in each post, named as it, `deputy` (who only stands in for works),
    `acting` (Plt. of a post of their own, `spare`) and `nobody` (without any post).
    """
    default_calendar()
    units = {"city": root_unit()}
    units["health"] = make_unit("Dinas Kesehatan")
    units["lab"] = make_unit("Laboratorium", units["health"], kind=UnitKind.SECTION)
    units["works"] = make_unit("Dinas Pekerjaan Umum")
    posts: dict[str, Post] = {}
    for name, (unit, head, superior, clearance) in _POSTS.items():
        above = posts.get(superior)
        posts[name] = _post(units[unit], name, head, above, clearance)
    posts["spare"] = _post(units["works"], "spare", False, posts["works"], 0)
    Post.objects.bulk_create(posts.values())
    people = {name: _person(name) for name in [*_POSTS, "deputy", "acting", "nobody"]}
    Person.objects.bulk_create(people.values())
    Appointment.objects.bulk_create(
        Appointment(person=people[name], post=posts[name], kind="definitive", starts_on=LONG_AGO) for name in _POSTS
    )
    deputise(people["deputy"], posts["works"])
    seat(people["acting"], posts["spare"], "plt")
    grant(posts["registrar"], "registrar", units["health"])
    grant(posts["auditor"], "auditor", units["city"])
    publish()
    return City(units, posts, people)


def publish(name: str = "work") -> uuid.UUID:
    """Store a test procedure in the current government. The test room must be in use."""
    return procedures.publish(procedures.parse(PROCEDURES / f"{name}.yaml", rooms.known_functions()))


@contextmanager
def only_room() -> Iterator[None]:
    """Within this block the test room is installed, and no other."""
    installed = rooms.rooms
    use_room()
    try:
        yield
    finally:
        rooms.rooms = installed
        rooms.guards.cache_clear()
        rooms.effects.cache_clear()


def use_room() -> None:
    """Let this process know the test room and no other, from now on."""
    rooms.rooms = lambda: (room,)  # type: ignore[assignment]
    rooms.guards.cache_clear()
    rooms.effects.cache_clear()


def _split(act: Act) -> None:
    wanted = [uuid.UUID(text) for text in act.data["posts"]]
    units = dict(Post.objects.filter(pk__in=wanted).values_list("id", "unit_id"))
    allowance = Allowance.parse(act.data["allowance"]) if "allowance" in act.data else None
    act.children += [
        Opening(WORK, act.row.title, post, units.get(post, act.row.unit), act.row.security, act.row.urgency, allowance)
        for post in wanted
    ]


def _classify(act: Act) -> None:
    act.security = act.data.get("security")
    act.title = act.data.get("title")


def _urge(act: Act) -> None:
    act.urgency = act.data["urgency"]
    act.allowance = Allowance.parse(act.data["allowance"])


def _number(act: Act) -> None:
    given = registers.give(act.row.unit, act.data["kind"], act.row.id, act.at, {}, "{n:03d}/{year}")
    act.result["number"] = given.text


def _copy(act: Act) -> None:
    act.sights += [(uuid.UUID(text), 9) for text in act.data["posts"]]


def _agreed(act: Act) -> Problem | None:
    return None if act.data.get("agreed") else Problem("Not agreed.", where="agreed", mend="Agree.")


def _nothing_dropped(act: Act) -> Problem | None:
    from tertib.matters.models import Matter

    dropped = Matter.objects.filter(parent=act.row.id, state="dropped").exists()
    return Problem("A part was dropped.") if dropped else None


room = Room(
    name="test",
    label="Test",
    guards={"agreed": _agreed, "nothing_dropped": _nothing_dropped},
    effects={"split": _split, "classify": _classify, "urge": _urge, "number": _number, "copy": _copy},
    package="tertib.matters.tests",
)
