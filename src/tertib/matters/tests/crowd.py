"""Many people at once: threads with connections of their own, and programs that may be killed at any moment."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from tertib.ground.tenancy import here
from tertib.ground.tenancy.middleware import activate
from tertib.ground.tenancy.models import Government

# How much longer and larger than usual the runs are.
SCALE = int(os.environ.get("TERTIB_SOAK", "1"))


def together(count: int, work: Callable[[int], Any], seconds: float = 120) -> list[Any]:
    """Run `work(0)` to `work(count - 1)` in threads that begin at the same moment; their answers.

    The first exception of any is raised. Fails if they are not done after so many seconds.
    """
    start = threading.Barrier(count)
    answers: list[Any] = [None] * count
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            activate(Government.objects.get(schema_name="bekasi"))
            start.wait(60)
            answers[number] = work(number)
        except BaseException as error:
            errors.append(error)
            start.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0))
    if errors:
        raise next((error for error in errors if not isinstance(error, threading.BrokenBarrierError)), errors[0])
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return answers


class Program:
    """A process of its own that runs a function of `tests.programs` and writes a line for each thing it has done.

    It is forked from this one, for a new interpreter takes seconds to start; it has its own connection.
    """

    def __init__(self, folder: Path, work: Callable[..., None], *arguments: str) -> None:
        self.path = folder / f"{work.__name__}-{random.getrandbits(40):x}"
        self.path.touch()
        self.status: int | None = None
        self.pid = os.fork()
        if not self.pid:
            try:
                out = os.open(self.path, os.O_WRONLY | os.O_APPEND)
                os.dup2(out, 1)
                os.dup2(out, 2)
                # The parent's session is not ours to use, and not ours to end.
                connection.connection = None
                here.leave()
                random.seed(os.getpid())
                activate(Government.objects.get(schema_name="bekasi"))
                work(*arguments)
            except BaseException:
                os.write(1, f"!{traceback.format_exc()}\n".encode())
            finally:
                os._exit(0)

    def said(self) -> list[str]:
        """The whole lines written so far; what the kill cut off was never said."""
        lines = [line for line in self.path.read_text().split("\n")[:-1] if line]
        if any(line.startswith("!") for line in lines):
            raise AssertionError("\n".join(lines[-30:]))
        return lines

    def wait_for(self, lines: int, seconds: float = 60) -> None:
        """Wait until it has written so many lines."""
        until = time.monotonic() + seconds
        while len(self.said()) < lines:
            assert time.monotonic() < until, f"only said {self.said()}"
            time.sleep(0.005)

    def kill(self) -> None:
        """kill -9: no handler runs, nothing is flushed."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            _pid, self.status = os.waitpid(self.pid, 0)


@contextmanager
def running(*programs: Program) -> Iterator[None]:
    """Whatever happens in the block, the programs are gone after it."""
    try:
        yield
    finally:
        for program in programs:
            program.kill()


def quiet() -> None:
    """Wait until the server has noticed that killed programs are gone."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("sessions of killed programs are still there")


def placed(batch: int = 5000, seconds: float = 120) -> int:
    """Sequence until no entry lacks its place; how many got one.

    The ids of transactions are the whole server's, so whatever another test writes in its own database meanwhile holds
    ours back for as long.
    """
    from tertib.matters.followers import sequence
    from tertib.matters.models import Entry, Sealed

    done, until = 0, time.monotonic() + seconds
    while Sealed.objects.count() < Entry.objects.count():
        assert time.monotonic() < until, "some entries never get a place"
        done += sequence(batch)
        time.sleep(0.01)
    return done
