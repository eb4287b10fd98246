"""Several letters at once: each an act of its own, one that can't be done stops no other, nothing is done unasked."""

from __future__ import annotations

import itertools
import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.ground.time import now, travel
from tertib.matters import engine
from tertib.matters.models import Entry, Matter
from tertib.rooms.letters.tests.test_pages_parts import WEDNESDAY
from tertib.rooms.letters.views import results
from tertib.rooms.letters.views.acts import day_words

if TYPE_CHECKING:
    from django.test import Client

    from tertib.rooms.letters.tests.world import World

DISPOSE, NOTE = "/surat/bersama/disposisi", "/surat/bersama/diketahui"


@pytest.fixture
def head(world: World) -> Client:
    return world.client("kadis")


def register(world: World, subject: str) -> Matter:
    from tertib.rooms.letters import receiving

    incoming = receiving.Incoming(subject, "Yayasan Contoh Sehat", number=subject)
    made = receiving.register(incoming, world.units["dinkes"], world.reader("agendaris"))
    return Matter.objects.get(pk=made.done.matter)


def part(world: World, subject: str, *instructions: str) -> Matter:
    """A part that the head gives to the head of the division."""
    letter = register(world, subject)
    data = {"recipients": [world.id("kabid")], "instructions": list(instructions)}
    done = engine.act(letter.pk, "dispose", world.reader("kadis"), data)
    return Matter.objects.get(pk=done.children[0])


def value(matter: Matter) -> str:
    return f"{matter.pk}:{matter.version}"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_several_letters_go_to_the_same_recipients_each_with_its_own_entry(world: World, head: Client) -> None:
    letters = [register(world, f"Surat {n}") for n in range(3)]
    chosen = [value(letter) for letter in letters]
    page = text(head.get(DISPOSE, {"urusan": chosen}))
    assert "Disposisikan 3 urusan" in page and all(letter.title in page for letter in letters)
    assert not Matter.objects.filter(parent__isnull=False).exists(), "asking does nothing yet"
    sent = {"urusan": chosen, "recipients": [world.id("kabid")], "instructions": ["teliti"], "note": "", "due_how": ""}
    answer = head.post(DISPOSE, sent)
    assert answer.status_code == 302
    result = answer.headers["Location"]
    assert "3 sudah dikerjakan" in text(head.get(result))
    for letter in letters:
        assert list(letter.children.values_list("holder", flat=True)) == [world.posts["kabid"].pk]
        assert Entry.objects.filter(matter=letter).count() == letter.version + 1


def test_parts_may_be_due_as_what_they_belong_to(world: World, head: Client) -> None:
    """The choice is offered where each of those chosen is due, as on the page of a single letter."""
    letter = register(world, "Perlu jawaban")
    assert "Ikut tenggat masing-masing" in text(head.get(DISPOSE, {"urusan": [value(letter)]}))
    assert letter.due_at is not None
    with travel(letter.due_at + timedelta(days=1)):
        page = text(head.get(DISPOSE, {"urusan": [value(letter)]}))
    assert "Ikut tenggat masing-masing" not in page and 'name="due_how" value=""' not in page


def chosen_due(page: str) -> str:
    found = re.search(r'name="due_how" value="([^"]*)"[^>]*checked', page)
    assert found is not None
    return found[1]


def test_the_form_has_order_and_defaults_of_a_single_disposition(world: World, head: Client) -> None:
    letter = register(world, "Satu di antara beberapa")
    assert letter.due_at is not None
    for moment in (now(), letter.due_at + timedelta(days=1)):
        with travel(moment):
            alone = text(head.get(f"/surat/{letter.pk}/dispose"))
            several = text(head.get(DISPOSE, {"urusan": [value(letter)]}))
        for page in (alone, several):
            places = [page.index(f'name="{name}"') for name in ("instructions", "due_how", "due_day", "note")]
            assert places == sorted(places)
        assert chosen_due(alone) == chosen_due(several)
    assert chosen_due(several) == "3 working days"


def test_what_was_disposed_says_by_when_it_is_wanted(world: World, head: Client) -> None:
    """In the words of a single disposition: once where all is wanted on the same day, else at each."""
    with travel(WEDNESDAY - timedelta(days=1)):
        earlier = register(world, "Surat kemarin")
    with travel(WEDNESDAY):
        said_of_each(world, head, earlier)


def said_of_each(world: World, head: Client, earlier: Matter) -> None:
    first, second, later = (register(world, f"Surat {n}") for n in range(3))
    assert first.due_at and earlier.due_at and first.due_at.date() != earlier.due_at.date()
    sent = {"recipients": [world.id("kabid"), world.id("staf2")], "note": "", "due_how": ""}
    page = text(head.post(DISPOSE, {**sent, "urusan": [value(first), value(second)]}, follow=True))
    day = day_words(first.due_at)
    both = f"{world.posts['kabid'].name}, {world.posts['staf2'].name}"
    assert f"Didisposisikan kepada {both}, tenggat {day}." in page and page.count("tenggat") == 1
    page = text(head.post(DISPOSE, {**sent, "urusan": [value(later), value(earlier)]}, follow=True))
    assert f"Didisposisikan kepada {both}." in page
    assert f"tenggat {day}" in page and f"tenggat {day_words(earlier.due_at)}" in page


def test_one_that_moved_on_stays_and_the_others_go(world: World, head: Client) -> None:
    letters = [register(world, f"Surat {n}") for n in range(3)]
    chosen = [value(letter) for letter in letters]
    engine.act(letters[1].pk, "finish", world.reader("kadis"), {"note": "Sudah."})
    sent = {"urusan": chosen, "recipients": [world.id("kabid")], "due_how": ""}
    answer = head.post(DISPOSE, sent, follow=True)
    assert answer.status_code == 200
    page = text(answer)
    assert "2 sudah dikerjakan" in page and "1 tidak dikerjakan" in page
    assert "Sudah bergerak sejak Anda memilihnya" in page
    assert [letter.children.count() for letter in letters] == [1, 0, 1]


