"""Who wrote a letter, read from the head of its first page or else from its signature; a name only where it is sure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tertib.papers.blocks import line

# What the name of an office, a body or a company begins with. A head that begins with anything else is not read.
_BODY = re.compile(
    r"(?:pemerintah(?=\s+(?:kota|kabupaten|provinsi|daerah|desa|kelurahan|kecamatan)\b)|kementerian|badan|dinas|inspektorat"
    r"|sekretariat|direktorat|kecamatan|kelurahan|desa|bagian|bidang|satuan|gugus|kantor|balai|lembaga|komisi|komite"
    r"|dewan|majelis|mahkamah|pengadilan|kejaksaan|kepolisian|komando|ombudsman|arsip nasional|perwakilan|upt[d]?"
    r"|unit pelaksana|puskesmas|rumah sakit|rsud|rsu|rs|laboratorium|universitas|institut|politeknik|akademi|sekolah"
    r"|sd|smp|sma|smk|sdn|smpn|sman|smkn|madrasah|yayasan|perkumpulan|perhimpunan|persatuan|persekutuan|ikatan"
    r"|asosiasi|forum|paguyuban|karang taruna|koperasi|pt|cv|perum|perumda|perseroan|bank|palang merah|panitia"
    r"|rukun warga|rukun tetangga|wali\s?kota|bupati|gubernur)\b\.?",
    re.I,
)
# Whoever leads a government writes for it.
_LEADER = re.compile(r"(wali\s?kota|bupati|gubernur)\s+(\S.*)", re.I)
_LED = {"walikota": "Kota", "bupati": "Kabupaten", "gubernur": "Provinsi"}
_GOVERNMENT = re.compile(r"pemerintah(?: daerah)?\s+((?:kota|kabupaten|provinsi)\s+\S.*)", re.I)
# Parts of a government that bear its name behind their own where they write to others.
_OF_GOVERNMENT = re.compile(r"(?:badan|dinas|inspektorat|sekretariat|satuan|kecamatan|kelurahan|bagian)\b", re.I)
_PLACE = re.compile(r"\b(?:kota|kabupaten|provinsi|republik)\b", re.I)
_STATE = re.compile(r"(?:republik indonesia|(?:kota|kabupaten|provinsi)\s+\S.*)", re.I)
# What says little without the name above it.
_ROOM = re.compile(r"(?:bagian|bidang)\b", re.I)
# What a ministry or a government has below it; of other bodies the name further down is one of its own.
_BELOW_MINISTRY = re.compile(r"(?:direktorat|sekretariat|inspektorat|badan)\b", re.I)

_LABEL = re.compile(r"(?:nomor|no|sifat|lampiran|lamp|hal|perihal|tanggal|kepada|yth|number|subject)\b", re.I)
_DATED = re.compile(r"[^\d,]{3,40},\s*\d{1,2}\s+\S+\s+\d{4}\b")
_WHERE = re.compile(
    r"(?:jalan|jl|jln|gedung|komplek|kompleks|kawasan|telepon|telp|tlp|faks|fax|email|e-mail|surel|pos-el|laman|website"
    r"|situs|kode pos|kotak pos|alamat|npwp|akta)\b|.*(?:@|www\.|\b\d{5}\b)",
    re.I,
)
# A paper that begins so is no letter with a head, or its head is over.
_TITLE = re.compile(r"(?:surat|nota|undangan|keputusan|lembar|formulir|berita|tanda|daftar|laporan|notula)\b", re.I)
# Above the head it says how secret a letter is; below the name of a regency in which province it lies.
_MARK = re.compile(r"(?:sangat )?(?:rahasia|segera)|terbatas", re.I)
_PROVINCE = re.compile(r"provinsi\b", re.I)
_RULED = re.compile(r"(?:pemerintah|wali\s?kota|bupati)\b", re.I)
_JOINS = re.compile(r"(?:dan|serta|&)\b", re.I)
_JOINED = re.compile(r"(?:\b(?:dan|serta|di|untuk)|[&,])$", re.I)
_HEAD_LINES = 12
_LONGEST = 200

# “Kepala Dinas Contoh,” above the name of whoever signs; the comma tells it from an addressee.
_SIGNS = re.compile(
    r"^[ \t]*(?:(?:a\.?n|plt|plh|pj)\b\.?[ \t]*)?(?:(kepala|ketua(?:[ \t]umum)?|direktur(?:[ \t]utama)?|pimpinan|rektor"
    r"|pengurus)[ \t]+(\S[^,\n]{2,150})|(camat|lurah)[ \t]+(\S[^,\n]{2,60})),[ \t]*$",
    re.I | re.M,
)
_ABBREVIATED = frozenset((
    "RI", "DKI", "DIY", "RS", "RSU", "RSUD", "UPT", "UPTD", "SD", "SMP", "SMA", "SMK", "SDN", "SMPN", "SMAN",
    "SMKN", "PT", "CV", "TNI", "KPU", "DPR", "DPRD", "BPJS", "PKK", "PMI", "RT", "RW", "KB", "BPN", "ATR", "HAM",
    "PAUD", "TK", "MI", "II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII", "BUMD",
))  # fmt: skip
_SMALL = frozenset(("dan", "di", "ke", "dari", "untuk", "bagi", "yang", "dengan", "atau", "serta", "pada"))


@dataclass(frozen=True, slots=True)
class Writer:
    """A sender as its paper names it: the name as it stands alone, the government it is part of, and both together."""

    own: str
    government: str
    full: str


def writer(text: str) -> Writer | None:
    """Who wrote this page; None where it is not sure."""
    names = _head(text)
    if names:
        return _of_head(names)
    signed = _signature(text)
    return Writer(signed, "", signed) if signed else None


def _of_head(names: list[str]) -> Writer | None:
    last = _cased(names[-1])
    if led := _LEADER.fullmatch(last):
        kind = _LED[led[1].replace(" ", "").lower()]
        last = f"Pemerintah {kind} {led[2]}"
    elif _LEADER.match(f"{last} x"):
        return None
    above = next((found for name in names if (found := _GOVERNMENT.fullmatch(_cased(name)))), None)
    government = above[1] if above else ""
    if own := _GOVERNMENT.fullmatch(last):
        return _fit(last, own[1], last)
    if _ROOM.match(last) and len(names) > 1 and not _GOVERNMENT.fullmatch(_cased(names[-2])):
        last, own_name = f"{last} {_cased(names[-2])}", last
        return _fit(own_name, government, f"{last} {government}" if government and not _PLACE.search(last) else last)
    if government and _OF_GOVERNMENT.match(last) and not _PLACE.search(last):
        return _fit(last, government, f"{last} {government}")
    if re.match("kementerian", names[0], re.I) and len(names) > 1 and _BELOW_MINISTRY.match(last):
        return _fit(last, "", f"{last}, {_cased(names[0])}")
    return _fit(last, government, last)


def _fit(own: str, government: str, full: str) -> Writer | None:
    return Writer(own, government, full) if len(full) <= _LONGEST else None


def _head(text: str) -> list[str]:
    """The names in the head, from the top down; none where a line of it can't be told for sure."""
    names: list[str] = []
    over = False
    for raw in [found for found in map(line, text.split("\n")) if found][:_HEAD_LINES]:
        if _LABEL.match(raw) or _DATED.match(raw):
            # Without the labels of a letter below it this is no letterhead.
            return names
        if _MARK.fullmatch(raw) or (names and _PROVINCE.match(raw) and _RULED.match(names[-1])):
            continue
        if over or _WHERE.match(raw):
            over = bool(names)
            if not over:
                return []
        elif names and (_JOINS.match(raw) or _JOINED.search(names[-1]) or _STATE.fullmatch(raw)):
            names[-1] = f"{names[-1]} {raw}"
        elif _BODY.match(raw) and not raw.endswith((".", ":", ";")) and len(raw) <= 120:
            names.append(raw)
        elif _TITLE.match(raw) or not names or raw.isupper():
            return []
        else:
            over = True
    return []


def _signature(text: str) -> str:
    body = re.split(r"^[ \t]*tembusan\b", text, maxsplit=1, flags=re.I | re.M)[0]
    found = set()
    for match in _SIGNS.finditer(body[-2000:]):
        office = {"camat": "Kecamatan", "lurah": "Kelurahan"}.get((match[3] or "").lower(), "")
        name = f"{office} {line(match[4])}" if office else line(match[2])
        if _BODY.match(name) and not re.match(r"(?:bagian|bidang|wali\s?kota|bupati|gubernur)\b", name, re.I):
            found.add(_cased(name))
    return found.pop() if len(found) == 1 else ""


def _cased(name: str) -> str:
    """A name in capitals as one writes it elsewhere; any other stays as it is."""
    if not name.isupper():
        return name
    words = [_word(word, place) for place, word in enumerate(name.split())]
    return " ".join(words)


def _word(word: str, place: int) -> str:
    bare = re.sub(r"\W", "", word)
    if bare in _ABBREVIATED or (len(bare) > 1 and not re.search("[AEIOUY]", bare)):
        return word
    if place and bare.lower() in _SMALL:
        return word.lower()
    return "-".join(part[:1] + part[1:].lower() if part[:1].isalpha() else part.title() for part in word.split("-"))
