"""The embedded server: start, stop, attach, recover, upgrade, and say clearly why it can't."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tertib.ground import database
from tertib.ground import postgres_process as pg
from tertib.ground import postgres_upgrade as upgrading
from tertib.ground.errors import Unavailable


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not tmp_path: its name is long enough to move the socket elsewhere, which has a test of its own.
    place = Path(tempfile.mkdtemp(prefix="tertib-db-"))
    place.chmod(0o711)
    yield place / "pg"
    server_pid = _pid(place / "pg")
    if server_pid:
        os.kill(server_pid, signal.SIGKILL)
        _wait_gone(server_pid)
    shutil.rmtree(place, ignore_errors=True)


def _pid(folder: Path) -> int:
    path = folder / "data" / "postmaster.pid"
    if not path.exists():
        return 0
    pid = int(path.read_text().split("\n")[0])
    return pid if database._serves(pid, folder / "data") else 0


def _wait_gone(pid: int, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            if b"State:\tZ" in Path(f"/proc/{pid}/status").read_bytes():
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def _ask(server: database.Server, statement: str) -> object:
    with psycopg.connect(server.url) as session:
        row = session.execute(statement).fetchone()
        return row[0] if row else None


def test_start_gives_a_database_with_our_settings(folder: Path) -> None:
    server = database.start(folder)
    try:
        assert server.owned and server.alive
        assert str(_ask(server, "SHOW server_version")).startswith(str(pg.newest()))
        assert _ask(server, "SELECT current_user") == "tertib"
        assert _ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert _ask(server, "SHOW fsync") == "on" and _ask(server, "SHOW synchronous_commit") == "on"
        assert _ask(server, "SHOW timezone") == "UTC" and _ask(server, "SHOW server_encoding") == "UTF8"
        assert _ask(server, "SELECT lower('ÉÜ') || 'ß' < 'z'") is not None
        assert _ask(server, "SELECT to_tsvector('indonesian', 'disuratkan')::text") == "'surat':1"
        assert _ask(server, "SHOW listen_addresses") == ""
        assert (folder / "socket").stat().st_mode & 0o077 == 0
        assert (folder / "data").stat().st_mode & 0o077 == 0
    finally:
        server.stop()
    assert not _pid(folder) and not server.alive


def test_data_stay_and_a_second_start_is_quick(folder: Path) -> None:
    first = database.start(folder)
    with psycopg.connect(first.url) as session:
        session.execute("CREATE TABLE kept AS SELECT 7 AS value")
    first.stop()
    first.stop()  # a second stop is harmless
    second = database.start(folder)
    try:
        assert _ask(second, "SELECT value FROM kept") == 7
        assert second.upgraded_from is None
    finally:
        second.stop()


def test_stop_does_not_wait_for_open_sessions(folder: Path) -> None:
    server = database.start(folder, durable=False)
    session = psycopg.connect(server.url)
    session.execute("SELECT 1")
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 10
    session.close()


def test_second_start_attaches_and_does_not_own(folder: Path) -> None:
    server = database.start(folder, durable=False)
    try:
        other = database.start(folder)
        assert (other.owned, other.pid, other.url) == (False, server.pid, server.url)
        other.stop()
        assert server.alive and other.alive
        assert _ask(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_many_starting_at_once_make_one_server(folder: Path) -> None:
    servers: list[database.Server] = []
    hold = threading.Event()

    def begin() -> None:
        servers.append(database.start(folder, durable=False))
        hold.wait(60)  # the server lives as long as the thread that started it

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 60
    while len(servers) < 4 and time.monotonic() < until:
        time.sleep(0.05)
    try:
        assert len({server.pid for server in servers}) == 1
        assert [server.owned for server in servers].count(True) == 1
    finally:
        for server in servers:
            server.stop()
        hold.set()
        for thread in threads:
            thread.join()


def test_killed_server_recovers_with_what_was_committed(folder: Path) -> None:
    server = database.start(folder)
    with psycopg.connect(server.url, autocommit=True) as session:
        session.execute("CREATE TABLE kept (value int)")
        session.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        os.kill(server.pid, signal.SIGKILL)
        assert server.process is not None
        server.process.wait()
        assert (folder / "data" / "postmaster.pid").exists()
    again = database.start(folder)
    try:
        assert again.owned and again.pid != server.pid
        assert _ask(again, "SELECT count(*) FROM kept") == 1000
    finally:
        again.stop()


def test_stale_pid_file_with_the_number_of_another_process_is_recovered(folder: Path) -> None:
    server = database.start(folder, durable=False)
    server.stop()
    # Under the account of the server itself PostgreSQL would take any living process for a server.
    become = pg.become(pg.account_for(folder))
    sleeper = subprocess.Popen(["sleep", "60"], preexec_fn=become)  # noqa: PLW1509 (takes no lock)
    try:
        (folder / "data" / "postmaster.pid").write_text(f"{sleeper.pid}\n{folder}/data\n1\n5432\n/none\n\n\nready\n")
        again = database.start(folder, durable=False)
        assert again.owned
        again.stop()
    finally:
        sleeper.kill()
        sleeper.wait()


@pytest.mark.parametrize("text", ["", "nonsense\n", "-1\n", "99999999\n"])
def test_nonsense_in_the_pid_file_is_recovered(folder: Path, text: str) -> None:
    database.start(folder, durable=False).stop()
    (folder / "data" / "postmaster.pid").write_text(text)
    again = database.start(folder, durable=False)
    again.stop()


def test_interrupted_first_start_begins_anew(folder: Path) -> None:
    (folder / "data.new").mkdir(parents=True)
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    server = database.start(folder, durable=False)
    assert _ask(server, "SELECT 1") == 1
    server.stop()
    assert not (folder / "data.new").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's; elsewhere a pipe does it")
def test_no_server_outlives_a_killed_parent(folder: Path) -> None:
    script = "import sys,time;from pathlib import Path;from tertib.ground import database;"
    script += "s=database.start(Path(sys.argv[1]),durable=False);print(s.pid,flush=True);time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _wait_gone(pid)


def test_the_leash_ends_a_server_where_there_is_no_death_signal() -> None:
    script = "import subprocess,time;from tertib.ground import postgres_process as pg;"
    script += "p=subprocess.Popen(['sleep','60'],start_new_session=True);pg.leash(p.pid);"
    script += "print(p.pid,flush=True);time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _wait_gone(pid)


@pytest.mark.parametrize("name", ["x" * 100, "koma, 'petik'", "spasi dan ü"])
def test_awkward_folder_names(folder: Path, name: str) -> None:
    server = database.start(folder / name, durable=False)
    try:
        assert len(os.fsencode(server.sockets)) < 90
        assert _ask(server, "SELECT 1") == 1
    finally:
        server.stop()
    if server.sockets.parent != folder / name:
        assert not server.sockets.exists()


def test_a_file_in_place_of_the_folder_is_told(folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("not a folder")
    with pytest.raises(Unavailable, match=str(folder)):
        database.start(folder)


def _as_nobody(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run as an ordinary user, who may read all (Python may lie in root's home) and write nothing."""
    account = pg.Account(65534, 65534, "nobody", next(iter(pg._own_capabilities()), None))
    return subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        preexec_fn=pg.become(account),
        capture_output=True,
        text=True,
        check=False,
    )


