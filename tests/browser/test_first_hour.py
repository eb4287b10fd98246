"""An empty installation, as its operator meets it: the code on the terminal, the first government, the list.

A fresh `tertib up` of its own.
"""

from __future__ import annotations

import re
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from test_up import Up

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="starts and ends processes as test_up does")

PASSWORD = "semangka-biru-17"
TEXTS = {
    "name": "Kota Contoh",
    "short_name": "Contoh",
    "person": "Ani Admin",
    "username": "ani",
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.fixture
def empty() -> Iterator[Up]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    # Started by root, PostgreSQL runs as somebody else, who must get through to the folder.
    folder = Path(tempfile.mkdtemp(prefix="tertib-first-"))
    folder.chmod(0o755)
    up = Up(folder / "data", port)
    try:
        yield up.wait_ready(240)
    finally:
        up.process.send_signal(signal.SIGINT)
        up.wait_end()
        shutil.rmtree(folder, ignore_errors=True)


def code_of(up: Up) -> str:
    for _n in range(100):
        found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", up.output)
        if found:
            return found[0]
        up.reader.join(0.1)
    raise AssertionError(up.output)


def fill(page: Page, **given: str) -> None:
    for name, text in (TEXTS | given).items():
        page.locator(f"#id_{name}").fill(text)


def test_the_first_hour(empty: Up, chromium: Browser) -> None:
    code = code_of(empty)
    assert empty.output.count(code) == 1
    context = chromium.new_context(
        base_url=f"http://contoh.localhost:{empty.port}", viewport={"width": 360, "height": 640}, locale="id-ID"
    )
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Mulai di sini").press("Enter")
    page.wait_for_url("**/mulai")

    # A wrong code keeps what was typed, except the passwords, and the other mistakes are said too.
    fill(page, code="AAAA-AAAA-AAAA", host="contoh.localhost", again="lain")
    page.locator("#id_again").press("Enter")
    page.get_by_text("Bukan itu kodenya").first.wait_for()
    assert page.locator("#id_name").input_value() == "Kota Contoh"
    assert page.locator("#id_password").input_value() == ""
    assert page.get_by_text("Kedua kata sandi berbeda").count()

    # Wrong input with the right code.
    fill(page, code=code, host="surat.kota.example", password="semangka", again="lain")
    page.locator("#id_again").press("Enter")
    page.get_by_text("TERTIB_HOSTS").first.wait_for()
    assert page.get_by_text("Kedua kata sandi berbeda").count()

    # Right, by keyboard alone.
    fill(page, code=code.lower(), host="contoh.localhost")
    page.locator("#id_again").press("Enter")
    page.get_by_role("heading", name="Kota Contoh sudah ada").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="Masuk").press("Enter")
    page.locator("#id_login").fill("ani")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url("**/atur/mulai")
    page.get_by_text("1 dari 8 langkah selesai").wait_for()
    assert page.get_by_role("listitem").filter(has_text="Kalender kerja").get_by_text("selesai:").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    # A step is done by doing it; the list finds out by itself.
    page.get_by_role("link", name="Ke kop surat").press("Enter")
    page.locator("#id_address").fill("Jalan Contoh 1")
    page.locator("#id_address").press("Enter")
    page.get_by_role("button", name="Simpan").press("Enter")
    page.get_by_text("Kop surat tersimpan").wait_for()
    page.goto("/")
    page.locator("details.phone summary").first.press("Enter")
    page.get_by_role("link", name="Memulai").first.press("Enter")
    page.get_by_text("2 dari 8 langkah selesai").wait_for()

    # The door is closed: on the government's host and on any other.
    assert empty.get("/mulai", host="lain.localhost") == 404
    context.close()
