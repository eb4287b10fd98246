"""The order of entries, and those who read in it. Everything commits for real: order is a matter of transactions."""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tertib.ground.tenancy.middleware import activate
from tertib.ground.tenancy.models import Government
from tertib.matters.check import check
from tertib.matters.engine import act
from tertib.matters.followers import Item, follow, ready, run_once, sequence
from tertib.matters.models import Entry, EntryBody, Follower, Matter, Sealed
from tertib.matters.testing import City
from tertib.matters.tests.crowd import placed, together


class Other:
    """Somebody else's session: a thread that does one step after another, and commits or not when told."""

    def __init__(self, city: City) -> None:
        self.city = city
        self._steps: list[tuple[Callable[[], object] | None, threading.Event]] = []
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._failed: BaseException | None = None
        self._thread.start()

    def _run(self) -> None:
        activate(Government.objects.get(schema_name="bekasi"))
        connection.set_autocommit(False)
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._steps))
                step, done = self._steps.pop()
            try:
                if step is None:
                    break
                step()
            except BaseException as error:
                self._failed = error
            finally:
                done.set()
        connection.close()

    def do(self, step: Callable[[], object] | None) -> None:
        """Do one step in the open transaction, and wait for it."""
        done = threading.Event()
        with self._wake:
            self._steps.append((step, done))
            self._wake.notify()
        assert done.wait(30)
        if self._failed:
            raise self._failed

    def act(self, matter: uuid.UUID, action: str = "remark") -> None:
        data = {"text": "x"} if action == "remark" else {}

        def step() -> None:
            # as in a request that does several things at once
            with transaction.atomic():
                act(matter, action, self.city.reader("works"), data)

        self.do(step)

    def open(self) -> None:
        self.do(lambda: self.city.open("works", "works"))

    def commit(self) -> None:
        self.do(lambda: connection.commit())  # noqa: PLW0108 - the session of that thread

    def roll_back(self) -> None:
        self.do(lambda: connection.rollback())  # noqa: PLW0108


@contextmanager
def others(city: City, count: int) -> Iterator[list[Other]]:
    found = [Other(city) for _ in range(count)]
    try:
        yield found
    finally:
        for other in found:
            other._failed = None
            other.do(None)
            other._thread.join(30)


def order() -> list[tuple[uuid.UUID, int]]:
    """The order, checked: dense, each entry once, each matter's entries one after another."""
    rows = list(Sealed.objects.order_by("position").values_list("position", "entry__matter_id", "entry__n"))
    assert [row[0] for row in rows] == list(range(len(rows)))
    last: dict[uuid.UUID, int] = defaultdict(int)
    for _position, matter, n in rows:
        assert n == last[matter] + 1
        last[matter] = n
    return [(matter, n) for _position, matter, n in rows]


def remark(city: City, matter: uuid.UUID) -> None:
    act(matter, "remark", city.reader("works"), {"text": "x"})


def test_an_open_transaction_holds_back_what_is_younger_and_then_is_not_skipped(real_city: City) -> None:
    city = real_city
    with others(city, 1) as (slow,):
        slow.open()
        younger = city.open("works", "works").matter
        assert sequence() == 0  # nobody may read past the open one
        slow.commit()
        assert placed() == 2
        assert {matter for matter, _n in order()} >= {younger} and len(order()) == 2
        slow.open()
        remark(city, younger)
        assert sequence() == 0
        slow.roll_back()
        assert placed() == 1 and len(order()) == 3
    assert sequence() == 0


def test_an_older_transaction_that_acts_last_comes_last(real_city: City) -> None:
    """Its number is lower than that of the act it follows; by numbers alone it would be read first."""
    city = real_city
    first, second = city.open("works", "works").matter, city.open("works", "works").matter
    with others(city, 1) as (old,):
        old.act(second)
        remark(city, first)
        old.act(first)
        old.commit()
        assert placed() == 5
        assert order()[-2:] == [(first, 2), (first, 3)] or order().index((first, 2)) < order().index((first, 3))


