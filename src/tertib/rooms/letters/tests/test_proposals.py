"""What plain rules read on the first page of a letter. All names are invented."""

from __future__ import annotations

from typing import Any

import pytest

from tertib.government.models import Security, Unit, UnitKind
from tertib.ground.tenancy import here
from tertib.matters.models import Urgency
from tertib.matters.testing import grant
from tertib.rooms.letters.houses import registering
from tertib.rooms.letters.offers import offers
from tertib.rooms.letters.proposals import Found, Head, proposals
from tertib.rooms.letters.senders import writer
from tertib.rooms.letters.tests.world import World

BLOCK = "Nomor : 1/X/2026\nSifat : Biasa\nHal : Contoh\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Bekasi, 2 Maret 2026\nNomor : 005/112/424.309/2026\nHal : Permintaan data\n"
            "Yth. Kepala Dinas\nMenunjuk surat tanggal 1 Januari 2026 nomor 3/X",
            {"number": "005/112/424.309/2026", "letter_date": "02/03/2026", "subject": "Permintaan data"},
        ),
        (
            "Nomor\n:\n12/YCS/2026\nPerihal\n:\nPermohonan narasumber\n gizi balita\nKepada Yth.\n",
            {"number": "12/YCS/2026", "subject": "Permohonan narasumber gizi balita"},
        ),
        (
            "Hal : Permintaan data standar\ndi loket dan daring\n",
            {"subject": "Permintaan data standar di loket dan daring"},
        ),
        ("Hal : Permintaan data standar\ndi Bekasi\n", {"subject": "Permintaan data standar"}),
        ("Hal : Permintaan data standar\ndi tempat\n", {"subject": "Permintaan data standar"}),
        ("Jakarta, 31 Februari 2026\nNo. 7\nHal: ", {}),
        ("Rapat pada 2 Maret 2999", {}),
        ("", {}),
    ],
)
def test_plain_rules_read_a_letter(world: World, text: str, found: dict[str, str]) -> None:
    assert proposals(text) == Found(**found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("KEMENTERIAN CONTOH\nREPUBLIK INDONESIA\nJalan Contoh 1", "Kementerian Contoh Republik Indonesia"),
        ("KEMENTERIAN CONTOH \nDAN REFORMASI TELADAN\nJakarta", "Kementerian Contoh dan Reformasi Teladan"),
        ("KEMENTERIAN CONTOH\nDIREKTORAT JENDERAL TELADAN\nJl. 1", "Direktorat Jenderal Teladan, Kementerian Contoh"),
        ("PEMERINTAH KABUPATEN CONTOH\nDINAS KESEHATAN\nJalan Contoh 12", "Dinas Kesehatan Kabupaten Contoh"),
        ("PEMERINTAH KABUPATEN CONTOH\nPROVINSI TELADAN\nDINAS SOSIAL", "Dinas Sosial Kabupaten Contoh"),
        ("PEMERINTAH PROVINSI CONTOH\nSEKRETARIAT DAERAH\nBIRO", ""),
        ("PEMERINTAH KOTA CONTOH\nSEKRETARIAT DAERAH\nTelp. 021", "Sekretariat Daerah Kota Contoh"),
        ("PEMERINTAH KOTA CONTOH\nSEKRETARIAT DAERAH\nBAGIAN UMUM", "Bagian Umum Sekretariat Daerah Kota Contoh"),
        ("PEMERINTAH KOTA CONTOH\nDINAS TELADAN DAN\nPELAYANAN\nJl. 1", "Dinas Teladan dan Pelayanan Kota Contoh"),
        ("PEMERINTAH KOTA CONTOH\nDINAS PENDIDIKAN\nSMPN 99 CONTOH\nTerakreditasi A", "SMPN 99 Contoh"),
        ("PEMERINTAH KOTA CONTOH\nDINAS KESEHATAN\nUPTD PUSKESMAS MELATI", "UPTD Puskesmas Melati"),
        ("PEMERINTAH KOTA CONTOH\nKECAMATAN MELATI\nKELURAHAN KENANGA", "Kelurahan Kenanga Kota Contoh"),
        ("PEMERINTAH KOTA CONTOH\nJalan Contoh No. 12, Bekasi 17141", "Pemerintah Kota Contoh"),
        ("WALI KOTA CONTOH\nJalan Contoh", "Pemerintah Kota Contoh"),
        ("BUPATI CONTOH", "Pemerintah Kabupaten Contoh"),
        ("GUBERNUR CONTOH", "Pemerintah Provinsi Contoh"),
        ("Yayasan Contoh Sehat\nBersama untuk sesama\nJalan Contoh 1", "Yayasan Contoh Sehat"),
        ("YAYASAN PENDIDIKAN CONTOH\nSMK CONTOH II\nEmail: tu@smk.example", "SMK Contoh II"),
        ("RAHASIA\nINSPEKTORAT CONTOH\nJl. Contoh", "Inspektorat Contoh"),
        ("PT. MAJU CONTOH\nGedung Contoh", "PT. Maju Contoh"),
        ("UNIVERSITAS CONTOH\nJalan Contoh", "Universitas Contoh"),
        # Nothing, rather than something wrong.
        ("DINAS PENANAMAN MODAL DAN PELAYANAN\nTERPADU SATU PINTU\nJl. Contoh", ""),
        ("Sekar Melati Contoh\nJalan Contoh 5", ""),
        ("TOKO KUE MELATI\nJl. Contoh", ""),
        ("WALI KOTA\nJalan Contoh", ""),
        ("Pemerintah telah menetapkan bahwa\n", ""),
        ("Dinas kami dengan ini menyampaikan:\n", ""),
        ("SURAT EDARAN\nDINAS KESEHATAN", ""),
        ("Kepada Yth.\nKepala Dinas Kesehatan\n", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_letterhead_names_the_sender(head: str, name: str) -> None:
    found = writer(f"{head}\n{BLOCK}")
    assert (found.full if found else "") == name


def test_without_the_block_of_a_letter_nothing_is_a_letterhead() -> None:
    assert writer("DINAS KESEHATAN\nJalan Contoh\nsesuatu yang lain\n") is None
    assert writer("DINAS KESEHATAN\n" + "Jalan Contoh\n" * 20 + BLOCK) is None


@pytest.mark.parametrize(
    ("end", "name"),
    [
        ("Ketua Yayasan Contoh Sehat,\n\nRatna Contoh", "Yayasan Contoh Sehat"),
        ("a.n. Kepala Dinas Sosial Kabupaten Contoh,\nSekretaris,\n\nBudi Contoh", "Dinas Sosial Kabupaten Contoh"),
        ("Camat Melati,\n\nBudi Contoh", "Kecamatan Melati"),
        ("DIREKTUR RSUD CONTOH,\n\nBudi Contoh", "RSUD Contoh"),
        ("Kepala Dinas Contoh,\nKepala Badan Contoh,\n", ""),
        ("Kepala Bidang Layanan,\n\nBudi Contoh", ""),
        ("Hormat kami,\n\nSekar Contoh", ""),
        ("Ketua RT kami,\n", ""),
        ("Kepala Dinas Kesehatan\n", ""),
        ("Tembusan:\nKepala Dinas Kesehatan Kota Contoh,\n", ""),
    ],
)
def test_the_signature_names_the_sender_where_no_head_does(end: str, name: str) -> None:
    found = writer(f"{BLOCK}Yth. Kepala Dinas Lain\ndi Bekasi\nDengan hormat,\nkami sampaikan.\n{end}")
    assert (found.full if found else "") == name


FAST, FASTER = Urgency.SEGERA, Urgency.SANGAT_SEGERA
TERBATAS, RAHASIA, HIGHEST = Security.TERBATAS, Security.RAHASIA, Security.SANGAT_RAHASIA


@pytest.mark.parametrize(
    ("text", "urgency", "security"),
    [
        ("Sifat : Segera", FAST, None),
        ("Sifat : Sangat Segera", FASTER, None),
        ("Sifat\t:\tSANGAT SEGERA", FASTER, None),
        ("Sifat\n:\nAmat segera", FASTER, None),
        ("Sifat: Kilat", FASTER, None),
        ("Sifat : Biasa", Urgency.BIASA, None),
        ("Sifat : Penting", None, None),
        ("Sifat : -", None, None),
        ("Sifat : Rahasia", None, RAHASIA),
        ("Sifat : Sangat Rahasia / Sangat Segera", FASTER, HIGHEST),
        ("Sifat : Rahasia dan Segera", FAST, RAHASIA),
        ("Sifat : Terbatas", None, TERBATAS),
        ("Sifat : Biasa/Terbatas", Urgency.BIASA, TERBATAS),
        ("Sifat : Konfidensial", None, RAHASIA),
        ("Klasifikasi Keamanan : Rahasia\nDerajat : Segera", FAST, RAHASIA),
        # A form that was not filled in, and one that says no.
        ("Sifat : Biasa / Segera / Sangat Segera *)", None, None),
        ("Sifat : Biasa / Segera", None, None),
        ("Sifat : Tidak rahasia", None, None),
        # What stands elsewhere is no nature, but a stamp is.
        ("Mohon segera dibalas karena rahasia.", None, None),
        ("RAHASIA\nSifat : Segera", FAST, RAHASIA),
        ("RAHASIA\nSifat : Sangat rahasia", None, HIGHEST),
        ("SANGAT RAHASIA\nSifat : Terbatas", None, HIGHEST),
        # The number says it too, and the highest counts.
        ("Nomor : R-031/700.1/Itko/2026\nSifat : Biasa", Urgency.BIASA, RAHASIA),
        ("Nomor : SR/12/2026\nSifat : Rahasia", None, HIGHEST),
        ("Nomor : T-031/700.1/Itko/2026", None, TERBATAS),
        ("Nomor : RT/12/2026", None, None),
    ],
)
def test_how_fast_and_how_secret(text: str, urgency: Urgency | None, security: Security | None) -> None:
    found = proposals(text)
    assert (found.urgency, found.security) == (urgency, security)


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("Yth. Wali Kota Bekasi\ndi Bekasi", Head("wali kota", "Bekasi")),
        ("Kepada\nYth. Bapak Walikota\ndi Tempat", Head("wali kota", "")),
        ("Kepada Yth.\nBUPATI CONTOH\n", Head("bupati", "CONTOH")),
        ("Kepada Yth. :\n1. Gubernur Contoh;\n2. Wali Kota Contoh", Head("gubernur", "Contoh")),
        ("Yth. Pj. Wali Kota Bekasi, di Bekasi", Head("wali kota", "Bekasi")),
        ("Yth. Wali Kota Bekasi     Bekasi, 2 Maret 2026", Head("wali kota", "Bekasi")),
        ("Yth. Wakil Wali Kota Bekasi", None),
        ("Yth. Sekretaris Daerah Kota Bekasi", None),
        ("Yth. Staf Ahli Wali Kota", None),
        ("Yth. Wali Kota Bekasi\nc.q. Kepala Dinas Kesehatan", None),
        ("Yth. Wali Kota Bekasi u.p. Sekretaris Daerah", None),
        ("Surat Wali Kota Bekasi", None),
        ("Yth. Kepala Dinas\nTembusan: Wali Kota", None),
    ],
)  # fmt: skip
def test_the_head_is_addressed(text: str, head: Head | None) -> None:
    assert proposals(text).head == head


