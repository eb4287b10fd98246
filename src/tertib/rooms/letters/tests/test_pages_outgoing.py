"""The pages of letters we write: draft, review, signature, dispatch to every kind of recipient."""

from __future__ import annotations

from typing import Any

import pytest

from tertib.government.models import Unit
from tertib.matters.models import EntryBody, Link, Matter, Number, Sight
from tertib.papers.models import Paper, PaperVersion
from tertib.rooms.letters import drafting, sending
from tertib.rooms.letters.models import Letter, Recipient, WorkingCopy
from tertib.rooms.letters.tests.test_pages_incoming import act, register
from tertib.rooms.letters.tests.world import PASSWORD, World, make_neighbour, neighbour


def draft(world: World, **more: Any) -> dict[str, Any]:
    """What a member of staff types: to another unit, to the other government, and to the outside, with a copy."""
    return {
        "post": world.id("staf"),
        "kind": "surat_dinas",
        "subject": "Penyampaian data fasilitas",
        "classification": "400.7",
        "security": "0",
        "urgency": "0",
        "attachments": "",
        "to_place": "",
        "body": "Bersama ini disampaikan data.\n\n1. satu\n2. dua",
        "signer": world.id("kadis"),
        "chain": "usual",
        "to_kind": ["unit", "body"],
        "to_ref": [str(world.units["dpmptsp"].pk), ""],
        "to_name": ["", "Yayasan Contoh Sehat"],
        "to_address": ["", "Jalan Contoh 1"],
        "to_copy": ["1"],
        "then": "submit",
        **more,
    }


def write(world: World, **more: Any) -> Letter:
    answer = world.client("staf").post("/surat/keluar/baru", draft(world, **more))
    assert answer.status_code == 302, answer.content.decode()
    found = Letter.objects.filter(direction="out").order_by("-matter_id").first()
    assert found is not None
    return found


def state(letter: Letter) -> str:
    return Matter.objects.get(pk=letter.pk).state


def test_a_letter_is_written_reviewed_signed_and_sent(world: World) -> None:
    make_neighbour()
    letter = write(
        world,
        to_kind=["unit", "body", "government"],
        to_ref=[str(world.units["dpmptsp"].pk), "", "pasuruan"],
        to_name=["", "Yayasan Contoh Sehat", ""],
        to_address=["", "Jalan Contoh 1", ""],
    )
    assert state(letter) == "review"
    section, chief, staff = world.client("kabid"), world.client("kadis"), world.client("staf")
    assert act(section, letter.pk, "send_back", remarks="Perbaiki paragraf pertama").status_code == 302
    page = staff.get(f"/surat/{letter.pk}/konsep").content.decode()
    assert "Perbaiki paragraf pertama" in page and "1. satu\n2. dua" in page and "Yayasan Contoh Sehat" in page
    again = draft(
        world,
        version=Matter.objects.get(pk=letter.pk).version,
        body="Sudah diperbaiki.",
        chain="own",
        reviewer=[world.id("kabid")],
    )
    again |= {
        "to_kind": ["unit", "body", "government"],
        "to_ref": [str(world.units["dpmptsp"].pk), "", "pasuruan"],
        "to_name": ["", "Yayasan Contoh Sehat", ""],
        "to_address": ["", "Jalan Contoh 1", ""],
    }
    assert staff.post(f"/surat/{letter.pk}/konsep", again).status_code == 302
    assert PaperVersion.objects.filter(paper__matter=letter.pk).count() == 2
    assert act(section, letter.pk, "initial", note="").status_code == 302
    assert state(letter) == "signing"
    wrong = act(chief, letter.pk, "sign", password="bukan itu")
    assert wrong.status_code == 422 and "salah" in wrong.content.decode()
    assert state(letter) == "signing"
    assert act(chief, letter.pk, "sign", password=PASSWORD).status_code == 302
    letter.refresh_from_db()
    assert letter.number.startswith("B-001/400.7/") and state(letter) == "signed"
    registrar = world.client("agendaris")
    assert "Yayasan Contoh Sehat" in registrar.get(f"/surat/{letter.pk}/dispatch").content.decode()
    assert act(registrar, letter.pk, "dispatch").status_code == 302
    # At once in the other house's agenda.
    book = world.client("kadis2").get("/surat/masuk").content.decode()
    assert "Penyampaian data fasilitas" in book and letter.number in book
    # Across to the other government, once however often it is tried.
    across = Recipient.objects.get(letter=letter, kind="government")
    assert across.status == "sent"
    assert "Tiba di meja kepala daerah itu" in chief.get(f"/surat/{letter.pk}").content.decode()
    Recipient.objects.filter(pk=across.pk).update(name="Dinas Kesehatan Kabupaten")
    assert [sending.deliver(across.pk), sending.deliver(across.pk)] == ["delivered", "delivered"]
    with neighbour():
        # It lies with the head there, whomever it names; both sides say so.
        arrived = Letter.objects.get(delivery_key=across.pk)
        assert arrived.addressee == "Dinas Kesehatan Kabupaten" and arrived.matter.holder is not None
        assert arrived.matter.holder.name == "Bupati"
        first = EntryBody.objects.get(entry__matter=arrived.pk, entry__n=1).body or {}
        assert first["data"]["addressee"] == "Dinas Kesehatan Kabupaten"
    assert "tiba di meja Bupati" in chief.get(f"/surat/{letter.pk}").content.decode()
    # Out of the house as paper, with a delivery note.
    assert Paper.objects.filter(matter=letter.pk, kind="delivery_note").count() == 1
    assert "Terkirim" in chief.get(f"/surat/{letter.pk}").content.decode()