def test_what_follows_an_entry_waits_with_it(real_city: City) -> None:
    """As before, with a third transaction between the two: the older one could be taken, what it follows not yet."""
    city = real_city
    first, second = city.open("works", "works").matter, city.open("works", "works").matter
    assert placed() == 2
    with others(city, 2) as (old, between):
        old.act(second)
        between.open()
        remark(city, first)
        old.act(first)
        old.commit()
        assert sequence() == 0
        between.commit()
        assert placed(batch=1) == 4 and len(order()) == 6
    assert [str(fault) for fault in check("bekasi")] == []


@pytest.mark.parametrize("batch", [1, 2, 5000])
def test_small_batches_come_to_the_same_order(real_city: City, batch: int) -> None:
    city = real_city
    matter = city.open("works", "works").matter
    with transaction.atomic():
        for _ in range(5):
            remark(city, matter)
            city.open("works", "works")
    remark(city, matter)
    assert placed(batch) == 12 == len(order())


def test_a_restored_backup_goes_on(real_city: City) -> None:
    """In another cluster the numbers of transactions begin anew: what came along has numbers from the future."""
    city = real_city
    first, second = city.open("works", "works").matter, city.open("works", "works").matter
    assert placed() == 2
    remark(city, first)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE matters_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE matters_entry SET tx = (tx::text::bigint + 1000000000)::text::xid8")
        cursor.execute("ALTER TABLE matters_entry ENABLE TRIGGER USER")
    remark(city, first)
    remark(city, second)
    assert placed(batch=1) == 3
    assert order()[2:] == [(first, 2), (first, 3), (second, 2)]
    remark(city, first)
    assert placed() == 1 and order()[-1] == (first, 4)
    assert [str(fault) for fault in check("bekasi")] == []


def test_two_sequencers_at_once_and_people_who_act_meanwhile(real_city: City) -> None:
    city = real_city
    matters = [city.open("works", "works").matter for _ in range(3)]

    def work(number: int) -> int:
        done = 0
        for turn in range(15):
            if number < 4:
                remark(city, matters[(number + turn) % 3])
            else:
                done += sequence(batch=4)
        return done

    early = sum(together(8, work))
    assert early + placed() == len(order()) == Entry.objects.count() == 3 + 4 * 15


def test_each_follower_gets_each_entry_once_in_order(real_city: City) -> None:
    city = real_city
    matter = city.open("works", "works").matter
    heard: list[Item] = []
    placed()
    assert run_once({"a": heard.append}) == 1
    remark(city, matter)
    remark(city, matter)
    assert follow("a", heard.append) == 0  # not placed yet
    placed()
    assert follow("a", heard.append, batch=1) == 1 and follow("a", heard.append) == 1 and follow("a", heard.append) == 0
    assert [(item.position, item.matter, item.n) for item in heard] == [(n, matter, n + 1) for n in range(3)]
    assert heard[1].body and heard[1].body["action"] == "remark" and heard[1].at.tzinfo
    late: list[Item] = []
    assert follow("b", late.append) == 3 and late == heard


def test_a_follower_that_fails_tries_again_and_holds_up_nobody(real_city: City) -> None:
    city = real_city
    for _ in range(3):
        city.open("works", "works")
    placed()
    heard: list[int] = []
    broken = True

    def fails(item: Item) -> None:
        if item.position == 1 and broken:
            Matter.objects.filter(pk=item.matter).values_list("id")[0]
            raise RuntimeError("the mail server is away")
        heard.append(item.position)

    other: list[Item] = []
    run_once({"mail": fails, "search": other.append})
    assert len(other) == 3 and heard == [0] and not Follower.objects.filter(name="mail").exists()
    heard.clear()
    run_once({"mail": fails, "search": other.append})
    assert len(other) == 3 and heard == [0]
    heard.clear()
    broken = False
    run_once({"mail": fails, "search": other.append})
    assert heard == [0, 1, 2] and Follower.objects.get(name="mail").position == 3


