"""A city hall small enough to be built in seconds, with everything a page can show.

Two governments, posts, letters on desks.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password

from tertib.government import authority
from tertib.government.authority import local_day
from tertib.government.models import Calendar, Person, Post, Unit, UnitKind
from tertib.government.passwords import SAMPLE
from tertib.ground.tenancy.middleware import activate
from tertib.ground.tenancy.models import Government
from tertib.matters import engine
from tertib.matters.models import Matter
from tertib.matters.testing import grant, make_post, make_unit, root_unit, seat
from tertib.papers.models import PaperKind
from tertib.papers.tests.samples import pdf
from tertib.rooms.letters import drafting, receiving, uploads
from tertib.rooms.letters.tests.world import ready
from tertib.web.models import DemoDoor

if TYPE_CHECKING:
    from tertib.government.authority import Reader

# short name: (name, unit, heads it, superior, clearance)
POSTS: dict[str, tuple[str, str, bool, str, int]] = {
    "walikota": ("Wali Kota", "kota", True, "", 3),
    "kadis": ("Kepala Dinas Kesehatan", "dinkes", True, "walikota", 2),
    "sekdis": ("Sekretaris Dinas Kesehatan", "dinkes", False, "kadis", 2),
    "agendaris": ("Agendaris Dinas Kesehatan", "dinkes", False, "sekdis", 1),
    "yankes": ("Kepala Bidang Pelayanan Kesehatan", "yankes", True, "kadis", 1),
    "p2p": ("Kepala Bidang Pencegahan dan Pengendalian Penyakit", "p2p", True, "kadis", 1),
    "staf": ("Pelaksana Pelayanan Kesehatan", "yankes", False, "yankes", 0),
    "kadis2": ("Kepala DPMPTSP", "dpmptsp", True, "walikota", 1),
    "agendaris2": ("Agendaris DPMPTSP", "dpmptsp", False, "kadis2", 1),
    "admin": ("Administrator Sistem", "kota", False, "walikota", 0),
}
OTHER_POSTS: dict[str, tuple[str, str, bool, str, int]] = {
    "bupati": ("Bupati", "kota", True, "", 3),
    "agendaris3": ("Agendaris Sekretariat Daerah", "kota", False, "bupati", 1),
}
UNITS = {
    "dinkes": ("Dinas Kesehatan", "", UnitKind.AGENCY),
    "yankes": ("Bidang Pelayanan Kesehatan", "dinkes", UnitKind.DIVISION),
    "p2p": ("Bidang Pencegahan dan Pengendalian Penyakit", "dinkes", UnitKind.DIVISION),
    "dpmptsp": ("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "", UnitKind.AGENCY),
}
ROLES = (
    ("agendaris", "registrar", "dinkes"),
    ("agendaris2", "registrar", "dpmptsp"),
    ("admin", "administrator", "kota"),
)
FIRST = ("Sari", "Budi", "Ratna", "Joko", "Wulan", "Agus", "Dewi", "Hadi", "Lestari", "Rudi")


@dataclass
class World:
    """Ids as text, by short names: what tests need to know beyond what a user sees."""

    letters: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    calendar: str = ""


class _Builder:
    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}
        self.posts: dict[str, Post] = {}
        self.people: dict[str, Person] = {}
        self.password = make_password(SAMPLE)

    def reader(self, name: str) -> Reader:
        return authority.reader(self.people[name].pk)

    def staff(self, posts: dict[str, tuple[str, str, bool, str, int]]) -> None:
        for place, (name, (title, unit, head, superior, clearance)) in enumerate(posts.items()):
            post = make_post(self.units[unit], title, head=head, superior=self.posts.get(superior), clearance=clearance)
            person = Person.objects.create(
                username=name, name=f"{FIRST[place]} Contoh", password=self.password, is_sample=True
            )
            seat(person, post)
            self.posts[name], self.people[name] = post, person
            words = {"id": title, "en": title}
            DemoDoor.objects.create(post=post, title=words, line=words, place=place)

    def letter(self, subject: str, number: str, *, security: int = 0, urgency: int = 0, scan: bool = True) -> uuid.UUID:
        reader = self.reader("agendaris")
        incoming = receiving.Incoming(
            subject, "Yayasan Contoh Sehat", number=number, security=security, urgency=urgency,
            letter_date=date.fromisoformat(local_day()) - timedelta(days=3), sender_address="Jalan Contoh 1, Bekasi",
        )  # fmt: skip
        matter = receiving.register(incoming, self.units["dinkes"], reader).done.matter
        if scan:
            file = uploads.stage("surat.pdf", pdf([subject, "Halaman dua"]), reader)
            uploads.attach(matter, PaperKind.SCAN, [file], reader, subject)
        return matter

    def act(self, matter: uuid.UUID, action: str, by: str, **data: Any) -> engine.Done:
        return engine.act(matter, action, self.reader(by), data)

    def draft(self, subject: str) -> uuid.UUID:
        draft: dict[str, Any] = {
            "kind": "surat_dinas", "subject": subject, "classification": "400.7", "security": 0, "urgency": 0,
            "body": [{"type": "paragraph", "text": "Bersama ini kami sampaikan data yang diminta."}],
            "signer": str(self.posts["kadis"].pk), "reviewers": [str(self.posts["yankes"].pk)],
            "recipients": [{"kind": "unit", "unit": str(self.units["dpmptsp"].pk)}],
        }  # fmt: skip
        return drafting.start(draft, self.reader("staf"), self.posts["staf"].pk).matter


def build() -> World:
    """Both governments, committed to the database Django points to."""
    _neighbour()
    _enter("bekasi")
    made = _Builder()
    made.units["kota"] = root_unit()
    for name, (title, above, kind) in UNITS.items():
        made.units[name] = make_unit(title, made.units.get(above), kind=kind)
    made.staff(POSTS)
    for post, role, unit in ROLES:
        grant(made.posts[post], role, made.units[unit])
    letters = {name: str(matter) for name, matter in _letters(made).items()}
    return World(
        letters,
        {name: str(unit.pk) for name, unit in made.units.items()},
        {name: str(post.pk) for name, post in made.posts.items()},
        {name: str(person.pk) for name, person in made.people.items()},
        str(Calendar.objects.get(code="default").pk),
    )


def _enter(schema: str) -> None:
    government = Government.objects.get(schema_name=schema)
    activate(government)
    government.demo = True
    government.save(update_fields=["demo"])
    ready()


def _neighbour() -> None:
    _enter("pasuruan")
    made = _Builder()
    made.units["kota"] = root_unit()
    made.staff(OTHER_POSTS)
    grant(made.posts["agendaris3"], "registrar", made.units["kota"])


def _letters(made: _Builder) -> dict[str, uuid.UUID]:
    """What lies on desks before anybody signs in. Each test has a letter of its own to work on."""
    found = {
        "dibaca": made.letter("Undangan rapat koordinasi", "01/YCS/2026", urgency=1),
        "tanpa js": made.letter("Permohonan audiensi", "02/YCS/2026"),
        "bergerak": made.letter("Permohonan izin kegiatan", "03/YCS/2026"),
        "selesai di tempat lain": made.letter("Permohonan data kunjungan", "04/YCS/2026", security=1),
        "ponsel": made.letter("Permohonan tenaga kesehatan pawai", "07/YCS/2026"),
        "ponsel 2": made.letter("Permohonan ambulans siaga", "08/YCS/2026"),
        "isian": made.letter("Permohonan narasumber", "05/YCS/2026", scan=False),
    }
    tree = made.letter("Laporan kejadian luar biasa", "06/YCS/2026", urgency=2)
    to = [str(made.posts[name].pk) for name in ("yankes", "p2p", "sekdis")]
    done = made.act(tree, "dispose", "kadis", recipients=to, instructions=["teliti"], note="Mohon segera.")
    first = Matter.objects.filter(pk__in=done.children, holder=made.posts["yankes"]).get()
    made.act(first.pk, "dispose", "yankes", recipients=[str(made.posts["staf"].pk)])
    found["pohon"] = tree
    found["konsep"] = made.draft("Penyampaian data fasilitas")
    found["tanda tangan"] = made.draft("Penyampaian jadwal imunisasi")
    made.act(found["tanda tangan"], "submit", "staf")
    made.act(found["tanda tangan"], "initial", "yankes")
    return found
