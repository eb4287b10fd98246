"""How many statements the hot paths send to the database. A number that rises here is a page that became slower."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.matters.context import Opening
from tertib.matters.engine import act, open_matter
from tertib.matters.models import Matter
from tertib.matters.queries import desk, links, possible_actions, record, tree
from tertib.matters.testing import WORK, City
from tertib.matters.visibility import may_see, newest, reasons, seen

# Read, lock, the effect's own, the change, three openings, who sees up and down.
SPLIT = 9
# Read, lock, the change, whether others are open.
PART = 4
FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET ")


def statements(work: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        work()
    return [str(query["sql"]) for query in captured if not str(query["sql"]).startswith(FRAME)]


@pytest.fixture
def warm(real_city: City) -> Iterator[City]:
    """Calendars, desks and procedures have been read once, as in a process that has been up for a minute."""
    done = real_city.open("mayor", "health")
    act(done.matter, "forward", real_city.reader("health"), {"post": str(real_city.posts["works"].id)})
    for name in real_city.posts:
        real_city.open("mayor", name)
    yield real_city


def pinned(expected: int, work: Callable[[], Any]) -> None:
    sent = statements(work)
    assert len(sent) == expected, "\n".join(statement[:150] for statement in sent)


def test_who_somebody_is(warm: City) -> None:
    pinned(1, lambda: warm.reader("mayor"))


def test_opening(warm: City) -> None:
    mayor, roads = warm.reader("mayor"), warm.posts["roads"]
    pinned(2, lambda: open_matter(Opening(WORK, "x", roads.id, roads.unit_id), mayor))


def test_acting_where_the_holder_stays(warm: City) -> None:
    matter, roads = warm.open("mayor", "roads").matter, warm.reader("roads")
    pinned(2, lambda: act(matter, "remark", roads, {"text": "x"}))


def test_acting_where_the_holder_changes(warm: City) -> None:
    matter, roads = warm.open("mayor", "roads").matter, warm.reader("roads")
    pinned(2, lambda: act(matter, "forward", roads, {"post": str(warm.posts["works"].id)}))


def test_closing(warm: City) -> None:
    matter, roads = warm.open("mayor", "roads").matter, warm.reader("roads")
    pinned(2, lambda: act(matter, "finish", roads))


def test_opening_three_parts(warm: City) -> None:
    matter, health = warm.open("mayor", "health").matter, warm.reader("health")
    posts = [str(warm.posts[name].id) for name in ("lab", "nurse", "analyst")]
    pinned(SPLIT, lambda: act(matter, "split", health, {"posts": posts}))
    more = warm.open("mayor", "health").matter
    fewer = len(statements(lambda: act(more, "split", health, {"posts": posts[:1]})))
    assert SPLIT - fewer == 2  # one for each part


def test_closing_a_part(warm: City) -> None:
    matter, health = warm.open("mayor", "health").matter, warm.reader("health")
    posts = [str(warm.posts[name].id) for name in ("lab", "nurse")]
    first, second = act(matter, "split", health, {"posts": posts}).children
    lab, nurse = warm.reader("lab"), warm.reader("nurse")
    pinned(PART, lambda: act(first, "finish", lab))
    # the last one moves the whole on: its guard, and its own change
    pinned(PART + 2, lambda: act(second, "finish", nurse))


def test_reading_does_not_depend_on_how_much_there_is(warm: City) -> None:
    city, mayor = warm, warm.reader("mayor")
    matter = city.open("mayor", "health").matter
    posts = [str(city.posts[name].id) for name in ("lab", "nurse")]

    def read() -> list[int]:
        row = Matter.objects.get(pk=matter)
        return [
            len(statements(lambda: list(desk(mayor)))),
            len(statements(lambda: record(matter, row.procedure_id))),
            len(statements(lambda: tree(matter, mayor))),
            len(statements(lambda: newest(mayor, 50))),
            len(statements(lambda: seen(matter, mayor))),
            len(statements(lambda: may_see(matter, mayor))),
            len(statements(lambda: reasons(matter, mayor))),
            len(statements(lambda: possible_actions(seen(matter, mayor), mayor))),
        ]

    assert read() == [1, 1, 1, 1, 1, 1, 1, 1]
    for _ in range(5):
        city.open("mayor", "mayor")
        act(matter, "split", city.reader("health"), {"posts": posts})
    assert read() == [1, 1, 1, 1, 1, 1, 1, 1]
    assert len(statements(lambda: links(matter, mayor))) <= 3
