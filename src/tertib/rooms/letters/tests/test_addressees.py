"""A recipient that Tertib knows is called by what it refers to, whatever name comes along."""

from __future__ import annotations

from typing import Any

import pytest

from tertib.rooms.letters import draft_forms, drafting
from tertib.rooms.letters.models import Draft, Letter, Recipient
from tertib.rooms.letters.tests.test_attacks import draft as called
from tertib.rooms.letters.tests.test_pages_outgoing import draft, write
from tertib.rooms.letters.tests.world import World

FALSE = "Wali Kota Depok"


def to(kind: str, ref: str, name: str) -> dict[str, Any]:
    return {"to_kind": [kind], "to_ref": [ref], "to_name": [name], "to_address": [""], "to_copy": []}


def test_a_government_is_not_called_by_the_name_of_another(world: World) -> None:
    asked = draft(world, change="1", **to("government", "pasuruan", FALSE))
    page = world.client("staf").post("/surat/keluar/baru", asked).content.decode()
    assert FALSE not in page and "Kabupaten Pasuruan" in page
    letter = write(world, then="stay", **to("government", "pasuruan", FALSE))
    assert [item.name for item in letter.recipients.all()] == ["Kabupaten Pasuruan"]


def test_nor_is_a_unit(world: World) -> None:
    unit = str(world.units["dpmptsp"].pk)
    page = world.client("staf").post("/surat/keluar/baru", draft(world, change="1", **to("unit", unit, FALSE)))
    said = page.content.decode()
    assert FALSE not in said and "Kepala DPMPTSP" in said
    letter = write(world, then="stay", **to("unit", unit, FALSE))
    assert [item.name for item in letter.recipients.all()] == ["Kepala DPMPTSP"]


def test_nor_by_a_program(world: World) -> None:
    given = [{"kind": "government", "government": "pasuruan", "name": FALSE}]
    done = drafting.start(called(world, recipients=given), world.reader("staf"), world.posts["staf"].pk)
    assert Recipient.objects.get(letter=done.matter).name == "Kabupaten Pasuruan"


@pytest.mark.parametrize("name", [FALSE, f"{FALSE} · Kota Depok", f"Kabupaten Pasuruan · {FALSE}"])
def test_a_draft_of_before_is_shown_by_the_right_name(world: World, name: str) -> None:
    letter = write(world, then="stay", **to("government", "pasuruan", ""))
    Recipient.objects.filter(letter=letter).update(name=name)
    rows = draft_forms.rows_from(Letter.objects.get(pk=letter.pk), Draft.objects.get(pk=letter.pk))
    assert [row.name for row in rows.recipients] == ["Kabupaten Pasuruan"]
    assert FALSE not in world.client("staf").get(f"/surat/{letter.pk}/konsep").content.decode()


def test_an_answer_still_names_the_unit_in_the_other_government(world: World) -> None:
    name = "Dinas Pasar · Kabupaten Pasuruan"
    letter = write(world, then="stay", **to("government", "pasuruan", name))
    assert [item.name for item in letter.recipients.all()] == [name]


def test_what_belongs_to_all_governments_is_no_recipient(world: World) -> None:
    answer = world.client("staf").post("/surat/keluar/baru", draft(world, **to("government", "public", "")))
    assert answer.status_code == 422
