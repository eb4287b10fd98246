"""Who searches in a picker of a form, with its button or with Enter, has sent nothing yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tertib.rooms.letters.tests.test_pages_incoming import act, register

if TYPE_CHECKING:
    from tertib.rooms.letters.tests.world import World

NONE_FITS = "Tidak ada jabatan yang cocok"


def sent(world: World, where: str, **more: Any) -> tuple[Any, str]:
    """A form with one post chosen and words in its search, as Enter sends it where no script runs."""
    letter = register(world)
    client = world.client("kadis")
    if where == "together":
        address = "/surat/bersama/disposisi"
        data: dict[str, Any] = {
            "urusan": [f"{letter.pk}:{letter.matter.version}"],
            "recipients": [world.id("kabid")],
            "due_how": "",
        }
    else:
        address = f"/surat/{letter.pk}/{where}"
        field = {"dispose": "recipients", "forward": "post"}.get(where, "target")
        chosen = world.id("kabid") if where != "link" else str(register(world, number="2/YCS/2026").pk)
        data = {"version": letter.matter.version, field: chosen, "due_how": "", "kind": "follows_up"}
    answer = client.post(address, {**data, **more})
    return letter, answer.content.decode() if answer.status_code != 302 else ""


@pytest.mark.parametrize("where", ["dispose", "forward", "together"])
def test_enter_with_words_to_look_for_searches_and_never_acts(world: World, where: str) -> None:
    letter, page = sent(world, where, look="kepala dpmptsp", enter="1")
    assert f'value="{world.id("kadis2")}"' in page, "what was looked for is offered"
    assert f'value="{world.id("kabid")}" checked' in page, "what was chosen stays"
    letter.matter.refresh_from_db()
    assert not letter.matter.children.exists() and letter.matter.holder_id == world.posts["kadis"].pk


def test_so_it_does_where_a_letter_is_looked_for(world: World) -> None:
    letter, page = sent(world, "link", look="permohonan", enter="1")
    assert 'name="look"' in page
    assert not letter.matter.links_out.exists()


@pytest.mark.parametrize("where", ["dispose", "forward", "together", "link"])
def test_every_form_with_a_search_has_the_button_that_enter_presses(world: World, where: str) -> None:
    _letter, page = sent(world, where, look="kepala", find="1")
    form = page.partition('id="main"')[2]
    assert form.index('name="enter"') < form.index('name="look"')


def test_without_words_to_look_for_enter_sends_the_form(world: World) -> None:
    letter, page = sent(world, "dispose", look=" ", enter="1")
    assert page == "" and letter.matter.children.count() == 1


def test_what_was_not_looked_for_is_not_said_to_be_missing(world: World) -> None:
    letter = register(world)
    refused = act(world.client("kadis"), letter.pk, "dispose", look="kepala", due_how="pick", recipients=[])
    assert refused.status_code == 422 and NONE_FITS not in refused.content.decode()
    searched = act(world.client("kadis"), letter.pk, "dispose", look="tidak ada", find="1")
    assert NONE_FITS in searched.content.decode()


def test_who_is_suggested_is_found_as_well_and_goes_once(world: World) -> None:
    letter = register(world)
    kabid = str(world.id("kabid"))
    page = act(world.client("kadis"), letter.pk, "dispose", look="bidang", find="1").content.decode()
    assert NONE_FITS not in page and page.count(f'value="{kabid}"') >= 1
    act(world.client("kadis"), letter.pk, "dispose", recipients=[kabid, kabid], note="Sekali saja")
    assert letter.matter.children.count() == 1
