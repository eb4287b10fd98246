"""A registration that was wrong: corrected, with everything that hangs on it."""

from __future__ import annotations

from typing import Any

import pytest

from tertib.ground.errors import Invalid
from tertib.matters import check, engine
from tertib.matters.models import EntryBody, Matter
from tertib.matters.visibility import may_see
from tertib.rooms.letters.drafting import start
from tertib.rooms.letters.models import Letter, Party
from tertib.rooms.letters.precedents import letter_like
from tertib.rooms.letters.receiving import Incoming
from tertib.rooms.letters.receiving import register as enter
from tertib.rooms.letters.tests.test_pages_incoming import act
from tertib.rooms.letters.tests.world import World

TURNED = "\u202e"


def entered(world: World, **more: Any) -> Letter:
    told: dict[str, Any] = {"subject": "Mutasi", "sender_name": "Yayasan Contoh", "number": "1", **more}
    return enter(Incoming(**told), world.units["dinkes"], world.reader("agendaris")).letter


def correct(world: World, letter: Letter, **data: Any) -> Any:
    return engine.act(letter.pk, "correct", world.reader("agendaris"), {"reason": "Salah catat", **data})


def sound() -> None:
    assert [str(fault) for fault in check.check("bekasi")] == []


def test_a_letter_registered_as_plain_becomes_secret_with_all_its_parts(world: World) -> None:
    letter = entered(world)
    for post in ("kabid", "kadis2"):
        engine.act(letter.pk, "dispose", world.reader("kadis"), {"recipients": [world.id(post)]})
    first, second = Matter.objects.filter(parent=letter.pk).order_by("id")
    engine.act(first.pk, "dispose", world.reader("kabid"), {"recipients": [world.id("staf")]})
    engine.act(second.pk, "report", world.reader("kadis2"), {"text": "Sudah."})
    parts = list(Matter.objects.filter(ancestors__contains=[letter.pk]))
    # The registry of the other house sees the finished part and the letter because the part lay there.
    seen = [matter for matter in [letter.matter, *parts] if may_see(matter.pk, world.reader("agendaris2"))]
    assert letter.matter in seen and second in seen and len(parts) == 3
    done = correct(world, letter, security=2)
    assert done.result["before"] == {"security": 0}
    assert {m.security for m in Matter.objects.filter(pk__in=[letter.pk, *(p.pk for p in parts)])} == {2}
    for matter in seen:
        assert not may_see(matter.pk, world.reader("agendaris2"))
    # Whoever has or had it goes on seeing it.
    assert may_see(second.pk, world.reader("kadis2")) and may_see(letter.pk, world.reader("kadis"))
    sound()
    page = world.client("kadis").get(f"/surat/{letter.pk}").content.decode()
    assert "sifat: “Biasa” menjadi “Rahasia”" in page
    assert (
        "Sifat berubah mengikuti urusan di atasnya" in world.client("kadis").get(f"/surat/{second.pk}").content.decode()
    )


def test_a_new_urgency_gives_its_time_only_while_the_letter_waits(world: World) -> None:
    letter = entered(world)
    slow = Matter.objects.get(pk=letter.pk).due_at
    correct(world, letter, urgency=2)
    row = Matter.objects.get(pk=letter.pk)
    assert row.urgency == 2 and row.due_at and slow and row.due_at < slow and row.clock[-1]["event"] == "restart"
    engine.act(letter.pk, "dispose", world.reader("kadis"), {"recipients": [world.id("kabid")]})
    due = Matter.objects.get(pk=letter.pk).due_at
    correct(world, letter, urgency=0)
    row = Matter.objects.get(pk=letter.pk)
    assert row.urgency == 0 and row.due_at == due
    sound()


def test_sender_and_days_are_corrected(world: World) -> None:
    letter = entered(world, sender_kind=Party.UNIT, sender_unit=world.units["dpmptsp"].pk)
    correct(world, letter, sender_name="Dinas Lain", sender_address="Jl. Contoh 1", received_on="2026-01-05")
    letter.refresh_from_db()
    assert (letter.sender_name, letter.sender_address, str(letter.received_on)) == (
        "Dinas Lain",
        "Jl. Contoh 1",
        "2026-01-05",
    )
    assert letter.sender_kind == Party.BODY and letter.sender_unit_id is None
    entry = EntryBody.objects.filter(entry__matter=letter.pk, body__action="correct").get()
    assert entry.body is not None and entry.body["result"]["before"]["sender_name"] == "Yayasan Contoh"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("letter_date", "0001-01-01"),
        ("letter_date", "2999-01-01"),
        ("received_on", "2999-01-01"),
        ("classification", "<bukan kode>"),
        ("sender_name", " "),
        ("subject", TURNED),
        ("security", 4),
        ("urgency", 3),
    ],
)
def test_a_correction_is_checked_as_a_registration(world: World, field: str, value: Any) -> None:
    letter = entered(world)
    with pytest.raises(Invalid) as raised:
        correct(world, letter, **{field: value})
    assert [str(problem.where) for problem in raised.value.problems] == [field]