START = """
import sys
from pathlib import Path
from tertib.ground import database
from tertib.ground.errors import Unavailable
try:
    server = database.start(Path(sys.argv[1]), durable=False)
    print("owned", server.owned)
    server.stop()
except Unavailable as error:
    print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_ordinary_user(folder: Path) -> None:
    os.chown(folder.parent, 65534, 65534)
    done = _as_nobody(START, folder)
    assert done.stdout == "owned True\n", done.stderr
    assert folder.stat().st_uid == 65534
    # Root may use the same data later, and leaves them to their owner.
    server = database.start(folder, durable=False)
    assert _ask(server, "SELECT 1") == 1
    server.stop()
    assert (folder / "data" / "PG_VERSION").stat().st_uid == 65534
    assert _as_nobody(START, folder).stdout == "owned True\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_folder_of_someone_else_is_told(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    done = _as_nobody(START, folder)
    assert "Permission denied" in done.stdout and str(folder) in done.stdout and "0700" in done.stdout


def test_folder_that_others_cannot_pass_through(folder: Path) -> None:
    folder.parent.chmod(0o700)
    server = database.start(folder / "deep", durable=False)
    assert _ask(server, "SELECT 1") == 1
    server.stop()
    assert folder.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="without root there is no other account")
def test_programs_that_others_cannot_reach(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder.parent / "closed"
    closed.mkdir()
    wheel = pg.binaries()[pg.newest()].parent.parent
    shutil.copytree(wheel, closed / wheel.name, symlinks=True)
    libraries = wheel.parent / f"{wheel.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name, symlinks=True)
    closed.chmod(0o700)
    place = closed / pg.binaries()[pg.newest()].relative_to(wheel.parent)
    monkeypatch.setattr(pg, "binaries", lambda: {18: place})
    server = database.start(folder, durable=False)
    assert _ask(server, "SELECT 1") == 1
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="without root there is no other account")
def test_folder_out_of_reach_names_what_blocks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.parent.chmod(0o700)
    monkeypatch.setattr(pg, "_own_capabilities", list)
    with pytest.raises(Unavailable, match=rf"can't reach {folder.parent}\..*chmod o\+x {folder.parent}"):
        database.start(folder)


def test_full_disk_is_told(folder: Path) -> None:
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("making a small disk needs root")
    try:
        with pytest.raises(Unavailable, match=r"No space left on device[\s\S]*Free some space"):
            database.start(folder)
        assert not (folder / "data").exists()
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_damaged_data_are_told_with_the_servers_own_words(folder: Path) -> None:
    database.start(folder, durable=False).stop()
    (folder / "data" / "global" / "pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(Unavailable, match=r"It said:[\s\S]*(version|checksum|CRC)"):
        database.start(folder, durable=False)


def test_data_of_a_newer_version_are_refused(folder: Path) -> None:
    database.start(folder, durable=False).stop()
    (folder / "data" / "PG_VERSION").write_text("99\n")
    with pytest.raises(Unavailable, match=r"PostgreSQL 99.*Install the newest Tertib"):
        database.start(folder)


def test_older_data_are_upgraded_even_after_a_crash(folder: Path) -> None:
    older = min(pg.binaries())
    if older == pg.newest():
        pytest.skip("the wheel carries one version only")
    folder.mkdir(parents=True)
    account = pg.account_for(folder)
    binaries = pg.binaries()[older]
    data = folder / "data"
    pg.run(binaries / "initdb", "-D", str(data), "-U", "postgres", "-E", "UTF8", account=account, folder=folder)
    upgrading.grant_access(data, account)
    sockets = database._socket_folder(folder, None, account)
    options = ["-D", str(data), "-c", "listen_addresses=", "-c", f"unix_socket_directories={sockets}"]
    process = pg.spawn(binaries / "postgres", *options, account=account, folder=folder, log=folder / "old.log")
    old = database.Server(folder, sockets, process.pid, process)
    assert database._ready(old)
    database._prepare(old)
    with psycopg.connect(old.url) as session:
        session.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS value")
    process.kill()
    process.wait()

    server = database.start(folder)
    try:
        assert server.upgraded_from == folder / f"data.{older}"
        assert _ask(server, "SELECT count(*) FROM kept") == 1000
        assert str(_ask(server, "SHOW server_version")).startswith(str(pg.newest()))
    finally:
        server.stop()
    # An upgrade that was cut off after the copy was complete is finished at the next start.
    data.rename(folder / "data.upgraded")
    (folder / f"data.{older}").rename(data)
    again = database.start(folder)
    assert _ask(again, "SELECT count(*) FROM kept") == 1000
    again.stop()
