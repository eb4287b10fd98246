"""`tertib up`: the database, the web, the live pages and the worker in one process tree."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import click
import psycopg

from tertib.cli import serve, tree
from tertib.cli.steps import Steps
from tertib.ground import database
from tertib.ground.config import Config, config
from tertib.ground.errors import Problem, TertibError, Unavailable

OLDEST = 16
_WEB_PATIENCE, _LIVE_PATIENCE, _WORKER_PATIENCE = 15.0, 2.0, 15.0


@click.command()
@click.option("--demo/--no-demo", default=None, help="Load the demo city on first run and open its doors.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on (default: PORT, or 8000).")
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when the calling process ends.")
def up(demo: bool | None, port: int | None, with_parent: bool) -> None:
    """Start everything: database, web and worker. Ctrl-C stops it."""
    if demo is not None:
        os.environ["TERTIB_DEMO"] = "1" if demo else "0"
    if port is not None:
        os.environ["PORT"] = str(port)
    signals = tree.Signals()
    if with_parent:
        tree.end_with_parent()
    with suppress(tree.Stop):
        _up(signals)


def _up(signals: tree.Signals) -> None:
    steps = Steps()
    config.cache_clear()
    settings = config()
    listener = serve.bind(settings.address, settings.port)
    live = serve.bind_live(settings.address, settings.port, settings.live_port)
    # Pages tell browsers this port.
    os.environ["TERTIB_LIVE_PORT"] = str(live.getsockname()[1])
    with steps.step(f"Data folder {settings.data}"):
        _make_folder(settings.data, own_database=not settings.database_url)
    server = _start_database(settings, steps)
    try:
        with steps.step("Loading Tertib"):
            application = _load()
        prepared = tree.run_once(_prepare)
        if not prepared:
            raise Unavailable(Problem("The database could not be brought up to date.", mend="See above."))
        _supervise(
            config(), signals=signals, steps=steps, listeners=(listener, live), application=application, server=server
        )
    finally:
        signals.raising = False
        if server is not None:
            server.stop(60.0 if signals.asked < 2 else 1.0)


def _make_folder(folder: Path, *, own_database: bool) -> None:
    """Make the data folder, if need be, and close it to everybody else."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "static").mkdir(exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
        # Started by root, PostgreSQL runs as somebody else and must pass through to its own folder.
        passing = own_database and os.geteuid() == 0
        _close(folder, 0o711 if passing else 0o700)
        (folder / "blobs").mkdir(exist_ok=True)
        for inner in (folder / "blobs", *(folder / "blobs").iterdir(), folder / "static", folder / "secrets"):
            if inner.is_dir():
                _close(inner, 0o700)
    except OSError as error:
        mend = "Set TERTIB_DATA to a folder that you may write."
        raise Unavailable(Problem(f"The data folder can't be used: {error.strerror}.", str(folder), mend)) from error


def _close(folder: Path, most: int) -> None:
    """Take away what others may do beyond `most`; nothing is opened that was closed."""
    found = folder.stat()
    if found.st_mode & 0o777 & ~most and os.geteuid() in (0, found.st_uid):
        folder.chmod(found.st_mode & most)


def _start_database(settings: Config, steps: Steps) -> database.Server | None:
    """Start our own server, or make sure that the given one is fit. Leaves its address in the environment."""
    if settings.database_url:
        with steps.step("Database at DATABASE_URL"):
            _check(settings.database_url)
        return None
    with steps.step("Database"):
        server = database.start(settings.data / "postgres")
    if server.upgraded_from:
        steps.line(f"The database was upgraded; the old data are kept in {server.upgraded_from}.")
    os.environ["DATABASE_URL"] = server.url
    config.cache_clear()
    return server


def _check(url: str) -> None:
    mend = "Check DATABASE_URL: postgresql://user:password@host:port/name."
    try:
        with psycopg.connect(url, connect_timeout=10) as session:
            version = session.info.server_version // 10000
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        raise Unavailable(Problem(f"The database does not answer: {said}", where="DATABASE_URL", mend=mend)) from None
    if version < OLDEST:
        raise Unavailable(
            Problem(
                f"The database is PostgreSQL {version}.",
                where="DATABASE_URL",
                mend=f"Use PostgreSQL {OLDEST} or newer.",
            )
        )


def _load() -> Callable[..., object]:
    """Load all code once, before the children are forked: they share its memory."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tertib.settings")
    from tertib.wsgi import application  # isort: skip (sets Django up, which the rest needs)
    from django.urls import get_resolver

    for module in ("procrastinate.contrib.django", "tertib.cli.worker", "tertib.web.live.app"):
        import_module(module)
    get_resolver().url_patterns  # noqa: B018 (loads every page)
    return application


def _prepare() -> None:
    """Bring all tables up to date, and load the demo city where it is wanted and nothing is there yet."""
    from tertib.cli.migrate import migrate_all

    steps = Steps()
    try:
        with steps.step("Tables and procedures"):
            governments = migrate_all(steps.progress)
        if config().demo and not governments:
            from tertib.demo.load import load_demo

            with steps.step("Demo city"):
                load_demo(steps.progress)
    except TertibError as error:
        for problem in error.problems:
            click.secho(f"✗ {problem}", fg="red", err=True)
        sys.exit(1)


def _invite() -> None:
    """On an empty installation, say where it begins and with what code. Only the terminal is told."""
    from tertib.ground.tenancy import first_run

    code = first_run.issue()
    if code:
        hours = first_run.LASTS.seconds // 3600
        click.echo(f"No government lives here yet. Open /mulai there and type this code within {hours} hours: {code}")


def _work() -> None:
    from tertib.cli.main import cli

    cli.main(["worker"], standalone_mode=False)


def _web_processes(settings: Config) -> int:
    if os.environ.get("TERTIB_WEB_WORKERS"):
        return settings.web_workers
    return min(settings.web_workers, os.cpu_count() or 1)


def _supervise(
    settings: Config,
    *,
    signals: tree.Signals,
    steps: Steps,
    listeners: tuple[socket.socket, socket.socket],
    application: Callable[..., object],
    server: database.Server | None,
) -> None:
    """Run web, live pages and worker until someone asks to stop; then stop them, in this order."""

    listener, live = listeners

    def web() -> None:
        serve.serve(listener, application)

    children = [tree.Child(f"web-{n + 1}", web, _WEB_PATIENCE) for n in range(_web_processes(settings))]
    children.append(tree.Child("live", lambda: serve.serve_live(live), _LIVE_PATIENCE))
    children.append(tree.Child("worker", _work, _WORKER_PATIENCE))
    tree.share_memory()
    serve.listen(listener)
    serve.listen(live)
    try:
        tree.tend(children)
        serve.wait_until_ready(settings.address, settings.port, lambda: tree.tend(children))
        steps.done("Web and worker")
        host = serve.reachable(settings.address)
        steps.line(f"Tertib is ready: http://{f'[{host}]' if ':' in host else host}:{settings.port}")
        tree.run_once(_invite)
        signals.raising = False
        while not signals.asked:
            pause = tree.tend(children)
            _tend_database(server)
            signals.wait(min(pause, 2.0 if server else 3600.0))
        steps.line("Stopping …")
    finally:
        signals.raising = False
        listener.close()
        live.close()
        tree.end(children, signals)


def _tend_database(server: database.Server | None) -> None:
    if server is None or server.alive:
        return
    tree.log.error("the database ended and is started again")
    fresh = database.start(server.folder)
    server.pid, server.process = fresh.pid, fresh.process
