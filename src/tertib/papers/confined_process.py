"""The process that opens files of strangers: `python -m tertib.papers.confined_process <descriptor>`.

It writes no files, takes one at a time with a limit of time and memory, and ends when nobody is there any more. Only
the standard library and `drawing` are imported, so that it begins quickly and stays small.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any

from tertib.papers import drawing

# A scan of 100 million coloured dots, with the copies that turning it takes, needs a good gigabyte.
MEMORY = 1536 * 1024 * 1024
# What it grew to over one file is not kept for the next.
KEPT_MEMORY = 256 * 1024 * 1024
IDLE_SECONDS = 300.0


def main(descriptor: int) -> None:
    """Answer until nobody asks: the other end is gone, or nothing came for some minutes."""
    line = socket.socket(fileno=descriptor)
    _limit()
    while True:
        line.settimeout(IDLE_SECONDS)
        head = _receive(line, 4)
        if head is None:
            return
        call = json.loads(_receive(line, struct.unpack(">I", head)[0]) or b"{}")
        data = _receive(line, call.pop("size"))
        if data is None:
            return
        line.settimeout(None)
        _answer(line, data, call)
        if _resident() > KEPT_MEMORY:
            return


def _answer(line: socket.socket, data: bytes, call: dict[str, Any]) -> None:
    seconds = call.pop("seconds")
    # The system ends us where we take too long, even if nobody waits for the answer any more.
    signal.alarm(seconds + 1)
    used = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(ValueError, OSError):
        most = int(used.ru_utime + used.ru_stime) + seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    answer: dict[str, Any]
    body = b""
    try:
        value = getattr(drawing, call.pop("call"))(data, **call)
        if isinstance(value, str | bytes):
            body = value if isinstance(value, bytes) else value.encode("utf-8", "replace")
        answer = {"value": None if body else value}
    except drawing.Unfit as error:
        answer = {"unfit": error.why, "facts": error.facts}
    except MemoryError:
        answer = {"unfit": "hopeless", "facts": {}}
    head = json.dumps({**answer, "size": len(body)}).encode()
    line.sendall(struct.pack(">I", len(head)) + head + body)
    signal.alarm(0)


def _limit() -> None:
    for name, most in (("AS", MEMORY), ("FSIZE", 0), ("CORE", 0), ("NOFILE", 64)):
        # Not every system knows every limit; the time is watched from outside as well.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def _resident() -> int:
    """Bytes in memory now; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _receive(line: socket.socket, size: int) -> bytes | None:
    """So many bytes; None where the other end is gone or silent."""
    whole = bytearray(size)
    left = memoryview(whole)
    while left:
        try:
            came = line.recv_into(left)
        except OSError:
            return None
        if not came:
            return None
        left = left[came:]
    return bytes(whole)


if __name__ == "__main__":
    main(int(sys.argv[1]))
