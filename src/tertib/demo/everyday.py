"""Everyday letters for a larger demo: the books of past years by import, the last weeks by the ordinary actions.

Nothing is random: the same city gets the same letters. Each block of history fills a year of its own, so that a later,
larger wish continues where the one before ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django_tenants.utils import tenant_context

from tertib.demo.people import _picker
from tertib.demo.play import Event, begin, take
from tertib.demo.stage import Stage
from tertib.demo.story import ROMAN_MONTHS, Letter, Party, Step, When
from tertib.government.imports import Table
from tertib.government.imports.tables import Row
from tertib.government.models import Appointment, Post, RoleGrant, Unit
from tertib.ground.tenancy.models import Government
from tertib.rooms.letters.agenda_book import COLUMNS, KIND
from tertib.rooms.letters.houses import houses
from tertib.rooms.letters.imports import import_table
from tertib.rooms.letters.models import Letter as LetterRow

Progress = Callable[[str, int, int], None]
FILE = "agenda-harian"
# One letter in ten is still under way, up to as many as a reader can take in.
LIVE_SHARE, LIVE_MOST = 10, 600
_LIVE_DAYS = 10

# subject, classification, what it says; {other} is the sender's or recipient's name, {month} and {n} vary.
TEMPLATES = (
    (
        "Undangan rapat koordinasi bulan {month}",
        "000.1.5",
        "Rapat membahas rencana kerja bulan {month} dan {n} butir tindak lanjut.",
    ),
    (
        "Laporan realisasi kegiatan bulan {month}",
        "900.1",
        "Realisasi bulan {month} sebesar {n} persen dari rencana, beserta kendalanya.",
    ),
    ("Permintaan data untuk laporan triwulan", "000.9", "Mohon {n} butir data disampaikan dalam lima hari kerja."),
    (
        "Permohonan narasumber pelatihan",
        "800.1",
        "Mohon satu narasumber untuk pelatihan {n} peserta pada bulan {month}.",
    ),
    (
        "Pemberitahuan pemeliharaan jaringan",
        "500.12",
        "Pemeliharaan dilakukan pada malam hari selama {n} jam; layanan loket tidak terganggu.",
    ),
    ("Usulan perbaikan sarana kerja", "000.2", "Diusulkan perbaikan {n} unit sarana kerja yang rusak ringan."),
    ("Penyampaian daftar hadir dan hasil kerja", "800.1", "Daftar hadir dan hasil kerja {n} pegawai bulan {month}."),
    ("Permohonan izin penggunaan aula", "000.2", "Aula akan dipakai untuk pertemuan {n} orang pada bulan {month}."),
    (
        "Keluhan warga tentang penerangan jalan",
        "600.1",
        "{n} titik lampu padam; warga memohon perbaikan sebelum akhir bulan {month}.",
    ),
    (
        "Rekapitulasi kunjungan petugas lapangan",
        "100.2",
        "{n} kunjungan rumah pada bulan {month}, beserta dokumen yang diantar.",
    ),
    (
        "Usulan penghapusan barang rusak",
        "000.2",
        "{n} barang tidak dapat diperbaiki dan diusulkan dihapus dari daftar.",
    ),
    ("Permohonan rekomendasi kegiatan warga", "300.1", "Kegiatan diikuti {n} orang dan diadakan pada bulan {month}."),
    ("Tanggapan atas permintaan data", "000.9", "Data yang diminta terlampir dalam {n} lembar."),
    ("Penyerahan arsip inaktif", "000.5", "{n} boks arsip inaktif diserahkan menurut jadwal."),
    ("Jadwal piket kantor bulan {month}", "800.1", "Jadwal piket {n} pegawai untuk bulan {month}."),
    ("Permohonan fogging di lingkungan RW", "400.7", "{n} warga sakit dalam dua pekan; mohon penanganan lingkungan."),
)
BODIES = (
    "Forum RW Contoh",
    "Yayasan Pendidikan Contoh",
    "Koperasi Karya Contoh",
    "PT Niaga Contoh",
    "Asosiasi Pedagang Contoh",
)
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


@dataclass(frozen=True, slots=True)
class _House:
    """A house with its registrar, head and those the head can give work to."""

    unit: Unit
    registrar: str
    head: str
    staff: tuple[str, ...]


def add(stages: Sequence[Stage], letters: int, tell: Progress) -> bool:
    """Let the governments together have at least that many everyday letters. Answers whether any were missing."""
    added = False
    for place, stage in enumerate(stages):
        wanted = letters // len(stages) + (place < letters % len(stages))
        with tenant_context(stage.government), transaction.atomic():
            # Two commands at once must not both find the same letters missing.
            Government.objects.select_for_update().get(pk=stage.government.pk)
            blocks = LetterRow.objects.filter(imported_from__startswith=FILE).values_list("imported_from", flat=True)
            known = LetterRow.objects.filter(imported_from__startswith=FILE).count()
            known += LetterRow.objects.filter(sender_address=MARK).count()
            if known >= wanted:
                continue
            live = min((wanted - known) // LIVE_SHARE, LIVE_MOST)
            _history(stage, wanted - known - live, len(set(blocks)), tell)
            _live(stage, live, known, tell)
            added = True
    return added


# By this the live ones are known again.
MARK = "Alamat contoh"


def _houses() -> list[_House]:
    registrars = dict(
        RoleGrant.objects.filter(role="registrar").order_by("-post__code").values_list("unit_id", "post__code")
    )
    heads = {post.unit_id: post for post in Post.objects.filter(is_head=True)}
    filled = set(Appointment.objects.filter(ends_on=None).values_list("post__code", flat=True))
    below: dict[Any, list[str]] = {}
    for post in Post.objects.exclude(superior=None).order_by("code"):
        below.setdefault(post.superior_id, []).append(post.code)
    found = []
    for unit in houses().order_by("code"):
        head, registrar = heads.get(unit.id), registrars.get(unit.id)
        if head and registrar and {head.code, registrar} <= filled:
            staff = tuple(code for code in below.get(head.id, ()) if code in filled and code != registrar)
            found.append(_House(unit, registrar, head.code, staff))
    return found


def _history(stage: Stage, count: int, block: int, tell: Progress) -> None:
    """A year's books: as many letters as wanted, spread over the houses and the working days of the year."""
    schema = stage.government.schema_name
    # Never a year in which letters were numbered live, even at the turn of a year.
    year = stage.days.on(-60).year - 1 - block
    places = _houses()
    days = [day for day in (date(year, 1, 1) + timedelta(n) for n in range(365)) if stage.days.calendar.hours_on(day)]
    last: dict[tuple[str, str], int] = {}
    rows = []
    for index in range(count):
        pick = _picker(schema, str(year), str(index))
        unit = places[pick(len(places))].unit
        direction = "out" if pick(3) == 0 else "in"
        number = last[unit.code, direction] = last.get((unit.code, direction), 0) + 1
        day = days[index * len(days) // count]
        rows.append(_row(pick, unit, direction, number, day, places))
    cells = tuple(Row(number, dict(row)) for number, row in enumerate(rows, start=2))
    import_table(
        Table(f"{FILE}-{schema}-{year}.csv", KIND, {column: column for column in COLUMNS}, cells),
        progress=lambda _text, done, total: tell(f"{stage.government.name}: everyday letters of {year}", done, total),
    )


def _row(
    pick: Callable[[int], int], unit: Unit, direction: str, number: int, day: date, places: Sequence[_House]
) -> dict[str, str]:
    subject, classification, summary = TEMPLATES[pick(len(TEMPLATES))]
    other = places[pick(len(places))].unit
    inside = other.id != unit.id and pick(4) > 0
    name = other.name if inside else BODIES[pick(len(BODIES))]
    facts = {"month": MONTHS[day.month - 1], "n": pick(90) + 3}
    author = unit if direction == "out" else other
    own = (
        f"B-{number:03d}/{classification}/{author.letter_code or author.code}/{ROMAN_MONTHS[day.month - 1]}/{day.year}"
    )
    sender, recipient = (unit.name, name) if direction == "out" else (name, unit.name)
    return {
        "unit": unit.code,
        "direction": direction,
        "agenda_number": str(number),
        "number": own if direction == "out" or inside else "",
        "letter_date": day.isoformat(),
        "received_date": day.isoformat() if direction == "in" else "",
        "sender": sender,
        "recipient": recipient,
        "subject": subject.format(**facts),
        "security": "terbatas" if pick(25) == 0 else "biasa",
        "urgency": "segera" if pick(8) == 0 else "biasa",
        "classification": classification,
        "summary": summary.format(**facts),
        "note": "",
    }


def _live(stage: Stage, count: int, start: int, tell: Progress) -> None:
    places = [house for house in _houses() if house.staff]
    letters = [_letter(stage, places, start + index) for index in range(count)]
    events = [Event(stage.days.moment(letter.at), stage, letter, None) for letter in letters]
    events += [Event(stage.days.moment(step.at), stage, letter, step) for letter in letters for step in letter.steps]
    events.sort(key=lambda event: event.at)
    for done, event in enumerate(events):
        tell(f"{stage.government.name}: everyday letters of these weeks", done, len(events))
        if event.step is None:
            begin({}, stage, event.letter, event.at)
        else:
            take(event)


def _letter(stage: Stage, places: Sequence[_House], index: int) -> Letter:
    pick = _picker(stage.government.schema_name, "live", str(index))
    house = places[pick(len(places))]
    subject, classification, summary = TEMPLATES[pick(len(TEMPLATES))]
    days = -1 - pick(_LIVE_DAYS)
    received = stage.days.on(days)
    facts = {"month": MONTHS[received.month - 1], "n": pick(90) + 3}
    sender = Party(kind="body", name=BODIES[pick(len(BODIES))], address=MARK)
    steps: list[Step] = []
    if pick(4):
        to = house.staff[pick(len(house.staff))]
        given = When(days, time(13, pick(50)))
        steps.append(
            Step(house.head, given, "dispose", to=(to,), instructions=("proses_lanjut",), note="Mohon diselesaikan.")
        )
        if days < -1 and pick(3):
            text = "Sudah diselesaikan."
            steps.append(Step(to, When(days + 1, time(9, pick(50))), "report", child=to, text=text))
    return Letter(
        key=f"harian-{index}",
        kind="incoming",
        unit=house.unit.code,
        actor=house.registrar,
        at=When(days, time(8, pick(60))),
        steps=tuple(steps),
        parties=(sender,),
        number=f"{pick(400) + 1}/CTH/{{roman}}/{{year}}",
        letter_date=days,
        subject=subject.format(**facts),
        urgency="segera" if pick(6) == 0 else "biasa",
        classification=classification,
        text=summary.format(**facts),
    )
