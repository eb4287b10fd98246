"""One throw-away PostgreSQL for a whole test run, and a database of its own for each worker.

The process that leads the run starts the server. The first worker to need a database builds a template with
two governments; every worker, and every test that wants a fresh database, gets a copy of it.
`DATABASE_URL_TEST` names another server to use instead; its role must be allowed to create databases.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

    from tertib.ground.tenancy.models import Government

_server: Any = None
_counter = 0


def _leads() -> bool:
    return "PYTEST_XDIST_WORKER" not in os.environ


def _folder() -> Path:
    return Path(os.environ["TERTIB_TEST_FOLDER"])


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a worker waits for its database or browser a third of the time."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the server before Django reads its settings; workers inherit the environment."""
    global _server  # noqa: PLW0603 (pytest's hooks share nothing else)
    if config.option.help:
        return
    if not _leads():
        _set_up()
        return
    folder = Path(tempfile.mkdtemp(prefix="tertib-test-"))
    folder.chmod(0o711)
    # Whitenoise looks for it in each application that is made.
    (folder / "data" / "static").mkdir(parents=True)
    url = os.environ.get("DATABASE_URL_TEST", "")
    if not url:
        from tertib.ground import database

        _server = database.start(folder / "postgres", durable=False)
        url = _server.url
    os.environ.update(
        TERTIB_TEST_FOLDER=str(folder),
        TERTIB_TEST_SERVER=url,
        TERTIB_DATA=str(folder / "data"),
        TERTIB_HOSTS=".localhost,localhost,127.0.0.1,[::1],testserver,.testserver",
        DATABASE_URL=url,
        DJANGO_SETTINGS_MODULE="tertib.settings",
    )
    _set_up()


def _set_up() -> None:
    """Before any test module is imported, for it may import models."""
    import django

    from tertib.ground.catalogs import compile_catalogs

    compile_catalogs()
    django.setup()


def pytest_unconfigure() -> None:
    """Stop the server and leave nothing behind."""
    if not _leads() or "TERTIB_TEST_FOLDER" not in os.environ:
        return
    if _server is not None:
        _server.stop(10)
    elif os.environ.get("TERTIB_TEST_SERVER"):
        _drop_all()
    shutil.rmtree(os.environ.pop("TERTIB_TEST_FOLDER"), ignore_errors=True)


def _url(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["TERTIB_TEST_SERVER"])._replace(path=f"/{name}"))


def _name(suffix: str) -> str:
    # The run's folder is in the name: several runs may share one server.
    return f"tertib_test_{_folder().name.removeprefix('tertib-test-').lower()}_{suffix}"


def _execute(*statements: sql.Composed) -> None:
    with psycopg.connect(os.environ["TERTIB_TEST_SERVER"], autocommit=True) as session:
        for statement in statements:
            session.execute(statement)


def _drop(name: str) -> None:
    """Drop a database, whoever of ours is still connected to it.

    WITH (FORCE) would fail where autovacuum is at work, whose process only a superuser may end; a plain DROP ends
    that by itself, but waits for everybody else.
    """
    end = sql.SQL(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = {} AND usename = current_user"
    )
    _execute(end.format(sql.Literal(name)), sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _drop_all() -> None:
    with psycopg.connect(os.environ["TERTIB_TEST_SERVER"], autocommit=True) as session:
        rows = session.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (_name(""),))
        names = [name for (name,) in rows.fetchall()]
    for name in names:
        _drop(name)


def _clone(suffix: str) -> str:
    """A new copy of the template; the template itself is built by whoever comes first."""
    template = _name("template")
    with (_folder() / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = _folder() / "template.done"
        if not done.exists():
            _drop(template)
            _execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(template)))
            with _pointed_at(template):
                _build()
            done.touch()
        name = _name(suffix)
        _drop(name)
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        _execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
    return name


def _build() -> None:
    from django.core.management import call_command

    from tertib.government.setup import ensure
    from tertib.ground.tenancy.actions import create_government

    call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
    ensure(create_government("bekasi", "Kota Bekasi", short_name="Bekasi", area_code="32.75"))
    ensure(create_government("pasuruan", "Kabupaten Pasuruan", short_name="Pasuruan", area_code="35.14"))


@contextmanager
def _pointed_at(name: str) -> Iterator[str]:
    """Django, and programs that tests start, use this database in the meantime. Gives its URL."""
    from django.db import connections

    from tertib.ground.config import config
    from tertib.settings import _database

    url = _url(name)
    settings = connections["default"].settings_dict
    before = {key: settings[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    environment = os.environ.get("DATABASE_URL", "")

    def point(values: dict[str, Any], address: str) -> None:
        connections.close_all()
        # Threads make their connections from the same dict.
        connections.databases["default"].update(values)
        settings.update(values)
        os.environ["DATABASE_URL"] = address
        config.cache_clear()
        _forget()

    point({key: value for key, value in _database(url).items() if key in before}, url)
    try:
        yield url
    finally:
        point(before, environment)


def _forget() -> None:
    """What a process remembers of its database must not leak into the next test."""
    from django.db import connection

    from tertib.ground.tenancy.middleware import forget

    connection.set_schema_to_public()
    forget()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Takes the place of pytest-django's: a copy of the template instead of a migration for each worker."""
    with django_db_blocker.unblock():
        name = _clone(os.environ.get("PYTEST_XDIST_WORKER", "main"))
        with _pointed_at(name):
            yield
        with suppress(psycopg.Error):
            _drop(name)


@pytest.fixture(autouse=True)
def _clean_memory(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if {"db", "transactional_db", "fresh_database", "module_database", "django_db_setup"} & set(request.fixturenames):
        _forget()


@pytest.fixture
def government(db: None) -> Iterator[Government]:
    """The test runs in the schema of Kota Bekasi, inside a transaction that is rolled back."""
    yield from _active("bekasi")


@pytest.fixture
def fresh_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of the test's own, with both governments, for real connections and commits. Gives its URL.

    Programs started by the test find it in DATABASE_URL.
    """
    with _own_database(django_db_blocker) as url:
        yield url


@pytest.fixture(scope="module")
def module_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Like `fresh_database`, one for all tests of a module: for what takes long to prepare and is only looked at."""
    with _own_database(django_db_blocker) as url:
        yield url


@pytest.fixture(scope="session")
def own_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Callable[[], AbstractContextManager[str]]:
    """Makes such a database for as long as a block runs: for a world that the tests of a whole folder look at."""
    return lambda: _own_database(django_db_blocker)


@contextmanager
def _own_database(blocker: DjangoDbBlocker) -> Iterator[str]:
    global _counter  # noqa: PLW0603 (numbers the databases of this worker)
    _counter += 1
    with blocker.unblock():
        name = _clone(f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{_counter}")
        with _pointed_at(name) as url:
            yield url
        _drop(name)


@pytest.fixture
def transactional_government(fresh_database: str) -> Iterator[Government]:
    """Like `government`, with real commits in a database of the test's own."""
    yield from _active("bekasi")


def _active(schema: str) -> Iterator[Government]:
    from tertib.ground.tenancy.middleware import activate
    from tertib.ground.tenancy.models import Government

    found = Government.objects.get(schema_name=schema)
    activate(found)
    yield found
