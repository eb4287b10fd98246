"""What an import file looks like: its kinds, their columns, and the headings people use for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

from django.utils.translation import gettext as _

from tertib.ground.errors import Problem


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell whose value can't be known: a formula, or an error a formula left behind."""

    shown: str


Cell: TypeAlias = str | int | float | bool | date | datetime | Unusable | None

# Column -> other headings for it, as `normal` writes them. Headings that need not be there follow the star.
_UNITS: Final = {
    "code": ("kode", "kode_unit"),
    "name": ("nama", "nama_unit"),
    "kind": ("jenis", "jenis_unit"),
    "parent": ("induk", "unit_induk", "kode_induk"),
    "short_name": ("singkatan", "nama_singkat", "nama_pendek"),
    "letter_code": ("kode_surat", "kode_naskah"),
    "area_code": ("kode_wilayah",),
    "ends_on": ("berakhir", "sampai", "berlaku_sampai", "tanggal_berakhir"),
    "address": ("alamat",),
}
_POSTS: Final = {
    "code": ("kode", "kode_jabatan"),
    "name": ("nama", "nama_jabatan"),
    "unit": ("kode_unit", "unit_kerja"),
    "is_head": ("kepala", "pimpinan", "kepala_unit"),
    "superior": ("atasan", "jabatan_atasan"),
    "grade": ("eselon", "kelas", "golongan", "kelas_jabatan"),
    "clearance": ("keamanan", "klasifikasi_keamanan", "akses"),
    "roles": ("peran",),
}
_PEOPLE: Final = {
    "nip": (),
    "nik": (),
    "name": ("nama", "nama_lengkap"),
    "email": ("surel", "e_mail", "alamat_email"),
    "post": ("jabatan", "kode_jabatan"),
    "appointment": ("pengangkatan", "jenis_pengangkatan", "status"),
    "starts_on": ("mulai", "tmt", "terhitung_mulai", "tanggal_mulai"),
    "ends_on": ("sampai", "selesai", "berakhir", "tanggal_selesai"),
    "decree": ("keputusan", "sk", "nomor_sk"),
}
KINDS: Final = ("units", "posts", "people")
COLUMNS: Final = {"units": _UNITS, "posts": _POSTS, "people": _PEOPLE}
REQUIRED: Final = {"units": ("code", "name", "kind"), "posts": ("code", "name", "unit"), "people": ("name",)}
_FILE_WORDS: Final = {"units": ("unit", "opd"), "posts": ("post", "jabatan"), "people": ("people", "pegawai", "asn")}
_NOTE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it, and the cells of the known columns."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read: its kind, the heading of each known column as it stands there, and its rows."""

    name: str
    kind: str
    headings: dict[str, str]
    rows: tuple[Row, ...]
    # What is wrong with rows as such; what is wrong with their values is for `plan` to find.
    problems: tuple[Problem, ...] = ()

    def place(self, row: int) -> Callable[[str], str]:
        """A function from the name of a column to the place in this row that a reader looks for."""

        def of(column: str) -> str:
            if not column:
                return _("%(file)s, row %(row)d") % {"file": self.name, "row": row}
            facts = {"file": self.name, "row": row, "column": self.headings.get(column, column)}
            return _("%(file)s, row %(row)d, column %(column)s") % facts

        return of


def normal(heading: str) -> str:
    """A heading in the form headings are compared in."""
    return _NOTE.sub("_", heading.strip().lower()).strip("_")


def recognise(headings: list[str], kind: str) -> dict[str, int]:
    """Which column stands where, if this is the heading of a table of the kind."""
    names = [normal(heading) for heading in headings]
    found = {}
    for column, others in COLUMNS[kind].items():
        for name in (column, *others):
            if name in names:
                found[column] = names.index(name)
                break
    return found


def add_kind(kind: str, columns: dict[str, tuple[str, ...]], required: tuple[str, ...]) -> None:
    """Let `read` know a further kind of file, of some room; it is looked for only where it is asked for."""
    COLUMNS[kind], REQUIRED[kind], _FILE_WORDS[kind] = columns, required, ()


def kind_of(headings: list[str], file: str, kinds: Sequence[str] = KINDS) -> str | None:
    """The kind of table these headings belong to: it explains most of them; the file's name decides ties."""
    best, score = None, (0, 0)
    stem = file.lower()
    for kind in kinds:
        found = recognise(headings, kind)
        if all(column in found for column in REQUIRED[kind]) and (kind != "people" or {"nip", "nik"} & set(found)):
            named = int(any(word in stem for word in _FILE_WORDS[kind]))
            if (len(found), named) > score:
                best, score = kind, (len(found), named)
    return best