def test_one_that_a_guard_refuses_says_why(world: World, head: Client) -> None:
    own, other = register(world, "Surat biasa"), register(world, "Surat bertenggat")
    engine.act(other.pk, "forward", world.reader("kadis"), {"post": world.id("kabid")})
    engine.act(other.pk, "forward", world.reader("kabid"), {"post": world.id("kadis")})
    other.refresh_from_db()
    sent = {"urusan": [value(own), value(other)], "recipients": [world.id("kadis"), world.id("kabid")], "due_how": ""}
    answer = head.post(DISPOSE, sent, follow=True)
    assert "kepada diri sendiri" in text(answer) or "2 tidak dikerjakan" in text(answer)
    assert not own.children.exists()


def test_only_what_is_for_information_is_noted(world: World) -> None:
    told, asked = part(world, "Sekadar kabar", "untuk_diketahui"), part(world, "Perlu telaah", "teliti")
    client = world.client("kabid")
    page = text(client.get(NOTE, {"urusan": [value(told), value(asked)]}))
    assert "1 tidak ikut" in page and "Selesaikan 1 urusan" in page
    answer = client.post(NOTE, {"urusan": [value(told), value(asked)], "text": "Sudah diketahui."}, follow=True)
    assert answer.status_code == 200 and "1 tidak dikerjakan" in text(answer)
    told.refresh_from_db()
    asked.refresh_from_db()
    assert (told.state, asked.state) == ("reported", "open")


def test_others_letters_are_neither_shown_nor_touched(world: World) -> None:
    letter = register(world, "Bukan untukmu")
    client = world.client("staf2")
    page = text(client.get(DISPOSE, {"urusan": [value(letter)]}))
    assert "Bukan untukmu" not in page
    answer = client.post(DISPOSE, {"urusan": [value(letter)], "recipients": [world.id("kabid")], "due_how": ""})
    assert answer.status_code == 422 and "Bukan untukmu" not in text(answer)
    assert not letter.children.exists()


def test_what_is_signed_is_never_done_together(world: World) -> None:
    from tertib.matters import procedures
    from tertib.rooms.letters.desk import TOGETHER

    for name, actions in TOGETHER.items():
        for definition in map(procedures.build, (d for d in _definitions() if d["procedure"] in actions)):
            assert not definition.actions[actions[definition.key]].confirm, name


def _definitions() -> Any:
    from tertib.rooms.letters.tests.world import definitions

    return definitions()


@pytest.mark.parametrize("values", [[], ["x"], ["x:1"], [f"{uuid.uuid4()}:99999999999"], [str(uuid.uuid4())]])
def test_nothing_chosen_or_nonsense_says_what_to_do(head: Client, values: list[str]) -> None:
    answer = head.get(NOTE, {"urusan": values})
    assert answer.status_code == 200 and "Centang dahulu" in text(answer)


def test_more_than_can_be_looked_over_are_refused(head: Client) -> None:
    answer = head.get(NOTE, {"urusan": [f"{uuid.uuid4()}:1" for _ in range(51)]})
    assert answer.status_code == 422 and "paling banyak 50" in text(answer)


def test_each_act_costs_the_same_however_many_there_are(world: World, head: Client) -> None:
    counts = []
    for many in (1, 1, 3, 5):  # what is kept in memory is read the first time
        letters = [register(world, f"Surat {many} {n}") for n in range(many)]
        sent = {"urusan": [value(letter) for letter in letters], "text": "Sudah."}
        with CaptureQueriesContext(connection) as captured:
            assert head.post(NOTE, sent).status_code == 302
        asked = [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(("SET", "SAVE", "REL"))]
        counts.append(len(asked))
    assert [after - before for before, after in itertools.pairwise(counts[1:])] == [4, 4], counts


def test_the_result_is_asked_for_anew_and_does_nothing_again(world: World, head: Client) -> None:
    letters = [register(world, f"Surat {n}") for n in range(2)]
    engine.act(letters[1].pk, "finish", world.reader("kadis"), {"note": "Sudah."})
    sent = {"urusan": [value(letter) for letter in letters], "recipients": [world.id("kabid")], "due_how": ""}
    result = head.post(DISPOSE, sent).headers["Location"]
    pages = [text(head.get(result)).partition('id="main"')[2].partition("</main>")[0] for _again in range(2)]
    assert pages[0] == pages[1] and "1 sudah dikerjakan" in pages[0] and "1 tidak dikerjakan" in pages[0]
    assert letters[0].children.count() == 1
    # It is nobody else's, and its names are read with the eyes of who asks now.
    other = world.client("staf2")
    assert other.get(result).status_code == 404
    session = other.session
    session[results.KEY] = head.session[results.KEY]
    session.save()
    seen = text(other.get(result))
    assert "Surat 0" not in seen and "Surat 1" not in seen


def test_a_result_costs_the_same_however_many_there_are(world: World, head: Client) -> None:
    counts = []
    for many in (1, 1, 4):
        letters = [register(world, f"Surat {many} {n}") for n in range(many)]
        sent = {"urusan": [value(one) for one in letters], "recipients": [world.id("kabid")], "due_how": ""}
        result = head.post(DISPOSE, sent).headers["Location"]
        with CaptureQueriesContext(connection) as captured:
            assert head.get(result).status_code == 200
        counts.append(len(captured.captured_queries))
    assert counts[1] == counts[2], counts
