"""Who is told of what: once, at the right post, and never of what one may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.government.models import Appointment, Deputy
from tertib.ground.time import now, travel
from tertib.matters.allowance import Allowance
from tertib.matters.engine import act
from tertib.matters.followers import Item
from tertib.matters.models import Entry, Sealed
from tertib.matters.testing import City, deputise, seat
from tertib.matters.visibility import may_see
from tertib.notices import actions, clock, following, queries
from tertib.notices.models import Notice
from tertib.notices.tests.times import MORNING, follow, kinds


def test_whoever_gets_a_matter_is_told_but_not_who_gave_it(city: City) -> None:
    done = city.open("health", "lab")
    follow()
    assert kinds(city, "lab") == ["arrived"] and kinds(city, "health") == []
    act(done.matter, "forward", city.reader("lab"), {"post": str(city.posts["analyst"].pk)})
    follow()
    assert kinds(city, "analyst") == ["arrived"] and kinds(city, "lab") == ["arrived"]
    # What one gives to oneself is no news.
    city.open("lab", "lab")
    follow()
    assert kinds(city, "lab") == ["arrived"]


def test_acting_holders_and_deputies_are_told_too(city: City) -> None:
    seat(city.people["roads"], city.posts["works"], "plh", MORNING.date(), MORNING.date())
    city.open("mayor", "works")
    follow()
    assert kinds(city, "works") == kinds(city, "deputy") == kinds(city, "roads") == ["arrived"]


def test_a_withdrawn_part_is_told_to_who_had_it(city: City) -> None:
    done = city.open("health", "lab")
    parts = {"posts": [str(city.posts["analyst"].pk)]}
    split = act(done.matter, "split", city.reader("lab"), parts)
    assert split.children
    follow()
    assert kinds(city, "analyst") == ["arrived"]
    act(done.matter, "close", city.reader("lab"), {})
    follow()
    # Both at one moment, so in no order.
    assert sorted(kinds(city, "analyst")) == ["arrived", "withdrawn"]


def test_reading_the_record_again_tells_nobody_twice(city: City) -> None:
    done = city.open("health", "lab")
    follow()
    entry = Entry.objects.select_related("body").get(matter=done.matter, n=1)
    place = Sealed.objects.get(entry=entry).position
    following.follow(Item(place, done.matter, 1, entry.at, entry.body.body))
    assert kinds(city, "lab") == ["arrived"]


def test_history_is_no_news(city: City) -> None:
    with travel(MORNING - timedelta(days=30)):
        city.open("health", "lab")
    follow()
    assert kinds(city, "lab") == []


def test_an_erased_entry_is_passed_over(city: City) -> None:
    following.follow(Item(0, city.open("health", "lab").matter, 1, now(), None))
    assert kinds(city, "lab") == []


def test_due_soon_and_overdue_once_for_each_due_date(city: City) -> None:
    due = MORNING + timedelta(hours=3)
    done = city.open("health", "lab", allowance=Allowance("until", 0, due))
    clock.look()
    clock.look()
    assert kinds(city, "lab") == ["due_soon"]
    with travel(due + timedelta(minutes=1)):
        clock.look()
        clock.look()
    assert kinds(city, "lab") == ["due_soon", "overdue"]
    # The due date moves, so there is another one to tell of.
    later = due + timedelta(days=1)
    act(done.matter, "urge", city.reader("health"), {"urgency": 2, "allowance": f"until {later.isoformat()}"})
    with travel(later - timedelta(hours=1)):
        clock.look()
    assert kinds(city, "lab")[2:] == ["due_soon"]


def test_soon_is_counted_in_working_time(city: City) -> None:
    # Due at the next opening plus an hour: far away on the wall clock, near in working time.
    evening = MORNING.replace(hour=15)
    city.open("health", "lab", allowance=Allowance("until", 0, (MORNING + timedelta(days=1)).replace(hour=8)))
    city.open("health", "analyst", allowance=Allowance("until", 0, (MORNING + timedelta(days=1)).replace(hour=15)))
    with travel(evening):
        clock.look()
    assert kinds(city, "lab") == ["due_soon"] and kinds(city, "analyst") == []


def test_what_was_overdue_long_ago_and_what_waits_for_others_is_not_told(city: City) -> None:
    with travel(MORNING - timedelta(days=20)):
        city.open("health", "lab", allowance=Allowance("until", 0, MORNING - timedelta(days=10)))
        asked = city.open("health", "analyst", allowance=Allowance("until", 0, MORNING + timedelta(hours=1)))
        act(asked.matter, "ask", city.reader("analyst"))
    clock.look()
    assert Notice.objects.count() == 0


def test_looking_at_clocks_costs_the_same_for_many(city: City) -> None:
    counts = []
    for number in (1, 40):
        for _each in range(number):
            city.open("health", "lab", allowance=Allowance("until", 0, MORNING + timedelta(hours=2)))
        with CaptureQueriesContext(
            connection,
        ) as caught:
            clock.look()
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_pages_and_the_count_cost_a_statement_or_two(city: City) -> None:
    for _each in range(50):
        city.open("health", "lab")
    follow()
    reader = city.reader("lab")
    with CaptureQueriesContext(connection) as caught:
        shown, older = queries.page(reader)
        assert queries.unread(reader) == {"arrived": 50}
    assert len(caught) == 2 and len(shown) == queries.PAGE and older
    with CaptureQueriesContext(connection) as caught:
        rest, end = queries.page(reader, after=older)
    assert len(caught) == 2 and len(rest) == 10 and not end and not {row.id for row in shown} & {row.id for row in rest}
    actions.read_one(reader.person, shown[0].id)
    again, _older = queries.page(reader)
    assert shown[0].id not in {row.id for row in again}, "what is read comes after what is not"
    assert queries.page(reader, after="nonsense")[0]
    # From what is unread into what is read, and on among that, without gap or double.
    actions.read_all(reader.person, shown[20].id)
    found, place = [], ""
    while True:
        rows, place = queries.page(reader, after=place)
        found += rows
        if not place:
            break
    assert len({row.id for row in found}) == len(found) == 50
    assert found == sorted(found, key=lambda row: (row.read_at is None, row.id), reverse=True)


SECRET = 3


def every_notice_is_for_its_reader(city: City) -> int:
    """Every notice ever made, against the one rule of who sees a matter. Answers how many are hidden."""
    hidden = 0
    for name, person in city.people.items():
        reader = city.reader(name)
        shown = {row.id for row in queries.page(reader)[0]}
        for notice in Notice.objects.filter(person=person):
            assert (notice.id in shown) == may_see(notice.matter_id, reader), (name, notice)
            assert (queries.one(reader, notice.id) is not None) == (notice.id in shown)
            hidden += notice.id not in shown
        assert sum(queries.unread(reader).values()) == len(shown)
    return hidden


def test_no_notice_is_shown_of_what_one_may_not_see(city: City) -> None:
    done = city.open("mayor", "works", title="Semula biasa")
    city.open("mayor", "health")
    city.open("mayor", "works", title="Sangat rahasia", security=SECRET)
    follow()
    # A deputy is not cleared for what is secret.
    assert every_notice_is_for_its_reader(city) == 1
    act(done.matter, "classify", city.reader("works"), {"security": SECRET})
    follow()
    assert every_notice_is_for_its_reader(city) == 2
    Deputy.objects.all().delete()
    city.open("mayor", "works")
    follow()
    assert every_notice_is_for_its_reader(city) == 2
    Appointment.objects.filter(person=city.people["works"]).update(ends_on=MORNING.date() - timedelta(days=1))
    assert every_notice_is_for_its_reader(city) == 5


def test_the_right_to_see_is_asked_when_a_deputy_comes_later(city: City) -> None:
    city.open("mayor", "health")
    follow()
    deputise(city.people["nurse"], city.posts["health"])
    assert kinds(city, "nurse") == [], "who stands in later finds it on the desk"


@pytest.mark.parametrize("way", ["off", "page"])
def test_who_wants_to_know_nothing_of_it_is_not_told(city: City, way: str) -> None:
    person = city.people["lab"].pk
    actions.save_ways(person, {**usual(person), "arrived.0": way})
    city.open("health", "lab")
    follow()
    assert kinds(city, "lab") == ([] if way == "off" else ["arrived"])


def usual(person: object) -> dict[str, str]:
    from tertib.notices import wishes

    return dict(wishes.of([person])[person].ways)  # type: ignore[list-item,index]


def test_read_all_leaves_what_came_after_the_page(city: City) -> None:
    city.open("health", "lab")
    follow()
    seen = queries.page(city.reader("lab"))[0][0]
    with travel(MORNING + timedelta(minutes=1)):
        late = city.open("health", "lab")
        follow()
    assert actions.read_all(city.people["lab"].pk, seen.id) == 1
    assert [row.matter for row in queries.page(city.reader("lab"), unread=True)[0]] == [late.matter]
    actions.read_matter(city.people["lab"].pk, late.matter)
    assert queries.unread(city.reader("lab")) == {}