def test_guessing_the_password_is_braked(world: World) -> None:
    letter = write(world, signer=world.id("kabid"), chain="own")
    section = world.client("kabid")
    for _attempt in range(5):
        assert act(section, letter.pk, "sign", password="tebakan").status_code == 422
    assert act(section, letter.pk, "sign", password=PASSWORD).status_code == 429
    assert state(letter) == "signing"


def test_a_cancelled_number_stays_in_the_book_with_its_reason(world: World) -> None:
    letter = write(world, signer=world.id("kabid"), chain="own")
    assert act(world.client("kabid"), letter.pk, "sign", password=PASSWORD).status_code == 302
    assert act(world.client("staf"), letter.pk, "cancel", reason="Salah alamat <b>").status_code == 302
    book = world.client("kadis").get("/surat/keluar?state=cancelled").content.decode()
    letter.refresh_from_db()
    assert letter.number in book and "Salah alamat &lt;b&gt;" in book
    second = write(world, signer=world.id("kabid"), chain="own")
    assert act(world.client("kabid"), second.pk, "sign", password=PASSWORD).status_code == 302
    assert Number.objects.get(matter=second.pk).n == 2
    second.refresh_from_db()
    assert "-002/" in second.number


def test_a_begun_answer_outlives_the_sight_of_what_it_answers(world: World) -> None:
    letter, head = register(world), world.client("kadis")
    typed = {"subject": "Balasan yang sudah diketik", "body": "Isi balasan", "balas": str(letter.pk)}
    kept = head.post("/surat/keluar/baru/salinan", typed).json()
    address = f"/surat/keluar/baru?salinan={kept['copy']}"
    assert "Permohonan data fasilitas" in head.get(address).content.decode()
    Sight.objects.filter(matter=letter.pk).delete()
    # The text is there, and nothing of the letter; the page can be left by discarding it.
    answer = head.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200 and "Balasan yang sudah diketik" in page and "Isi balasan" in page
    assert "tidak lagi untuk Anda lihat" in page
    assert "Permohonan data" not in page and 'name="balas"' not in page and f"{kept['copy']}/buang" in page
    # A page that is still open keeps what was typed, and says so before anything is begun.
    sent = draft(world, post=world.id("kadis"), balas=str(letter.pk), then="stay", copy=kept["copy"], revision=1)
    refused = head.post(f"/surat/keluar/baru?balas={letter.pk}", sent)
    page = refused.content.decode()
    assert refused.status_code == 409 and "tidak lagi untuk Anda lihat" in page and 'name="balas"' not in page
    assert not Letter.objects.filter(direction="out").exists()
    del sent["balas"]
    assert head.post(f"/surat/keluar/baru?balas={letter.pk}", sent).status_code == 302
    assert Letter.objects.get(direction="out") and not Link.objects.exists() and not WorkingCopy.objects.exists()


def test_an_answer_begins_with_sender_and_subject(world: World) -> None:
    letter = register(world)
    page = world.client("kadis").get(f"/surat/keluar/baru?balas={letter.pk}").content.decode()
    assert "Permohonan data fasilitas" in page and "Yayasan Contoh Sehat" in page
    sent = world.client("kadis").post(
        "/surat/keluar/baru", draft(world, post=world.id("kadis"), balas=str(letter.pk), then="stay")
    )
    assert sent.status_code == 302
    answer = Letter.objects.get(direction="out")
    assert Link.objects.filter(source=answer.pk, target=letter.pk, kind="reply_to").exists()
    assert str(answer.pk) in world.client("kadis").get(f"/surat/{letter.pk}").content.decode()


