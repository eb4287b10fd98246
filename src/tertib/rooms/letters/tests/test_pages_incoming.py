"""The pages of letters that come in, from registration to the answers of the last desk."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tertib.matters.models import Matter
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.tests.world import SCAN, World, registration


def scan(name: str = "surat.pdf", data: bytes = SCAN) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/pdf")


def register(world: World, **more: Any) -> Letter:
    """Register through the page; answers the letter."""
    answer = world.client("agendaris").post("/surat/masuk/baru", registration(world, files=scan(), **more))
    assert answer.status_code == 302, answer.content.decode()
    return Letter.objects.get(pk=uuid.UUID(answer.headers["Location"].rsplit("/", 1)[1]))


def act(client: Client, matter: Any, action: str, **data: Any) -> Any:
    """Do an action through its page, with the version its page shows."""
    version = Matter.objects.get(pk=matter).version
    return client.post(f"/surat/{matter}/{action}", {"version": version, "whole": "1", **data})


def children(matter: Any) -> dict[str, Matter]:
    """The parts of a matter by the name of the post that was given them."""
    return {part.disposition.recipient.name: part for part in Matter.objects.filter(parent=matter)}


def test_a_letter_lives_through_its_pages(world: World) -> None:
    letter = register(world)
    chief, section = world.client("kadis"), world.client("kabid")
    page = chief.get(f"/surat/{letter.pk}")
    said = page.content.decode()
    assert "Kepala Dinas Kesehatan" in said and "Disposisikan" in said and "/hal/1?w=960" in said
    form = chief.get(f"/surat/{letter.pk}/dispose").content.decode()
    assert "Kepala Bidang Layanan" in form
    recipients = [world.id("kabid"), world.id("staf"), world.id("kadis2")]
    sent = act(
        chief,
        letter.pk,
        "dispose",
        recipients=recipients,
        instructions=["teliti"],
        note="Segera dibahas",
        due_how="3 working days",
    )
    assert sent.status_code == 302
    parts = children(letter.pk)
    assert len(parts) == 3
    mine = parts["Kepala Bidang Layanan"]
    asked = section.get(f"/surat/{mine.pk}").content.decode()
    assert "Segera dibahas" in asked and "/hal/1?w=960" in asked
    assert act(section, mine.pk, "ask", question="Data tahun berapa?").status_code == 302
    assert "Data tahun berapa?" in chief.get(f"/surat/{mine.pk}").content.decode()
    assert act(chief, mine.pk, "answer", text="Tahun 2026").status_code == 302
    staff = world.client("staf")
    assert act(staff, parts["Pelaksana Satu"].pk, "return", reason="Bukan tugas kami").status_code == 302
    assert act(section, mine.pk, "report", text="Data terlampir", files=scan("data.pdf")).status_code == 302
    assert act(world.client("kadis2"), parts["Kepala DPMPTSP"].pk, "report", text="Sudah").status_code == 302
    # One part came back undone, so the letter is the chief's again, who gives it to somebody else.
    assert Matter.objects.get(pk=letter.pk).state == "received"
    assert act(chief, letter.pk, "dispose", recipients=[world.id("staf2")], due_how="1 working days").status_code == 302
    last = children(letter.pk)["Pelaksana Dua"]
    assert act(world.client("staf2"), last.pk, "report", text="Selesai").status_code == 302
    assert Matter.objects.get(pk=letter.pk).state == "done"
    whole = chief.get(f"/surat/{letter.pk}").content.decode()
    for words in ("Bukan tugas kami", "Segera dibahas", "Permohonan data fasilitas"):
        assert words in whole
