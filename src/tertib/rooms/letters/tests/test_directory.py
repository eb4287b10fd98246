"""What the search of posts tells everybody who is signed in: posts and who fills them, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tertib.government import actions
from tertib.government.models import Person
from tertib.government.queries import SEARCHES
from tertib.ground.tenancy import here
from tertib.matters.testing import make_person, seat
from tertib.rooms.letters.queries import MOST_POSTS
from tertib.rooms.letters.tests.world import World

NIP = "197302111995111910"
NIK = "3275111102730001"


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    SEARCHES._counts.clear()
    yield
    SEARCHES._counts.clear()


def found(world: World, text: str, name: str = "staf") -> str:
    answer = world.client(name).get("/surat/jabatan", {"q": text, "name": "recipients"})
    assert answer.status_code == 200
    said: str = answer.content.decode()
    return said


def test_it_tells_posts_and_names_and_nothing_else_of_people(world: World) -> None:
    who = world.people["kadis"]
    actions.save_person(by=None, person=who.pk, name=who.name, username="rahasia.nama", email="a@contoh.example")
    actions.save_person(by=None, person=who.pk, name=who.name, nip=NIP, email="a@contoh.example")
    said = found(world, who.name)
    assert "Kepala Dinas Kesehatan" in said and who.name in said
    for secret in (NIP, NIP[-4:], "a@contoh.example", "rahasia.nama", str(who.pk)):
        assert secret not in said
    for text in (NIP, "a@contoh.example", "rahasia.nama"):
        assert "Kepala Dinas Kesehatan" not in found(world, text)


def test_people_of_the_past_and_closed_accounts_are_not_found(world: World) -> None:
    name = world.people["kadis"].name
    assert "Kepala Dinas Kesehatan" in found(world, name)
    Person.objects.filter(pk=world.people["kadis"].pk).update(is_active=False)
    assert "Kepala Dinas Kesehatan" not in found(world, name)
    past = make_person("Sudah Pindah")
    seat(past, world.posts["kosong"], ends=here.today() - timedelta(days=1))
    assert "Jabatan Kosong" not in found(world, "Pindah")
    assert "Jabatan Kosong" in found(world, "Kosong")


def test_an_answer_has_few_posts_in_it(world: World) -> None:
    for text in ("a", "%", "_"):
        assert found(world, text).count('name="recipients"') <= MOST_POSTS


def test_who_copies_the_directory_is_stopped_and_nobody_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SEARCHES, "limits", ((3, 60),))
    client = world.client("staf")
    answers = [client.get("/surat/jabatan", {"q": f"a{n}"}) for n in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    # Nothing looked for is nothing counted, and others search on.
    assert client.get("/surat/jabatan", {"q": " "}).status_code == 200
    found(world, "Kepala", "staf2")
    # By the other door it is the same count.
    other: Any = world.client("kadis")
    for n in range(3):
        found(world, f"b{n}", "kadis")
    address = f"/profil/pengganti/{world.id('kadis')}"
    assert other.post(address, {"name": "Contoh", "search": "1"}).status_code == 429
