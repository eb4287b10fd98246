"""Administrators who try to hand out more than they have, or to help themselves, by every door there is."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from tertib.government import actions, imports
from tertib.government.models import Deputy, Person, Post, RoleGrant, Unit
from tertib.government.tests.samples import START, person, post, root, seated, unit
from tertib.government.tests.test_import import csv_bytes
from tertib.ground.errors import Forbidden, Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]


@dataclass
class Town:
    """Two administrators of everything, one cleared for little, and one of a single agency."""

    house: Unit
    top: Person
    low: Person
    sub: Person
    seats: dict[str, Post]


@pytest.fixture
def town() -> Town:
    house = unit("dinkes")
    seats = {
        "top": post("top", clearance=2),
        "low": post("low", clearance=1),
        "sub": post("sub", house, clearance=3),
        "staf": post("staf", house),
    }
    top, low = (seated(name, seats[name], "administrator") for name in ("top", "low"))
    return Town(house, top, low, seated("sub", seats["sub"], "administrator", house), seats)


def wrong(act: Callable[[], Any]) -> list[str]:
    with pytest.raises(Invalid) as error:
        act()
    return [str(problem.where) for problem in error.value.problems]


def save(by: Person, row: Post | None, **changes: Any) -> Post:
    known: dict[str, Any] = (
        {"code": row.code, "name": row.name, "unit": row.unit_id, "clearance": row.clearance} if row else {}
    )
    return actions.save_post(by=by.id, post=row.id if row else None, **(known | changes))


@pytest.mark.parametrize(
    ("by", "post", "clearance", "taken"),
    [
        ("top", "staf", 2, True),
        ("top", "staf", 3, False),
        ("top", "top", 3, False),
        ("low", "staf", 2, False),
        ("low", "top", 3, False),
        # The administrator of one agency raises nothing, however high their own clearance.
        ("sub", "staf", 1, False),
        ("sub", "sub", 3, True),
        ("sub", "sub", 0, True),
    ],
)
def test_clearance_is_raised_by_who_has_it_and_administers_everything(
    town: Town, by: str, post: str, clearance: int, taken: bool
) -> None:
    who, row = getattr(town, by), town.seats[post]
    if taken:
        assert save(who, row, clearance=clearance).clearance == clearance
    else:
        assert wrong(lambda: save(who, row, clearance=clearance)) == ["clearance"]
        assert Post.objects.get(pk=row.id).clearance == row.clearance


def test_a_new_post_is_no_way_around(town: Town) -> None:
    new: dict[str, Any] = {"code": "baru", "name": "Baru", "unit": town.house.id}
    assert wrong(lambda: save(town.sub, None, **new, clearance=1)) == ["clearance"]
    assert wrong(lambda: save(town.top, None, **new, clearance=3)) == ["clearance"]
    assert save(town.sub, None, **new, clearance=0).clearance == 0


def test_who_only_stands_in_has_no_clearance_to_give(town: Town) -> None:
    who = person("Budi")
    Deputy.objects.create(
        person=who, post=town.seats["top"], principal=town.top, starts_on=START, ends_on=date(2100, 1, 1)
    )
    assert wrong(lambda: save(who, town.seats["staf"], clearance=1)) == ["clearance"]


def test_nobody_makes_their_own_post_oversee_more(town: Town) -> None:
    other = unit("lain")
    assert wrong(lambda: save(town.top, town.seats["top"], is_head=True)) == ["is_head"]
    assert wrong(lambda: save(town.sub, town.seats["sub"], unit=other.id)) == ["unit"]
    assert save(town.top, town.seats["staf"], is_head=True).is_head
    assert save(town.top, town.seats["top"], name="Lain").name == "Lain"


@pytest.mark.parametrize(
    ("by", "post", "role", "where", "field"),
    [
        ("top", "staf", "auditor", "root", ""),
        ("top", "staf", "auditor", "house", ""),
        ("sub", "staf", "registrar", "house", ""),
        ("sub", "staf", "administrator", "house", ""),
        ("sub", "staf", "registrar", "root", "unit"),
        ("sub", "staf", "administrator", "root", "unit"),
        ("sub", "staf", "auditor", "house", "role"),
        # A post of elsewhere, for one's own unit.
        ("sub", "low", "registrar", "house", "unit"),
        ("sub", "sub", "registrar", "house", "role"),
        ("top", "top", "auditor", "root", "role"),
    ],
)
def test_roles_are_given_within_ones_own_unit_and_not_to_oneself(
    town: Town, by: str, post: str, role: str, where: str, field: str
) -> None:
    house = town.house if where == "house" else root()
    before = RoleGrant.objects.count()

    def give() -> RoleGrant:
        return actions.grant_role(by=getattr(town, by).id, post=town.seats[post].id, role=role, unit=house.id)

    if field:
        assert wrong(give) == [field]
        assert RoleGrant.objects.count() == before
    else:
        assert give().role == role


def test_a_role_is_taken_by_who_might_give_it_or_who_has_it(town: Town) -> None:
    actions.grant_role(by=None, post=town.seats["staf"].id, role="auditor", unit=town.house.id)
    auditor, low = RoleGrant.objects.get(role="auditor"), RoleGrant.objects.get(post=town.seats["low"])
    assert wrong(lambda: actions.revoke_role(auditor.id, by=town.sub.id)) == ["role"]
    assert wrong(lambda: actions.revoke_role(low.id, by=town.sub.id)) == ["unit"]
    actions.revoke_role(low.id, by=town.low.id)
    actions.revoke_role(auditor.id, by=town.top.id)
    assert set(RoleGrant.objects.values_list("role", flat=True)) == {"administrator"}


def test_nobody_seats_themselves(town: Town) -> None:
    seat: dict[str, Any] = {"by": town.top.id, "post": town.seats["staf"].id, "starts_on": date(2026, 1, 1)}
    assert wrong(lambda: actions.appoint(**seat, person=town.top.id, kind="plt")) == ["person"]
    actions.appoint(**seat, person=person("Budi").id, kind="definitive")
    days = seat | {"ends_on": date(2026, 1, 5)}
    assert wrong(lambda: actions.save_deputy(**days, person=town.top.id)) == ["person"]
    mine = town.top.appointments.get()
    actions.end_appointment(mine.id, date(2026, 5, 1), by=town.top.id)
    assert wrong(lambda: actions.end_appointment(mine.id, date(2026, 6, 1), by=town.top.id)) == ["person"]


def posts_file(**row: str) -> imports.Plan:
    given = {"code": "staf", "name": "Staf", "unit": "dinkes"} | row
    return imports.plan([imports.read(csv_bytes([given]), "posts.csv")])


@pytest.mark.parametrize(
    ("by", "row", "taken"),
    [
        ("top", {"clearance": "rahasia"}, True),
        ("top", {"clearance": "sangat_rahasia"}, False),
        ("low", {"clearance": "rahasia"}, False),
        ("low", {"code": "baru", "clearance": "rahasia"}, False),
        ("top", {"code": "top", "unit": "kota", "clearance": "sangat_rahasia"}, False),
        ("top", {"code": "top", "unit": "kota", "is_head": "ya"}, False),
        ("top", {"code": "top", "unit": "kota", "roles": "administrator@kota;auditor@kota"}, False),
        ("top", {"roles": "auditor@kota"}, True),
    ],
)
def test_an_import_gives_no_more_than_the_pages(town: Town, by: str, row: dict[str, str], taken: bool) -> None:
    who = getattr(town, by)
    if taken:
        imports.apply(posts_file(**row), who.id)
        return
    assert wrong(lambda: imports.check_reach(posts_file(**row), who.id))
    assert wrong(lambda: imports.apply(posts_file(**row), who.id))
    assert not RoleGrant.objects.filter(role="auditor").exists() and not Post.objects.filter(code="baru").exists()
    assert set(Post.objects.values_list("clearance", flat=True)) == {0, 1, 2, 3}
    # The operator has the machine anyway.
    imports.apply(posts_file(**row), None)


def test_an_import_is_for_who_administers_everything_and_seats_nobody_themselves(town: Town) -> None:
    with pytest.raises(Forbidden):
        imports.apply(posts_file(name="Lain"), town.sub.id)
    nip = "197302111995111910"
    actions.save_person(by=None, person=town.top.id, name="top", nip=nip)
    row = {"nip": nip, "name": "top", "post": "staf", "appointment": "definitive", "starts_on": "2026-01-01"}
    plan = imports.plan([imports.read(csv_bytes([row]), "people.csv")])
    assert wrong(lambda: imports.apply(plan, town.top.id)) == ["people.csv, baris 2"]
    imports.apply(plan, uuid.UUID(str(town.low.id)))


def test_the_reach_of_an_import_costs_as_much_for_many_rows_as_for_few(
    town: Town, django_assert_num_queries: Any
) -> None:
    rows = [{"code": f"p{n}", "name": "P", "unit": "dinkes", "clearance": "terbatas"} for n in range(30)]
    plan = imports.plan([imports.read(csv_bytes(rows), "posts.csv")])
    with django_assert_num_queries(2):
        imports.check_reach(plan, town.top.id)


def resave(by: Person, row: Unit, parent: Unit | None = None, kind: str = "") -> Unit:
    row.refresh_from_db()
    above = parent.id if parent else row.parent_id
    return actions.save_unit(by=by.id, unit=row.id, code=row.code, name=row.name, kind=kind or row.kind, parent=above)


def units_file(*rows: tuple[Unit, str, str]) -> imports.Plan:
    cells = [{"code": unit.code, "name": unit.name, "kind": kind, "parent": parent} for unit, kind, parent in rows]
    return imports.plan([imports.read(csv_bytes(cells), "units.csv")])


def test_nobody_moves_units_below_what_they_oversee(town: Town) -> None:
    mine, sibling, between = (unit(code, town.house, "division") for code in ("p2p", "yankes", "antara"))
    actions.save_post(
        by=None, post=town.seats["sub"].id, code="sub", name="Sub", unit=mine.id, is_head=True, clearance=3
    )
    assert wrong(lambda: resave(town.sub, sibling, mine)) == ["parent"]
    # Nor by way of a third, nor by their own new unit.
    resave(town.sub, sibling, between)
    assert wrong(lambda: resave(town.sub, between, mine)) == ["parent"]
    inside = actions.save_unit(by=town.sub.id, code="baru", name="Baru", kind="section", parent=mine.id)
    assert wrong(lambda: resave(town.sub, sibling, inside)) == ["parent"]
    # What is below already may move about there, and another administrator may do it.
    other = actions.save_unit(by=town.sub.id, code="lagi", name="Lagi", kind="section", parent=mine.id)
    assert resave(town.sub, inside, other).lineage[1] == other.id
    assert mine.id in resave(town.top, sibling, mine).lineage


def test_an_administrator_of_everything_neither(town: Town) -> None:
    mine, other = unit("setda"), unit("lain")
    actions.save_post(
        by=None, post=town.seats["top"].id, code="top", name="Top", unit=mine.id, is_head=True, clearance=2
    )
    actions.grant_role(by=None, post=town.seats["low"].id, role="auditor", unit=mine.id)
    plan = units_file((other, "agency", "setda"))
    assert wrong(lambda: resave(town.top, other, mine)) == ["parent"]
    assert wrong(lambda: imports.apply(plan, town.top.id)) == ["units.csv, baris 2, kolom parent"]
    assert wrong(lambda: resave(town.low, other, mine)) == ["parent"]
    assert wrong(lambda: imports.apply(plan, town.low.id)) == ["units.csv, baris 2, kolom parent"]
    imports.apply(units_file((other, "agency", "setda")), None)
    assert mine.id in Unit.objects.get(pk=other.id).lineage


def test_units_move_only_within_what_one_administers(town: Town) -> None:
    outside, inside = unit("luar"), unit("dalam", town.house, "division")
    assert wrong(lambda: resave(town.sub, inside, outside)) == ["parent"]
    assert wrong(lambda: resave(town.sub, outside, town.house)) == ["parent"]
    assert wrong(lambda: resave(town.sub, town.house, outside)) == ["parent"]
    new: dict[str, Any] = {"code": "baru", "name": "Baru", "kind": "section", "parent": outside.id}
    assert wrong(lambda: actions.save_unit(by=town.sub.id, **new)) == ["parent"]
    assert wrong(lambda: resave(town.sub, town.house, kind="division")) == ["kind"]
    assert resave(town.sub, inside, kind="section").kind == "section"
    assert resave(town.sub, town.house, kind="kecamatan").kind == "kecamatan"


def test_nobody_brings_a_registry_to_their_own_by_another_kind(town: Town) -> None:
    inner = unit("uptd", town.house)
    actions.grant_role(by=None, post=town.seats["low"].id, role="registrar", unit=town.house.id)
    assert wrong(lambda: resave(town.low, inner, kind="division")) == ["kind"]
    plan = units_file((inner, "division", "dinkes"))
    assert wrong(lambda: imports.apply(plan, town.low.id)) == ["units.csv, baris 2, kolom kind"]
    assert resave(town.top, inner, kind="division").kind == "division"


def test_nobody_brings_letters_to_their_own_registry_by_lifting_a_section_out_of_a_house(town: Town) -> None:
    inner = unit("uptd", town.house)
    section, hall = unit("seksi", inner, "section"), unit("aula", town.house, "division")
    actions.grant_role(by=None, post=town.seats["sub"].id, role="archivist", unit=town.house.id)
    assert wrong(lambda: resave(town.sub, section, hall)) == ["parent"]
    own = unit("umum", town.house, "section")
    assert resave(town.sub, own, hall).parent_id == hall.id  # of the same house before
