"""Two governments with letters of every kind, made by the same actions as in an office.

Each letter carries a mark of its own in its subject, number, summary and papers; wherever a mark is read, the letter
was seen.
"""

from __future__ import annotations

import csv
import re
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from tertib.government import authority, tokens
from tertib.government.authority import Reader, local_day
from tertib.government.models import Person, Post, Unit, UnitKind
from tertib.ground.tenancy.middleware import activate
from tertib.ground.tenancy.models import Government
from tertib.matters import engine
from tertib.matters.models import Matter, Number
from tertib.matters.testing import deputise, grant, make_person, make_post, make_unit, root_unit, seat
from tertib.papers.models import PaperKind, PaperVersion
from tertib.papers.tests.samples import pdf
from tertib.rooms.letters import drafting, receiving, uploads
from tertib.rooms.letters.imports import import_agenda
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.tests.world import PASSWORD, ready

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST, OTHER_HOST = "bekasi.localhost", "pasuruan.localhost"
# What all marks begin with, so that one search finds them all.
STEM = "qzt"
MARK = re.compile(STEM + r"[a-z]{3}")

# name: (unit, heads it, superior, clearance)
POSTS: dict[str, tuple[str, bool, str, int]] = {
    "walikota": ("kota", True, "", 3),
    "kadis": ("dinkes", True, "walikota", 2),
    "agendaris": ("dinkes", False, "kadis", 1),
    "arsiparis": ("dinkes", False, "kadis", 0),
    "kabid": ("bidang", True, "kadis", 1),
    "staf": ("bidang", False, "kabid", 0),
    "staf2": ("bidang", False, "kabid", 0),
    "kadis2": ("dpmptsp", True, "walikota", 1),
    "agendaris2": ("dpmptsp", False, "kadis2", 1),
    "staf3": ("dpmptsp", False, "kadis2", 0),
    "agendaris_kota": ("kota", False, "walikota", 0),
    "auditor": ("kota", False, "walikota", 1),
    "auditor2": ("dpmptsp", False, "kadis2", 1),
    "admin": ("kota", False, "walikota", 0),
    "admin_dinkes": ("dinkes", False, "kadis", 0),
    "cadangan": ("dinkes", False, "kadis", 1),
    # Registers for the same house, but is cleared for less.
    "agendaris_baru": ("dinkes", False, "kadis", 0),
}
ROLES = (
    ("agendaris", "registrar", "dinkes"),
    ("agendaris_baru", "registrar", "dinkes"),
    ("arsiparis", "archivist", "dinkes"),
    ("agendaris2", "registrar", "dpmptsp"),
    ("agendaris_kota", "registrar", "kota"),
    ("auditor", "auditor", "kota"),
    ("auditor2", "auditor", "dpmptsp"),
    ("admin", "administrator", "kota"),
    ("admin_dinkes", "administrator", "dinkes"),
)


