"""`tertib bench http`: create, act, read and list over HTTP, with what each request costs.

Web processes as `tertib up` runs them, and clients on the same machine that keep their connection. Rates blur on a
shared machine; CPU time and statements a request do not.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import click

from tertib.cli.bench import place
from tertib.cli.bench.processes import backend_seconds, process_seconds
from tertib.ground.config import config
from tertib.ground.tenancy import here

LETTERS = 400
POSTS = 16
FIRST = "dinas-0"
# A city's letters are entered in the books of many houses at once; those of one book wait for each other's numbers.
HOUSES = 8
KINDS = ("create", "one book", "act", "read", "list", "record")


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of request with so many clients. `cpu_ms`: application and database together, a request."""

    kind: str
    clients: int
    per_s: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    statements: int


@click.command(name="http")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.option("--seconds", default=4.0, show_default=True, help="For each kind of request and number of clients.")
@click.option("--clients", default="1,8,32", show_default=True)
def http_(as_json: bool, seconds: float, clients: str) -> None:
    """Requests a second, p95, CPU time and statements of the REST interface."""
    with place.installation():
        city = _build()
        statements = {kind: _statements(kind, city) for kind in KINDS}
        with Web() as web:
            rows = [
                _measure(web, city, kind, int(count), seconds, statements[kind])
                for kind in KINDS
                for count in clients.split(",")
            ]
    if as_json:
        click.echo(json.dumps({"requests": [asdict(row) for row in rows]}))
        return
    click.echo(f"{'':8}{'clients':>8}{'per s':>9}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'statements':>12}")
    for row in rows:
        click.echo(
            f"{row.kind:8}{row.clients:8}{row.per_s:9.0f}{row.p50_ms:9.1f}{row.p95_ms:9.1f}{row.cpu_ms:9.2f}{row.statements:12}"
        )


@dataclass(slots=True)
class City:
    """Whom the clients act as, and the letters that lie there."""

    # The key of each house's registrar, by the house's code; the letters lie in the first house.
    registrars: dict[str, str]
    holders: dict[str, str]
    posts: list[str]
    letters: list[tuple[str, str]]


def _build() -> City:
    from tertib.government import tokens
    from tertib.government.models import UnitKind
    from tertib.matters import testing
    from tertib.rooms.letters.receiving import Incoming, register

    root = testing.root_unit()
    houses, posts, holders = [], [], {}
    for number in range(HOUSES):
        house = testing.make_unit(f"Dinas {number}", root, kind=UnitKind.AGENCY)
        house.code = f"dinas-{number}"
        house.save(update_fields=["code"])
        houses.append(house)
    for number in range(POSTS):
        house = houses[number % HOUSES]
        post = testing.make_post(house, f"Jabatan {number}", head=number < HOUSES, clearance=1)
        person = testing.make_person(f"Orang {number}")
        testing.seat(person, post)
        posts.append(str(post.id))
        holders[str(post.id)] = tokens.make(person, "bench")
    registrars, readers = {}, []
    for house in houses:
        post = testing.make_post(house, "Agendaris", clearance=1)
        person = testing.make_person(f"Agendaris {house.code}")
        testing.seat(person, post)
        testing.grant(post, "registrar", house)
        readers.append(testing.reader_of(person))
        registrars[house.code] = tokens.make(person, "bench")
    letters = []
    for number in range(LETTERS):
        made = register(Incoming(f"Surat {number}", "PT Contoh", number=str(number)), houses[0], readers[0])
        letters.append((str(made.done.matter), posts[0]))
    here.count_anew()
    return City(registrars, holders, posts, letters)


def _request(kind: str, city: City, draw: random.Random, letters: list[list[str]]) -> tuple[str, str, str, Any, Any]:
    """Method, path, key, body, and what to note down once it is answered."""
    letter = draw.choice(letters)
    if kind in ("create", "one book"):
        house = draw.choice(list(city.registrars)) if kind == "create" else FIRST
        body = {"unit": house, "subject": "Permohonan data", "sender": {"name": "PT Contoh"}, "number": "1"}
        return "POST", "/api/v1/letters", city.registrars[house], body, None
    if kind == "list":
        return "GET", "/api/v1/letters", city.registrars[FIRST], None, None
    key = city.holders[letter[1]]
    if kind == "act":
        to = draw.choice(city.posts)
        return "POST", f"/api/v1/matters/{letter[0]}/actions/forward", key, {"data": {"post": to}}, (letter, to)
    path = f"/api/v1/matters/{letter[0]}" + ("/record" if kind == "record" else "")
    return "GET", path, key, None, None


