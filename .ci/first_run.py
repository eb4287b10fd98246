"""Runs `make run` in a fresh clone until the ready line, asks for the sign-in page, and stops it as Ctrl-C would."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

READY_SECONDS = 300
STOP_SECONDS = 60
MOST_MB = 400


def processes() -> dict[int, int]:
    """Each process and its parent."""
    found = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                state, parent = (place / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            except OSError:
                continue
            if state != "Z":
                found[int(place.name)] = int(parent)
    return found


def tree(root: int) -> set[int]:
    """The process and all below it."""
    parents = processes()
    found = {root}
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def megabytes(pids: set[int]) -> int:
    """The memory of the processes, what they share counted once."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
        total += int(found[1]) if found else 0
    return total // 1024


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def sign_in_status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/accounts/login/", headers={"Host": f"bekasi.localhost:{port}"})
    return connection.getresponse().status


def started(process: subprocess.Popen[str]) -> None:
    """Show what it prints, until it is ready."""
    timer = threading.Timer(READY_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    if process.stdout is None:
        raise SystemExit("no output")
    for line in process.stdout:
        sys.stdout.write(f"  {line}")
        if line.startswith("Tertib is ready:"):
            timer.cancel()
            # Nobody must block on a full pipe later.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return
    timer.cancel()
    raise SystemExit(f"make run ended (status {process.wait()}) or was not ready in {READY_SECONDS} seconds")


def main() -> None:
    source = Path(__file__).resolve().parent.parent
    folder = Path(tempfile.mkdtemp(prefix="tertib-clone-"))
    port = free_port()
    process = None
    try:
        subprocess.run(["git", "clone", "--quiet", str(source), str(folder / "tertib")], check=True)
        begun = time.monotonic()
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment |= {"PORT": str(port), "TERTIB_DATA": str(folder / "data")}
        process = subprocess.Popen(
            ["make", "--no-print-directory", "run"],
            cwd=folder / "tertib",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started(process)
        ready = time.monotonic() - begun
        status = sign_in_status(port)
        time.sleep(5)
        everything = tree(process.pid)
        memory = megabytes(everything)
        sys.stdout.write(f"ready after {ready:.1f} s; idle memory of {len(everything)} processes: {memory} MB\n")
        server = next(pid for pid, parent in processes().items() if parent == process.pid)
        os.kill(server, signal.SIGINT)
        code = process.wait(STOP_SECONDS)
        time.sleep(0.5)
        left = everything & set(processes())
        problems = []
        if status != 200:
            problems.append(f"the sign-in page answered {status}")
        if code != 0:
            problems.append(f"it stopped with status {code}")
        if left:
            problems.append(f"{len(left)} processes were left")
        if memory > MOST_MB:
            problems.append(f"it takes more than {MOST_MB} MB")
        if problems:
            raise SystemExit("; ".join(problems))
        sys.stdout.write("stopped cleanly\n")
    finally:
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
