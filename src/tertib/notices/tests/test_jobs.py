"""The jobs of the worker, in every government of the installation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tertib.ground.tenancy import here
from tertib.ground.time import travel
from tertib.matters.allowance import Allowance
from tertib.matters.testing import City
from tertib.notices import clock, jobs, outbox
from tertib.notices.models import Notice, Wishes
from tertib.notices.tests import servers
from tertib.notices.tests.servers import Mailbox
from tertib.notices.tests.times import MORNING, address, follow, kinds, setting


def test_clocks_are_looked_at_and_e_mails_are_sent(city: City) -> None:
    address(city, "lab")
    Wishes.objects.create(person=city.people["lab"], ways={"due_soon.0": "mail"}, quiet=False, digest=False)
    city.open("health", "lab", allowance=Allowance("until", 0, MORNING + timedelta(hours=1)))
    with servers.mail_server(Mailbox()) as box:
        values = {"TERTIB_SMTP_URL": f"smtp+plain://127.0.0.1:{box.port}", "TERTIB_MAIL_FROM": "t@kota.example"}
        with setting(**values):
            jobs.look_at_clocks(timestamp=0)
            jobs.send(timestamp=0)
    assert here.schema() == "bekasi"
    assert kinds(city, "lab") == ["due_soon"] and len(box.mails) == 1
    assert "Hampir jatuh tempo" in box.mails[0]["Subject"]


def test_the_trouble_of_one_government_is_not_that_of_others(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look() -> int:
        seen.append(here.schema())
        raise RuntimeError

    monkeypatch.setattr(clock, "look", look)
    jobs.look_at_clocks(timestamp=0)
    assert seen == ["bekasi", "pasuruan"]


def test_where_nothing_is_switched_on_nothing_is_done(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "send_waiting", lambda: pytest.fail("there is nothing to send with"))
    jobs.send(timestamp=0)


def test_old_notices_are_forgotten(city: City) -> None:
    city.open("health", "lab")
    follow()
    jobs.tidy(timestamp=0)
    assert Notice.objects.count() == 1
    with travel(MORNING + timedelta(days=200)):
        jobs.tidy(timestamp=0)
    assert Notice.objects.count() == 0
