"""A running server over a database of its own, a Chromium, and people who sit down at a desk.

One server and one browser serve all tests of this folder, which therefore belong to one worker (`GROUP`).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright
    from pytest_django.plugin import DjangoDbBlocker

    from browser.world import World

CHROMIUM = shutil.which(os.environ.get("CHROMIUM") or "chromium")
# The same browser without a window around its pages, where it is installed: a page costs less than half as much.
# It has no notices of the system, so what is about these takes the whole one.
BARE = shutil.which("chromium-headless-shell") or CHROMIUM
# `test_chromium.py` alone stays, and says so once.
collect_ignore_glob = [] if CHROMIUM else ["test_[!c]*.py"]
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
# What Chromium says of every answer that is no success; those our pages give on purpose are 404, 409 and 422.
EXPECTED = re.compile(r"Failed to load resource: .* status of (404|409|422)")
PATIENCE = 15_000
PUSH = {"TERTIB_PUSH": "1", "TERTIB_PUSH_CONTACT": "mailto:pengelola@kota.example"}


@dataclass
class City:
    """The running city."""

    port: int
    environment: dict[str, str]
    world: World
    # The live process as it was started first.
    live: int

    def url(self, path: str = "/", government: str = "bekasi") -> str:
        return f"http://{government}.localhost:{self.port}{path}"

    def work(self) -> None:
        """Let the worker do what waits."""
        command = [sys.executable, "-m", "tertib.cli.main", "worker", "--once"]
        subprocess.run(command, env=self.environment, check=True, timeout=60, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="package")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[City]:
    """A server on a free port, over a fresh database with the world of `world.py`."""
    from conftest import _own_database

    with _own_database(django_db_blocker) as url:
        from django.db import connections

        from browser.world import build

        world = build()
        connections.close_all()
        environment = {**os.environ, "DATABASE_URL": url, "TERTIB_DEMO": "1", "TERTIB_LOG_LEVEL": "ERROR", **PUSH}
        server = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "server.py")],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert server.stdout is not None
            port, live = map(int, server.stdout.readline().split())
            yield City(port, environment, world, live)
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="package")
def _play() -> Iterator[Playwright]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        yield play


@pytest.fixture(scope="package")
def chromium(_play: Playwright) -> Iterator[Browser]:
    """One browser for all; each test opens contexts of its own."""
    browser = _play.chromium.launch(executable_path=BARE, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def whole_chromium(_play: Playwright) -> Iterator[Browser]:
    """A browser with all that belongs to one, for what the other has not."""
    browser = _play.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
    yield browser
    browser.close()


@dataclass
class Office:
    """Opens pages as people of the city, and remembers what the pages complained about."""

    city: City
    browser: Browser
    states: dict[str, Any]
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def visit(self, government: str = "bekasi", width: int = 1280, **more: Any) -> Page:
        """A page of somebody who has not signed in."""
        size = {"width": width, "height": 800 if width > 600 else 640}
        context = self.browser.new_context(
            base_url=self.city.url("", government), viewport=size, locale="id-ID", reduced_motion="reduce", **more
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)
        return page

    def sit(self, post: str, government: str = "bekasi", width: int = 1280, **more: Any) -> Page:
        """The desk of a post, signed in by its door."""
        key = f"{government}/{post}"
        if key not in self.states:
            page = self.visit(government)
            page.goto("/accounts/login/")
            page.locator("form.doors button", has_text=_title(post)).click()
            page.wait_for_url(self.city.url("/", government))
            self.states[key] = page.context.storage_state()
        page = self.visit(government, width, storage_state=self.states[key], **more)
        page.goto("/")
        return page

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning") and not EXPECTED.search(message.text):
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if parts.scheme in ("http", "https", "ws", "wss") and host != "127.0.0.1" and not host.endswith("localhost"):
            self.strangers.append(request.url)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def _title(post: str) -> str:
    from browser.world import OTHER_POSTS, POSTS

    return {**POSTS, **OTHER_POSTS}[post][0]


@pytest.fixture(scope="package")
def _states() -> dict[str, Any]:
    return {}


@pytest.fixture
def office(city: City, chromium: Browser, _states: dict[str, Any]) -> Iterator[Office]:
    """A test that ends with a complaint of the browser, or a request that left this machine, has failed."""
    office = Office(city, chromium, _states)
    yield office
    office.close()
    assert not office.strangers
    assert not office.complaints


@pytest.fixture
def sit(office: Office) -> Callable[..., Page]:
    return office.sit