def _statements(kind: str, city: City) -> int:
    """SQL statements of one request, the process being warm; BEGIN and COMMIT are not counted."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST=place.DOMAIN)
    letters = [list(letter) for letter in city.letters[-1:]]
    for last in (False, False, True):
        draw = random.Random(7)  # noqa: S311 - the same house each time
        method, path, key, body, moved = _request(kind, city, draw, letters)
        content = {"data": json.dumps(body), "content_type": "application/json"} if body else {}
        with CaptureQueriesContext(connection) as seen:
            answer = getattr(client, method.lower())(path, headers={"authorization": f"Bearer {key}"}, **content)
        if answer.status_code >= 400:
            raise click.ClickException(f"{kind}: {answer.status_code} {answer.content[:300]!r}")
        if moved:
            moved[0][1] = moved[1]
        if last:
            break
    city.letters[-1] = (letters[0][0], letters[0][1])
    return sum(query["sql"] not in ("BEGIN", "COMMIT") for query in seen.captured_queries)


class Web:
    """Web processes, forked as `tertib up` forks them and as many."""

    def __enter__(self) -> Web:
        from django.db import connections

        from tertib.cli import serve, tree

        connections.close_all()
        self.listener = serve.bind("127.0.0.1", 0)
        serve.listen(self.listener)
        self.port = self.listener.getsockname()[1]
        tree.share_memory()
        context = multiprocessing.get_context("fork")
        count = min(config().web_workers, os.cpu_count() or 1)
        self.processes = [context.Process(target=_serve, args=(self.listener,)) for _number in range(count)]
        for process in self.processes:
            process.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join()
        self.listener.close()

    def cpu(self) -> float:
        """Seconds of processor time of the web processes and of the database."""
        return sum(process_seconds(process.pid or 0) for process in self.processes) + backend_seconds()


def _serve(listener: Any) -> None:
    from tertib.cli.serve import serve
    from tertib.wsgi import application

    serve(listener, application)


def _measure(web: Web, city: City, kind: str, clients: int, seconds: float, statements: int) -> Row:
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    share = max(len(city.letters) // clients, 1)
    processes = [
        context.Process(
            target=_client,
            args=(web.port, city, kind, city.letters[n * share : (n + 1) * share], n, seconds, results),
        )
        for n in range(clients)
    ]
    before = web.cpu()
    for process in processes:
        process.start()
    found = [results.get() for _ in processes]
    spent = web.cpu() - before
    for process in processes:
        process.join()
    taken = sorted(one for times, _letters in found for one in times)
    moved = {letter[0]: letter[1] for _times, letters in found for letter in letters}
    city.letters = [(letter, moved.get(letter, at)) for letter, at in city.letters]
    return Row(
        kind,
        clients,
        round(len(taken) / seconds, 1),
        round(taken[len(taken) // 2] * 1000, 2),
        round(taken[len(taken) * 95 // 100] * 1000, 2),
        round(spent / len(taken) * 1000, 2),
        statements,
    )


def _client(
    port: int, city: City, kind: str, letters: list[tuple[str, str]], number: int, seconds: float, results: Any
) -> None:
    draw = random.Random(os.getpid())  # noqa: S311
    mine = [list(letter) for letter in letters]
    call = _caller(port)
    until = time.perf_counter() + seconds
    taken = []
    while (begun := time.perf_counter()) < until:
        method, path, key, body, moved = _request(kind, city, draw, mine)
        status, answer = call(method, path, key, body)
        if status >= 400:
            raise SystemExit(f"{kind}: {status} {answer[:200]!r}")
        taken.append(time.perf_counter() - begun)
        if moved:
            moved[0][1] = moved[1]
    results.put((taken, mine))


def _caller(port: int) -> Callable[[str, str, str, Any], tuple[int, bytes]]:
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def call(method: str, path: str, key: str, body: Any) -> tuple[int, bytes]:
        headers = {"Host": f"{place.DOMAIN}:{port}", "Authorization": f"Bearer {key}"}
        content = None
        if body is not None:
            content, headers["Content-Type"] = json.dumps(body), "application/json"
        connection.request(method, path, content, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    return call
