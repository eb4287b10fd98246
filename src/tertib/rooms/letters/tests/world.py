"""A small city hall for the tests of this room: a mayor, two houses with registrars, and a neighbouring government."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client
from django_tenants.utils import tenant_context

from tertib.government import authority
from tertib.government.authority import Reader
from tertib.government.models import Person, Post, Unit, UnitKind
from tertib.ground.tenancy.models import Government
from tertib.matters.procedures import parse, publish
from tertib.matters.rooms import known_functions
from tertib.matters.testing import default_calendar, grant, make_person, make_post, make_unit, root_unit, seat
from tertib.papers.tests.samples import pdf
from tertib.rooms.letters.room import room
from tertib.rooms.letters.setup import after_setup

PASSWORD = "kata sandi yang panjang"
HOST = "bekasi.localhost"
SCAN = pdf(["Halaman satu", "Halaman dua"])

# name: (unit, heads it, superior, clearance, registers for its house)
POSTS: dict[str, tuple[str, bool, str, int, bool]] = {
    "walikota": ("kota", True, "", 3, False),
    "kadis": ("dinkes", True, "walikota", 2, False),
    "agendaris": ("dinkes", False, "kadis", 1, True),
    "kabid": ("bidang", True, "kadis", 1, False),
    "staf": ("bidang", False, "kabid", 0, False),
    "staf2": ("bidang", False, "kabid", 0, False),
    "kosong": ("dinkes", False, "kadis", 0, False),
    "kadis2": ("dpmptsp", True, "walikota", 1, False),
    "agendaris2": ("dpmptsp", False, "kadis2", 1, True),
}
NAMES = {
    "walikota": "Wali Kota", "kadis": "Kepala Dinas Kesehatan", "agendaris": "Agendaris Dinkes",
    "kabid": "Kepala Bidang Layanan",
    "staf": "Pelaksana Satu", "staf2": "Pelaksana Dua", "kosong": "Jabatan Kosong", "kadis2": "Kepala DPMPTSP",
    "agendaris2": "Agendaris DPMPTSP",
}  # fmt: skip


@dataclass(slots=True)
class World:
    """Units, posts and people by their short names."""

    units: dict[str, Unit]
    posts: dict[str, Post]
    people: dict[str, Person]

    def reader(self, name: str) -> Reader:
        return authority.reader(self.people[name].pk)

    def client(self, name: str = "") -> Client:
        client = Client(HTTP_HOST=HOST)
        if name:
            client.force_login(self.people[name])
        return client

    def id(self, name: str) -> str:
        return str(self.posts[name].pk)


@cache
def hashed() -> str:
    """The password as it is stored; worked out once a run, for that is made to take long."""
    return make_password(PASSWORD)


@cache
def definitions() -> tuple[dict[str, Any], ...]:
    """The room's procedures, read once a run."""
    return tuple(parse(path, known_functions()) for path in room.procedure_files())


def ready() -> None:
    """What every government has after its migration."""
    default_calendar()
    for definition in definitions():
        publish(definition)
    after_setup()


def make_world() -> World:
    """Build it in the current government."""
    ready()
    units = {"kota": root_unit()}
    units["dinkes"] = make_unit("Dinas Kesehatan")
    units["bidang"] = make_unit("Bidang Layanan", units["dinkes"], kind=UnitKind.DIVISION)
    units["dpmptsp"] = make_unit("Dinas Penanaman Modal")
    posts: dict[str, Post] = {}
    people: dict[str, Person] = {}
    for name, (unit, head, superior, clearance, registers) in POSTS.items():
        posts[name] = make_post(units[unit], NAMES[name], head=head, superior=posts.get(superior), clearance=clearance)
        if name != "kosong":
            people[name] = make_person(f"Contoh {name.title()}")
            people[name].password = hashed()
            people[name].save()
            seat(people[name], posts[name])
        if registers:
            grant(posts[name], "registrar", units[unit])
    people["orang_luar"] = make_person("Tanpa Jabatan")
    return World(units, posts, people)


@contextmanager
def neighbour() -> Iterator[Unit]:
    """Within this block the current government is the other one; it has a head and a registrar."""
    with tenant_context(Government.objects.get(schema_name="pasuruan")):
        yield root_unit()


def make_neighbour() -> None:
    """Give the other government a unit, its head and its registrar."""
    with neighbour() as unit:
        ready()
        head = make_post(unit, "Bupati", head=True, clearance=3)
        registrar = make_post(unit, "Agendaris Kabupaten", superior=head)
        for post in (head, registrar):
            seat(make_person(post.name), post)
        grant(registrar, "registrar", unit)


def looked_at(page: str) -> str:
    """What a page that warns of a twin has ready for who says that it is another letter."""
    found = re.search(r'name="confirmed"[^>]*value="(\w+)"', page)
    assert found is not None
    return found[1]


def registration(world: World, **more: Any) -> dict[str, Any]:
    """What the registrar of dinkes types."""
    return {
        "unit": str(world.units["dinkes"].pk), "sender_kind": "body", "sender_name": "Yayasan Contoh Sehat",
        "number": "12/YCS/2026",
        "letter_date": "02/03/2026", "received_on": "03/03/2026", "kind": "surat_dinas",
        "subject": "Permohonan data fasilitas",
        "security": "0", "urgency": "0", "classification": "400.7", "summary": "", "whole": "1", **more,
    }  # fmt: skip
