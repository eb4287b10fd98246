"""`tertib bench live`: how soon an act shows on the desks it concerns, with thousands of desks open.

The live process as `tertib up` runs and tends it, and one process that holds a stream for each desk, as browsers do.
Each act concerns two desks that no other act does, so what arrives where, and when, can be told apart.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from tertib.cli.bench import place
from tertib.cli.bench.processes import process_seconds
from tertib.ground.errors import Problem, Unavailable

ORIGIN = f"http://{place.DOMAIN}"
# Acts a second; what a city of that many desks does in its busiest minutes.
RATE = 10
# Longer than an act needs; what did not arrive by then is counted as lost.
PATIENCE = 5.0
START_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds from the commit of an act until its message is at a desk it concerns; what went wrong; what it
    costs: processor time of the live process while nothing happens and during the acts, as a share of one processor,
    and its memory; seconds until all desks are back after the process was killed.
    """

    desks: int
    acts: int
    p50_ms: float
    p95_ms: float
    max_ms: float
    lost: int
    wrong: int
    cpu_idle: float
    cpu_acts: float
    memory_mb: float
    back_s: float


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.option("--desks", type=click.IntRange(10, 50_000), default=2000, show_default=True, help="Open desks.")
@click.option("--acts", type=click.IntRange(1), default=200, show_default=True, help="At most half as many as desks.")
def live(as_json: bool, desks: int, acts: int) -> None:
    """How soon an act shows on the desks it concerns, with thousands of desks open."""
    os.environ["TERTIB_LIVE_STREAMS"] = str(desks + 100)
    acts = min(acts, desks // 2)
    with place.installation():
        result = _measure(desks, acts)
    if as_json:
        click.echo(json.dumps(asdict(result)))
        return
    click.echo(f"{result.desks} desks open; {result.acts} acts, {RATE} a second")
    click.echo(
        f"an act shows after {result.p50_ms:.0f} ms (median), {result.p95_ms:.0f} ms (p95), "
        f"{result.max_ms:.0f} ms at most"
    )
    click.echo(f"{result.lost} messages were lost, {result.wrong} came to a desk they did not concern")
    click.echo(
        f"the live process takes {result.cpu_idle:.0%} of a processor at rest, {result.cpu_acts:.0%} during the acts, "
        f"{result.memory_mb:.0f} MB"
    )
    click.echo(f"killed and started again, it has all desks back after {result.back_s:.1f} s")


def _measure(desks: int, acts: int) -> Result:
    from tertib.web.live.hub import BEAT_SECONDS

    city = _build(desks, acts)
    with _process() as (port, pid), _Browsers(port, city.tickets) as browsers:
        browsers.wait_for_all()
        time.sleep(2)
        browsers.heard()  # the letters that were put there
        begun, spent = time.perf_counter(), process_seconds(pid())
        time.sleep(BEAT_SECONDS + 2)  # so that every stream beats
        idle = (process_seconds(pid()) - spent) / (time.perf_counter() - begun)
        begun, spent = time.perf_counter(), process_seconds(pid())
        done = _act(city, acts)
        busy = (process_seconds(pid()) - spent) / (time.perf_counter() - begun)
        time.sleep(PATIENCE)
        memory = _megabytes(pid())
        heard = browsers.heard()
        begun = time.perf_counter()
        os.kill(pid(), signal.SIGKILL)
        back = browsers.wait_for_all(since=begun) - begun
    taken, lost, wrong = _compare(done, heard)
    return Result(
        desks,
        acts,
        _part(taken, 50),
        _part(taken, 95),
        _part(taken, 100),
        lost,
        wrong,
        round(idle, 3),
        round(busy, 3),
        round(memory, 1),
        round(back, 1),
    )


def _part(taken: list[float], percent: int) -> float:
    return round(taken[min(len(taken) * percent // 100, len(taken) - 1)] * 1000, 1)


def _compare(done: list[_Done], heard: list[tuple[int, float]]) -> tuple[list[float], int, int]:
    """How long each message took; how many are missing; how many came where, or when, none was due."""
    due = {desk: act.at for act in done for desk in act.desks}
    taken: dict[int, float] = {}
    wrong = 0
    for desk, at in heard:
        if desk not in due or desk in taken or at < due[desk] - PATIENCE:
            wrong += 1
        else:
            # What is heard before the actor knows of the commit took no time that anybody could notice.
            taken[desk] = max(at - due[desk], 0.0)
    if not taken:
        raise Unavailable(Problem("No message arrived anywhere."))
    return sorted(taken.values()), len(due) - len(taken), wrong


@dataclass(slots=True)
class City:
    """A desk for each post, with its ticket; for the posts at which a letter lies, who fills them."""

    posts: list[Any]
    tickets: list[str]
    matters: list[tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class _Done:
    """An act: when its commit was known, and the two desks it concerns."""

    at: float
    desks: tuple[int, int]


def _build(desks: int, acts: int) -> City:
    """Letters at the first desks, to be passed to the last ones. Desks between see nothing happen."""
    from tertib.government.models import Post
    from tertib.ground.ids import new_id
    from tertib.ground.tenancy import here
    from tertib.matters import testing
    from tertib.matters.context import Opening
    from tertib.matters.engine import open_matter
    from tertib.web.live import tickets

    agency = testing.make_unit("Dinas", testing.root_unit())
    first = testing.make_post(agency, "Jabatan 0", head=True)
    rest = [Post(id=new_id(), unit=agency, code=f"j{n}", name=f"Jabatan {n}", superior=first) for n in range(1, desks)]
    Post.objects.bulk_create(rest)
    posts = [first, *rest]
    matters = []
    for number in range(acts):
        person = testing.make_person(f"Orang {number}")
        testing.seat(person, posts[number])
        reader = testing.reader_of(person)
        done = open_matter(Opening("letters.incoming", f"Surat {number}", posts[number].id, agency.id), reader)
        matters.append((done.matter, reader))
    here.count_anew()
    written = [tickets.write(here.schema(), post.pk, ORIGIN, {post.pk: 3}, []) for post in posts]
    return City(posts, written, matters)


def _act(city: City, acts: int) -> list[_Done]:
    """Pass each letter from one of the first desks to one of the last."""
    from tertib.matters.engine import act

    done, begun = [], time.perf_counter()
    for number in range(acts):
        to = len(city.posts) - 1 - number
        matter, reader = city.matters[number]
        act(matter, "forward", reader, {"post": str(city.posts[to].pk)})
        done.append(_Done(time.perf_counter(), (number, to)))
        time.sleep(max(0.0, begun + (number + 1) / RATE - time.perf_counter()))
    return done


@contextmanager
def _process() -> Iterator[tuple[int, Any]]:
    """The live process, tended as `tertib up` tends it. Gives its port, and a function of its present process id."""
    from django.db import connections

    from tertib.cli import serve, tree

    connections.close_all()
    listener = serve.bind("127.0.0.1", 0)
    serve.listen(listener)
    child = tree.Child("live", lambda: serve.serve_live(listener), 2.0)
    over = threading.Event()
    tree.share_memory()
    tree.tend([child])

    def tend() -> None:
        while not over.wait(0.05):
            tree.tend([child])

    keeper = threading.Thread(target=tend)
    keeper.start()
    try:
        yield listener.getsockname()[1], lambda: child.pid
    finally:
        over.set()
        keeper.join()
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGTERM)
            os.waitpid(child.pid, 0)
        listener.close()


def _megabytes(pid: int) -> float:
    """Memory of a process, what it shares with others counted in part."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


class _Browsers:
    """One process with a stream for each ticket. A stream that ends is opened again as `live-line.js` does it."""

    def __init__(self, port: int, tickets: list[str]) -> None:
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_browse, args=(theirs, port, tickets))

    def __enter__(self) -> _Browsers:
        self.process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.pipe.send(None)
        self.process.join(10)

    def _ask(self, what: Any) -> Any:
        self.pipe.send(what)
        if not self.pipe.poll(START_PATIENCE + 10):
            raise Unavailable(Problem("The process of the measurement does not answer."))
        return self.pipe.recv()

    def wait_for_all(self, since: float = 0.0) -> float:
        """Until every stream has had a message later than that moment; when that was."""
        found = self._ask(since)
        if not found:
            raise Unavailable(Problem("Not all desks got their stream.", mend="Try fewer with --desks."))
        return float(found)

    def heard(self) -> list[tuple[int, float]]:
        """Which desks were told that something moved, and when, since this was asked last."""
        return list(self._ask("heard"))


def _browse(pipe: Connection, port: int, tickets: list[str]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = len(tickets) + 100
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard) if hard > 0 else wanted, hard))
    asyncio.run(_browse_all(pipe, port, tickets))


async def _browse_all(pipe: Connection, port: int, tickets: list[str]) -> None:
    heard: list[tuple[int, float]] = []
    alive = [0.0] * len(tickets)
    streams = [asyncio.create_task(_desk(port, ticket, n, alive, heard)) for n, ticket in enumerate(tickets)]
    while True:
        while not pipe.poll():
            await asyncio.sleep(0.02)
        asked = pipe.recv()
        if asked is None:
            break
        if asked == "heard":
            pipe.send(list(heard))
            heard.clear()
            continue
        until = time.perf_counter() + START_PATIENCE
        while min(alive) <= asked and time.perf_counter() < until:
            await asyncio.sleep(0.02)
        pipe.send(max(alive) if min(alive) > asked else 0.0)
    for stream in streams:
        stream.cancel()


async def _desk(port: int, ticket: str, number: int, alive: list[float], heard: list[tuple[int, float]]) -> None:
    since, tries = time.time(), 0
    while True:
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            query = urlencode({"karcis": ticket, "sejak": since})
            writer.write(f"GET /?{query} HTTP/1.1\r\nHost: {place.DOMAIN}\r\nOrigin: {ORIGIN}\r\n\r\n".encode())
            try:
                while line := await reader.readline():
                    if not line.startswith(b"data: {"):
                        continue
                    said = json.loads(line[6:])
                    since, tries, alive[number] = max(since, said["at"]), 0, time.perf_counter()
                    if said.get("desk"):
                        heard.append((number, alive[number]))
            finally:
                writer.close()
        tries += 1
        await asyncio.sleep(0.2 + random.random() * min(60, 2**tries))  # noqa: S311 - so that not all come at once
