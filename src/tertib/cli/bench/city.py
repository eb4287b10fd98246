"""A large city in the throw-away installation: letters and dispositions by the hundred thousand, written by SQL.

The engine would need an hour for what PostgreSQL writes in minutes, so triggers and foreign keys rest meanwhile. The
rows are those the engine writes: sights of posts, units, registries and of the whole government, ten entries a matter
with their bodies. Hashes are random, for nobody verifies them here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tertib.ground.tenancy import here

AGENCIES = 40
SECTIONS = 10
# Posts of a section; the first heads it.
STAFF = 5
# So many of ten thousand matters are still open, besides those on the full desks.
OPEN = 900
# Each of three full desks holds the matters of one remainder by this number: of a million, a thousand pages of fifty.
FULL = 19
ENTRIES = 10
ROLES = ("mayor", "registrar", "head of section", "officer")
POSTS = 1 + AGENCIES * (2 + SECTIONS * STAFF)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whose pages are measured: their role, and their person."""

    role: str
    person: uuid.UUID
    post: uuid.UUID


@dataclass(frozen=True, slots=True)
class _Places:
    root: uuid.UUID
    mayor: uuid.UUID
    registrar: uuid.UUID
    head: uuid.UUID


def build(matters: int, tell: Callable[[str], None]) -> None:
    """Fill the current government."""
    places = _people()
    with connection.cursor() as cursor:
        for setting in ("work_mem = '256MB'", "maintenance_work_mem = '512MB'", "synchronous_commit = off"):
            cursor.execute(f"SET {setting}")
        keys = _rest(cursor)
        for text, statement in _STEPS:
            tell(text)
            cursor.execute(statement, _values(matters, places))
        _wake(cursor, keys)
        tell("vacuum and statistics")
        for table in _TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        for setting in ("work_mem", "maintenance_work_mem", "synchronous_commit"):
            cursor.execute(f"RESET {setting}")
    here.count_anew()


_TABLES = (
    "matters_matter", "matters_entry", "matters_entrybody", "matters_sight", "matters_number", "letters_letter",
    "matters_register", "matters_registeryear", "letters_sought", "letters_disposition", "letters_recipient",
)  # fmt: skip


_KEYS = """
SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid) FROM pg_constraint c
WHERE c.contype = 'f' AND c.conrelid = ANY(%s::regclass[])"""


def _rest(cursor: Any) -> list[tuple[str, str, str]]:
    """Let the triggers of the tables rest and take their foreign keys away; answers these."""
    cursor.execute(_KEYS, [list(_TABLES)])
    keys: list[tuple[str, str, str]] = cursor.fetchall()
    for table in _TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table, name, _definition in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return keys


def _wake(cursor: Any, keys: list[tuple[str, str, str]]) -> None:
    """Give the tables back what `_rest` took; what was written meanwhile is not looked at again."""
    for table in _TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for table, name, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")


def _values(matters: int, places: _Places) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, key FROM matters_procedure ORDER BY version")
        procedures = {key: str(found) for found, key in cursor.fetchall()}
    return {
        "matters": matters,
        "open": OPEN,
        "full": FULL,
        "entries": ENTRIES,
        "in": procedures["letters.incoming"],
        "out": procedures["letters.outgoing"],
        "part": procedures["letters.disposition"],
        "root": places.root,
        "mayor": places.mayor,
        "registrar": places.registrar,
        "head": places.head,
        "everything": uuid.UUID(int=0),
    }


