"""Every write of the government: what it does, what it refuses, and what it notes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tertib.government import actions, authority
from tertib.government.calendars import load
from tertib.government.models import AdminEntry, Appointment, Calendar, Deputy, Person, RoleGrant, Unit
from tertib.government.tests.samples import START, person, post, root, seated, unit
from tertib.government.workhours import GOVERNMENT_WEEK, weekly_to_json
from tertib.ground.errors import Invalid, NotFound
from tertib.ground.ids import new_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]

NIP, NIK = "197302111995111910", "3275111102739251"
SIX_DAYS = [[["08:00", "12:00"]]] * 6 + [[]]


def fields(act: Callable[[], object]) -> list[str]:
    """The fields that the act finds wrong."""
    with pytest.raises(Invalid) as raised:
        act()
    return [str(problem.where) for problem in raised.value.problems]


def true_lineage(row: Unit) -> list[UUID]:
    above = true_lineage(Unit.objects.get(pk=row.parent_id)) if row.parent_id else []
    return [row.id, *above]


def test_a_moved_unit_takes_all_below_with_it() -> None:
    a, b = unit("a"), unit("b")
    c = unit("c", a)
    unit("d", c)
    actions.save_unit(by=None, unit=a.id, code="a", name="A", kind="agency", parent=b.id)
    assert all(list(row.lineage) == true_lineage(row) for row in Unit.objects.all())
    entry = AdminEntry.objects.first()
    assert entry and entry.what == "unit.saved" and set(entry.body["after"]) == {"name", "parent_id"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_whatever_moves_the_tree_stays_a_tree(moves: list[tuple[int, int]]) -> None:
    codes = [f"u{n}" for n in range(7)]
    for code in codes:
        if not Unit.objects.filter(code=code).exists():
            unit(code)
    for source, target in moves:
        row, above = Unit.objects.get(code=codes[source]), Unit.objects.get(code=codes[target])
        values: dict[str, Any] = {"code": row.code, "name": row.name, "kind": row.kind, "parent": above.id}
        refused = row.id in above.lineage
        try:
            actions.save_unit(by=None, unit=row.id, **values)
        except Invalid as error:
            assert refused and [problem.where for problem in error.problems] == ["parent"]
        else:
            assert not refused
    assert all(list(row.lineage) == true_lineage(row) for row in Unit.objects.all())


def test_what_is_wrong_with_a_unit_is_said_field_by_field() -> None:
    house = root()
    bad: dict[str, Any] = {
        "code": "a b",
        "name": "<script>alert(1)</script>",
        "kind": "planet",
        "area_code": "32.7",
        "address": "x" * 999,
    }
    found = fields(lambda: actions.save_unit(by=None, parent=house.id, **bad))
    assert found == ["code", "name", "kind", "area_code", "address"]
    assert fields(lambda: actions.save_unit(by=None, code="x", name=" ", kind="agency", parent=None)) == [
        "name",
        "parent",
    ]
    assert fields(lambda: actions.save_unit(by=None, code="kota", name="x\x00y", kind="desa", parent=new_id())) == [
        "name",
        "code",
        "parent",
    ]
    with pytest.raises(NotFound):
        actions.save_unit(by=None, unit=new_id(), code="x", name="X", kind="agency", parent=house.id)
    assert Unit.objects.count() == 1


def test_saving_the_same_again_notes_nothing() -> None:
    unit("a")
    count = AdminEntry.objects.count()
    row = Unit.objects.get(code="a")
    actions.save_unit(by=None, unit=row.id, code="a", name=row.name, kind=row.kind, parent=row.parent_id)
    assert AdminEntry.objects.count() == count


def test_one_head_a_unit_and_no_circle_of_superiors() -> None:
    a = post("a", is_head=True)
    b = post("b", superior=a)
    assert fields(lambda: post("c", is_head=True)) == ["is_head"]
    values: dict[str, Any] = {"code": "a", "name": "A", "unit": a.unit_id, "is_head": True}
    assert fields(lambda: actions.save_post(by=None, post=a.id, superior=b.id, **values)) == ["superior"]
    assert fields(lambda: actions.save_post(by=None, post=a.id, superior=a.id, **values)) == ["superior"]


def test_a_post_is_abolished_only_when_nothing_hangs_on_it() -> None:
    a = post("a")
    b = post("b", superior=a)
    seated("Ani Contoh", a)
    day = date(2026, 3, 1)
    with pytest.raises(Invalid, match="Kepala b"):
        actions.abolish_post(a.id, day, by=None, holds_matters=lambda _post: 0)
    with pytest.raises(Invalid, match="2"):
        actions.abolish_post(b.id, day, by=None, holds_matters=lambda _post: 2)
    actions.abolish_post(b.id, day, by=None, holds_matters=lambda _post: 0)
    actions.abolish_post(a.id, day, by=None, holds_matters=lambda _post: 0)
    assert Appointment.objects.get(post=a).ends_on == date(2026, 2, 28)
    assert fields(lambda: actions.appoint(by=None, post=a.id, person=person("Budi").id, kind="plt", starts_on=day)) == [
        "post"
    ]


def test_a_filled_post_says_by_whom_and_until_when() -> None:
    seat, first, second = post("a"), person("Ani Contoh"), person("Budi Contoh")
    actions.appoint(
        by=None, post=seat.id, person=first.id, kind="definitive", starts_on=START, ends_on=date(2026, 5, 31)
    )
    with pytest.raises(Invalid, match=r"Ani Contoh.*31 Mei 2026"):
        actions.appoint(by=None, post=seat.id, person=second.id, kind="definitive", starts_on=date(2026, 5, 31))
    actions.appoint(by=None, post=seat.id, person=second.id, kind="plh", starts_on=date(2026, 5, 31))
    later = actions.appoint(by=None, post=seat.id, person=second.id, kind="definitive", starts_on=date(2026, 6, 1))
    with pytest.raises(Invalid, match="Budi Contoh"):
        actions.end_appointment(Appointment.objects.get(person=first).id, date(2026, 6, 1), by=None)
    assert fields(lambda: actions.end_appointment(later.id, date(2026, 5, 1), by=None)) == ["ends_on"]


def test_a_deputy_is_somebody_else_and_one_at_a_time() -> None:
    seat = post("a")
    holder, other = seated("Ani", seat), person("Budi")
    days: dict[str, Any] = {"starts_on": date(2026, 6, 1), "ends_on": date(2026, 6, 5)}
    assert fields(lambda: actions.save_deputy(by=None, post=seat.id, person=holder.id, **days)) == ["person"]
    row = actions.save_deputy(by=None, post=seat.id, person=other.id, **days)
    assert fields(lambda: actions.save_deputy(by=None, post=seat.id, person=other.id, **days)) == ["starts_on"]
    actions.end_deputy(row.id, date(2026, 6, 2), by=None)
    assert Deputy.objects.get().ends_on == date(2026, 6, 2)
    actions.end_deputy(row.id, date(2026, 5, 2), by=None)
    assert not Deputy.objects.exists()


def test_a_deputy_stands_in_for_ninety_days_at_most_and_for_somebody() -> None:
    seat, empty, other = post("a"), post("b"), person("Budi")
    holder = seated("Ani", seat)
    days: dict[str, Any] = {"by": None, "person": other.id, "starts_on": date(2026, 6, 1)}
    assert fields(lambda: actions.save_deputy(post=seat.id, ends_on=date(2026, 8, 30), **days)) == ["ends_on"]
    assert fields(lambda: actions.save_deputy(post=seat.id, ends_on=date(2999, 1, 1), **days)) == ["ends_on"]
    assert fields(lambda: actions.save_deputy(post=empty.id, ends_on=date(2026, 6, 2), **days)) == ["starts_on"]
    row = actions.save_deputy(post=seat.id, ends_on=date(2026, 8, 29), **days)
    assert row.principal_id == holder.id


def test_a_deputy_goes_with_whoever_they_stand_in_for() -> None:
    seat, other = post("a"), post("b")
    holder, who = seated("Ani", seat), person("Budi")
    actions.appoint(by=None, post=other.id, person=holder.id, kind="plt", starts_on=date(2026, 1, 1))
    for where, first in ((seat, date(2026, 6, 1)), (other, date(2026, 6, 1)), (seat, date(2026, 9, 1))):
        actions.save_deputy(by=None, post=where.id, person=who.id, starts_on=first, ends_on=first + timedelta(days=30))
    actions.end_appointment(Appointment.objects.get(post=seat).id, date(2026, 6, 10), by=None)
    assert [row.ends_on for row in Deputy.objects.filter(post=seat)] == [date(2026, 6, 10)]
    assert Deputy.objects.get(post=other).ends_on == date(2026, 7, 1)
    actions.retire(holder.id, date(2026, 6, 5), by=None)
    assert {row.ends_on for row in Deputy.objects.all()} == {date(2026, 6, 5)}
    assert AdminEntry.objects.filter(what="deputy.ended").count() == 3
    assert AdminEntry.objects.filter(what="deputy.removed").count() == 1


def test_numbers_of_people_lie_encrypted_and_never_in_the_record() -> None:
    who = person("Ani Contoh", NIP, NIK)
    assert NIP.encode() not in bytes(who.nip_cipher or b"") and who.username == "ani.contoh"
    actions.save_person(by=None, person=who.id, name="Ani", nik="")
    written = " ".join(str(entry.body) for entry in AdminEntry.objects.all())
    assert NIP not in written and NIK not in written and "•••" in written
    who.refresh_from_db()
    assert who.nik_hash is None and who.nip_hash is not None


def test_what_is_wrong_with_a_person() -> None:
    person("Ani", NIP, NIK, "ani@kota.example")
    assert fields(lambda: person("Budi", NIP)) == ["nip"]
    assert fields(lambda: person("Budi", "", NIK)) == ["nik"]
    assert fields(lambda: person("Budi", email="ANI@kota.example")) == ["email"]
    assert fields(lambda: person("Budi", email="ani at kota")) == ["email"]
    assert fields(lambda: person("Budi", "197302311995111910")) == ["nip"]
    assert fields(lambda: person("Budi", "197302121995111911", "3275111102739252")) == ["nik"]
    assert fields(lambda: person("Budi", "197302111995111911", "3275115102739252")) == ["nik"]
    assert fields(lambda: actions.save_person(by=None, name="Budi", username="ANI")) == ["username"]
    assert fields(lambda: actions.save_person(by=None, name="Budi", username="b d")) == ["username"]
    assert fields(lambda: person("")) == ["name"]
    assert person("Ani").username == "ani.2"


def test_who_retires_can_do_nothing_any_more() -> None:
    seat = post("a")
    who = seated("Ani", seat)
    actions.appoint(by=None, post=post("b").id, person=who.id, kind="plt", starts_on=date(2027, 1, 1))
    actions.retire(who.id, date(2026, 1, 31), by=None)
    assert [row.ends_on for row in Appointment.objects.all()] == [date(2026, 1, 31)]
    assert not Person.objects.get(pk=who.id).is_active
    assert fields(lambda: actions.appoint(by=None, post=seat.id, person=who.id, kind="plt", starts_on=START)) == [
        "person"
    ]


def test_a_weak_password_is_refused() -> None:
    who = person("Ani")
    assert set(fields(lambda: actions.set_password(who.id, "12345", by=None))) == {"password"}
    actions.set_password(who.id, "seribu lembar kertas", by=None)
    who.refresh_from_db()
    assert who.check_password("seribu lembar kertas")


def test_roles_are_given_once_and_the_last_administrator_stays() -> None:
    seat = post("a")
    who = seated("Ani", seat, "administrator")
    assert authority.reader(who.id).has_role("administrator", root().lineage)
    grant = actions.grant_role(by=None, post=seat.id, role="administrator", unit=root().id)
    assert RoleGrant.objects.count() == 1
    with pytest.raises(Invalid):
        actions.revoke_role(grant.id, by=None)
    actions.grant_role(by=None, post=post("b").id, role="administrator", unit=root().id)
    actions.revoke_role(grant.id, by=None)
    assert not authority.reader(who.id).has_role("administrator")


def test_a_new_calendar_knows_the_nation_and_a_used_one_only_gets_dated_changes() -> None:
    def used(_calendar: UUID) -> bool:
        return True

    row = actions.save_calendar(by=None, code="enam", name="Enam hari", timezone="Asia/Jakarta", weekly=SIX_DAYS)
    assert not load(row.id, row.version).hours_on(date(2026, 8, 17))
    with pytest.raises(Invalid):
        actions.save_calendar(by=None, calendar=row.id, code="enam", name="x", timezone="Asia/Makassar", in_use=used)
    seven = [*SIX_DAYS[:6], [["08:00", "12:00"]]]
    assert fields(lambda: actions.set_weekly(row.id, seven, by=None, in_use=used, starts_on=START)) == ["weekly"]
    five = [[["07:00", "12:00"]]] * 5 + [[], []]
    before = row.version
    row = actions.set_weekly(row.id, five, by=None, in_use=used, starts_on=date(2026, 7, 1), decree="SK 1")
    row.refresh_from_db()
    days = load(row.id, row.version)
    assert row.version == before + 1
    assert days.hours_on(date(2026, 6, 27)) and not days.hours_on(date(2026, 7, 4))
    row = actions.set_weekly(row.id, seven, by=None, in_use=lambda _calendar: False)
    assert row.weekly == seven


def test_what_is_wrong_with_a_calendar_and_its_changes() -> None:
    row = Calendar.objects.get(code="default")
    change: dict[str, Any] = {"by": None, "calendar": row.id, "title": "Libur"}
    days: dict[str, Any] = {"starts_on": date(2026, 7, 2), "ends_on": date(2026, 7, 1)}
    assert fields(lambda: actions.add_change(**change, kind="holiday", **days)) == ["ends_on"]
    assert fields(lambda: actions.add_change(**change, kind="party", starts_on=START, ends_on=START)) == ["kind"]
    wrong = [[["12:00", "08:00"]]] * 5 + [[], []]
    assert fields(lambda: actions.add_change(**change, kind="hours", starts_on=START, ends_on=START, weekly=wrong)) == [
        "weekly"
    ]
    assert fields(lambda: actions.add_change(**change, kind="holiday", starts_on=None, ends_on=None)) == [
        "starts_on",
        "ends_on",
    ]
    for kind, most in (("holiday", 62), ("local", 62), ("joint_leave", 62), ("workday", 62), ("hours", 366)):
        weekly = weekly_to_json(GOVERNMENT_WEEK) if kind == "hours" else None
        days = {"starts_on": START, "ends_on": START + timedelta(days=most)}
        assert fields(partial(actions.add_change, **change, kind=kind, weekly=weekly, **days)) == ["ends_on"]
        days["ends_on"] = START + timedelta(days=most - 1)
        assert actions.add_change(**change, kind=kind, weekly=weekly, **days).pk
    assert fields(lambda: actions.save_calendar(by=None, code="default", name="", timezone="Mars/Base")) == [
        "name",
        "timezone",
        "code",
    ]


def test_an_act_notes_who_did_it() -> None:
    me = person("Ani")
    row = actions.save_unit(by=me.id, code="x", name="X", kind="government", parent=None)
    entry = AdminEntry.objects.get(object_id=row.id)
    assert entry.person == me.id and entry.body["after"]["name"] == "X"


def test_the_record_can_not_be_rewritten() -> None:
    person("Ani")
    with pytest.raises(Exception, match="append-only"):
        AdminEntry.objects.update(what="nothing")