@dataclass
class World:
    """Everything by its short name."""

    units: dict[str, Unit] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    matters: dict[str, uuid.UUID] = field(default_factory=dict)
    marks: dict[str, set[uuid.UUID]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    deputy: uuid.UUID | None = None
    clients: dict[str, Client] = field(default_factory=dict)
    # Sessions of people who have no business here (any more).
    cookies: dict[str, str] = field(default_factory=dict)
    # The neighbour's letter and papers, and somebody who works there.
    foreign: dict[str, uuid.UUID] = field(default_factory=dict)

    def reader(self, name: str) -> Reader:
        return authority.reader(self.people[name].pk)

    def client(self, name: str) -> Client:
        """Signed in as this person, unless the name is empty; errors are answers, as in production."""
        if name not in self.clients:
            government("bekasi")
            self.clients[name] = sign_in(self.people.get(name), HOST)
        return self.clients[name]

    def mark(self, code: str, *matters: uuid.UUID) -> str:
        mark = f"{STEM}{code}"
        assert MARK.fullmatch(mark) and mark not in self.marks
        self.marks[mark] = set(matters)
        return mark


def sign_in(person: Person | None, host: str, **more: Any) -> Client:
    """A client of this host, signed in as the person of the current government."""
    client = Client(raise_request_exception=False, headers={"host": host}, **more)
    if person is not None:
        client.force_login(person)
    return client


def government(schema: str) -> Government:
    """The government, and from now on the current one."""
    found: Government = Government.objects.get(schema_name=schema)
    activate(found)
    return found


@contextmanager
def inside(schema: str) -> Iterator[None]:
    """The block runs in this government; afterwards Kota Bekasi is the current one."""
    government(schema)
    try:
        yield
    finally:
        government("bekasi")


def build(folder: Path) -> World:
    """The whole world, committed."""
    world = World()
    with inside("pasuruan"):
        _neighbour(world)
    ready()
    _people(world)
    _incoming(world, folder)
    _outgoing(world)
    for name in ("kadis", "staf3", "deputi"):
        world.tokens[name] = tokens.make(world.people[name], "test", None, by=world.people[name].pk)
    return world


def _neighbour(world: World) -> None:
    ready()
    unit = root_unit()
    head = make_post(unit, "Bupati", head=True, clearance=3)
    registrar = make_post(unit, "Agendaris Kabupaten", superior=head)
    for post in (head, registrar):
        world.people[post.name] = make_person(post.name)
        seat(world.people[post.name], post)
    grant(registrar, "registrar", unit)
    world.tokens["Bupati"] = tokens.make(world.people["Bupati"], "test", None, by=world.people["Bupati"].pk)
    mark = world.mark("xxx")
    reader = authority.reader(world.people["Agendaris Kabupaten"].pk)
    made = receiving.register(receiving.Incoming(f"Perihal {mark}", f"Pengirim {mark}", number=mark), unit, reader)
    _attach(made.done.matter, mark, reader)
    world.foreign["matter"] = made.done.matter
    world.foreign["version"] = PaperVersion.objects.get(paper__matter=made.done.matter).pk


def _people(world: World) -> None:
    units = world.units
    units["kota"] = root_unit()
    units["dinkes"] = make_unit("Dinas Kesehatan")
    units["bidang"] = make_unit("Bidang Layanan", units["dinkes"], kind=UnitKind.DIVISION)
    units["dpmptsp"] = make_unit("Dinas Penanaman Modal")
    for name, (unit, head, superior, clearance) in POSTS.items():
        above = world.posts.get(superior)
        world.posts[name] = make_post(units[unit], name.title(), head=head, superior=above, clearance=clearance)
        if name != "cadangan":
            world.people[name] = make_person(f"Contoh {name.title()}")
            seat(world.people[name], world.posts[name])
    for post, role, unit in ROLES:
        grant(world.posts[post], role, units[unit])
    for name in ("deputi", "deputi_cadangan", "plt", "bekas", "pensiun", "tanpa_jabatan"):
        world.people[name] = make_person(f"Contoh {name.title()}")
    today = date.fromisoformat(local_day())
    # One stands in without a post of their own, one with a post whose clearance is enough for less than all.
    world.deputy = deputise(world.people["deputi"], world.posts["kadis"]).pk
    seat(world.people["plt"], world.posts["cadangan"], "plt")
    deputise(world.people["plt"], world.posts["kadis2"])
    seat(world.people["bekas"], make_post(units["dinkes"], "Bekas", clearance=3), ends=today - timedelta(days=1))
    seat(world.people["pensiun"], make_post(units["dinkes"], "Pensiun", clearance=3))
    password = make_password(PASSWORD)
    Person.objects.update(password=password)
    for person in world.people.values():
        if person.name.startswith("Contoh"):
            person.password = password


def _attach(matter: uuid.UUID, mark: str, reader: Reader) -> None:
    file = uploads.stage(f"{mark}.pdf", pdf([f"Isi {mark}"]), reader)
    uploads.attach(matter, PaperKind.SCAN, [file], reader, f"Naskah {mark}")


def _register(world: World, name: str, code: str, by: str, unit: str, security: int = 0, to: str = "") -> uuid.UUID:
    mark = world.mark(code)
    reader = world.reader(by)
    incoming = receiving.Incoming(
        f"Perihal {mark}",
        f"Pengirim {mark}",
        number=f"{mark}/2026",
        security=security,
        summary=f"Ringkasan {mark}",
        letter_date=date(2026, 1, 5),
        sender_address=f"Jalan {mark}",
    )
    holder = world.posts[to].pk if to else None
    matter = receiving.register(incoming, world.units[unit], reader, holder).done.matter
    _attach(matter, mark, reader)
    world.matters[name] = matter
    world.marks[mark].add(matter)
    return matter


def _dispose(world: World, name: str, parent: str, by: str, *recipients: str, note: str = "") -> None:
    data = {"recipients": [str(world.posts[to].pk) for to in recipients], "instructions": ["teliti"], "note": note}
    done = engine.act(world.matters[parent], "dispose", world.reader(by), data)
    for child in Matter.objects.filter(pk__in=done.children).select_related("holder"):
        to = next(to for to in recipients if world.posts[to].pk == child.holder_id)
        world.matters[f"{name} {to}"] = child.pk


def _incoming(world: World, folder: Path) -> None:
    act = engine.act
    ordinary = _register(world, "biasa", "aaa", "agendaris", "dinkes")
    _dispose(world, "biasa", "biasa", "kadis", "kabid", "kadis2")
    _dispose(world, "biasa kabid", "biasa kabid", "kabid", "staf")
    answer = world.mark("aab", world.matters["biasa kadis2"])
    act(world.matters["biasa kadis2"], "remark", world.reader("kadis2"), {"text": f"Catatan {answer}"})
    answer = world.mark("aac", world.matters["biasa kabid staf"])
    act(world.matters["biasa kabid staf"], "report", world.reader("staf"), {"text": f"Laporan {answer}"})
    _register(world, "terbatas", "bbb", "agendaris", "dinkes", 1)
    secret = _register(world, "rahasia", "ccc", "agendaris", "dinkes", 2)
    _dispose(world, "rahasia", "rahasia", "kadis", "staf")
    _register(world, "rahasia di meja", "ddd", "agendaris", "dinkes", 2)
    top = _register(world, "sangat rahasia", "eee", "agendaris2", "dpmptsp", 3)
    act(top, "forward", world.reader("kadis2"), {"post": str(world.posts["walikota"].pk)})
    _register(world, "rahasia di kadis2", "fff", "agendaris2", "dpmptsp", 2)
    done = _register(world, "selesai", "ggg", "agendaris_kota", "kota")
    act(done, "finish", world.reader("walikota"), {"note": "Selesai."})
    act(ordinary, "link", world.reader("agendaris"), {"target": str(secret), "kind": "follows_up"})
    _import(world, folder)


def _import(world: World, folder: Path) -> None:
    rows = []
    for n, (name, code, direction, security) in enumerate(
        (
            ("lama", "hhh", "masuk", "biasa"),
            ("lama rahasia", "iii", "masuk", "rahasia"),
            ("lama keluar", "jjj", "keluar", "biasa"),
        ),
        1,
    ):
        mark = world.mark(code)
        party = {"sender": f"Pengirim {mark}"} if direction == "masuk" else {"recipient": f"Penerima {mark}"}
        rows.append(
            {
                "unit": world.units["dinkes"].code,
                "direction": direction,
                "agenda_number": str(n),
                "number": f"{mark}/2020",
                "letter_date": "2020-05-04",
                "received_date": "2020-05-05" if direction == "masuk" else "",
                "sender": "",
                "recipient": "",
                "subject": f"Perihal {mark}",
                "security": security,
                "summary": f"Ringkasan {mark}",
                **party,
            }
        )
        world.matters[name] = uuid.UUID(int=0)
    path = folder / "agenda.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    import_agenda(path)
    for name, row in zip(("lama", "lama rahasia", "lama keluar"), rows, strict=True):
        world.matters[name] = Letter.objects.get(subject=row["subject"]).pk
        world.marks[row["subject"].split()[1]].add(world.matters[name])


def _draft(world: World, name: str, code: str, by: str, signer: str, *reviewers: str, security: int = 0) -> uuid.UUID:
    mark = world.mark(code)
    draft: dict[str, Any] = {
        "kind": "surat_dinas",
        "subject": f"Perihal {mark}",
        "classification": "400.7",
        "security": security,
        "urgency": 0,
        "body": [{"type": "paragraph", "text": f"Isi {mark}."}],
        "signer": str(world.posts[signer].pk),
        "reviewers": [str(world.posts[r].pk) for r in reviewers],
        "recipients": [
            {"kind": "unit", "unit": str(world.units["dpmptsp" if signer == "kadis" else "dinkes"].pk)},
            {"kind": "body", "name": f"Yayasan {mark}", "address": f"Jalan {mark}"},
        ],
    }
    matter = drafting.start(draft, world.reader(by), world.posts[by].pk).matter
    world.matters[name] = matter
    world.marks[mark].add(matter)
    return matter


def _outgoing(world: World) -> None:
    act, reader = engine.act, world.reader
    act(_draft(world, "diperiksa", "kkk", "staf", "kadis", "kabid"), "submit", reader("staf"), {})
    _draft(world, "konsep terbatas", "lll", "staf3", "kadis2", security=1)
    _draft(world, "konsep rahasia", "mmm", "staf2", "kadis", security=2)
    sent = _draft(world, "terkirim", "nnn", "staf", "kadis", "kabid")
    signing = _draft(world, "rahasia menunggu", "ooo", "kabid", "kadis", security=2)
    cancelled = _draft(world, "batal", "ppp", "kabid", "kadis", security=2)
    act(sent, "submit", reader("staf"), {})
    act(sent, "initial", reader("kabid"), {})
    for matter in (signing, cancelled):
        act(matter, "submit", reader("kabid"), {})
    for matter in (sent, cancelled):
        act(matter, "sign", reader("kadis"), {}, confirmed=True)
    act(sent, "dispatch", reader("agendaris"), {})
    act(cancelled, "cancel", reader("kabid"), {"reason": "Salah alamat."})
    delivered = Letter.objects.get(direction="in", subject=f"Perihal {STEM}nnn")
    world.matters["terkirim, di DPMPTSP"] = delivered.pk
    world.marks[f"{STEM}nnn"].add(delivered.pk)
    # The number of a secret letter is a secret too; the second one's text stands in no other place.
    number = Number.objects.get(matter=cancelled)
    world.marks[number.text] = {cancelled}
