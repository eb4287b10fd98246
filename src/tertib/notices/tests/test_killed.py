"""With real commits and a real process: killed while the mail server has the message, nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tertib.notices.tests import servers
from tertib.notices.tests.servers import Mailbox

if TYPE_CHECKING:
    from tertib.ground.tenancy.models import Government

SEND = """
import django
django.setup()
from tertib.ground.tenancy.models import Government
from tertib.notices import outbox
with Government.objects.get(schema_name="bekasi"):
    print(outbox.send_waiting(), flush=True)
"""


@pytest.fixture
def test_room() -> Iterator[None]:
    from tertib.matters.testing import only_room

    with only_room():
        yield


def test_killed_while_sending(transactional_government: Government, test_room: None) -> None:
    from tertib.ground.time import now
    from tertib.matters.followers import run_once
    from tertib.matters.testing import make_city
    from tertib.notices import following
    from tertib.notices.models import Notice, Sending, Wishes
    from tertib.notices.tests.times import address, setting

    city = make_city()
    address(city, "lab")
    Wishes.objects.create(person=city.people["lab"], ways={"arrived.0": "mail"}, quiet=False)
    with servers.mail_server(Mailbox(hold=threading.Event())) as box:
        values = {"TERTIB_SMTP_URL": f"smtp+plain://127.0.0.1:{box.port}", "TERTIB_MAIL_FROM": "t@kota.example"}
        with setting(**values):
            city.open("health", "lab")
            # The follower as the worker runs it, behind the sequencer, which waits for every transaction of the server,
            # those of other tests too.
            until = time.monotonic() + 60
            while not Notice.objects.exists() and time.monotonic() < until:
                if not run_once({following.NAME: following.follow}):
                    time.sleep(0.05)
            assert Notice.objects.count() == 1
            process = subprocess.Popen([sys.executable, "-c", SEND], env={**os.environ, **values})
            assert box.arrived.wait(60)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            assert box.hold
            box.hold.set()
            row = Sending.objects.get()
            assert row.state == "waiting" and row.after > now(), "taken, and not closed"
            Sending.objects.update(after=now())
            again = subprocess.run(
                [sys.executable, "-c", SEND], env={**os.environ, **values}, capture_output=True, text=True, check=True
            )
            assert again.stdout.strip() == "1"
    assert Sending.objects.get().state == "sent"
    assert len({mail["Message-ID"] for mail in box.mails}) == 1 and len(box.mails) == 2
