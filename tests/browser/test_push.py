"""A browser that is pushed to: switched on by its user, it shows what comes and opens what that is about.

The service of the browser's maker is the one part that is not here: the subscription is made up, and what such a
service would deliver is delivered by the browser's own tools. What Tertib sends is read in
`notices/tests/test_push.py`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import expect

from browser.conftest import PATIENCE, Office

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from browser.conftest import City

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
# A subscription as the browser's maker would give it, which keeps what the page asked for.
SUBSCRIBED = """([point]) => { PushManager.prototype.subscribe = async function (asked) {
  window.asked = { visible: asked.userVisibleOnly, key: asked.applicationServerKey.length };
  sessionStorage.asked = JSON.stringify(window.asked);
  const bytes = { p256dh: new Uint8Array(point).buffer, auth: new Uint8Array(16).fill(7).buffer };
  return { endpoint: "https://8.8.8.8/push/1", getKey: (name) => bytes[name] };
}; }"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map((one) => [one.title, one.body, one.tag, one.data.url])"""
# Only a person's hand may open a window; what the worker would open is kept instead.
CLICK = """async (tag) => {
  const opened = [];
  Clients.prototype.openWindow = async (url) => { opened.push(url); };
  let one;
  // The browser shows, and takes away what it replaces, in its own time.
  for (let tries = 0; !one && tries < 200; tries += 1) {
    if (tries) await new Promise((resolve) => setTimeout(resolve, 50));
    [one] = await self.registration.getNotifications({ tag });
  }
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification: one }));
  return [opened, (await self.registration.getNotifications({ tag })).length];
}"""


@pytest.fixture
def page(city: City, whole_chromium: Browser, _states: dict[str, Any]) -> Iterator[Page]:
    """The desk of a head of agency, in a browser that has notices."""
    office = Office(city, whole_chromium, _states)
    yield office.sit("kadis")
    office.close()
    assert not office.strangers
    assert not office.complaints


def _switched_on(page: Page) -> None:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    known = list(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    page.add_init_script(f"({SUBSCRIBED})([{json.dumps(known)}])")
    page.goto("/profil/pemberitahuan")
    page.get_by_role("button", name="Nyalakan di peramban ini").click()


def _delivered(page: Page, said: dict[str, str]) -> None:
    """Hand the worker a message, as the push service of the browser's maker would."""
    tools = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    tools.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(20)
    origin = page.evaluate("location.origin")
    mine = next(one["registrationId"] for one in found if one["scopeURL"].startswith(origin))
    told = {"origin": origin, "registrationId": mine, "data": json.dumps(said)}
    tools.send("ServiceWorker.deliverPushMessage", told)
    tools.detach()


def _shows(page: Page, said: dict[str, str]) -> None:
    """Wait until this is what the browser shows, and all of it."""
    until = time.monotonic() + PATIENCE / 1000
    while (shown := page.evaluate(SHOWN)) != [[said[part] for part in ("title", "body", "tag", "url")]]:
        assert time.monotonic() < until, shown
        page.wait_for_timeout(50)


def test_switched_on_shown_and_opened(page: Page) -> None:
    page.context.grant_permissions(["notifications"])
    _switched_on(page)
    browser = page.locator("ul.browsers li")
    expect(browser).to_contain_text("Chrome · Linux")
    # A key of 65 bytes, and never in silence.
    assert json.loads(page.evaluate("sessionStorage.asked")) == {"visible": True, "key": 65}
    said = {"title": "Masuk ke meja Anda", "body": "Permohonan data", "tag": "a", "url": "/pemberitahuan/1"}
    _delivered(page, said)
    _shows(page, said)
    # The same matter again takes the place of what stands there.
    again = {**said, "title": "Segera jatuh tempo"}
    _delivered(page, again)
    _shows(page, again)
    (worker,) = page.context.service_workers
    assert worker.evaluate(CLICK, "a") == [[f"{page.evaluate('location.origin')}/pemberitahuan/1"], 0]
    # What leads elsewhere opens nothing.
    evil = {**said, "url": "https://evil.example/"}
    _delivered(page, evil)
    _shows(page, evil)
    assert worker.evaluate(CLICK, "a") == [[], 0]
    browser.get_by_role("button", name="Hapus").click()
    expect(browser).to_have_count(0)


# What the browser's maker would know of it, as one that was subscribed says it.
KNOWN = """() => { PushManager.prototype.getSubscription = async () => ({
  endpoint: "https://8.8.8.8/push/1", unsubscribe: async () => { localStorage.ended = "1"; return true; },
}); }"""


def test_signing_out_ends_it_on_the_server_and_in_the_browser(city: City, whole_chromium: Browser) -> None:
    office = Office(city, whole_chromium, {})
    page = office.visit()
    page.context.grant_permissions(["notifications"])
    _sign_in(page)
    _switched_on(page)
    expect(page.locator("ul.browsers li")).to_have_count(1)
    said = {"title": "Masuk ke meja Anda", "body": "Permohonan", "tag": "a", "url": "/pemberitahuan/1"}
    _delivered(page, said)
    _shows(page, said)
    # Another day, in a session that has switched on nothing.
    page.context.clear_cookies()
    page.add_init_script(f"({KNOWN})()")
    _sign_in(page)
    page.goto("/profil/pemberitahuan")
    expect(page.locator("ul.browsers li")).to_have_count(1)
    page.locator("header details.drop summary", has_text="Akun").click()
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/accounts/login/")
    assert page.evaluate("localStorage.ended") == "1"
    assert page.evaluate(SHOWN) == [], "and what was shown is gone"
    _sign_in(page)
    page.goto("/profil/pemberitahuan")
    expect(page.locator("ul.browsers li")).to_have_count(0)
    office.close()
    assert not office.complaints


def _sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator("form.doors button", has_text="Kepala Dinas Kesehatan").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def test_a_browser_told_not_to_show_notices_says_so(page: Page) -> None:
    page.context.add_init_script("Notification.requestPermission = async () => 'denied'")
    page.goto("/profil/pemberitahuan")
    page.get_by_role("button", name="Nyalakan di peramban ini").click()
    expect(page.locator("[data-say=denied]")).to_be_visible()
    expect(page.locator("ul.browsers li")).to_have_count(0)
