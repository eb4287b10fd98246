"""`tertib bench desk`: the pages people look at all day, in a city of a million matters and ten million entries.

Desk, board, agenda, search and letter, over HTTP, as the mayor, a registrar, a head of section and an officer see them;
at the first page and at the thousandth, where the reader has so many.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from tertib.cli.bench import place
from tertib.cli.bench.city import ENTRIES, Reader

DEEP = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """One page as one reader sees it. `at` is the number of the page."""

    page: str
    role: str
    at: int
    p50_ms: float
    p95_ms: float
    statements: int


@dataclass(frozen=True, slots=True)
class _Ask:
    page: str
    at: int
    path: str


@click.command()
@click.option("--matters", default=1_000_000, show_default=True)
@click.option("--times", default=40, show_default=True, help="How often each page is asked for.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Build the city in this folder, or measure in the one that is there.",
)
def desk(matters: int, times: int, as_json: bool, keep: Path | None) -> None:
    """p50 and p95 of desk, board, agenda, search and letter in a large city."""
    from tertib.cli.bench import city
    from tertib.cli.bench.http import Web

    with place.installation(keep):
        if not city.readers():
            city.build(matters, lambda text: click.echo(f"… {text}", err=True))
        asked = [(reader, _session(reader), list(_asks(reader))) for reader in city.readers()]
        statements = [[_statements(cookie, ask.path) for ask in asks] for _reader, cookie, asks in asked]
        pages = []
        with Web() as web:
            for (reader, cookie, asks), counted in zip(asked, statements, strict=True):
                for ask, count in zip(asks, counted, strict=True):
                    taken = sorted(_times(web.port, cookie, ask.path, times))
                    p50, p95 = taken[len(taken) // 2], taken[len(taken) * 95 // 100]
                    pages.append(Page(ask.page, reader.role, ask.at, round(p50, 1), round(p95, 1), count))
                    if not as_json:
                        click.echo(_line(pages[-1]))
    if as_json:
        click.echo(json.dumps({"pages": [asdict(page) for page in pages]}))
    else:
        click.echo(f"{matters} matters, {matters * ENTRIES} entries; a page is asked for {times} times.")


def _line(page: Page) -> str:
    said = f"{page.page:22}{page.role:17}page {page.at:<6}"
    return f"{said}{page.p50_ms:8.1f} ms p50{page.p95_ms:8.1f} ms p95{page.statements:4} statements"


def _session(reader: Reader) -> str:
    """A session of the reader, as its cookie."""
    from django.conf import settings
    from django.test import Client

    from tertib.government.models import Person

    client = Client(HTTP_HOST=place.DOMAIN)
    client.force_login(Person.objects.get(pk=reader.person))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _asks(who: Reader) -> Iterator[_Ask]:
    from tertib.government import authority
    from tertib.matters.desk_pages import PAGE as LINES
    from tertib.matters.desk_pages import cursor_of
    from tertib.matters.pressing import Pile, pressing
    from tertib.rooms.letters.finding import PAGE, Wanted, find

    reader = authority.reader(who.person)
    yield _Ask("desk", 1, "/")
    lies = list(pressing(Pile([who.post], limit=(DEEP - 1) * LINES), reader).only("due_at"))
    if len(lies) == (DEEP - 1) * LINES:
        yield _Ask("desk", DEEP, f"/?setelah={quote(cursor_of(lies[-1]))}")
    if reader.oversees:
        yield _Ask("board", 1, "/papan")
        deep = _deep_board(reader)
        if deep:
            yield _Ask("board", DEEP, f"/papan?setelah={quote(deep)}")
    found = find(reader, Wanted("in"), (DEEP - 1) * PAGE)
    last = found[-1] if len(found) == (DEEP - 1) * PAGE else None
    searches = {"common word": "permohonan", "two words": "perpustakaan kodim", "rare number": "4711", "no such": "xyz"}
    for name, path in {
        "agenda": "/surat/masuk?",
        **{f"search, {name}": f"/surat/cari?q={quote(text)}" for name, text in searches.items()},
        "search, open": "/surat/cari?state=open",
        "search, a month": "/surat/cari?since=2024-03-01&until=2024-03-31",
    }.items():
        yield _Ask(name, 1, path)
        if last and "since" not in path:
            yield _Ask(name, DEEP, f"{path}&before={last}")
    if found:
        yield _Ask("letter", 1, f"/surat/{found[0]}")
    if last:
        yield _Ask("letter", DEEP, f"/surat/{last}")


def _deep_board(reader: Any) -> str:
    from tertib.matters import holdings
    from tertib.matters.desk_pages import cursor_of
    from tertib.web.views.board import PAGE

    home = holdings.home(reader)
    of = holdings.overseen(reader, home) if home else None
    if of is None:
        return ""
    lies = list(holdings.held(of, after=None, limit=(DEEP - 1) * PAGE).only("due_at"))
    return cursor_of(lies[-1]) if len(lies) == (DEEP - 1) * PAGE else ""


def _statements(cookie: str, path: str) -> int:
    """SQL statements of one page, the process being warm; BEGIN and COMMIT are not counted."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST=place.DOMAIN, headers={"cookie": cookie})
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    if answer.status_code != 200:
        raise click.ClickException(f"{path}: {answer.status_code}")
    return sum(query["sql"] not in ("BEGIN", "COMMIT") for query in seen.captured_queries)


def _times(port: int, cookie: str, path: str, times: int) -> Iterator[float]:
    """Milliseconds of each request, over one connection, the first few not counted."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(times + 3):
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Host": f"{place.DOMAIN}:{port}", "Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise click.ClickException(f"{path}: {answer.status} {body[:200]!r}")
        if number >= 3:
            yield (time.perf_counter() - begun) * 1000
