"""Administration is open to the administrators of the unit."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from doors import table
from doors.oracle import Oracle
from doors.walk import FOREIGNER, GONE, NOBODY, Walk, every
from doors.world import World
from tertib.government.models import Appointment, Calendar, CalendarChange, Deputy, RoleGrant
from tertib.matters.models import Procedure, Register


@dataclass
class Admins:
    """Who administers what, by the rows alone."""

    oracle: Oracle
    person: uuid.UUID

    def scopes(self) -> set[uuid.UUID]:
        mine = {seat.post for seat in self.oracle.seats.get(self.person, [])}
        return {unit for post, role, unit in self.oracle.roles if post in mine and role == "administrator"}

    def unit(self, unit: uuid.UUID) -> bool:
        return bool(self.scopes() & set(self.oracle.lineage(unit)))

    def everything(self) -> bool:
        return any(self.oracle.parents[unit] is None for unit in self.scopes())

    def person_of(self, person: uuid.UUID) -> bool:
        seats = self.oracle.seats.get(person, [])
        # Nobody here was added by the administrator of a unit, so without a post they are the whole government's.
        return all(self.unit(self.oracle.posts[seat.post][0]) for seat in seats) if seats else self.everything()


def objects(world: World) -> dict[str, list[tuple[uuid.UUID, uuid.UUID]]]:
    """What administration's addresses name, each with the unit it belongs to."""
    posts = [world.posts[name] for name in ("walikota", "kadis", "kabid", "staf3", "admin")]
    of_posts = {"post__in": posts}
    return {
        "unit": [(unit.pk, unit.pk) for unit in world.units.values()],
        "post": [(post.pk, post.unit_id) for post in posts],
        "grant": list(RoleGrant.objects.values_list("pk", "post__unit")),
        "appointment": list(Appointment.objects.filter(**of_posts).values_list("pk", "post__unit")),
        "deputy": list(Deputy.objects.values_list("pk", "post__unit")),
        "person": [
            (world.people[name].pk, GONE) for name in ("walikota", "kadis", "staf", "kadis2", "deputi", "plt", "bekas")
        ],
        "register": list(Register.objects.values_list("pk", "unit"))[:4],
        "procedure": [(pk, GONE) for pk in Procedure.objects.values_list("pk", flat=True)],
        "change": [(pk, GONE) for pk in CalendarChange.objects.values_list("pk", flat=True)[:2]],
        "calendar": [(pk, GONE) for pk in Calendar.objects.values_list("pk", flat=True)],
    }


ADMIN_KINDS = (table.ADMIN, table.ADMIN_ALL, table.ADMIN_UNIT, table.ADMIN_PERSON)


@every([NOBODY, FOREIGNER, "walikota", "auditor", "admin", "admin_dinkes", "deputi"])
def test_administration_is_open_to_the_administrators_of_the_unit(walk: Walk) -> None:
    from tertib import urls

    admins = Admins(walk.oracle, walk.person)
    things, tried = objects(walk.world), set[str]()
    for address, _view in table.routes(urls.urlpatterns):
        kind = table.DOORS.get(address, "")
        if kind not in ADMIN_KINDS:
            continue
        for path, named in filled(address, things):
            if walk.closed(path):
                break
            # Who administers nothing is sent away before it is asked what they came for.
            if not admins.scopes() and path.count("/") > 2 and named[0] != GONE:
                if address in tried:
                    continue
                tried.add(address)
            may = bool(admins.scopes())
            if kind == table.ADMIN_ALL:
                may = admins.everything()
            elif kind == table.ADMIN_UNIT:
                may = admins.unit(named[1])
            elif kind == table.ADMIN_PERSON:
                may = may and admins.person_of(named[0])
            # A page one looks at, a door that only takes something (405), or nothing of the kind (404).
            walk.get(path, {200, 302, 405} if may else {403, 404, 405})
            # An empty form changes nothing where it is wrong, and is rolled back where it is not.
            walk.in_vain("post", path, {200, 302, 405, 409, 422} if may else {403, 404, 405}, {})
    walk.done()


def filled(
    address: str, things: dict[str, list[tuple[uuid.UUID, uuid.UUID]]]
) -> Iterator[tuple[str, tuple[uuid.UUID, uuid.UUID]]]:
    """The address with each of the things it names."""
    for name, found in things.items():
        if f"<uuid:{name}>" in address:
            for thing in found:
                yield "/" + address.replace(f"<uuid:{name}>", str(thing[0])), thing
            return
    yield "/" + address.replace("<str:kind>", "units").replace("<str:form>", "csv"), (GONE, GONE)
