"""How heavy the pages of a day are, and how soon they can be used on a slow line: `make weight`.

Starts a throw-away demo (or uses the one named by `--url`) and opens sign-in, desk, list, letter and disposition on a
phone, at the pace of slow 3G: once with nothing kept, as on somebody's first morning, and once more, as all day. Times
depend on the machine, so tests look at requests and bytes only.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import Any

from pictures import chromium, demo_at, entered
from playwright.sync_api import Page, sync_playwright
from shots import first

SIGN_IN = "/accounts/login/"
# Slow 3G as browsers simulate it: 400 kbit/s either way, 400 ms there and back.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
# What must be here before something is seen, and when that was. A page can be used once it is seen and whole: links and
# forms work without scripts, which are deferred; with those, keys work too. A file that was kept has no size here.
# Papers are what one came for, and counted apart.
MEASURE = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource");
  const needed = [page, ...files.filter((entry) => entry.renderBlockingStatus === "blocking")]
    .filter((entry) => entry.transferSize);
  const all = [page, ...files].filter((entry) => !entry.name.includes("/surat/berkas/"));
  return {
    requests: needed.length,
    bytes: needed.reduce((sum, entry) => sum + entry.transferSize, 0),
    sent: all.reduce((sum, entry) => sum + entry.transferSize, 0),
    seen: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
    usable: Math.max(page.domInteractive, performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0),
    keys: page.domContentLoadedEventEnd,
  };
}"""


@dataclass(frozen=True, slots=True)
class Weight:
    """What one visit cost: what it needs to be seen, all that was sent, and the moments in milliseconds."""

    requests: int
    bytes: int
    sent: int
    seen: float
    usable: float
    keys: float


def nothing_kept(state: Any) -> Any:
    """A browser's state without the note of the style sheets it was given: what it kept of them is not in the state."""
    return {**state, "cookies": [cookie for cookie in state["cookies"] if not cookie["name"].endswith("styles")]}


def slow_down(page: Page) -> None:
    """From now on this page is at the end of a slow line."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)


def weigh(page: Page, path: str) -> Weight:
    """Open a page and wait until it can be used."""
    page.goto(path, wait_until="load", timeout=60_000)
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    found: dict[str, Any] = page.evaluate(MEASURE)
    return Weight(**found)


def main() -> None:
    parser = argparse.ArgumentParser(description="Weight and pace of the pages of a day, on a slow line.")
    parser.add_argument("--url", help="a running demo, like http://bekasi.localhost:8000")
    given = parser.parse_args()
    program = chromium()
    with demo_at(given.url) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        guide = entered(browser, base, "walikota", "phone")
        first("/")(guide)
        letter = guide.url.removeprefix(base)
        state = nothing_kept(guide.context.storage_state())
        sys.stdout.write("400 kbit/s, 400 ms there and back; 360 px\n")
        for name, path in {
            "sign-in": SIGN_IN, "desk": "/", "list": "/surat/masuk", "letter": letter,
            "disposition": f"{letter}/dispose",
        }.items():  # fmt: skip
            context = browser.new_context(
                base_url=base,
                viewport={"width": 360, "height": 740},
                locale="id-ID",
                storage_state=None if path == SIGN_IN else state,
            )
            page = context.new_page()
            slow_down(page)
            for when in ("first visit", "again"):
                sys.stdout.write(_line(name, when, weigh(page, path)))
            context.close()
        browser.close()


def _line(name: str, when: str, found: Weight) -> str:
    return (
        f"{name:12}{when:12}{found.requests:3} requests{found.bytes:8,} bytes until seen{found.sent:8,} bytes in all"
        f"{found.seen:8.0f} ms seen{found.usable:8.0f} ms usable{found.keys:8.0f} ms keys\n"
    )


if __name__ == "__main__":
    main()
