"""Who somebody is at a moment: posts, capacity, roles, keys of sight."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tertib.government.authority import ENGINE, EVERYTHING, Grant, Reader, Seat, current, local_day, reader
from tertib.government.kept import structure
from tertib.government.models import Appointment, Deputy, Person, Post, RoleGrant, Unit
from tertib.government.queries import occupants
from tertib.ground.tenancy.models import Government
from tertib.ground.time import travel

NOON = datetime(2026, 6, 10, 5, tzinfo=UTC)  # 12:00 in Jakarta
TODAY = date(2026, 6, 10)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon(government: Government) -> Iterator[None]:
    with travel(NOON):
        yield


def unit(code: str, parent: Unit | None = None, kind: str = "agency") -> Unit:
    row = Unit(code=code, name=code.title(), short_name=code, kind=kind, parent=parent)
    row.lineage = [row.id, *(parent.lineage if parent else [])]
    row.save()
    return row


@pytest.fixture
def town(government: Government) -> dict[str, Unit]:
    root = unit("city", kind="government")
    health = unit("health", root)
    return {"city": root, "health": health, "lab": unit("lab", health, "section"), "works": unit("works", root)}


def post(where: Unit, code: str, **more: object) -> Post:
    return Post.objects.create(code=code, name=code, unit=where, **more)


def person(name: str = "somebody") -> Person:
    return Person.objects.create(username=f"{name}-{uuid.uuid4().hex[:6]}", name=name)


def seat(who: Person, where: Post, kind: str = "definitive", starts: date = TODAY, ends: date | None = None) -> None:
    if kind == "deputy":
        Deputy.objects.create(
            person=who, post=where, principal=away(where), starts_on=starts, ends_on=ends or TODAY + 30 * DAY
        )
    else:
        Appointment.objects.create(person=who, post=where, kind=kind, starts_on=starts, ends_on=ends)


def away(where: Post) -> Person:
    """Whoever fills a post, and is not there."""
    there = Appointment.objects.filter(post=where).first()
    if there is None:
        there = Appointment.objects.create(
            person=person("away"), post=where, kind="definitive", starts_on=date(2000, 1, 1)
        )
    return there.person


def capacities(who: Person) -> dict[str, str]:
    return {found.post_name: found.capacity for found in reader(who.id).seats}


def test_someone_without_a_post_may_and_sees_nothing(town: dict[str, Unit]) -> None:
    found = reader(person().id, "Tamu")
    assert (found.seats, found.grants, found.keys, found.posts, found.roles) == ((), (), (), (), frozenset())
    assert found.name == "Tamu" and found.clearance == 0 and found.has_role("registrar") is None
    assert reader(uuid.uuid4()).keys == ()


@pytest.mark.parametrize("kind", ["definitive", "plt", "plh", "deputy"])
def test_a_seat_says_as_what_and_until_when(town: dict[str, Unit], kind: str) -> None:
    who, boss = person("Ani"), post(town["health"], "kepala", is_head=True, clearance=2)
    where = post(town["lab"], "analis", superior=boss, clearance=1)
    seat(who, where, kind, ends=TODAY + 5 * DAY)
    found = reader(who.id)
    assert found.seats == (
        Seat(
            where.id, "analis", town["lab"].id, "lab", False, 1, kind, "2026-06-15", boss.id, tuple(town["lab"].lineage)
        ),
    )
    assert found.name == "Ani" and found.seat(where.id) is found.seats[0] and found.seat(boss.id) is None
    assert found.day == "2026-06-10" == local_day()


@pytest.mark.parametrize("kind", ["definitive", "plt", "plh", "deputy"])
@pytest.mark.parametrize(
    ("starts", "ends", "fills"),
    [
        (TODAY, TODAY, True),
        (TODAY - DAY, TODAY, True),
        (TODAY, TODAY + DAY, True),
        (TODAY + DAY, TODAY + 2 * DAY, False),
        (TODAY - 2 * DAY, TODAY - DAY, False),
    ],
)
def test_first_and_last_day_count(town: dict[str, Unit], kind: str, starts: date, ends: date, fills: bool) -> None:
    who = person()
    seat(who, post(town["lab"], "analis"), kind, starts, ends)
    assert bool(reader(who.id).seats) is fills


def test_the_day_is_that_of_the_governments_zone(town: dict[str, Unit]) -> None:
    who = person()
    seat(who, post(town["lab"], "analis"), starts=TODAY + DAY)
    with travel(datetime(2026, 6, 10, 16, 59, 59, tzinfo=UTC)):
        assert not reader(who.id).seats
    with travel(datetime(2026, 6, 10, 17, tzinfo=UTC)):  # midnight in Jakarta
        assert reader(who.id).seats and local_day() == "2026-06-11"


def test_of_two_ways_into_the_same_post_the_stronger_counts(town: dict[str, Unit]) -> None:
    who, where = person(), post(town["lab"], "analis")
    seat(who, where, "deputy")
    assert capacities(who) == {"analis": "deputy"}
    seat(who, where, "plh")
    assert capacities(who) == {"analis": "plh"}
    Appointment.objects.filter(post=where, kind="definitive").update(ends_on=TODAY - DAY)
    seat(who, where)
    assert capacities(who) == {"analis": "definitive"}


def test_seats_come_own_first_then_acting_then_deputised(town: dict[str, Unit]) -> None:
    who = person()
    for kind, code in (("deputy", "a"), ("plh", "b"), ("plt", "c"), ("definitive", "d")):
        seat(who, post(town["lab"], code), kind)
    assert list(capacities(who).items()) == [("d", "definitive"), ("c", "plt"), ("b", "plh"), ("a", "deputy")]


@pytest.mark.parametrize(
    ("abolished", "fills"), [(TODAY - DAY, False), (TODAY, False), (TODAY + DAY, True), (None, True)]
)
def test_an_abolished_post_is_nobodys(town: dict[str, Unit], abolished: date | None, fills: bool) -> None:
    who = person()
    seat(who, post(town["lab"], "analis", abolished_on=abolished))
    assert bool(reader(who.id).seats) is fills


def test_others_posts_are_not_mine(town: dict[str, Unit]) -> None:
    who, other = person(), person("other")
    mine, theirs = post(town["lab"], "mine"), post(town["lab"], "theirs")
    seat(who, mine)
    seat(other, theirs)
    RoleGrant.objects.create(post=theirs, role="auditor", unit=town["city"])
    assert reader(who.id).posts == (mine.id,) and reader(who.id).roles == frozenset()
    assert reader(other.id).roles == {"auditor"}


def test_roles_come_with_the_post_even_to_a_deputy(town: dict[str, Unit]) -> None:
    who, where = person(), post(town["health"], "agendaris")
    for role, place in (("registrar", "health"), ("archivist", "works"), ("administrator", "city")):
        RoleGrant.objects.create(post=where, role=role, unit=town[place])
    seat(who, where, "deputy")
    found = reader(who.id)
    assert set(found.grants) == {
        Grant("registrar", town["health"].id, town["health"].registry, where.id),
        Grant("archivist", town["works"].id, town["works"].registry, where.id),
        Grant("administrator", town["city"].id, town["city"].registry, where.id),
    }
    assert found.roles == {"registrar", "archivist", "administrator"}


def test_how_far_a_role_reaches(town: dict[str, Unit]) -> None:
    who, where = person(), post(town["health"], "agendaris")
    RoleGrant.objects.create(post=where, role="registrar", unit=town["health"])
    RoleGrant.objects.create(post=where, role="reviewer", unit=town["health"])
    seat(who, where)
    found = reader(who.id)

    def reach(role: str) -> set[str]:
        return {name for name, place in town.items() if found.has_role(role, place.lineage)}

    assert reach("registrar") == {"health"}  # that house alone
    assert reach("reviewer") == {"health", "lab"}  # and the units below
    assert reach("auditor") == set()
    assert found.has_role("registrar") == found.seats[0] and found.has_role("auditor") is None


def test_keys_of_own_posts_and_units(town: dict[str, Unit]) -> None:
    who, where = person(), post(town["health"], "kepala", is_head=True, clearance=1)
    seat(who, where)
    # what was given to the seat is seen whatever its secrecy; what one oversees, up to the clearance
    assert dict(reader(who.id).keys) == {where.id: 3, town["health"].id: 1}
    assert reader(who.id).clearance == 1


def test_a_deputy_sees_no_more_than_their_own_clearance(town: dict[str, Unit]) -> None:
    boss = post(town["health"], "kepala", is_head=True, clearance=3)
    low, none = person("low"), person("none")
    seat(low, post(town["lab"], "analis", clearance=1))
    seat(low, boss, "deputy")
    assert dict(reader(low.id).keys)[boss.id] == 1 and dict(reader(low.id).keys)[town["health"].id] == 1
    Deputy.objects.all().delete()
    seat(none, boss, "deputy")
    assert dict(reader(none.id).keys) == {boss.id: 0, town["health"].id: 0} and reader(none.id).clearance == 0


@pytest.mark.parametrize("there", [{"ends_on": TODAY - DAY}, {"starts_on": TODAY + DAY}, None])
def test_a_deputy_counts_only_while_whoever_is_away_fills_the_post(
    town: dict[str, Unit], there: dict[str, date] | None
) -> None:
    boss, who = post(town["health"], "kepala", is_head=True, clearance=3), person("deputy")
    seat(who, boss, "deputy")
    assert capacities(who) == {"kepala": "deputy"} and occupants([boss.id])[boss.id][-1] == ("deputy", "deputy")
    if there is None:
        # A successor named nobody.
        Appointment.objects.filter(post=boss).update(person=person("successor"))
    else:
        Appointment.objects.filter(post=boss).update(**there)
    assert capacities(who) == {} and reader(who.id).keys == ()
    assert ("deputy", "deputy") not in occupants([boss.id]).get(boss.id, [])


def test_a_deputy_from_before_who_is_away_was_noted_counts_for_nothing(town: dict[str, Unit]) -> None:
    boss, who = post(town["health"], "kepala"), person()
    seat(who, boss, "deputy")
    Deputy.objects.update(principal=None)
    assert capacities(who) == {}


@pytest.mark.parametrize("kind", ["plt", "plh"])
def test_whoever_acts_for_a_post_sees_as_its_occupant_does(town: dict[str, Unit], kind: str) -> None:
    who, where = person(), post(town["health"], "kepala", is_head=True, clearance=2)
    seat(who, where, kind)
    assert dict(reader(who.id).keys) == {where.id: 3, town["health"].id: 2}


def test_keys_of_registrars_archivists_and_auditors(town: dict[str, Unit]) -> None:
    who, where = person(), post(town["health"], "agendaris", clearance=1)
    RoleGrant.objects.create(post=where, role="registrar", unit=town["health"])
    RoleGrant.objects.create(post=where, role="archivist", unit=town["works"])
    seat(who, where)
    assert dict(reader(who.id).keys) == {where.id: 3, town["health"].registry: 1, town["works"].registry: 1}
    RoleGrant.objects.create(post=where, role="auditor", unit=town["works"])
    assert dict(reader(who.id).keys)[town["works"].id] == 1 and EVERYTHING not in dict(reader(who.id).keys)
    RoleGrant.objects.create(post=where, role="auditor", unit=town["city"])
    assert dict(reader(who.id).keys)[EVERYTHING] == 1


def test_administrators_see_no_matters_by_that(town: dict[str, Unit]) -> None:
    who, where = person(), post(town["city"], "admin")
    RoleGrant.objects.create(post=where, role="administrator", unit=town["city"])
    seat(who, where)
    assert dict(reader(who.id).keys) == {where.id: 3}


def test_the_higher_of_two_ceilings_counts(town: dict[str, Unit]) -> None:
    who = person()
    low = post(town["works"], "low", clearance=0)
    high = post(town["works"], "high", clearance=2)
    for where in (low, high):
        RoleGrant.objects.create(post=where, role="registrar", unit=town["works"])
        seat(who, where)
    assert dict(reader(who.id).keys)[town["works"].registry] == 2


def test_one_statement_whatever_somebody_is(town: dict[str, Unit]) -> None:
    who = person()
    for number in range(5):
        where = post(town["lab"], f"p{number}", is_head=number == 0)
        RoleGrant.objects.create(post=where, role="auditor", unit=town["city"])
        RoleGrant.objects.create(post=where, role="registrar", unit=town["lab"])
        seat(who, where, "definitive" if number % 2 else "deputy")
    with CaptureQueriesContext(connection) as sent:
        found = reader(who.id)
        assert len(found.seats) == 5 and len(found.grants) == 10 and found.keys
    assert len(sent) == 1


def test_a_reader_is_read_again_when_something_has_changed(town: dict[str, Unit]) -> None:
    who, where = person(), post(town["lab"], "analis")
    seat(who, where)
    known = reader(who.id)
    assert current(known, structure()) is known
    point = transaction.savepoint()
    Appointment.objects.update(ends_on=TODAY - DAY, starts_on=TODAY - DAY)
    assert current(known, structure()).seats == ()
    transaction.savepoint_rollback(point)
    RoleGrant.objects.create(post=where, role="auditor", unit=town["city"])
    assert current(known, structure()).roles == {"auditor"}
    fresh = reader(who.id)
    with travel(NOON + DAY):
        assert current(fresh, structure()) is not fresh  # another day: who was deputy may be it no more
    assert current(ENGINE, structure()) is ENGINE


CAPACITIES = st.sampled_from(["definitive", "plt", "deputy"])
ROLES = st.sampled_from(["registrar", "archivist", "auditor", "reviewer"])


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.booleans(), st.integers(0, 3), CAPACITIES), max_size=5),
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3), ROLES), max_size=4),
)
def test_keys_against_the_rule_in_plain_words(
    seats: list[tuple[int, int, bool, int, str]], roles: list[tuple[int, int, str]]
) -> None:
    """For any combination of seats and roles (no database: a reader is made of plain values)."""
    root = uuid.UUID(int=100)
    made = [
        Seat(
            uuid.UUID(int=n),
            "",
            uuid.UUID(int=100 + u),
            "",
            head,
            clearance,
            kind,
            "",
            None,
            (uuid.UUID(int=100 + u), root),
        )
        for n, u, head, clearance, kind in {row[0]: row for row in seats}.values()
    ]
    grants = [
        Grant(role, uuid.UUID(int=100 + u), uuid.UUID(int=200 + u), made[index % len(made)].post)
        for index, u, role in roles
        if made
    ]
    found = Reader(uuid.uuid4(), "", tuple(made), tuple(grants))
    own = max((s.clearance for s in made if s.capacity != "deputy"), default=0)
    expected: dict[uuid.UUID, int] = {}
    for s in made:
        ceiling = s.clearance if s.capacity != "deputy" else min(s.clearance, own)
        keys = [(s.post, 3 if s.capacity != "deputy" else own)]
        keys += [(s.unit, ceiling)] if s.is_head else []
        for g in grants:
            if g.post == s.post and g.role in ("registrar", "archivist"):
                keys.append((g.registry, ceiling))
            if g.post == s.post and g.role == "auditor":
                keys.append((g.unit, ceiling))
        for key, value in keys:
            expected[key] = max(expected.get(key, -1), value)
    assert dict(found.keys) == expected and len(found.keys) == len(expected)


def test_deputies_of_an_earlier_build_get_who_is_away_and_an_end(town: dict[str, Unit]) -> None:
    steps = import_module("tertib.government.migrations.0004_deputy_principal")
    boss, empty, who = post(town["health"], "kepala"), post(town["lab"], "kosong"), person("deputy")
    acting, holder = person("acting"), person("holder")
    seat(acting, boss, "plh", date(2000, 1, 1))
    seat(holder, boss, starts=date(2000, 1, 1))
    for where in (boss, empty):
        Deputy.objects.create(person=who, post=where, starts_on=date(2000, 1, 1), ends_on=date(2999, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute(steps.PRINCIPAL)
        cursor.execute(steps.SHORTEN)
        cursor.execute("SELECT CURRENT_DATE")
        today = cursor.fetchone()[0]
    found = {row.post_id: row for row in Deputy.objects.all()}
    assert found[boss.id].principal_id == holder.id and found[empty.id].principal_id is None
    assert {row.ends_on for row in found.values()} == {today + 89 * DAY}