def _people() -> _Places:
    """Units, posts and those who fill them. The first agency is the secretariat, whose registry sees a fifth of it."""
    from tertib.government.models import UnitKind
    from tertib.matters import testing

    testing.default_calendar()
    root = testing.root_unit()
    mayor = testing.make_post(root, "Wali Kota", head=True, clearance=3)
    first: dict[str, Any] = {}
    for number in range(AGENCIES):
        agency = testing.make_unit(f"Dinas {number}", root, kind=UnitKind.AGENCY)
        head = testing.make_post(agency, f"Kepala Dinas {number}", head=True, superior=mayor, clearance=2)
        desk = testing.make_post(agency, f"Agendaris Dinas {number}", superior=head, clearance=1)
        testing.grant(desk, "registrar", agency)
        first.setdefault("registrar", desk)
        for place in range(SECTIONS):
            section = testing.make_unit(f"Bidang {number}.{place}", agency, kind=UnitKind.SECTION)
            above = head
            for seat in range(STAFF):
                name = f"Kepala Bidang {number}.{place}" if seat == 0 else f"Analis {number}.{place}.{seat}"
                post = testing.make_post(section, name, head=seat == 0, superior=above, clearance=1 - min(seat, 1))
                above = post if seat == 0 else above
                first.setdefault("head of section" if seat == 0 else "officer", post)
    for role, post in {"mayor": mayor, **first}.items():
        testing.seat(testing.make_person(role), post)
    return _Places(root.id, mayor.id, first["registrar"].id, first["head of section"].id)


def readers() -> list[Reader]:
    """Whose pages are measured; none where the city is not built yet."""
    from tertib.government.models import Appointment

    found = Appointment.objects.filter(person__name__in=ROLES).order_by("id")
    return [Reader(name, *ids) for name, *ids in found.values_list("person__name", "person_id", "post_id")]


_WORDS = {
    # The further right, the rarer: a word is drawn by the square of a random number.
    "what": "Permohonan Undangan Laporan Pemberitahuan Usulan Penyampaian Tanggapan Jawaban Pengaduan Klarifikasi",
    "of": "data fasilitas izin rapat bantuan anggaran pegawai layanan kegiatan pembangunan pemeliharaan pelatihan",
    "where": "jalan pasar sekolah puskesmas taman drainase terminal kelurahan stadion jembatan pemakaman perpustakaan",
    "who": "PT-Maju CV-Karya Yayasan-Bina Koperasi-Tani Universitas-Patriot Forum-Warga BPS BPJS Kejaksaan Kodim",
}


def _drawn(kind: str, seed: str) -> str:
    """SQL for a word of the kind, the first ones oftener."""
    words = _WORDS[kind].split()
    listed = ",".join(f"'{word.replace('-', ' ')}'" for word in words)
    return f"(ARRAY[{listed}])[1 + floor(power({seed}, 2) * {len(words)})::int]"


_BODY = json.dumps({"action": "forward", "data": {}, "note": "Mohon ditindaklanjuti sesuai ketentuan yang berlaku."})

_PLAN = f"""
CREATE TEMPORARY TABLE plan AS
WITH place AS (
  SELECT p.id AS post, p.unit_id, u.lineage, row_number() OVER (ORDER BY p.id) - 1 AS n,
    COALESCE(a.registry, u.registry) AS registry, COALESCE(a.id, u.id) AS house
  FROM government_post p JOIN government_unit u ON u.id = p.unit_id
  LEFT JOIN government_unit a ON a.id = u.parent_id AND u.kind = 'section'
), drawn AS (
  SELECT i, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, random() AS f, random() AS g,
    i %% %(full)s < 3 OR random() * 10000 < %(open)s AS open,
    CASE i %% %(full)s WHEN 0 THEN %(mayor)s WHEN 1 THEN %(registrar)s WHEN 2 THEN %(head)s END::uuid AS desk,
    now() - interval '5 years' * (1 - i::float8 / %(matters)s) AS opened
  FROM generate_series(1, %(matters)s) i
)
SELECT d.i, uuidv7(d.opened - now()) AS id, d.opened, d.open,
  CASE WHEN d.i %% 2 = 0 THEN 'part' WHEN d.c < 0.6 THEN 'in' ELSE 'out' END AS kind,
  CASE WHEN d.d < 0.95 THEN 0 WHEN d.d < 0.99 THEN 1 ELSE 2 END AS security,
  CASE WHEN d.e < 0.8 THEN 0 WHEN d.e < 0.95 THEN 1 ELSE 2 END AS urgency,
  h.post AS holder,
  d.opened + interval '1 day' * (3 + d.f * 10) + CASE WHEN d.f < 0.9 AND d.open THEN
    interval '5 years' * (1 - d.i::float8 / %(matters)s) ELSE interval '0' END AS due,
  h.unit_id, h.lineage, h.registry, h.house,
  {_drawn("what", "d.a")} || ' ' || {_drawn("of", "d.b")} || ' ' || {_drawn("where", "d.f")}
    || ' nomor ' || (d.i %% 5003) AS title,
  {_drawn("who", "d.e")} AS sender
FROM drawn d CROSS JOIN LATERAL (
  SELECT COALESCE((SELECT f.n FROM place f WHERE f.post = d.desk), floor(power(d.g, 2) * {POSTS})::int) AS n
) w JOIN place h ON h.n = w.n
"""  # noqa: S608 - words of this file

