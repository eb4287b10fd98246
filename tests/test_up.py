"""`tertib up` as its users meet it: one command, one line, one Ctrl-C, and nothing left behind."""

from __future__ import annotations

import http.client
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tertib.web.arriving import MOST_STRANGERS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see what is left")

READY = "Tertib is ready: "


class Up:
    """A running `tertib up` and what it printed."""

    def __init__(self, folder: Path, port: int, *options: str, **more: str) -> None:
        self.port = port
        self.folder = folder
        self.lines: list[str] = []
        self.ready = threading.Event()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TERTIB_")}
        environment.pop("DATABASE_URL", None)
        environment |= {"PORT": str(port), "TERTIB_DATA": str(folder), "TERTIB_WEB_WORKERS": "1", **more}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tertib.cli.main", "up", "--no-demo", *options],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith(READY):
                self.ready.set()
        self.ready.set()

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def wait_ready(self, seconds: float = 120) -> Up:
        assert self.ready.wait(seconds), self.output
        assert any(line.startswith(READY) for line in self.lines), self.output
        return self

    def wait_end(self, seconds: float = 60) -> int:
        status = self.process.wait(seconds)
        self.reader.join(10)
        return status

    def get(self, path: str = "/", host: str = "127.0.0.1") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": f"{host}:{self.port}"})
            return connection.getresponse().status
        finally:
            connection.close()

    def children(self) -> dict[int, str]:
        """All processes below, and how they are called."""
        parents: dict[int, int] = {}
        for place in Path("/proc").iterdir():
            if place.name.isdigit() and (state := _state(int(place.name))):
                parents[int(place.name)] = state[1]
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return {pid: _command(pid) for pid in found - {self.process.pid}}

    def postgres(self) -> int:
        return int((self.folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def _state(pid: int) -> tuple[str, int] | None:
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:2]
    except OSError:
        return None
    return None if state == "Z" else (state, int(parent))


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _left(pids: dict[int, str], seconds: float = 8) -> dict[int, str]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        left = {pid: name for pid, name in pids.items() if _state(pid) and _command(pid) == name}
        if not left:
            return {}
        time.sleep(0.1)
    return left


def _eventually(check: object, seconds: float = 20) -> bool:
    assert callable(check)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if check():
                return True
        except (OSError, http.client.HTTPException, ValueError, IndexError):
            pass
        time.sleep(0.1)
    return False


@pytest.fixture
def port() -> int:
    return _free_port()


def _free_port() -> int:
    """A free port, and so is the one after it."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as found, suppress(OSError, OverflowError):
            free = int(found.getsockname()[1])
            with socket.create_server(("127.0.0.1", free + 1)):
                return free


@pytest.fixture
def folder() -> Iterator[Path]:
    with _folder() as place:
        yield place


@contextmanager
def _folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="tertib-up-"))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _started(folder: Path, port: int) -> Iterator[Up]:
    up = Up(folder, port)
    try:
        yield up.wait_ready()
    finally:
        if up.process.poll() is None:
            up.process.kill()
            up.process.wait()
        # So that the folder is not removed under a server that still shuts down.
        pid_file = folder / "postgres" / "data" / "postmaster.pid"
        _eventually(lambda: not pid_file.exists() or not _state(up.postgres()), 5)


@pytest.fixture(scope="module")
def begun() -> Iterator[Path]:
    """A folder as the first start leaves it, to be copied: what comes after is the same each time."""
    with _folder() as place:
        with _started(place, _free_port()) as up:
            up.process.terminate()
            assert up.wait_end() == 0, up.output
        yield place


@pytest.fixture
def running(folder: Path, port: int, begun: Path) -> Iterator[Up]:
    # PostgreSQL may run under another account, whose the files must stay.
    subprocess.run(["cp", "-a", f"{begun}/.", str(folder)], check=True, timeout=60)
    with _started(folder, port) as up:
        yield up


def live_status(running: Up) -> int:
    """What the live process says to somebody without a ticket; it listens on the port after the web's."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port + 1, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


def test_it_starts_answers_and_ctrl_c_leaves_nothing(running: Up) -> None:
    assert [line for line in running.lines if line.startswith(READY)] == [f"{READY}http://127.0.0.1:{running.port}"]
    assert running.get() in (200, 302)
    assert live_status(running) == 403
    everything = running.children()
    assert len(everything) > 7
    running.process.send_signal(signal.SIGINT)
    assert running.wait_end() == 0, running.output
    assert _left(everything) == {}
    assert "Traceback" not in running.output
    assert not (running.folder / "postgres" / "data" / "postmaster.pid").exists()


def _answered(lines: list[socket.socket], count: int, seconds: float = 20) -> list[bytes]:
    """The first answers on these lines, of which `count` and no others have one."""
    until = time.monotonic() + seconds
    while len(found := select.select(lines, [], [], 0)[0]) < count and time.monotonic() < until:
        time.sleep(0.05)
    assert len(found) == count
    return [line.recv(4096) for line in found]


def test_who_never_ends_a_request_stops_nobody(running: Up) -> None:
    post = (
        f"POST /accounts/login/ HTTP/1.1\r\nHost: bekasi.localhost:{running.port}\r\nCookie: csrftoken={'a' * 32}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin=a"
    )
    bodies: list[socket.socket] = []
    heads: list[socket.socket] = []
    try:
        for sent, count, kept in ((post, 20, bodies), (post[:40], 300, heads)):
            for _ in range(count):
                kept.append(socket.create_connection(("127.0.0.1", running.port), timeout=20))
                kept[-1].sendall(sent.encode())
        began = time.monotonic()
        assert running.get() in (200, 302)
        assert time.monotonic() - began < 5
        # Whichever came first hold their places; threads may take up what came later before them.
        told = _answered(bodies, len(bodies) - MOST_STRANGERS)
        assert all(answer.startswith(b"HTTP/1.1 503") for answer in told)
        assert heads[0].recv(4096).split()[1:2] in ([], [b"408"])  # given up
        assert running.get() in (200, 302)
    finally:
        for line in (*bodies, *heads):
            line.close()


def test_sigterm_is_as_good_and_the_data_stay(folder: Path, port: int) -> None:
    for _ in range(2):
        up = Up(folder, port).wait_ready()
        everything = up.children()
        up.process.terminate()
        assert up.wait_end() == 0, up.output
        assert _left(everything) == {}


def test_nothing_outlives_a_killed_parent(running: Up) -> None:
    everything = running.children()
    running.process.kill()
    running.process.wait()
    assert _left(everything) == {}
    again = Up(running.folder, running.port).wait_ready()
    again.process.terminate()
    assert again.wait_end() == 0


def test_what_dies_is_started_again(running: Up) -> None:
    database = running.postgres()
    for pid, name in running.children().items():
        if "up" in name and "postgres" not in name:
            os.kill(pid, signal.SIGKILL)
    assert _eventually(lambda: running.get() in (200, 302))
    assert running.output.count("ended and is started again") == 3
    assert _eventually(lambda: live_status(running) == 403)
    os.kill(database, signal.SIGKILL)
    assert _eventually(lambda: running.postgres() != database and running.get() in (200, 302))
    everything = running.children()
    running.process.send_signal(signal.SIGINT)
    assert running.wait_end() == 0, running.output
    assert _left(everything) == {}


def test_it_uses_little_memory(running: Up) -> None:
    time.sleep(2)
    total = 0
    for pid in (*running.children(), running.process.pid):
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        total += int(found[1]) if found else 0
    assert total < 400 * 1024


def test_ctrl_c_while_it_starts(folder: Path, port: int) -> None:
    up = Up(folder, port)
    assert _eventually(lambda: up.postgres() > 0, 60)
    everything = up.children()
    up.process.send_signal(signal.SIGINT)
    assert up.wait_end() == 0, up.output
    assert _left(everything) == {}
    assert "Traceback" not in up.output


def test_a_port_in_use_is_told_before_anything_starts(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        up = Up(folder / "data", port)
        assert up.wait_end() == 1
    assert f"Port {port} is in use" in up.output and f"PORT={port + 1}" in up.output
    assert not (folder / "data").exists()


def test_a_port_for_live_pages_is_found_or_told(folder: Path, port: int) -> None:
    from tertib.cli import serve
    from tertib.ground.errors import Unavailable

    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = int(taken.getsockname()[1])
        with serve.bind_live("127.0.0.1", busy - 1, 0) as found:
            assert found.getsockname()[1] != busy
        with serve.bind_live("127.0.0.1", 65535, 0) as found:
            assert found.getsockname()[1] > 0
        with pytest.raises(Unavailable, match=f"TERTIB_LIVE_PORT: Port {busy} is in use"):
            serve.bind_live("127.0.0.1", 8000, busy)
    with serve.bind_live("127.0.0.1", port - 1, 0) as found:
        assert found.getsockname()[1] == port


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "DATABASE_URL: The database does not answer"),
        ({"DATABASE_URL": "mysql://somewhere/db"}, "DATABASE_URL: Only PostgreSQL"),
        ({"PORT": "many"}, "PORT: “many” is not usable"),
        ({"TERTIB_LIVE_URL": "langsung; x"}, "TERTIB_LIVE_URL: “langsung; x” is no address"),
        ({"TERTIB_DATA": "/proc/nowhere"}, "/proc/nowhere: The data folder can't be used"),
    ],
)
def test_wrong_settings_are_told(folder: Path, port: int, settings: dict[str, str], said: str) -> None:
    up = Up(folder, port, **settings)
    assert up.wait_end() == 1
    assert said in up.output and "Traceback" not in up.output


def test_it_runs_on_a_given_database(fresh_database: str, folder: Path, port: int) -> None:
    up = Up(folder, port, DATABASE_URL=fresh_database).wait_ready()
    assert up.get("/", "bekasi.localhost") in (200, 302)
    assert not (folder / "postgres").exists()
    up.process.terminate()
    assert up.wait_end() == 0, up.output


def test_it_ends_with_its_parent_where_asked(folder: Path, port: int) -> None:
    environment = {**os.environ, "PORT": str(port), "TERTIB_DATA": str(folder)}
    environment.pop("DATABASE_URL", None)
    script = f"'{sys.executable}' -m tertib.cli.main up --no-demo --with-parent; true"
    parent = subprocess.Popen(
        ["/bin/sh", "-c", script], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout is not None
    for line in parent.stdout:
        if line.startswith(READY):
            break
    pid = int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    name = _command(pid)
    assert "postgres" in name
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _left({pid: name}) == {}
