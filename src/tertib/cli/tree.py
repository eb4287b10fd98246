"""The process tree of `tertib up`: children forked from one loaded parent, so that they share its memory."""

from __future__ import annotations

import ctypes
import gc
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from tertib.ground.logs import logger

log = logger("tertib.up")

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
# A child that lived this long was well; its next failure starts the backoff anew.
_WELL_SECONDS = 60.0
_LONGEST_PAUSE = 30.0


class Stop(BaseException):
    """Someone asked us to stop. Not an `Exception`, so that no handler on the way swallows it."""


@dataclass(slots=True)
class Child:
    """A process that shall run always; it gets `patience` seconds to finish when it shall stop."""

    name: str
    run: Callable[[], None]
    patience: float
    pid: int = 0
    born: float = 0.0
    failures: int = 0
    again_at: float = 0.0


class Signals:
    """Turns SIGINT, SIGTERM and SIGHUP into `Stop` while we start, and into a flag once we supervise."""

    def __init__(self) -> None:
        self.asked = 0
        self.raising = True
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        os.set_blocking(self._read, False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1
        if self.raising and self.asked == 1:
            raise Stop

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than until a signal comes or a child ends."""
        ready, _, _ = select.select([self._read], [], [], max(0.0, seconds))
        if ready:
            os.read(self._read, 4096)


def fork(run: Callable[[], None]) -> int:
    """Run the function in a new process and give its id. The process ends with us, however we end."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _become_child(parent, run)
    return pid


def _become_child(parent: int, run: Callable[[], None]) -> NoReturn:
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        # A group of its own: Ctrl-C in the terminal reaches the parent only, which stops all in order.
        os.setpgid(0, 0)
        _signal_at_end_of(parent, signal.SIGKILL)
        run()
        status = 0
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def end_with_parent() -> None:
    """Stop in order when the process that called us ends: `make` passes no signal on, and may be killed."""
    _signal_at_end_of(os.getppid(), signal.SIGTERM)


def _signal_at_end_of(parent: int, number: signal.Signals) -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), number)

    threading.Thread(target=watch, daemon=True).start()


def run_once(run: Callable[[], None]) -> bool:
    """Run the function in a process of its own, whose memory goes when it is done. Whether it went well."""
    pid = fork(run)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise


def share_memory() -> None:
    """To be called before forking: what is loaded by now is not touched by the children's collectors."""
    gc.collect()
    gc.freeze()


def begin(child: Child) -> None:
    child.pid, child.born = fork(child.run), time.monotonic()
    log.info("started", process=child.name, pid=child.pid)


def tend(children: list[Child]) -> float:
    """Start again what has ended, with growing pauses. Gives how many seconds there is nothing to do."""
    now = time.monotonic()
    pause = 3600.0
    for child in children:
        if child.pid:
            ended, status = os.waitpid(child.pid, os.WNOHANG)
            if not ended:
                continue
            code = os.waitstatus_to_exitcode(status)
            child.failures = 1 if now - child.born > _WELL_SECONDS else child.failures + 1
            wait = min(_LONGEST_PAUSE, 0.25 * 2.0**child.failures) if child.failures > 1 else 0.0
            child.pid, child.again_at = 0, now + wait
            log.error("ended and is started again", process=child.name, exit_code=code, pause_seconds=wait)
        if child.again_at <= now:
            begin(child)
        else:
            pause = min(pause, child.again_at - now)
    return pause


def end(children: list[Child], signals: Signals) -> None:
    """Stop the children one after the other; a second Ctrl-C, or a child out of patience, is a kill."""
    for child in children:
        if not child.pid:
            continue
        os.kill(child.pid, signal.SIGTERM)
        until = time.monotonic() + child.patience
        while not os.waitpid(child.pid, os.WNOHANG)[0]:
            if time.monotonic() > until or signals.asked > 1:
                log.warning("killed", process=child.name, pid=child.pid)
                os.kill(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, 0)
                break
            signals.wait(0.1)
        child.pid = 0
