"""Many people at once: threads with connections of their own, and programs that may be killed at any moment."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

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
    """A program of `tertib.matters.tests.programs` that runs by itself and prints a line for each thing it has done."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.path = folder / f"{arguments[0]}-{random.getrandbits(40):x}"
        with self.path.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tertib.matters.tests.programs", *arguments],
                stdout=out,
                stderr=subprocess.PIPE,
            )

    def said(self) -> list[str]:
        """The whole lines printed so far; what the kill cut off was never said."""
        return [line for line in self.path.read_text().split("\n")[:-1] if line]

    def wait_for(self, lines: int, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while len(self.said()) < lines:
            assert time.monotonic() < until, f"only said {self.said()}"
            if self.process.poll() is not None:
                raise AssertionError(self.errors())
            time.sleep(0.02)

    def errors(self) -> str:
        assert self.process.stderr
        return self.process.stderr.read().decode()

    def kill(self) -> None:
        """kill -9: no handler runs, nothing is flushed."""
        self.process.kill()
        self.process.wait(20)
        if self.process.stderr:
            self.process.stderr.close()

    def finish(self, seconds: float = 60) -> None:
        """Wait for its end; fails unless it ended well."""
        _out, errors = self.process.communicate(timeout=seconds)
        assert self.process.returncode == 0, errors.decode()


@contextmanager
def running(*programs: Program) -> Iterator[None]:
    """Whatever happens in the block, the programs are gone after it."""
    try:
        yield
    finally:
        for program in programs:
            if program.process.poll() is None:
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