def test_the_sender_of_a_delivered_letter_is_not_corrected(world: World) -> None:
    letter = entered(world)
    Letter.objects.filter(pk=letter.pk).update(delivery_key=letter.pk)
    with pytest.raises(Invalid):
        correct(world, letter, sender_name="Orang lain")


def test_one_line_stays_one_line_at_every_door(world: World) -> None:
    odd = f"Baris satu\r\nbaris{TURNED} dua"
    letter = entered(world, subject=odd, sender_name=odd, number=odd)
    assert letter.subject == letter.sender_name == letter.number == "Baris satu baris dua"
    correct(world, letter, subject=f"Lain\n{TURNED}nya")
    letter.refresh_from_db()
    assert letter.subject == "Lain nya" == Matter.objects.get(pk=letter.pk).title
    wanted = {
        "kind": "surat_dinas", "subject": odd, "signer": world.id("kadis"),
        "body": [{"type": "paragraph", "text": "Isi."}], "recipients": [{"kind": "body", "name": odd, "address": odd}],
    }  # fmt: skip
    draft = Letter.objects.get(pk=start(wanted, world.reader("staf"), world.posts["staf"].pk).matter)
    recipient = draft.recipients.get()
    assert draft.subject == recipient.name == recipient.address == "Baris satu baris dua"


def test_a_registration_is_voided_and_its_number_never_used_again(world: World) -> None:
    kept, twice = entered(world), entered(world, number="2")
    client = world.client("agendaris")
    assert "Batalkan pencatatan" in client.get(f"/surat/{twice.pk}").content.decode()
    assert act(world.client("kadis"), twice.pk, "void", reason="Iseng").status_code == 403
    assert act(client, twice.pk, "void", reason="").status_code == 422
    assert "tidak dipakai lagi" in client.get(f"/surat/{twice.pk}/void").content.decode()
    assert act(client, twice.pk, "void", reason="Tercatat dua kali").status_code == 302
    row = Matter.objects.get(pk=twice.pk)
    assert row.state == "voided" and row.closed_at and row.holder_id is None
    for address in (
        "/surat/masuk",
        "/surat/masuk?state=cancelled",
        f"/surat/{twice.pk}",
        f"/urusan/{twice.pk}/catatan",
    ):
        assert "Tercatat dua kali" in client.get(address).content.decode(), address
    assert kept.agenda and twice.agenda
    again = entered(world, number="2")
    assert again.agenda and again.agenda.n == twice.agenda.n + 1
    assert letter_like("2", "Yayasan Contoh", world.units["dinkes"].pk) == again
    sound()


def test_what_was_disposed_or_delivered_is_not_voided(world: World) -> None:
    disposed, delivered = entered(world), entered(world)
    engine.act(disposed.pk, "dispose", world.reader("kadis"), {"recipients": [world.id("kabid")]})
    part = Matter.objects.get(parent=disposed.pk)
    engine.act(part.pk, "return", world.reader("kabid"), {"reason": "Bukan tugas kami."})
    assert Matter.objects.get(pk=disposed.pk).state == "received"
    Letter.objects.filter(pk=delivered.pk).update(delivery_key=delivered.pk)
    for letter in (disposed, delivered):
        with pytest.raises(Invalid):
            engine.act(letter.pk, "void", world.reader("agendaris"), {"reason": "Salah buku"})


def test_the_page_of_a_correction_offers_all_of_it(world: World) -> None:
    letter = entered(world)
    client = world.client("agendaris")
    form = client.get(f"/surat/{letter.pk}/correct").content.decode()
    for name in ("security", "urgency", "sender_name", "sender_address", "received_on"):
        assert f'name="{name}"' in form
    given = {"subject": "Mutasi", "number": "1", "sender_name": "Yayasan Contoh", "security": "2", "urgency": "0"}
    assert act(client, letter.pk, "correct", **given, reason="Rahasia").status_code == 302
    entry = EntryBody.objects.filter(entry__matter=letter.pk, body__action="correct").get()
    assert entry.body is not None and entry.body["data"] == {"security": 2, "reason": "Rahasia"}