def made(world: World, text: str, name: str = "agendaris") -> dict[str, Any]:
    others = [("garut", "Kabupaten Teladan")]
    return offers(proposals(text), registering(world.reader(name)), Unit.objects.all(), others)


def test_a_sender_of_ours_is_offered_as_a_unit(world: World) -> None:
    city = here.name().upper()
    offer = made(world, f"PEMERINTAH {city}\nDINAS KESEHATAN\nJl. Contoh\n{BLOCK}")["sender_name"]
    unit = world.units["dinkes"]
    assert offer.fill == {"sender_kind": "unit", "sender_unit": str(unit.pk), "sender_name": unit.name}
    assert offer.said == "Dinas Kesehatan (unit pemerintah ini)"
    # The agency of another city has the same name.
    other = made(world, f"PEMERINTAH KOTA LAIN\nDINAS KESEHATAN\nJl. Contoh\n{BLOCK}")["sender_name"]
    assert other.fill == {"sender_name": "Dinas Kesehatan Kota Lain"}
    assert made(world, f"DINAS KESEHATAN\nJl. Contoh\n{BLOCK}")["sender_name"].fill == {
        "sender_name": "Dinas Kesehatan"
    }


def test_another_government_is_offered_as_one(world: World) -> None:
    fill = made(world, f"PEMERINTAH KABUPATEN TELADAN\nDINAS SOSIAL\nJl. Contoh\n{BLOCK}")["sender_name"].fill
    name = "Dinas Sosial Kabupaten Teladan"
    assert fill == {"sender_kind": "government", "sender_government": "garut", "sender_name": name}
    fill = made(world, f"BUPATI LAIN\nJl. Contoh\n{BLOCK}")["sender_name"].fill
    assert fill == {
        "sender_kind": "government", "sender_government": "", "sender_name": "Pemerintah Kabupaten Lain",
    }  # fmt: skip


def test_a_letter_to_the_head_is_offered_the_book_of_the_house(world: World) -> None:
    text = f"{BLOCK}Yth. Wali Kota {here.short_name()}\ndi Tempat\n"
    assert "unit" not in made(world, text)  # there is but one book
    grant(world.posts["agendaris"], "registrar", world.units["dpmptsp"])
    assert "unit" not in made(world, text)  # neither is that of the house
    grant(world.posts["agendaris"], "registrar", world.units["kota"])
    root = world.units["kota"]
    assert root.kind == UnitKind.GOVERNMENT
    offer = made(world, text)["unit"]
    assert (offer.said, offer.fill) == (root.name, {"unit": str(root.pk)})
    assert "unit" not in made(world, f"{BLOCK}Yth. Wali Kota Lain\n")
    assert "unit" not in made(world, f"{BLOCK}Yth. Bupati\n")
    assert "unit" not in made(world, f"{BLOCK}Yth. Wakil Wali Kota\n")
