"""`tertib bench act`: acts a second through the engine, against pgbench writing the same rows by bare SQL in the same
minute.

The engine's clients are threads of as many processes as `tertib up` starts for the web, each with a connection; pgbench
has as many connections. Both write to the same tables with the same triggers, keys and indexes. They take turns, a few
seconds each, and the ratio of each pair of turns is what counts; its median is reported.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import statistics
import subprocess
import time
import uuid
from dataclasses import asdict, dataclass
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
from django.db import connection, connections

from tertib.cli.bench import place
from tertib.ground.config import config
from tertib.ground.errors import Problem, Unavailable
from tertib.ground.postgres_process import binaries, newest

CLIENTS = 8
MATTERS = 2000
# Seconds to wait for a client that should have finished.
PATIENCE = 60

# The rows of one act that moves a matter to another desk, as an application without an engine would write them: lock,
# change, entry, body, sights. Hashes are random bytes; nothing is computed. As in the engine's turns the desk is each
# time another one, so its reference is checked and its index entry made anew.
PGBENCH = """
\\set m random({half}, {matters})
\\set p random(1, {posts})
BEGIN;
SELECT id AS matter, version + 1 AS n, md5(random()::text) AS h, (SELECT id FROM bench_post WHERE place = :p) AS post
  FROM bench_matter b JOIN matters_matter m USING (id) WHERE b.place = :m FOR NO KEY UPDATE OF m \\gset
UPDATE matters_matter SET state = 'received', holder_id = (:post)::uuid, holder_since = now(), due_at = NULL, clock =
  '{clock}', version = :n, moved = :n, head = decode(:h || :h, 'hex') WHERE id = (:matter)::uuid;
INSERT INTO matters_entry (matter_id, n, at, commitment, prev, hash) VALUES ((:matter)::uuid, :n, now(), decode(:h
  || :h, 'hex'), decode(:h || :h, 'hex'), decode(:h || :h, 'hex')) RETURNING seq \\gset
INSERT INTO matters_entrybody (entry_id, salt, body, erased_by_order) VALUES (:seq, decode(:h || :h, 'hex'),
  '{body}', '');
INSERT INTO matters_sight (viewer, matter_id, reason, security) VALUES {sights} ON CONFLICT DO NOTHING;
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Result:
    rate: float
    raw: float
    ratio: float
    p50_ms: float
    p99_ms: float
    clients: int
    turns: int


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.option("--seconds", default=4.0, show_default=True, help="Length of a turn.")
@click.option("--turns", default=5, show_default=True, help="Turns of each side.")
@click.option("--clients", default=CLIENTS, show_default=True)
def act(as_json: bool, seconds: float, turns: int, clients: int) -> None:
    """Acts a second through the engine, beside the same rows written by pgbench."""
    with place.installation() as url:
        result = measure(url, seconds, turns, clients)
    if as_json:
        click.echo(json.dumps(asdict(result)))
        return
    click.echo(
        f"{result.rate:.0f} acts/s; pgbench writes the same rows {result.raw:.0f} times/s; ratio {result.ratio:.2f}"
    )
    click.echo(f"an act takes {result.p50_ms:.1f} ms (median), {result.p99_ms:.1f} ms (p99) with {clients} clients")


