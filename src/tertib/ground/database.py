"""The embedded PostgreSQL: without DATABASE_URL Tertib starts its own server in its data folder.

    folder/data       the database (with PG_VERSION)
    folder/socket     where programs of this machine connect; nobody else can, there is no network port
    folder/server.log

The server belongs to the process that started it: it shuts down with it, even where that process is killed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from tertib.ground import postgres_process as pg
from tertib.ground.errors import Problem, Unavailable
from tertib.ground.postgres_upgrade import (
    ROLE,
    SUPERUSER,
    grant_access,
    initialise,
    settle,
    upgrade,
    version_of,
)

NAME = "tertib"
PORT = 5432  # part of the socket's name only
# A socket's path has room for 103 bytes on the narrowest system we run on.
_SOCKET_BYTES = 103
_LOG_BYTES = 8 * 1024 * 1024
# Crash recovery of a large database takes its time; a server that still runs is waited for this long.
_READY_SECONDS = 600.0

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "60",
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "512MB",
    "huge_pages": "off",
    "jit": "off",
    # Reading in the server's own processes spares three helper processes.
    "io_method": "sync",
    "max_worker_processes": "4",
    "max_parallel_workers": "2",
    "autovacuum_max_workers": "2",
    "max_wal_senders": "2",
    "max_logical_replication_workers": "0",
    "wal_compression": "on",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "track_io_timing": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "password_encryption": "scram-sha-256",
    # A transaction left open holds back followers of the ledger, which read only past every running one.
    "idle_in_transaction_session_timeout": "5min",
    "log_line_prefix": "%m [%p] ",
    # Statements and the details of errors carry personal data; the log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    # Tests of a hundred people at once open a connection for each.
    "max_connections": "300",
}


@dataclass(slots=True)
class Server:
    """A running server. `owned` tells whether we started it, and so whether `stop()` stops it."""

    folder: Path
    sockets: Path
    pid: int
    process: subprocess.Popen[bytes] | None = None
    upgraded_from: Path | None = None

    @property
    def owned(self) -> bool:
        return self.process is not None

    @property
    def url(self) -> str:
        """The address for programs on this machine, as `DATABASE_URL` wants it."""
        return f"postgresql://{ROLE}@/{NAME}?host={quote(str(self.sockets), safe='/')}&port={PORT}"

    @property
    def alive(self) -> bool:
        if self.process is not None:
            return self.process.poll() is None
        return _serves(self.pid, self.folder / "data")

    def stop(self, seconds: float = 60.0) -> None:
        """Shut down: cut sessions off and write everything; harsher if that takes longer than `seconds`."""
        process = self.process
        if process is None:
            return
        for number, wait in ((signal.SIGINT, seconds), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            if process.poll() is not None:
                break
            process.send_signal(number)
            try:
                process.wait(wait)
            except subprocess.TimeoutExpired:
                continue
        self.process = None
        if self.sockets.parent != self.folder:
            with suppress(OSError):
                self.sockets.rmdir()


def start(folder: Path, *, sockets: Path | None = None, durable: bool = True) -> Server:
    """Start the server on this folder, or attach to the one that runs there already.

    Makes the folder, the database and its role at first use, and upgrades data of an older version.
    `sockets` is a folder for the socket (by default inside `folder`, or a short one elsewhere if that path
    is too long). `durable=False` gives up safety against power loss for speed, for throw-away servers.
    Call it from a thread that lives as long as the server shall: Linux ties the shutdown at our death to it.
    Raises `Unavailable`, which tells how to mend it.
    """
    folder = folder.absolute()
    _make(folder)
    with _alone(folder):
        running = _attach(folder)
        if running is not None:
            return running
        account = pg.account_for(folder)
        place = _socket_folder(folder, sockets, account)
        settle(folder)
        kept = None
        if version_of(folder / "data") == 0:
            _create(folder, account, durable)
        else:
            grant_access(folder / "data", account)
            kept = upgrade(folder, place, account)
        server = _launch(folder, place, account, durable)
        server.upgraded_from = kept
        return server


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() in (0, folder.stat().st_uid):
            folder.chmod(0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise pg.failure("The database folder can't be used.", str(error), folder) from error


@contextmanager
def _alone(folder: Path, seconds: float = 300.0) -> Iterator[None]:
    """One process at a time: two that start together must not both make the data."""
    until = time.monotonic() + seconds
    with (folder / "lock").open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Unavailable(
                        Problem(
                            "Another process has been starting the database for five minutes.",
                            where=str(folder),
                            mend="Stop the other `tertib up`, then start again.",
                        )
                    ) from None
                time.sleep(0.1)
            else:
                break
        yield


def _create(folder: Path, account: pg.Account | None, durable: bool) -> None:
    fresh = folder / "data.new"
    initialise(fresh, account, sync=durable)
    # Only a finished database gets the name: a first start that was interrupted begins anew.
    fresh.rename(folder / "data")


def _socket_folder(folder: Path, wanted: Path | None, account: pg.Account | None) -> Path:
    place = wanted.absolute() if wanted else folder / "socket"
    name = os.fsencode(place / f".s.PGSQL.{PORT}.lock")
    # Commas and quotes separate several folders, for the server as well as for its clients.
    if len(name) > _SOCKET_BYTES or any(mark in str(place) for mark in ",\"'"):
        runtime = os.environ.get("XDG_RUNTIME_DIR", "") if os.geteuid() != 0 else ""
        base = Path(runtime) if runtime and Path(runtime).is_dir() and len(runtime) < 60 else None
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        place = (base or Path(tempfile.gettempdir())) / f"tertib-{os.geteuid()}-{digest}"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = place.lstat()
    allowed = {0, os.geteuid(), account.uid if account else os.geteuid()}
    if not stat.S_ISDIR(owner.st_mode) or owner.st_uid not in allowed:
        raise Unavailable(
            Problem("The folder for the database's socket belongs to someone else.", str(place), "Remove it.")
        )
    if account is not None:
        os.chown(place, account.uid, account.gid)
    place.chmod(0o700)
    return place


def _launch(folder: Path, sockets: Path, account: pg.Account | None, durable: bool) -> Server:
    log = folder / "server.log"
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(folder / "server.log.1")
    settings = {**SETTINGS, **(_DURABLE if durable else _THROWAWAY), "unix_socket_directories": str(sockets)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    program = pg.binaries()[pg.newest()] / "postgres"
    until = time.monotonic() + 15
    while True:
        size = log.stat().st_size if log.exists() else 0
        try:
            process = pg.spawn(program, "-D", str(folder / "data"), *options, account=account, folder=folder, log=log)
        except OSError as error:
            raise pg.failure("PostgreSQL could not be started.", str(error), folder) from error
        server = Server(folder, sockets, process.pid, process)
        try:
            if _ready(server):
                _prepare(server)
                return server
        except BaseException:
            server.stop(10)
            raise
        said = _said(log, size)
        if pg.is_passing(said) and time.monotonic() < until:
            time.sleep(0.3)
            continue
        raise pg.failure("PostgreSQL could not start.", said, folder)


def _said(log: Path, offset: int) -> str:
    with log.open("rb") as file:
        file.seek(offset)
        return file.read(200_000).decode(errors="replace")


def _ready(server: Server) -> bool:
    """Wait until the server answers; False if it ended instead."""
    until = time.monotonic() + _READY_SECONDS
    while server.alive:
        if _answers(server.sockets):
            return True
        if time.monotonic() > until:
            raise Unavailable(
                Problem(
                    "PostgreSQL has not become ready for ten minutes.",
                    where=str(server.folder),
                    mend="Read server.log there.",
                )
            )
        time.sleep(0.03)
    return False


def _answers(sockets: Path) -> bool:
    try:
        with psycopg.connect(_superuser(sockets), connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def _superuser(sockets: Path) -> str:
    return f"postgresql://{SUPERUSER}@/postgres?host={quote(str(sockets), safe='/')}&port={PORT}"


def _prepare(server: Server) -> None:
    """Make the role and the database.

    The role owns its database and no more: unlike a superuser it can't switch triggers off for a session,
    read the machine's files or change the server.
    """
    role, name = sql.Identifier(ROLE), sql.Identifier(NAME)
    with psycopg.connect(_superuser(server.sockets), autocommit=True) as session:
        if not session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone():
            session.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
        if not session.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone():
            session.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, role))
            session.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))


def _attach(folder: Path) -> Server | None:
    """The server that runs on this folder, if one does. A pid file left behind by a crash is removed."""
    data = folder / "data"
    path = data / "postmaster.pid"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            lines = path.read_text().splitlines()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise pg.failure("The database folder can't be read.", str(error), folder) from error
        pid = int(lines[0]) if lines and lines[0].lstrip("-").isdigit() else 0
        if not _serves(pid, data):
            # PostgreSQL itself would take any living process of ours with that number for a server.
            path.unlink(missing_ok=True)
            return None
        sockets = Path(lines[4]) if len(lines) > 4 and lines[4] else None
        if sockets and _answers(sockets):
            return Server(folder, sockets, pid)
        time.sleep(0.1)  # it starts or stops
    raise Unavailable(
        Problem(
            f"A PostgreSQL server (process {pid}) runs on this folder but does not answer.",
            where=str(folder),
            mend="Wait until it has stopped, or stop it, then start again.",
        )
    )


def _serves(pid: int, data: Path) -> bool:
    """Whether this process is a PostgreSQL server on these data, and not another that got an old number."""
    if pid <= 0:
        return False
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
        except OSError:
            return False
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False)
    return "postgres" in shown.stdout and str(data) in shown.stdout
