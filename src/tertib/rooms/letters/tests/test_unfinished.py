"""What somebody began to write and left lies on their own desk, and on nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.matters import engine
from tertib.rooms.letters import unfinished
from tertib.rooms.letters.models import WorkingCopy
from tertib.rooms.letters.tests.test_pages_drafting import begin, keep

if TYPE_CHECKING:
    from django.test import Client

    from tertib.rooms.letters.tests.world import World

HEAD = "Belum selesai ditulis"


def type_new(client: Client, subject: str) -> str:
    sent = client.post("/surat/keluar/baru/salinan", {"subject": subject, "kind": "nota_dinas", "body": "Isi"})
    return str(sent.json()["copy"])


def desk(client: Client) -> str:
    return client.get("/").content.decode()


def test_what_was_left_is_found_again_by_its_writer_alone(world: World) -> None:
    staff = world.client("staf")
    assert HEAD not in desk(staff)
    copy = type_new(staff, "Baru mulai")
    letter = begin(world)
    keep(staff, letter, world, subject="Diubah sedikit")
    page = desk(staff)
    assert HEAD in page and f"/surat/keluar/baru?salinan={copy}" in page and f"/surat/{letter.pk}/konsep" in page
    assert page.index("Diubah sedikit") < page.index("Baru mulai"), "the newest first"
    assert "Isi" in staff.get(f"/surat/keluar/baru?salinan={copy}").content.decode()
    for name in ("staf2", "kabid"):
        assert HEAD not in desk(world.client(name))


def test_a_letter_stands_there_once_and_only_while_one_may_write_in_it(world: World) -> None:
    staff, letter = world.client("staf"), begin(world)
    keep(staff, letter, world, "a", body="Satu")
    keep(staff, letter, world, "b", body="Dua")
    assert WorkingCopy.objects.filter(matter=letter.pk).count() == 2
    assert len(unfinished.of(world.reader("staf"))) == 1
    engine.act(letter.pk, "submit", world.reader("staf"), {})
    assert WorkingCopy.objects.filter(matter=letter.pk).exists()
    assert unfinished.of(world.reader("staf")) == []


def test_many_are_folded_away_in_one_statement(world: World) -> None:
    staff = world.client("staf")
    for n in range(7):
        type_new(staff, f"Konsep {n}")
    page = desk(staff)
    shown, folded = page.split(HEAD)[1].split("<details>")[:2]
    assert [n for n in range(7) if f"Konsep {n}" in shown] == [2, 3, 4, 5, 6]
    assert "dan 2 lagi" in folded and "Konsep 0" in folded
    reader = world.reader("staf")
    with CaptureQueriesContext(connection) as captured:
        assert len(unfinished.of(reader)) == 7
    assert len(captured.captured_queries) == 1 and '"typed",' not in captured.captured_queries[0]["sql"]
