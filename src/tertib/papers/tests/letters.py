"""One invented paper of each kind, complete, for the tests."""

from __future__ import annotations

from typing import Any

from tertib.papers.typeset import Letterhead

HEAD = Letterhead(
    government="Pemerintah Kota Bekasi",
    unit="Dinas Kesehatan",
    address="Jalan Contoh Nomor 12, Bekasi 17141",
    contact="Telepon (021) 555 0100, surel dinkes@bekasi.example, laman bekasi.example/dinkes",
)
SIGNER = {
    "post": "Kepala Dinas Kesehatan",
    "name": "Ratna Wulandari Contoh, S.K.M., M.Kes.",
    "rank": "Pembina Utama Muda",
    "nip": "19700101 199503 2 001",
}
BODY = [
    {
        "type": "paragraph",
        "text": "Menindaklanjuti arahan Wali Kota tentang kembali bekerja pada tugas pokok dan fungsi setelah"
        " tanggal 2 Juli 2020, bersama ini kami sampaikan bahwa perangkat daerah di luar gugus tugas diminta"
        " menyusun **rencana adaptasi layanan** dengan ketentuan sebagai berikut:",
    },
    {
        "type": "numbered",
        "items": [
            "jumlah petugas di ruang layanan paling banyak 50% dari kapasitas;",
            "jarak antarpemohon paling sedikit satu meter, dengan penanda antrean yang jelas;",
            "laporan pelaksanaan disampaikan setiap hari Jumat paling lambat pukul 15.00 WIB.",
        ],
    },
    {"type": "paragraph", "text": "Rekapitulasi kebutuhan alat pelindung diri adalah sebagai berikut:"},
    {
        "type": "table",
        "rows": [
            ["Unit", "Masker (lembar)", "Biaya"],
            ["Puskesmas Contoh Satu", "1.200", "Rp 3.600.000"],
            ["Puskesmas Contoh Dua", "850", "Rp 2.550.000"],
        ],
    },
    {
        "type": "paragraph",
        "text": "Demikian kami sampaikan. Atas perhatian dan kerja sama Saudara, kami ucapkan terima kasih.",
    },
]
_LETTER: dict[str, Any] = {
    "number": "000.8.3.3/15/Dinkes",
    "date": "2020-07-02",
    "place": "Bekasi",
    "nature": "Segera",
    "attachments": "1 (satu) berkas",
    "subject": "Penyusunan rencana adaptasi layanan kesehatan pada masa kebiasaan baru",
    "to": ["Kepala Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu"],
    "to_place": "Bekasi",
    "body": BODY,
    "signer": SIGNER,
    "copies": ["Wali Kota Bekasi (sebagai laporan)", "Sekretaris Daerah Kota Bekasi", "Inspektur Kota Bekasi"],
}
PAPERS: dict[str, dict[str, Any]] = {
    "surat_dinas": _LETTER,
    "nota_dinas": {
        **{key: _LETTER[key] for key in ("number", "date", "nature", "attachments", "subject", "body")},
        "to": ["Sekretaris Dinas Kesehatan", "Kepala Bidang Kesehatan Masyarakat"],
        "from": "Kepala Dinas Kesehatan",
        "copies": ["Kepala Subbagian Umum dan Kepegawaian"],
        "signer": {**SIGNER, "capacity": "Plt."},
    },
    "undangan": {
        **_LETTER,
        "subject": "Undangan rapat koordinasi kecamatan",
        "to": ["Camat Bekasi Timur", "Camat Rawalumbu", "Camat Jatiasih"],
        "body": [{"type": "paragraph", "text": "Mengharap kehadiran Saudara pada rapat yang diadakan pada:"}],
        "event_date": "2020-07-09",
        "time": "09.00 WIB s.d. selesai",
        "venue": "Aula Lantai 3, Kantor Wali Kota Bekasi",
        "agenda": "Evaluasi pelaksanaan tugas gugus tugas dan rencana pemulihan layanan",
        "closing": [
            {"type": "paragraph", "text": "Demikian undangan ini. Atas kehadirannya kami ucapkan terima kasih."}
        ],
        "signature": {"url": "https://bekasi.example/periksa/7c9e6679", "moment": "2 Juli 2020, 16.00 WIB"},
    },
    "surat_perintah": {
        "number": "800.1.11.1/27/Dinkes",
        "place": "Bekasi",
        "date": "2020-07-02",
        "considering": ["bahwa untuk kelancaran pemantauan perlu ditugaskan pegawai yang namanya tercantum;"],
        "grounds": [
            "Peraturan Daerah Kota Bekasi tentang Pembentukan Perangkat Daerah;",
            "Arahan Wali Kota Bekasi tanggal 29 Juni 2020.",
        ],
        "assigned": [
            {
                "name": "Budi Contoh, S.Kep.",
                "rank": "Penata, III/c",
                "nip": "19850202 201001 1 002",
                "post": "Perawat Ahli Muda",
            },
            {"name": "Sari Contoh, A.Md.", "rank": "Pengatur, II/c", "nip": "19900303 201503 2 003"},
        ],
        "tasks": [
            "memantau pelaksanaan protokol kesehatan di kelurahan masing-masing;",
            "melaporkan hasilnya secara tertulis paling lambat tiga hari kerja.",
        ],
        "signer": {**SIGNER, "on_behalf": "Wali Kota Bekasi"},
        "copies": ["Sekretaris Daerah Kota Bekasi"],
    },
    "lembar_disposisi": {
        "from": "Camat Sukorejo, Kabupaten Pasuruan",
        "number": "005/112/424.309/2020",
        "date": "2020-05-27",
        "received": "2020-05-29",
        "agenda": "0147",
        "nature": "Segera",
        "subject": "Permintaan data fasilitas dan hasil rapat tanggal 27 Mei 2020",
        "to": ["Sekretaris Dinas Kesehatan", "Kepala Bidang Pelayanan Kesehatan"],
        "instructions": ["Proses lebih lanjut", "Siapkan bahan jawaban"],
        "note": "Mohon data per kelurahan, dan koordinasikan dengan bagian pemerintahan.",
        "due": "2020-06-04",
        "by": {"post": "Kepala Dinas Kesehatan", "name": "Ratna Wulandari Contoh, S.K.M., M.Kes."},
        "given": "2020-05-29",
    },
    "buku_agenda": {
        "heading": "Buku agenda surat masuk",
        "period": "Juli 2020",
        "columns": [
            "No.",
            "Nomor agenda",
            "Diterima",
            "Nomor surat",
            "Tanggal",
            "Pengirim",
            "Perihal",
            "Pemegang",
            "Catatan",
        ],
        "rows": [
            [
                "1",
                "1",
                "02-07-2020",
                "005/1/SETDA",
                "01-07-2020",
                "Sekretariat Daerah",
                "Undangan rapat adaptasi",
                "Kepala Dinas Kesehatan: Menunggu arahan",
                "",
            ],
            ["2", "2", "", "", "", "", "", "", "Tidak untuk Anda lihat."],
            ["3", "3", "02-07-2020", "", "", "Warga", "Pertanyaan *jam buka*", "Salah catat", "batal: salah catat"],
        ],
    },
    "bukti_pengiriman": {
        "number": "BP-0031",
        "date": "2020-07-03",
        "to": "Bupati Pasuruan",
        "address": "Jalan Contoh Raya Nomor 1, Pasuruan",
        "means": "Kurir",
        "items": [
            {
                "number": "000.8.3.3/15/Dinkes",
                "date": "2020-07-02",
                "subject": "Penyusunan rencana adaptasi layanan kesehatan",
                "attachments": "1 berkas",
            },
            {"number": "005/16/Dinkes", "date": "2020-07-02", "subject": "Undangan rapat koordinasi"},
        ],
        "sender": {"name": "Dewi Contoh", "post": "Agendaris"},
    },
}
