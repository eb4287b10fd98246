"""What happens at one desk shows at another without reloading, and nobody is disturbed in what they do."""

from __future__ import annotations

import os
import re
import signal
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from browser.conftest import City, Office
    from browser.world import _Builder

ASKED = "(one) => one.name.includes('/langsung/karcis')"
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def _meanwhile(work: Callable[[_Builder], uuid.UUID]) -> uuid.UUID:
    """Do something as somebody without a browser. In a thread, for the browser's own has a loop running."""

    def run() -> uuid.UUID:
        from browser.world import _Builder
        from tertib.government.models import Person, Unit
        from tertib.ground.tenancy.middleware import activate
        from tertib.ground.tenancy.models import Government

        activate(Government.objects.get(schema_name="bekasi"))
        made = _Builder()
        made.people = {person.username: person for person in Person.objects.all()}
        made.units = {"dinkes": Unit.objects.get(name="Dinas Kesehatan")}
        try:
            return work(made)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(30)


def letter(subject: str) -> uuid.UUID:
    """A letter that a registrar enters meanwhile; it comes to the desk of the head of the agency."""
    return _meanwhile(lambda made: made.letter(subject, subject, scan=False))


def due_in(seconds: float, subject: str) -> uuid.UUID:
    """A matter at the same desk that is due so soon."""

    def work(made: _Builder) -> uuid.UUID:
        from tertib.government.models import Post
        from tertib.ground.time import now
        from tertib.matters import engine
        from tertib.matters.allowance import Allowance
        from tertib.matters.context import Opening

        post = Post.objects.get(name="Kepala Dinas Kesehatan")
        opening = Opening("letters.incoming", subject, post.pk, post.unit_id)
        opening.allowance = Allowance("until", 0, now() + timedelta(seconds=seconds))
        return engine.open_matter(opening, made.reader("agendaris")).matter

    return _meanwhile(work)


def listening(page: Page) -> Page:
    """The page, once its stream is open."""
    page.wait_for_timeout(1200)
    return page


def row(page: Page, subject: str) -> Locator:
    return page.locator("[data-line]", has_text=subject)


def test_what_is_disposed_at_one_desk_appears_at_the_other(sit: Callable[..., Page], city: City) -> None:
    head, officer = sit("kadis"), listening(sit("yankes"))
    matter = letter("Permohonan fogging")
    head.goto(f"/surat/{matter}/forward")
    expect(row(officer, "Permohonan fogging")).to_have_count(0)
    head.get_by_role("radio", name=re.compile("Kepala Bidang Pelayanan")).first.check(force=True)
    head.get_by_role("button", name="Teruskan").last.click()
    expect(row(officer, "Permohonan fogging")).to_have_count(1, timeout=3000)
    expect(row(officer, "Permohonan fogging").locator(".fresh")).to_have_text("baru")
    expect(officer.locator("#live-said")).to_have_text("1 urusan baru di meja Anda")


def test_what_leaves_a_desk_goes_from_all_its_tabs(office: Office) -> None:
    matter = letter("Undangan lokakarya")
    first = office.sit("kadis")
    second = first.context.new_page()
    second.goto("/")
    tabs = [listening(first), listening(second)]
    # One browser holds one stream, however many of its tabs are open.
    assert sum(page.evaluate(f"performance.getEntriesByType('resource').filter({ASKED}).length") for page in tabs) == 1
    expect(row(second, "Undangan lokakarya")).to_have_count(1)
    other = office.sit("kadis")
    other.goto(f"/surat/{matter}/finish")
    other.get_by_role("textbox").first.fill("Sudah dihadiri.")
    other.get_by_role("button", name="Selesaikan tanpa disposisi").last.click()
    for page in tabs:
        page.bring_to_front()
        expect(row(page, "Undangan lokakarya")).to_have_count(0, timeout=5000)