def test_what_a_failing_follower_wrote_is_taken_back(real_city: City) -> None:
    real_city.open("works", "works")
    placed()

    def writes_and_fails(item: Item) -> None:
        Follower.objects.create(name=f"trace {item.position}")
        raise RuntimeError

    before = set(Follower.objects.values_list("name", flat=True))
    run_once({"a": writes_and_fails})
    assert set(Follower.objects.values_list("name", flat=True)) == before


def test_one_follower_runs_once_at_a_time(real_city: City) -> None:
    city = real_city
    for _ in range(20):
        city.open("works", "works")
    placed()
    heard: list[int] = []
    follow("a", lambda item: heard.append(item.position), batch=1)

    def work(_: int) -> int:
        done = 0
        for _turn in range(10):
            done += follow("a", lambda item: heard.append(item.position), batch=3)
        return done

    assert sum(together(4, work)) + 1 == len(heard) and heard == sorted(set(heard))


def test_an_erased_entry_is_delivered_without_its_body(real_city: City) -> None:
    real_city.open("works", "works")
    EntryBody.objects.update(salt=None, body=None, erased_at="2026-01-01T00:00Z", erased_by_order="SK 1")
    heard: list[Item] = []
    placed()
    run_once({"a": heard.append})
    assert heard[0].body is None and heard[0].n == 1


def test_each_government_has_its_own_order(real_city: City) -> None:
    real_city.open("works", "works")
    activate(Government.objects.get(schema_name="pasuruan"))
    assert sequence() == 0 and not Sealed.objects.exists()
    activate(Government.objects.get(schema_name="bekasi"))
    assert placed() == 1


# ready(): entries of a few matters, each written by some transaction; some may be out of reach still.
@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[int, int, uuid.UUID, int, bool]], bool]:
    matters = [uuid.UUID(int=number) for number in range(1, 4)]
    counts: dict[uuid.UUID, int] = dict.fromkeys(matters, 0)
    first = {matter: draw(st.integers(0, 2)) for matter in matters}
    rows = []
    for seq in range(draw(st.integers(0, 12))):
        matter = draw(st.sampled_from(matters))
        counts[matter] += 1
        rows.append((seq, draw(st.integers(1, 6)), matter, counts[matter]))
    hidden = draw(st.sets(st.integers(1, 6), max_size=2))
    placed = {(matter, n) for matter in matters for n in range(1, first[matter] + 1)}
    fresh = sorted(
        (row for row in rows if row[1] not in hidden and (row[2], row[3]) not in placed),
        key=lambda row: (row[1], row[0]),
    )
    known = {(row[2], row[3]) for row in rows}
    full = [(*row, not ((row[2], row[3] - 1) in known and (row[2], row[3] - 1) not in placed)) for row in fresh]
    return full, draw(st.booleans())


@given(histories())
@settings(max_examples=500, deadline=None)
def test_ready_takes_whole_transactions_and_never_an_entry_before_the_one_it_follows(
    history: tuple[list[tuple[int, int, uuid.UUID, int, bool]], bool],
) -> None:
    rows, full = history
    full = full and bool(rows)
    chosen = set(ready(rows, full=full))
    assert ready(rows, full=full) == sorted(chosen)
    taken = [row for row in rows if row[0] in chosen]
    left = [row for row in rows if row[0] not in chosen]
    assert not (taken and left) or max(row[1] for row in taken) < min(row[1] for row in left)
    present = {(row[2], row[3]) for row in taken}
    assert all(row[4] or (row[2], row[3] - 1) in present for row in taken)
    by_entry = {(row[2], row[3]): row[0] for row in taken}
    assert all(by_entry.get((matter, n - 1), -1) < seq for (matter, n), seq in by_entry.items())
    if not full and all(row[4] or (row[2], row[3] - 1) in {(r[2], r[3]) for r in rows} for row in rows):
        assert not left  # nothing is held back without need