_STEPS: tuple[tuple[str, str], ...] = (
    ("matters: drawn", _PLAN),
    ("matters: keys", "CREATE UNIQUE INDEX ON plan (i)"),
    ("matters: statistics", "ANALYZE plan"),
    (
        "matters",
        """INSERT INTO matters_matter (id, procedure_id, state, title, unit_id, opener_id, holder_id, holder_since,
  ancestors, parent_id, security, urgency, opened_at, closed_at, due_at, clock, calendar_id, version, moved, head)
SELECT p.id, CASE p.kind WHEN 'in' THEN %(in)s WHEN 'out' THEN %(out)s ELSE %(part)s END::uuid,
  CASE p.kind WHEN 'in' THEN CASE WHEN p.open THEN 'received' ELSE 'done' END
    WHEN 'out' THEN CASE WHEN p.open THEN 'signed' ELSE 'sent' END
    ELSE CASE WHEN p.open THEN 'open' ELSE 'reported' END END,
  p.title, p.unit_id, p.holder, CASE WHEN p.open THEN p.holder END, CASE WHEN p.open THEN p.opened END,
  CASE WHEN p.kind = 'part' THEN ARRAY[r.id] ELSE '{}'::uuid[] END, CASE WHEN p.kind = 'part' THEN r.id END,
  p.security, p.urgency, p.opened, CASE WHEN NOT p.open THEN p.opened + interval '3 days' END,
  CASE WHEN p.i % 20 > 0 THEN p.due END, '[]', (SELECT id FROM government_calendar WHERE code = 'default'),
  %(entries)s, %(entries)s, sha256(p.id::text::bytea)
FROM plan p LEFT JOIN plan r ON r.i = p.i - 1""".replace("p.i % 20", "p.i %% 20"),
    ),
    (
        "entries",
        """INSERT INTO matters_entry (matter_id, n, at, commitment, prev, hash)
SELECT p.id, n, p.opened + n * interval '2 hours', sha256(p.id::text::bytea), sha256(p.id::text::bytea),
  sha256(p.id::text::bytea)
FROM plan p, generate_series(1, %(entries)s) n""",
    ),
    (
        "bodies of entries",
        f"""INSERT INTO matters_entrybody (entry_id, salt, body, erased_by_order)
SELECT e.seq, decode('00112233445566778899aabbccddeeff', 'hex'),
  '{_BODY}'::jsonb || jsonb_build_object('action', CASE WHEN e.n = 1 THEN 'open' ELSE 'forward' END,
    'holder', m.holder_id, 'by', jsonb_build_object('post', m.opener_id, 'as', 'definitive')), ''
FROM matters_entry e JOIN matters_matter m ON m.id = e.matter_id""",  # noqa: S608 - words of this file
    ),
    (
        "sights",
        """INSERT INTO matters_sight (viewer, matter_id, reason, security)
SELECT holder, id, 1, security FROM plan UNION ALL SELECT holder, id, 2, security FROM plan
UNION ALL SELECT registry, id, 3, security FROM plan
UNION ALL SELECT k, id, 3, security FROM plan, unnest(lineage) k
UNION ALL SELECT %(everything)s, id, 4, security FROM plan
UNION ALL SELECT p.holder, r.id, 5, r.security FROM plan p JOIN plan r ON r.i = p.i - 1 WHERE p.kind = 'part'
UNION ALL SELECT k, r.id, 6, r.security FROM plan p JOIN plan r ON r.i = p.i - 1, unnest(p.lineage) k
  WHERE p.kind = 'part'
ON CONFLICT DO NOTHING""",
    ),
    (
        "registers",
        """INSERT INTO matters_register (id, unit_id, kind, pattern)
SELECT gen_random_uuid(), u, k, '{n}' FROM (SELECT DISTINCT house AS u FROM plan) h,
  unnest(ARRAY['letters.in', 'letters.out']) k""",
    ),
    (
        "numbers",
        """INSERT INTO matters_number (id, register_id, year, n, text, matter_id, given_at, cancelled_at, cancel_reason)
SELECT p.id, r.id, extract(year FROM p.opened)::int,
  row_number() OVER (PARTITION BY r.id, extract(year FROM p.opened) ORDER BY p.i),
  (row_number() OVER (PARTITION BY r.id, extract(year FROM p.opened) ORDER BY p.i))::text, p.id, p.opened,
  CASE WHEN p.i %% 1001 = 0 THEN p.opened END, CASE WHEN p.i %% 1001 = 0 THEN 'Salah catat.' ELSE '' END
FROM plan p JOIN matters_register r ON r.unit_id = p.house
  AND r.kind = CASE p.kind WHEN 'in' THEN 'letters.in' ELSE 'letters.out' END WHERE p.kind <> 'part'""",
    ),
    (
        "register years",
        """INSERT INTO matters_registeryear (id, register_id, year, last, imported_to)
SELECT gen_random_uuid(), register_id, year, max(n), 0 FROM matters_number GROUP BY 2, 3""",
    ),
    (
        "letters",
        """INSERT INTO letters_letter (matter_id, direction, kind, unit_id, agenda_id, number, letter_date, received_on,
  sender_kind, sender_government, sender_name, sender_address, addressee, subject, summary, classification,
  imported_from)
SELECT id, kind, 'surat_dinas', house, id, (i %% 9973) || '/' || left(sender, 2) || '/' || (i %% 12 + 1), opened::date,
  CASE WHEN kind = 'in' THEN opened::date END, 'body', '', CASE WHEN kind = 'in' THEN sender ELSE '' END, '', '', title,
  '', '', ''
FROM plan WHERE kind <> 'part'""",
    ),
    (
        "recipients",
        """INSERT INTO letters_recipient (id, letter_id, kind, government, name, address, is_copy, status, sent_at,
  attempts)
SELECT gen_random_uuid(), id, 'body', '', sender, '', false, CASE WHEN i %% 500 = 1 THEN 'sent' ELSE 'delivered' END,
  opened, 1 FROM plan WHERE kind = 'out'""",
    ),
    (
        "dispositions",
        """INSERT INTO letters_disposition (matter_id, letter_id, giver_id, recipient_id, instructions, note, outcome,
  answer, handled)
SELECT p.id, r.id, r.holder, p.holder, ARRAY['proses_lanjut'], '', CASE WHEN p.open THEN 'open' ELSE 'reported' END, '',
  false FROM plan p JOIN plan r ON r.i = p.i - 1 WHERE p.kind = 'part'""",
    ),
    (
        "words of letters",
        """INSERT INTO letters_sought (matter_id, direction, unit_id, day, words)
SELECT matter_id, direction, unit_id, day, words FROM letters_soughtrow""",
    ),
    ("plan done", "DROP TABLE plan"),
)