def test_focus_stays_and_nothing_moves_under_who_is_busy(sit: Callable[..., Page]) -> None:
    letter("Surat yang dipilih")
    desk = listening(sit("kadis"))
    row(desk, "Surat yang dipilih").focus()
    letter("Datang lebih mendesak")
    expect(row(desk, "Datang lebih mendesak")).to_have_count(1, timeout=5000)
    expect(row(desk, "Surat yang dipilih")).to_be_focused()
    desk.get_by_role("searchbox").fill("fogg")
    letter("Datang saat mengetik")
    bar = desk.locator("#live-bar")
    expect(bar).to_have_text("1 urusan baru di meja Anda", timeout=8000)
    expect(row(desk, "Datang saat mengetik")).to_have_count(0)
    expect(desk.get_by_role("searchbox")).to_have_value("fogg")
    expect(desk.get_by_role("searchbox")).to_be_focused()
    desk.get_by_role("button", name="Perbarui").click()
    expect(row(desk, "Datang saat mengetik")).to_have_count(1)
    expect(bar).to_be_empty()


def test_what_lapses_moves_to_its_group(sit: Callable[..., Page]) -> None:
    due_in(6, "Segera lewat")
    desk = listening(sit("kadis"))
    expect(row(desk, "Segera lewat").locator(".clock.late")).to_have_count(1, timeout=20_000)
    expect(desk.locator("#live-said")).to_contain_text("lewat tenggat")


def test_a_letter_says_that_it_moved_and_stays_as_it_is(sit: Callable[..., Page]) -> None:
    matter = letter("Surat yang dibaca")
    page, other = sit("kadis"), sit("kadis")
    page.goto(f"/surat/{matter}")
    listening(page)
    sentence = page.locator(".sentence").inner_html()
    other.goto(f"/surat/{matter}/remark")
    other.get_by_role("textbox").first.fill("<i>Catatan</i> rahasia")
    other.locator("main form button").last.click()
    expect(page.locator("#live-bar")).to_contain_text("Sudah bergerak: Catatan ditambahkan · Kepala Dinas Kesehatan")
    assert page.locator(".sentence").inner_html() == sentence
    # Who acted themselves has nothing to be told.
    other.wait_for_timeout(1500)
    expect(other.locator("#live-bar")).to_be_empty()
    page.get_by_role("button", name="Muat ulang").click()
    expect(page.locator(".timeline")).to_contain_text("<i>Catatan</i> rahasia")


def test_a_network_cut_is_told_and_made_up_for(sit: Callable[..., Page]) -> None:
    desk = listening(sit("kadis"))
    desk.context.set_offline(True)
    expect(desk.locator("#live-cut")).to_have_text(re.compile(r"Tidak tersambung; halaman ini dari \d\d\.\d\d"))
    letter("Datang saat putus")
    desk.wait_for_timeout(1000)
    expect(row(desk, "Datang saat putus")).to_have_count(0)
    desk.context.set_offline(False)
    expect(row(desk, "Datang saat putus")).to_have_count(1, timeout=10_000)
    expect(desk.locator("#live-cut")).to_be_empty()


def test_it_survives_that_the_live_process_is_killed(office: Office, city: City) -> None:
    desk = listening(office.sit("kadis"))
    os.kill(city.live, signal.SIGKILL)
    letter("Datang sesudah mati")
    expect(row(desk, "Datang sesudah mati")).to_have_count(1, timeout=15_000)
    expect(desk.locator("#live-cut")).to_be_empty(timeout=10_000)
    letter("Datang sesudah hidup lagi")
    expect(row(desk, "Datang sesudah hidup lagi")).to_have_count(1, timeout=5000)
    # Chromium says so of every stream that breaks off.
    office.complaints = [said for said in office.complaints if "ERR_" not in said]


def test_who_signed_out_elsewhere_is_told(sit: Callable[..., Page], city: City) -> None:
    desk = listening(sit("sekdis"))
    desk.context.clear_cookies()
    matter = letter("Untuk sekretaris")
    head = sit("kadis")
    head.goto(f"/surat/{matter}/forward")
    head.get_by_role("radio", name=re.compile("Sekretaris Dinas")).first.check(force=True)
    head.get_by_role("button", name="Teruskan").last.click()
    expect(desk.locator("#live-bar")).to_contain_text("tidak lagi masuk", timeout=8000)
    expect(row(desk, "Untuk sekretaris")).to_have_count(0)


def test_a_phone_and_dark_colours_show_it_as_well(sit: Callable[..., Page]) -> None:
    desk = listening(sit("kadis", width=360, color_scheme="dark"))
    desk.context.set_offline(True)
    cut = desk.locator("#live-cut")
    expect(cut).to_be_visible()
    box = cut.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360
    assert desk.evaluate("document.documentElement.scrollWidth") <= 360
