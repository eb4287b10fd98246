"""Pictures of the pages, for whoever writes about Tertib or looks a change over: `make pictures`.

Starts a throw-away demo on a free port (or uses the one named by `--url`), goes through its doors with Chromium and
writes PNGs and an `index.html` to `shots/`. Generated, so never committed.
"""

from __future__ import annotations

import argparse
import html
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
STYLE = (
    "body{font:16px system-ui;margin:2rem}figure{display:inline-block;margin:1rem;vertical-align:top}"
    "img{max-width:40rem;border:1px solid #ccc}"
)
SIZES = {"wide": (1280, 860), "phone": (390, 844)}


@dataclass(frozen=True, slots=True)
class Shot:
    """A page: by which door one enters (none: before signing in), where one goes, at which size, in which theme."""

    name: str
    door: str
    go: Callable[[Page], object]
    size: str = "wide"
    theme: str = "light"


def at(path: str) -> Callable[[Page], object]:
    """Go to an address."""
    return lambda page: page.goto(path)


def first(path: str, *buttons: str) -> Callable[[Page], object]:
    """Go to a list, open its first line, then press these buttons one after the other, by their key."""

    def go(page: Page) -> None:
        page.goto(path)
        page.locator("[data-line]").first.click()
        for key in buttons:
            page.locator(f'[data-key="{key}"]:visible').first.click()

    return go


SHOTS = (
    Shot("sign-in", "", at("/accounts/login/")),
    Shot("desk", "walikota", at("/")),
    Shot("desk-dark", "sekda", at("/"), theme="dark"),
    Shot("desk-phone", "walikota", at("/"), "phone"),
    Shot("letter", "walikota", first("/")),
    Shot("letter-phone", "walikota", first("/"), "phone"),
    Shot("dispose", "walikota", first("/", "d")),
    Shot("dispose-phone", "walikota", first("/", "d"), "phone"),
    Shot("dispositions", "sekda", first("/")),
    Shot("agenda-in", "setda.agendaris", at("/surat/masuk")),
    Shot("agenda-out", "setda.agendaris", at("/surat/keluar")),
    Shot("register", "setda.agendaris", at("/surat/masuk/baru")),
    Shot("write", "bag-organisasi.staf", at("/surat/keluar/baru")),
    Shot("draft", "bag-organisasi.staf", first("/")),
    Shot("review", "asda3", first("/?jenis=letters.outgoing")),
    Shot("sign", "kec-bekasi-timur.camat", first("/?jenis=letters.outgoing", "d")),
    Shot("profile", "walikota", at("/profil")),
    Shot("administration", "diskominfo.admin", at("/atur/")),
    Shot("audit", "inspektorat.auditor", at("/surat/masuk")),
)


def chromium() -> str:
    """Where Chromium is. Ends the program where there is none."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        sys.exit("Chromium is needed: install the package chromium.")
    return found


@contextmanager
def demo() -> Iterator[str]:
    """A demo of its own in a temporary folder. Gives the address of Kota Bekasi."""
    folder = Path(tempfile.mkdtemp(prefix="tertib-pictures-"))
    folder.chmod(0o711)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"TERTIB_DATA": str(folder / "data"), "PORT": str(port)}
    command = [str(Path(sys.executable).parent / "tertib"), "up", "--demo"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for line in process.stdout or ():
            if line.startswith("Tertib is ready:"):
                break
        else:
            sys.exit(f"tertib up ended with status {process.wait()}; run it alone to see why.")
        yield f"http://bekasi.localhost:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(90)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def take(browser: Browser, base: str, shot: Shot, folder: Path) -> Path:
    """One picture."""
    width, height = SIZES[shot.size]
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        device_scale_factor=2 if shot.size == "phone" else 1,
        color_scheme="dark" if shot.theme == "dark" else "light",
        locale="id-ID",
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        if shot.door:
            page.goto("/accounts/login/")
            page.locator(f'button[name="post"][value="{shot.door}"]').click()
            page.wait_for_url(f"{base}/")
        page.set_default_timeout(10_000)
        shot.go(page)
        page.wait_for_load_state("networkidle")
        file = folder / f"{shot.name}.png"
        page.screenshot(path=file, animations="disabled")
    except Error as error:
        sys.exit(f"No picture “{shot.name}” ({shot.door or 'nobody'}): {error.message}")
    finally:
        context.close()
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of the pages of a demo.")
    parser.add_argument("--url", help="a running demo, like http://bekasi.localhost:8000")
    parser.add_argument("--to", type=Path, default=ROOT / "shots", help="the folder for the pictures")
    parser.add_argument("--only", nargs="*", default=[], help="names of pictures, if not all")
    given = parser.parse_args()
    wanted = [shot for shot in SHOTS if not given.only or shot.name in given.only]
    given.to.mkdir(parents=True, exist_ok=True)
    program = chromium()
    with demo_at(given.url) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for shot in wanted:
            sys.stdout.write(f"{take(browser, base, shot, given.to).name}\n")
        browser.close()
    write_index(given.to, wanted)


@contextmanager
def demo_at(url: str | None) -> Iterator[str]:
    """The demo that was named, or one of our own."""
    if url:
        yield url.rstrip("/")
        return
    with demo() as own:
        yield own


def write_index(folder: Path, shots: list[Shot]) -> None:
    """All pictures on one page."""
    figures = "".join(
        f'<figure><img src="{html.escape(shot.name)}.png" loading="lazy" alt=""><figcaption>{html.escape(shot.name)}'
        f"{html.escape(' · ' + shot.door) if shot.door else ''}</figcaption></figure>"
        for shot in shots
    )
    head = f"<!doctype html><meta charset=utf-8><title>Tertib</title><style>{STYLE}</style>"
    (folder / "index.html").write_text(head + figures)


if __name__ == "__main__":
    main()
