"""Letters that left the house as paper: that they arrived is recorded, and that nobody did so can be seen."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tertib.ground.errors import Forbidden, Invalid, NotFound
from tertib.ground.tenancy.here import today
from tertib.ground.time import travel
from tertib.matters import engine
from tertib.matters.models import EntryBody, Matter
from tertib.papers.models import Paper
from tertib.rooms.letters.models import Letter, Recipient
from tertib.rooms.letters.tests.test_pages_incoming import act, scan
from tertib.rooms.letters.tests.test_pages_outgoing import write
from tertib.rooms.letters.tests.test_pages_parts import seen
from tertib.rooms.letters.tests.world import PASSWORD, World

# Monday 2 March 2026, 10.00 in Jakarta.
MONDAY = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
OUTSIDE = "Yayasan Contoh Sehat"


def sent(world: World) -> tuple[Letter, Recipient]:
    """A letter that went to a unit of the government and, as paper, to the outside."""
    letter = write(world, signer=world.id("kabid"), chain="own")
    assert act(world.client("kabid"), letter.pk, "sign", password=PASSWORD).status_code == 302
    assert act(world.client("agendaris"), letter.pk, "dispatch").status_code == 302
    return letter, Recipient.objects.get(letter=letter, kind="body")


def given(recipient: Recipient, **more: Any) -> dict[str, Any]:
    return {
        "recipient": str(recipient.pk), "received_on": "3 Maret 2026", "how": "post", "received_by":
        "Sekretaris Contoh", **more,
    }  # fmt: skip


def test_an_arrival_is_recorded_with_its_proof(world: World) -> None:
    with travel(MONDAY):
        letter, recipient = sent(world)
    registrar = world.client("agendaris")
    with travel(MONDAY + timedelta(days=2)):
        page = seen(registrar, f"/surat/{letter.pk}")
        assert f"{OUTSIDE} (tembusan) belum tercatat diterima" in page and "Catat sudah diterima" in page
        assert letter.subject in seen(registrar, "/surat/keluar?state=unconfirmed")
        link = f"/surat/{letter.pk}/arrive?penerima={recipient.pk}"
        assert link in registrar.get(f"/surat/{letter.pk}").content.decode()
        form = registrar.get(link).content.decode()
        assert OUTSIDE in form and "Dinas Penanaman Modal" not in form  # its receipt has come by itself
        answer = act(registrar, letter.pk, "arrive", **given(recipient), files=scan("bukti.pdf"))
        assert answer.status_code == 302, answer.content.decode()
    recipient.refresh_from_db()
    assert (recipient.status, recipient.receipt) == (
        "delivered", {"received_on": "2026-03-03", "how": "post", "received_by": "Sekretaris Contoh"},
    )  # fmt: skip
    assert recipient.delivered_at == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    proof = Paper.objects.get(matter=letter.pk, kind="receipt")
    body = EntryBody.objects.get(entry__matter=letter.pk, body__action="arrive").body
    assert body is not None and body["data"]["papers"][0]["sha256"] == proof.versions.get().sha256
    assert body["result"] == {"to": OUTSIDE, "status": "delivered"}
    page = seen(registrar, f"/surat/{letter.pk}")
    said = "3 Maret 2026, lewat pos, diterima oleh Sekretaris Contoh"
    assert page.count(said) == 2 and "Penerimaan dicatat" in page and "belum tercatat diterima" not in page
    assert letter.subject not in seen(registrar, "/surat/keluar?state=unconfirmed")
    # The letter is as finished as before.
    assert Matter.objects.get(pk=letter.pk).state == "sent"


def test_a_wrong_arrival_is_corrected_and_both_stay_in_the_record(world: World) -> None:
    letter, recipient = sent(world)
    registrar = world.client("agendaris")
    day = today().isoformat()
    assert act(registrar, letter.pk, "arrive", **given(recipient, received_on=day)).status_code == 302
    assert "Perbaiki" in seen(registrar, f"/surat/{letter.pk}")
    again = given(recipient, received_on=day, received_by="Ketua Contoh", how="courier")
    assert act(registrar, letter.pk, "arrive", **again).status_code == 302
    recipient.refresh_from_db()
    assert (recipient.receipt or {})["received_by"] == "Ketua Contoh"
    page = seen(registrar, f"/surat/{letter.pk}")
    assert "diterima oleh Sekretaris Contoh" in page and page.count("jasa kurir, diterima oleh Ketua Contoh") == 2


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("1 Maret 2026", "Pada tanggal itu surat belum dikirim."),
        ("2026-03-05", "Hari ini belum tiba."),
        ("31/02/2026", "Tidak ada tanggal 31 Februari 2026"),
    ],
)
def test_a_day_that_can_not_be_is_refused_and_nothing_typed_is_lost(world: World, day: str, said: str) -> None:
    with travel(MONDAY):
        letter, recipient = sent(world)
    with travel(MONDAY + timedelta(days=2)):
        answer = act(world.client("agendaris"), letter.pk, "arrive", **given(recipient, received_on=day))
    page = answer.content.decode()
    assert answer.status_code == 422 and said in page and "Sekretaris Contoh" in page
    recipient.refresh_from_db()
    assert recipient.status == "sent" and recipient.receipt is None


def test_who_may_record_it_and_for_whom(world: World) -> None:
    letter, recipient = sent(world)
    data = given(recipient, received_on=today().isoformat())
    # Whoever wrote it may, too; who reviewed or only received it may not.
    assert "Catat sudah diterima" in seen(world.client("staf"), f"/surat/{letter.pk}")
    assert "Catat sudah diterima" not in seen(world.client("kabid"), f"/surat/{letter.pk}")
    for name in ("kabid", "kadis"):
        with pytest.raises(Forbidden):
            engine.act(letter.pk, "arrive", world.reader(name), data)
    inside = Recipient.objects.get(letter=letter, kind="unit")
    registrar = world.reader("agendaris")
    with pytest.raises(Invalid, match=r"by itself|dengan sendirinya"):
        engine.act(letter.pk, "arrive", registrar, {**data, "recipient": str(inside.pk)})
    with pytest.raises(NotFound):
        engine.act(letter.pk, "arrive", registrar, {**data, "recipient": str(uuid.uuid4())})
    with pytest.raises(Invalid):
        engine.act(letter.pk, "arrive", registrar, {**data, "how": "merpati"})