def test_rows_are_added_and_removed_without_saving(world: World) -> None:
    staff = world.client("staf")
    unit = Unit.objects.get(name="Dinas Kesehatan")
    added = staff.post("/surat/keluar/baru", draft(world, add_to=f"unit:{unit.pk}"))
    assert added.status_code == 200 and str(unit.pk) in added.content.decode()
    found = staff.post("/surat/keluar/baru", draft(world, look_to="kesehatan", find_to="1", subject=""))
    assert f"unit:{unit.pk}" in found.content.decode()
    dropped = staff.post("/surat/keluar/baru", draft(world, drop_to="1")).content.decode()
    assert "Yayasan Contoh Sehat" not in dropped
    moved = staff.post(
        "/surat/keluar/baru",
        draft(world, chain="own", reviewer=[world.id("kabid"), world.id("kadis2")], up_reviewer="1"),
    ).content.decode()
    assert moved.index(world.id("kadis2")) < moved.index(f'name="reviewer" value="{world.id("kabid")}"')
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("look", "text"), [("look", "dpmptsp"), ("look_to", "dinas kesehatan"), ("look_reviewer", "dpmptsp")]
)
def test_enter_in_a_search_looks_and_saves_nothing(world: World, look: str, text: str) -> None:
    """Without script Enter presses the first button of the form, wherever the cursor is."""
    staff = world.client("staf")
    sent = {name: value for name, value in draft(world, subject="").items() if name != "then"}
    answer = staff.post("/surat/keluar/baru", {**sent, "enter": "1", look: text})
    wanted = f"unit:{world.units['dinkes'].pk}" if look == "look_to" else world.id("kadis2")
    page = answer.content.decode()
    assert answer.status_code == 200 and f'value="{wanted}"' in page and "wajib" not in page
    assert not Letter.objects.exists()
    # With nothing to look for it saves, and says what is missing.
    assert staff.post("/surat/keluar/baru", {**sent, "enter": "1", look: " "}).status_code == 422


def test_the_preview_is_the_paper(world: World) -> None:
    staff = world.client("staf")
    answer = staff.post("/surat/pratinjau", draft(world), headers={"HX-Request": "true"})
    assert answer.status_code == 200 and b"data:image/webp;base64," in answer.content
    assert not Letter.objects.exists()


KINDS = ["surat_dinas", "nota_dinas", "undangan", "surat_perintah"]
NOTHING: dict[str, Any] = {
    "subject": "", "body": "", "signer": "", "to_kind": ["body"], "to_ref": [""], "to_name": [""], "to_address": [""],
    "to_copy": [],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "written",
    [{"subject": "Baru perihal"}, {"body": "Baru isi.", "tasks": "Mendata"}, {"to_name": ["Yayasan"]}],
)
def test_the_preview_shows_what_is_written_and_asks_for_nothing_yet(
    world: World, kind: str, written: dict[str, Any]
) -> None:
    sent = draft(world, kind=kind, **{**NOTHING, **written})
    answer = world.client("staf").post("/surat/pratinjau", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and b"data:image/webp;base64," in answer.content
    assert b"problems" not in answer.content


def test_the_preview_says_kindly_what_is_to_be_written_and_plainly_what_is_wrong(world: World) -> None:
    staff = world.client("staf")
    for headers in ({}, {"HX-Request": "true"}):
        empty = staff.post("/surat/pratinjau", draft(world, **NOTHING), headers=headers)
        page = empty.content.decode()
        assert empty.status_code == 200 and "data:image" not in page
        assert "begitu Anda menulis" in page and "Perihal" in page and "wajib" not in page
    # What is written wrongly is said, what is missing beside it is not.
    sent = draft(world, **{**NOTHING, "classification": "bukan kode"})
    wrong = staff.post("/surat/pratinjau", sent, headers={"HX-Request": "true"}).content.decode()
    assert "000.8.3.3" in wrong and wrong.count("data-field") == 1
    # A letter that is submitted must have all of it, as before.
    assert staff.post("/surat/keluar/baru", draft(world, **{**NOTHING, "subject": "Baru perihal"})).status_code == 422


def test_nobody_has_two_previews_made_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    staff = world.client("staf")
    again: list[int] = []
    make = drafting.preview

    def slow(fields: dict[str, Any], at: Any) -> bytes:
        if not again:
            again.append(0)
            again[0] = staff.post("/surat/pratinjau", draft(world)).status_code
            # The page's script comes again, and need not be told of an error.
            again.append(staff.post("/surat/pratinjau", draft(world, later="1")).status_code)
        return make(fields, at)

    monkeypatch.setattr(drafting, "preview", slow)
    assert staff.post("/surat/pratinjau", draft(world)).status_code == 200 and again == [503, 204]
    assert staff.post("/surat/pratinjau", draft(world)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("nota_dinas", {"body": "Isi nota."}),
        (
            "undangan",
            {
                "body": "Mengharap kehadiran.",
                "event_date": "05/03/2026",
                "time": "09.00 WIB",
                "venue": "Aula",
                "agenda": "Rapat",
            },
        ),
        (
            "surat_perintah",
            {
                "grounds": "Perda\nPerwal",
                "assigned": "Contoh Satu; Pelaksana\nContoh Dua",
                "tasks": "Mendata",
                "to_kind": [],
                "to_ref": [],
                "to_name": [],
                "to_address": [],
            },
        ),
    ],
)
def test_each_kind_can_be_written(world: World, kind: str, fields: dict[str, Any]) -> None:
    letter = write(world, kind=kind, **fields)
    assert state(letter) == "review"
    page = world.client("kabid").get(f"/surat/{letter.pk}")
    assert page.status_code == 200
    assert act(world.client("kabid"), letter.pk, "send_back", remarks="x").status_code == 302
    again = world.client("staf").get(f"/surat/{letter.pk}/konsep").content.decode()
    for value in fields.values():
        if isinstance(value, str):
            assert value.splitlines()[0] in again
