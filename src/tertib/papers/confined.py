"""Opens files of strangers in a process of its own, so that a hostile one can't hold or kill a process of the web.

One such process for each that needs it: begun at the first file, kept warm, gone after some minutes without work, at
the latest when whoever began it ends. What it may take of time and memory is in `confined_process`.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from typing import Any

from django.utils.translation import gettext_lazy as _

from tertib.ground.errors import Problem, Unavailable
from tertib.ground.logs import logger
from tertib.papers.drawing import Unfit

log = logger(__name__)

# Until the process is ended: a page is drawn in a tenth of a second, a long scan is looked through in some.
DRAW_SECONDS, LOOK_SECONDS = 10, 20
# Who waits longer for others' files is told so; and nobody begins to wait behind a slow file when this many do.
WAIT_SECONDS, MOST_WAITING, SLOW_SECONDS = 5.0, 5, 0.5
# Files that were given up on, so that asking again costs nothing. A file of thousands of pages that never end would
# hold up everybody's with each of them, so after so many it is not opened any more.
MOST_GIVEN_UP, _MOST_REMEMBERED = 2, 1000


def page_image(data: bytes, media_type: str, page: int, width: int) -> bytes:
    """As `drawing.page_image`. Raises `Unfit`, also `hopeless` for a file beyond the limits, and `Unavailable`."""
    return _ask(data, DRAW_SECONDS, "page_image", media_type=media_type, page=page, width=width)[1]


def page_count(data: bytes, media_type: str) -> int:
    """As `drawing.page_count`. Raises as `page_image`."""
    return int(_ask(data, DRAW_SECONDS, "page_count", media_type=media_type)[0])


def page_text(data: bytes, media_type: str, page: int) -> str:
    """As `drawing.page_text`. Raises as `page_image`."""
    return _ask(data, DRAW_SECONDS, "page_text", media_type=media_type, page=page)[1].decode()


def text_layer(data: bytes, media_type: str, first: int, last: int) -> list[list[Any]]:
    """As `drawing.text_layer`. Raises as `page_image`."""
    found = _ask(data, DRAW_SECONDS, "text_layer", media_type=media_type, first=first, last=last)[0]
    return list(found or [])


def look_into(data: bytes, media_type: str) -> tuple[int, int, int]:
    """As `drawing.look_into`. Raises as `page_image`."""
    pages, width, height = _ask(data, LOOK_SECONDS, "look_into", media_type=media_type)[0]
    return int(pages), int(width), int(height)


def emblem(data: bytes, media_type: str) -> bytes:
    """As `drawing.emblem`. Raises as `page_image`."""
    return _ask(data, DRAW_SECONDS, "emblem", media_type=media_type)[1]


class _Ended(Exception):
    """The process is no more."""


class _Confined:
    """The other process, as seen from here. `lock` is held by who talks to it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.line: socket.socket | None = None
        self.waiting: set[int] = set()
        self.busy_since = 0.0
        # What of which file.
        self.given_up: dict[bytes, set[str]] = {}

    def refuse_hopeless(self, data: bytes, call: dict[str, Any]) -> None:
        """Raises `Unfit` for what was given up; with the fact `whole` where the file is not opened any more."""
        given_up = self.given_up.get(_name(data)) if self.given_up else None
        if given_up and len(given_up) >= MOST_GIVEN_UP:
            raise Unfit("hopeless", whole=1)
        if given_up and _asked(call) in given_up:
            raise Unfit("hopeless")

    def give_up(self, data: bytes, call: dict[str, Any]) -> None:
        """Remember what took too much."""
        if len(self.given_up) >= _MOST_REMEMBERED:
            self.given_up.clear()
        self.given_up.setdefault(_name(data), set()).add(_asked(call))
        log.warning("a file was given up", call=call["call"], media_type=call["media_type"], size=len(data))

    def ask(self, data: bytes, seconds: int, call: dict[str, Any]) -> tuple[Any, bytes]:
        """The answer, of a process that has just been begun if need be. Raises `_Ended` where that is killed by it."""
        until = time.monotonic() + seconds
        try:
            return self._talk(data, until, call)
        except _Ended:
            # It may have gone between two files, having had nothing to do; one that begins now has this file only.
            self.end()
        return self._talk(data, until, call)

    def _talk(self, data: bytes, until: float, call: dict[str, Any]) -> tuple[Any, bytes]:
        line = self.line or self._begin()
        head = json.dumps({**call, "size": len(data)}).encode()
        try:
            _patience(line, until)
            line.sendall(struct.pack(">I", len(head)) + head)
            line.sendall(data)
            answer = json.loads(_receive(line, struct.unpack(">I", _receive(line, 4, until))[0], until))
            body = _receive(line, answer["size"], until)
        except TimeoutError:
            raise
        except OSError as error:
            raise _Ended from error
        if "unfit" in answer:
            raise Unfit(str(answer["unfit"]), **answer["facts"])
        return answer["value"], body

    def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            # Nothing of our environment: it has the address of the database.
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-m", "tertib.papers.confined_process", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                cwd="/",
            )
        # It ends by itself, and must not stay in the table of processes then.
        threading.Thread(target=self.process.wait, name="confined", daemon=True).start()
        self.line = ours
        return ours

    def end(self) -> None:
        """Let the process be no more."""
        if self.line is not None:
            self.line.close()
        if self.process is not None:
            self.process.kill()
        self.line = self.process = None


_confined = _Confined()


def _in_fork() -> None:
    """The process belongs to the parent still; holding its line open here would keep it alive."""
    global _confined
    line, _confined = _confined.line, _Confined()
    if line is not None:
        line.close()


os.register_at_fork(after_in_child=_in_fork)


def _ask(data: bytes, seconds: int, what: str, **facts: Any) -> tuple[Any, bytes]:
    call = {"call": what, "seconds": seconds, **facts}
    there = _confined
    there.refuse_hopeless(data, call)
    slow = there.busy_since and time.monotonic() - there.busy_since > SLOW_SECONDS
    if slow and len(there.waiting) >= MOST_WAITING:
        raise _busy()
    there.waiting.add(threading.get_ident())
    try:
        taken = there.lock.acquire(timeout=WAIT_SECONDS)
    finally:
        there.waiting.discard(threading.get_ident())
    if not taken:
        raise _busy()
    try:
        # It may have been given up while this one waited behind it.
        there.refuse_hopeless(data, call)
        there.busy_since = time.monotonic()
        return there.ask(data, seconds, call)
    except (_Ended, TimeoutError) as error:
        there.end()
        there.give_up(data, call)
        raise Unfit("hopeless") from error
    finally:
        there.busy_since = 0.0
        there.lock.release()


def _busy() -> Unavailable:
    return Unavailable(
        Problem(_("Too many papers are being opened at this moment."), mend=_("Try again in half a minute."))
    )


def _name(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _asked(call: dict[str, Any]) -> str:
    return json.dumps(call, sort_keys=True)


def _patience(line: socket.socket, until: float) -> None:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)


def _receive(line: socket.socket, size: int, until: float) -> bytes:
    whole = bytearray(size)
    left = memoryview(whole)
    while left:
        _patience(line, until)
        came = line.recv_into(left)
        if not came:
            raise _Ended
        left = left[came:]
    return bytes(whole)