def measure(url: str, seconds: float, turns: int, clients: int) -> Result:
    """Take turns and compare."""
    posts, people = build()
    pgbench = _Pgbench(url, posts, clients)
    rates, raws, ratios, latencies = [], [], [], []
    with _Engine(clients, posts, people) as engine:
        engine.turn(1.0)
        pgbench.turn(1)
        for _ in range(turns):
            count, spent, taken = engine.turn(seconds)
            raw = pgbench.turn(round(seconds))
            rates.append(count / spent)
            raws.append(raw)
            ratios.append(count / spent / raw)
            latencies += taken
    latencies.sort()
    return Result(
        round(statistics.median(rates), 1),
        round(statistics.median(raws), 1),
        round(statistics.median(ratios), 3),
        round(latencies[len(latencies) // 2] * 1000, 2),
        round(latencies[len(latencies) * 99 // 100] * 1000, 2),
        clients,
        turns,
    )


def build() -> tuple[list[str], list[str]]:
    """Posts with a person each, and open letters at their desks."""
    from django.db import transaction

    from tertib.matters import testing

    root = testing.root_unit()
    agency = testing.make_unit("Dinas", root)
    posts, people = [], []
    for number in range(16):
        post = testing.make_post(agency, f"Jabatan {number}", head=number == 0)
        person = testing.make_person(f"Orang {number}")
        testing.seat(person, post)
        posts.append(post)
        people.append(person)
    readers = [testing.reader_of(person) for person in people]
    from tertib.matters.context import Opening
    from tertib.matters.engine import open_matter

    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("CREATE TABLE bench_matter (place int PRIMARY KEY, id uuid NOT NULL)")
        for number in range(MATTERS):
            at = number % len(posts)
            opening = Opening("letters.incoming", f"Surat {number}", posts[at].id, agency.id)
            opening.allowance = None
            done = open_matter(opening, readers[at])
            cursor.execute("INSERT INTO bench_matter VALUES (%s, %s)", (number + 1, done.matter))
        cursor.execute("CREATE TABLE bench_post (place int PRIMARY KEY, id uuid NOT NULL)")
        cursor.executemany("INSERT INTO bench_post VALUES (%s, %s)", [(n + 1, post.id) for n, post in enumerate(posts)])
        cursor.execute("ANALYZE matters_matter")
    return [str(post.id) for post in posts], [str(person.id) for person in people]


class _Pgbench:
    """The bare side: the server's own load generator, prepared statements, as many clients."""

    def __init__(self, url: str, posts: list[str], clients: int) -> None:
        self.clients = clients
        self.url = url
        self.program = binaries()[newest()] / "pgbench"
        self.script = config().data / "act.sql"
        self.script.write_text(_script(len(posts)))

    def turn(self, seconds: int) -> float:
        """Transactions a second."""
        parts = urlsplit(self.url)
        host = parse_qs(parts.query)["host"][0]
        environment = {
            **os.environ,
            "PGOPTIONS": f"-c search_path={place.SCHEMA},public",
            "LD_LIBRARY_PATH": str(self.program.parent.parent / "lib"),
        }
        command = [
            str(self.program), "-n", "-M", "prepared", "-c", str(self.clients), "-j", "2", "-T", str(seconds),
            "-f", str(self.script), "-h", host, "-U", parts.username or "", parts.path.lstrip("/"),
        ]  # fmt: skip
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            if line.startswith("tps ="):
                return float(line.split()[2])
        raise Unavailable(Problem("pgbench did not finish.", mend=done.stderr[-500:]))


def _script(posts: int) -> str:
    """The rows of a real act, written by bare SQL: same columns, same sizes."""
    from tertib.matters.models import EntryBody, Matter, Reason, Sight

    matter = Matter.objects.order_by("-id").first()
    if matter is None:
        raise AssertionError
    found = list(Sight.objects.filter(matter=matter).exclude(reason__in=(Reason.OPENER, Reason.GOVERNMENT)))
    viewers = ["(:post)" if sight.reason == Reason.HOLDER else f"'{sight.viewer}'" for sight in found]
    sights = ", ".join(
        f"({viewer}::uuid, (:matter)::uuid, {sight.reason}, 0)" for viewer, sight in zip(viewers, found, strict=True)
    )
    body = EntryBody.objects.order_by("-pk").values_list("body", flat=True).first()
    values = {
        "posts": posts,
        "half": MATTERS // 2 + 1,
        "matters": MATTERS,
        "sights": sights,
        "body": json.dumps(body),
        "clock": json.dumps(matter.clock),
    }
    text = PGBENCH
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


class _Engine:
    """The engine's side, in the shape of `tertib up`: a few processes, in each a thread for each of its clients."""

    def __init__(self, clients: int, posts: list[str], people: list[str]) -> None:
        count = min(clients, config().web_workers, os.cpu_count() or 1)
        self.shares = [list(range(clients))[n::count] for n in range(count)]
        self.facts = (clients, posts, people)
        self.context = multiprocessing.get_context("fork")

    def __enter__(self) -> _Engine:
        connections.close_all()
        self.pipes, self.processes = [], []
        for share in self.shares:
            ours, theirs = self.context.Pipe()
            process = self.context.Process(target=_process, args=(theirs, share, *self.facts))
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)
        self._results()
        return self

    def turn(self, seconds: float) -> tuple[int, float, list[float]]:
        """How many acts, in how many seconds, and how long each took."""
        begun = time.perf_counter()
        for pipe in self.pipes:
            pipe.send(seconds)
        taken = self._results()
        return len(taken), time.perf_counter() - begun, taken

    def _results(self) -> list[float]:
        found: list[float] = []
        for pipe in self.pipes:
            if not pipe.poll(PATIENCE):
                raise Unavailable(Problem("A process of the measurement does not answer."))
            found += pipe.recv()
        return found

    def __exit__(self, *_: object) -> None:
        for pipe in self.pipes:
            pipe.send(None)
        for process in self.processes:
            process.join(PATIENCE)


def _process(pipe: Any, share: list[int], clients: int, posts: list[str], people: list[str]) -> None:
    desks = [_Orders(Queue(), Queue()) for _number in share]
    for desk, number in zip(desks, share, strict=True):
        Thread(target=_client, args=(desk, number, clients, posts, people), daemon=True).start()
    while True:
        found = [desk.results.get(timeout=PATIENCE) for desk in desks]
        failed = [one for one in found if isinstance(one, BaseException)]
        if failed:
            raise failed[0]
        pipe.send([one for taken in found for one in taken])
        seconds = pipe.recv()
        for desk in desks:
            desk.orders.put(seconds)
        if seconds is None:
            return


@dataclass(frozen=True, slots=True)
class _Orders:
    """How long to act next (None: stop), and how long each act took."""

    orders: Queue[float | None]
    results: Queue[Any]


def _client(desk: _Orders, number: int, count: int, posts: list[str], people: list[str]) -> None:
    try:
        _act_on_order(desk, number, count, posts, people)
    except Exception as error:
        desk.results.put(error)
    finally:
        connections.close_all()


def _act_on_order(desk: _Orders, number: int, count: int, posts: list[str], people: list[str]) -> None:
    from tertib.government.authority import reader
    from tertib.ground.errors import Moved
    from tertib.matters.engine import act as do

    place.enter()
    with connection.cursor() as cursor:
        # The other half is pgbench's.
        cursor.execute("SELECT place, id FROM bench_matter WHERE place <= %s ORDER BY place", (MATTERS // 2,))
        matters = [row[1] for row in cursor.fetchall()]
        cursor.execute("SELECT id, holder_id FROM matters_matter")
        holders = dict(cursor.fetchall())
    # Each client passes on its own share, so that what is measured is the engine and not a fight for the same rows.
    mine = matters[number::count]
    # As in a session, who somebody is has been read before; the engine checks under its lock that it still holds.
    persons = {uuid.UUID(post): reader(uuid.UUID(person)) for post, person in zip(posts, people, strict=True)}
    places = list(persons)
    draw = random.Random(number)  # noqa: S311 - which matter comes next
    desk.results.put([])
    while (seconds := desk.orders.get()) is not None:
        taken, until = [], time.perf_counter() + seconds
        while (begun := time.perf_counter()) < until:
            matter = draw.choice(mine)
            to = draw.choice(places)
            try:
                do(matter, "forward", persons[holders[matter]], {"post": str(to)})
            except Moved:
                continue
            holders[matter] = to
            taken.append(time.perf_counter() - begun)
        desk.results.put(taken)
