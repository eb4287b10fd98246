"""A paper that can't be drawn: said in its place, and the file itself is still to be had."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tertib.papers import confined
from tertib.papers.models import PaperVersion
from tertib.papers.tests.samples import looping_pdf
from tertib.rooms.letters.tests.world import World, registration

PICTURE = {"Accept": "image/avif,image/webp,image/svg+xml,*/*;q=0.8"}
HOSTILE = looping_pdf(b"25 0 R 3 0 R")
PAGE = {"Accept": "text/html,application/xhtml+xml,image/webp,*/*;q=0.8"}


@pytest.fixture
def version(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A letter whose scan passes for whole, and whose second page never ends."""
    monkeypatch.setattr(confined, "DRAW_SECONDS", 2)
    file = SimpleUploadedFile("surat.pdf", HOSTILE, "application/pdf")
    answer = world.client("agendaris").post("/surat/masuk/baru", registration(world, files=file))
    assert answer.status_code == 302
    yield PaperVersion.objects.get().pk
    confined._confined.given_up.clear()


def test_a_page_that_can_not_be_drawn_is_said_in_its_place(world: World, version: Any) -> None:
    client = world.client("agendaris")
    answer = client.get(f"/surat/berkas/{version}/hal/2?w=960", headers=PICTURE)
    assert answer.status_code == 422 and answer["Content-Type"] == "image/svg+xml"
    assert "terlalu rumit untuk ditampilkan" in " ".join(answer.content.decode().split())
    assert "sandbox" in answer["Content-Security-Policy"] and answer["X-Content-Type-Options"] == "nosniff"
    # Who opens it by itself gets a page of ours.
    assert "Unduh berkasnya" in client.get(f"/surat/berkas/{version}/hal/2?w=960", headers=PAGE).content.decode()
    # Other people's refusals stay what they are.
    assert world.client("agendaris2").get(f"/surat/berkas/{version}/hal/2", headers=PICTURE).status_code == 404


def test_the_file_itself_is_to_be_had(world: World, version: Any) -> None:
    answer = world.client("agendaris").get(reverse("letters:download", "tertib.urls", args=[version]))
    assert answer.status_code == 200 and answer.content == HOSTILE
    assert answer["Content-Disposition"].startswith("attachment;") and "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
