"""Hostile files: they may end the process that opens them, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tertib.ground.errors import Invalid, Unavailable
from tertib.papers import confined, pages, sniff
from tertib.papers.drawing import PDF, PNG
from tertib.papers.tests.samples import bursting_pdf, looping_pdf, pdf, picture

GOOD = pdf(["halo"])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(confined, "DRAW_SECONDS", 3)
    monkeypatch.setattr(confined, "LOOK_SECONDS", 3)
    yield
    confined._confined.given_up.clear()


def there() -> subprocess.Popen[bytes]:
    """The process, begun and warm."""
    assert pages.page_count(GOOD, PDF) == 1
    found = confined._confined.process
    assert found is not None
    return found


def gone(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


def test_a_page_that_never_ends_is_given_up_and_the_next_is_drawn() -> None:
    first = there()
    began = time.monotonic()
    with pytest.raises(Invalid) as error:
        pages.page_image(looping_pdf(), PDF, 1, 960)
    assert time.monotonic() - began < 10
    assert "Unduh berkasnya" in str(error.value)
    assert gone(first.pid, 5)
    assert pages.page_image(GOOD, PDF, 1, 480)[0]
    # Asking again costs nothing.
    began = time.monotonic()
    with pytest.raises(Invalid):
        pages.page_image(looping_pdf(), PDF, 1, 960)
    assert time.monotonic() - began < 1


def test_a_file_given_up_twice_is_not_opened_again_and_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "DRAW_SECONDS", 1)
    hostile = looping_pdf(b"3 0 R " * 30 + b"25 0 R")
    for page in (1, 2):
        with pytest.raises(Invalid) as error:
            pages.page_image(hostile, PDF, page, 480)
        assert "Halaman ini" in str(error.value)
    # Neither another page nor another width costs more, nor its words, nor a page that would have been drawn.
    began = time.monotonic()
    for page in range(3, 32):
        with pytest.raises(Invalid) as error:
            pages.page_image(hostile, PDF, page, 960)
        assert "Naskah ini" in str(error.value) and "Unduh berkasnya" in str(error.value)
    with pytest.raises(Invalid):
        pages.text_layer(hostile, PDF, 1, 10)
    assert time.monotonic() - began < 1
    assert pages.page_image(GOOD, PDF, 1, 480)[0]
    # One page that was given up leaves the others.
    other = looping_pdf(b"25 0 R 3 0 R")
    with pytest.raises(Invalid):
        pages.page_image(other, PDF, 2, 480)
    assert pages.page_image(other, PDF, 1, 480)[0]


def test_who_waited_behind_a_file_that_was_given_up_does_not_try_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    there()
    monkeypatch.setattr(confined, "DRAW_SECONDS", 1)

    def ask(page: int) -> None:
        with pytest.raises(Invalid):
            pages.page_image(looping_pdf(b"3 0 R " * 5), PDF, page, 480)

    began = time.monotonic()
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(ask, range(1, 6)))
    assert time.monotonic() - began < 4


def test_a_file_that_bursts_takes_no_memory_of_ours() -> None:
    there()
    before = resident(os.getpid())
    with pytest.raises(Invalid):
        pages.page_image(bursting_pdf(3000), PDF, 1, 960)
    assert resident(os.getpid()) - before < 64
    assert pages.page_image(GOOD, PDF, 1, 480)[0]


def resident(pid: int) -> int:
    """Megabytes."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) // 1024


def test_an_upload_that_is_never_done_with_is_refused() -> None:
    # It stands still, as over a file that we don't know of.
    os.kill(there().pid, signal.SIGSTOP)
    with pytest.raises(Invalid) as error:
        sniff.inspect(GOOD, "surat.pdf")
    assert "cetak sebagai PDF baru" in str(error.value)
    assert sniff.inspect(picture("PNG"), "foto").media_type == PNG


def test_a_process_that_ended_meanwhile_is_begun_again() -> None:
    first = there()
    first.kill()
    assert gone(first.pid, 5)
    assert pages.page_count(GOOD, PDF) == 1
    assert there().pid != first.pid


def test_who_must_wait_behind_a_slow_file_is_told_instead_of_piling_up(monkeypatch: pytest.MonkeyPatch) -> None:
    there()
    monkeypatch.setattr(confined, "WAIT_SECONDS", 1.0)

    def ask(data: bytes) -> tuple[type[BaseException] | None, float]:
        began = time.monotonic()
        try:
            pages.page_image(data, PDF, 1, 480)
        except (Invalid, Unavailable) as error:
            return type(error), time.monotonic() - began
        return None, time.monotonic() - began

    with ThreadPoolExecutor(12) as pool:
        hostile = pool.submit(ask, looping_pdf())
        time.sleep(1)
        others = [pool.submit(ask, GOOD) for _ in range(11)]
        found = [other.result() for other in others]
        assert hostile.result()[0] is Invalid
    assert [kind for kind, _ in found] == [Unavailable] * 11
    assert sum(seconds < 0.5 for _, seconds in found) >= 11 - confined.MOST_WAITING
    assert max(seconds for _, seconds in found) < 3
    assert ask(GOOD)[0] is None


def test_the_process_is_confined_and_knows_nothing_of_us() -> None:
    pid = there().pid
    limits = Path(f"/proc/{pid}/limits").read_text()
    assert f"Max address space         {1536 * 1024 * 1024}" in limits
    assert "Max file size             0 " in limits and "Max core file size        0 " in limits
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    assert b"TERTIB" not in environment and b"DATABASE" not in environment
    assert resident(pid) < 80


def test_it_ends_with_whoever_began_it() -> None:
    """Even where that is killed, and even while a page is being drawn that never ends."""
    program = f"""
import sys, threading, time
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from django.conf import settings
settings.configure()
from tertib.papers import confined
from tertib.papers.tests.samples import looping_pdf, pdf
confined.DRAW_SECONDS = 3
confined.page_count(pdf(["x"]), "application/pdf")
print(confined._confined.process.pid, flush=True)
if sys.argv[1] == "busy":
    confined.page_image(looping_pdf(), "application/pdf", 1, 960)
time.sleep(60)
"""
    for how in ("idle", "busy"):
        parent: Any = subprocess.Popen([sys.executable, "-c", program, how], stdout=subprocess.PIPE)
        pid = int(parent.stdout.readline())
        time.sleep(0.5)
        parent.kill()
        parent.wait()
        parent.stdout.close()
        assert gone(pid, 8), how


def test_a_fork_begins_its_own() -> None:
    first = there()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            status = 0 if pages.page_count(GOOD, PDF) == 1 and there().pid != first.pid else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert there().pid == first.pid


def test_asking_costs_little_once_it_is_warm() -> None:
    first, times = there(), []
    for _ in range(20):
        began = time.perf_counter()
        pages.page_count(GOOD, PDF)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.02
    assert there().pid == first.pid
