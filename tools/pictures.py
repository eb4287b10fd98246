"""Pictures of the pages, for whoever writes about Tertib or looks a change over: `make pictures`.

Starts a throw-away demo on a free port (or uses the one named by `--url`), goes through its doors with Chromium and
writes to `shots/`: each page wide and on a phone, light and dark, all of them on one contact sheet (`all.png`) and in
an `index.html`, and the pages for users with their pictures (`guide/`). Generated, so never committed.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import guide
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Error, Page, sync_playwright
from shots import SHOTS, Shot

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
STYLE = (
    "body{font:16px system-ui;margin:2rem}figure{display:inline-block;margin:1rem;vertical-align:top}"
    "img{max-width:24rem;border:1px solid #ccc}"
)
SIZES = {"wide": (1280, 860), "phone": (360, 740)}
THEMES = ("light", "dark")
LOOKS = tuple((size, theme) for size in SIZES for theme in THEMES)
SHEET = "all.png"
# How wide a picture is on the contact sheet, how much of its height is shown there, and what lies between.
THUMBS = {"wide": 512, "phone": 176}
HIGH, GAP, LINE = 344, 12, 22
# So many pages stand beside each other.
ABREAST = 3
GROUND, INK = "#8a8f96", "#101418"


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


def entered(browser: Browser, base: str, door: str, size: str) -> Page:
    """A page at this size, signed in by this door."""
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        device_scale_factor=2 if size == "phone" else 1,
        locale="id-ID",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if door:
        page.goto("/accounts/login/")
        page.locator(f'button[name="post"][value="{door}"]').click()
        page.wait_for_url(f"{base}/")
    page.set_default_timeout(10_000)
    return page


def take(page: Page, shot: Shot, size: str, folder: Path) -> None:
    """The pictures of a page at one size: what is at first seen of it, in each theme."""
    try:
        shot.go(page)
        page.wait_for_load_state("networkidle")
        for theme in THEMES:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            page.screenshot(path=folder / file_of(shot, size, theme), animations="disabled")
    except Error as error:
        sys.exit(f"No picture “{shot.name}” ({shot.door or 'nobody'}): {error.message}")


def file_of(shot: Shot, size: str, theme: str) -> str:
    return f"{shot.name}-{size}-{theme}.png"


def write_sheet(folder: Path, shots: list[Shot]) -> Path:
    """All pictures on one: a place for each page, in it one for each look."""
    lefts, wide = [], GAP
    for size, _theme in LOOKS:
        lefts.append(wide)
        wide += THUMBS[size] + GAP
    high = HIGH + LINE + GAP
    sheet = Image.new("RGB", (wide * ABREAST, GAP + -(-len(shots) // ABREAST) * high), GROUND)
    draw = ImageDraw.Draw(sheet)
    for n, shot in enumerate(shots):
        left, top = n % ABREAST * wide, GAP + n // ABREAST * high
        draw.text((left + GAP, top), f"{shot.name} · {shot.door or 'nobody'}", INK, font_size=15)
        for (size, theme), place in zip(LOOKS, lefts, strict=True):
            with Image.open(folder / file_of(shot, size, theme)) as picture:
                width = THUMBS[size]
                small = picture.convert("RGB").resize((width, picture.height * width // picture.width))
                sheet.paste(small.crop((0, 0, width, min(HIGH, small.height))), (left + place, top + LINE))
    sheet.save(folder / SHEET, optimize=True)
    return folder / SHEET


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
        for (door, size), shots in group(wanted):
            page = entered(browser, base, door, size)
            for shot in shots:
                take(page, shot, size, given.to)
                sys.stdout.write(f"{shot.name}, {size}\n")
            page.context.close()
        browser.close()
    write_index(given.to, wanted)
    sys.stdout.write(f"{guide.write(given.to)}\n")
    sys.stdout.write(f"{write_sheet(given.to, wanted)}\n")


def group(shots: list[Shot]) -> Iterator[tuple[tuple[str, str], list[Shot]]]:
    """The pages in turn by who looks at them and how wide: each signs in once."""
    for door in dict.fromkeys(shot.door for shot in shots):
        for size in SIZES:
            yield (door, size), [shot for shot in shots if shot.door == door]


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
        f'<figure><img src="{html.escape(file_of(shot, size, theme))}" loading="lazy" alt=""><figcaption>'
        f"{html.escape(' · '.join(filter(None, (shot.name, shot.door, size, theme))))}</figcaption></figure>"
        for shot in shots
        for size, theme in LOOKS
    )
    head = f"<!doctype html><meta charset=utf-8><title>Tertib</title><style>{STYLE}</style>"
    (folder / "index.html").write_text(head + figures)


if __name__ == "__main__":
    main()
