"""What desk and page say of the parts of a letter: who owes an explanation, what came back, whose parts end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.ground.time import now, travel
from tertib.matters.models import Matter
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.tests.test_pages_doors import several
from tertib.rooms.letters.tests.test_pages_incoming import act, children, register
from tertib.rooms.letters.tests.world import World

CHIEF, SECTION = "Kepala Dinas Kesehatan", "Kepala Bidang Layanan"
# Wednesday 4 March 2026, 10.00 in Jakarta: an ordinary week.
WEDNESDAY = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)


def seen(client: Client, address: str) -> str:
    """The words of a page as they are read, without markup."""
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def given(world: World, *recipients: str, **more: Any) -> tuple[Letter, dict[str, Matter]]:
    """A letter that the chief has disposed, and its parts."""
    letter = register(world, number=f"{Letter.objects.count()}/YCS/2026")
    wanted = [world.id(name) for name in recipients]
    sent = act(world.client("kadis"), letter.pk, "dispose", recipients=wanted, due_how="3 working days", **more)
    assert sent.status_code == 302
    return letter, children(letter.pk)


def test_who_must_explain_something_is_told_so_and_by_whom(world: World) -> None:
    letter, parts = given(world, "kabid", "kadis2")
    part = parts[SECTION]
    assert act(world.client("kabid"), part.pk, "ask", question="Data tahun berapa?").status_code == 302
    chief, section = world.client("kadis"), world.client("kabid")
    desk = seen(chief, "/")
    assert f"{SECTION} meminta penjelasan dari Anda Disposisi · {SECTION}" in desk
    assert "Menunggu penjelasan Anda 1" in desk and f"{SECTION} menunggu" not in desk
    page = seen(chief, f"/surat/{part.pk}")
    assert f"{SECTION} meminta penjelasan dari Anda, sejak" in page and page.count("Data tahun berapa?") == 2
    assert f"{SECTION} meminta penjelasan dari Anda" in seen(chief, f"/surat/{letter.pk}")
    # Whoever waits for it, and whoever only looks on, reads who owes it to whom.
    owes = f"{CHIEF} perlu memberi penjelasan kepada {SECTION}"
    for other in (section, world.client("walikota")):
        page = seen(other, f"/surat/{part.pk}")
        assert owes in page and "dari Anda" not in page
    assert "meminta penjelasan" not in seen(section, "/")
    assert act(chief, part.pk, "answer", text="Tahun 2026").status_code == 302
    assert "meminta penjelasan" not in seen(chief, "/") and owes not in seen(section, f"/surat/{part.pk}")


def test_the_tree_says_to_whom_a_part_was_given_and_who_holds_it_now(world: World) -> None:
    letter, parts = given(world, "kabid", "kadis2")
    chief = world.client("kadis")
    assert act(world.client("kabid"), parts[SECTION].pk, "ask", question="Yang mana?").status_code == 302
    tree = seen(chief, f"/surat/{letter.pk}").partition("Disposisi Kepala Dinas")[2]
    assert f"{SECTION} meminta penjelasan dari Anda kini di meja {CHIEF}" in tree
    assert "Kepala DPMPTSP Perlu dikerjakan" in tree and f"kini di meja {SECTION}" not in tree
    looked = seen(world.client("walikota"), f"/surat/{letter.pk}")
    assert f"{SECTION} menunggu penjelasan dari {CHIEF} kini di meja {CHIEF}" in looked


def test_a_part_that_came_back_is_said_at_once_though_others_are_open(world: World) -> None:
    letter, parts = given(world, "kabid", "staf", "kadis2")
    chief = world.client("kadis")
    assert "dikembalikan" not in seen(chief, "/")
    assert act(world.client("kabid"), parts[SECTION].pk, "return", reason="Bukan tugas kami").status_code == 302
    assert Matter.objects.get(pk=letter.pk).state == "disposed"
    assert "Permohonan data fasilitas 1 bagian dikembalikan" in seen(chief, "/")
    page = seen(chief, f"/surat/{letter.pk}")
    news = f"1 bagian dikembalikan {SECTION} : “Bukan tugas kami” Silakan putuskan: Disposisikan , Putuskan selesai ."
    assert news in page and page.index(news) < page.index("Riwayat")
    assert act(world.client("staf"), parts["Pelaksana Satu"].pk, "return", reason="Salah alamat").status_code == 302
    assert "2 bagian dikembalikan" in seen(chief, "/")
    # Others who see the letter learn who decides.
    assert f"{CHIEF} yang memutuskan kelanjutannya" in seen(world.client("walikota"), f"/surat/{letter.pk}")
    assert act(chief, letter.pk, "dispose", recipients=[world.id("staf2")], due_how="1 working days").status_code == 302
    assert "dikembalikan" not in seen(chief, "/")
    assert "bagian dikembalikan" not in seen(chief, f"/surat/{letter.pk}")


def test_so_does_whoever_disposed_further(world: World) -> None:
    _letter, parts = given(world, "kabid", "kadis2")
    section, part = world.client("kabid"), parts[SECTION]
    recipients = [world.id("staf"), world.id("staf2")]
    assert act(section, part.pk, "dispose", recipients=recipients, due_how="").status_code == 302
    below = children(part.pk)
    assert act(world.client("staf"), below["Pelaksana Satu"].pk, "return", reason="Sedang cuti").status_code == 302
    assert "1 bagian dikembalikan" in seen(section, "/")
    page = seen(section, f"/surat/{part.pk}")
    assert "Sedang cuti” Silakan putuskan: Disposisikan lagi , Jawab tanpa menunggu bawahan ." in page
    # It came back to the section, not to the chief.
    assert "bagian dikembalikan" not in seen(world.client("kadis"), "/")
    # When all have come back it is the section's again, and still says so.
    assert act(world.client("staf2"), below["Pelaksana Dua"].pk, "return", reason="Juga cuti").status_code == 302
    assert Matter.objects.get(pk=part.pk).state == "open"
    assert "2 bagian dikembalikan" in seen(section, "/") and "Juga cuti" in seen(section, f"/surat/{part.pk}")


@pytest.mark.parametrize(
    ("who", "action", "ended", "stays"),
    [
        ("kadis", "close", [SECTION, "Pelaksana Satu", f"Pelaksana Dua (kini di meja {SECTION})"], []),
        ("kabid", "take_back", ["Pelaksana Satu", f"Pelaksana Dua (kini di meja {SECTION})"], ["Kepala DPMPTSP"]),
        ("kadis", "recall", [SECTION, "Pelaksana Satu"], ["Kepala DPMPTSP"]),
    ],
)
def test_whose_parts_end_is_said_before(
    world: World, who: str, action: str, ended: list[str], stays: list[str]
) -> None:
    letter, parts = given(world, "kabid", "kadis2")
    section, part = world.client("kabid"), parts[SECTION]
    recipients = [world.id("staf"), world.id("staf2")]
    assert act(section, part.pk, "dispose", recipients=recipients, due_how="").status_code == 302
    below = children(part.pk)
    assert act(world.client("staf2"), below["Pelaksana Dua"].pk, "ask", question="Kapan?").status_code == 302
    if action == "close":
        assert act(world.client("kadis2"), parts["Kepala DPMPTSP"].pk, "report", text="Sudah").status_code == 302
    matter = letter.pk if action == "close" else part.pk
    page = seen(world.client(who), f"/surat/{matter}/{action}")
    warning = page.partition("Tindakan ini mengakhiri")[2].partition("(boleh kosong)")[0].partition("Nanti saja")[0]
    assert f"{3 if action != 'take_back' else 2} bagian yang masih terbuka:" in warning
    assert all(name in warning for name in ended) and not any(name in warning for name in stays)


def test_without_parts_nothing_is_said_to_end(world: World) -> None:
    _letter, parts = given(world, "kabid")
    page = seen(world.client("kadis"), f"/surat/{parts[SECTION].pk}/recall")
    assert f"Tindakan ini mengakhiri 1 bagian yang masih terbuka: {SECTION}" in page


def test_a_part_without_a_due_date_follows_what_it_belongs_to(world: World) -> None:
    with travel(WEDNESDAY):
        letter = register(world, letter_date="", received_on="04/03/2026")
        wanted = Matter.objects.get(pk=letter.pk).due_at
        assert wanted is not None and wanted > now()
        form = seen(world.client("kadis"), f"/surat/{letter.pk}/dispose")
        assert "Besok 3 hari kerja Pilih tanggal Ikut tenggat surat" in form
        assert "Tenggat surat: " in form and "2026," in form
        sent = act(world.client("kadis"), letter.pk, "dispose", recipients=[world.id("kabid")], due_how="")
        assert sent.status_code == 302
        part = children(letter.pk)[SECTION]
        assert part.due_at == wanted == Matter.objects.get(pk=letter.pk).due_at
        assert "Tenggat bagian Anda: " in seen(world.client("kabid"), f"/surat/{part.pk}/dispose")
        assert (
            act(world.client("kabid"), part.pk, "dispose", recipients=[world.id("staf")], due_how="").status_code == 302
        )
        assert children(part.pk)["Pelaksana Satu"].due_at == wanted


def test_a_letter_keeps_its_due_date_unless_its_leader_says_otherwise(world: World) -> None:
    with travel(WEDNESDAY):
        letter = register(world, letter_date="", received_on="04/03/2026")
        chief, wanted = world.client("kadis"), Matter.objects.get(pk=letter.pk).due_at
        assert wanted is not None
        soon = {"recipients": [world.id("kabid")], "due_how": "1 working days"}
        assert act(chief, letter.pk, "dispose", **soon).status_code == 302
        assert Matter.objects.get(pk=letter.pk).due_at == wanted
        late = {"recipients": [world.id("kadis2")], "due_how": "pick", "due_day": "27 April 2026"}
        refused = act(chief, letter.pk, "dispose", **late)
        assert refused.status_code == 422 and "Surat ini jatuh tempo 11 Maret 2026" in refused.content.decode()
        assert act(chief, letter.pk, "dispose", also_letter="on", **late).status_code == 302
        moved = Matter.objects.get(pk=letter.pk).due_at
        assert moved is not None and moved.isoformat() == "2026-04-27T09:00:00+00:00"
        assert "tenggat suratnya ikut" in seen(chief, f"/surat/{letter.pk}")
        # Whoever holds a part has no such choice.
        section, part = world.client("kabid"), children(letter.pk)[SECTION]
        below = {"recipients": [world.id("staf")], "due_how": "pick", "due_day": "20 Maret 2026"}
        for more in (below, {**below, "due_how": "3 working days"}):
            refused = act(section, part.pk, "dispose", **more)
            assert refused.status_code == 422 and "Bagian Anda sendiri jatuh tempo" in refused.content.decode()
        assert "Tenggat suratnya ikut" not in seen(section, f"/surat/{part.pk}/dispose")


def test_a_letter_that_is_late_gives_its_parts_what_the_procedure_allows(world: World) -> None:
    with travel(WEDNESDAY):
        letter = register(world, letter_date="", received_on="04/03/2026")
    with travel(WEDNESDAY + timedelta(days=28)):  # Wednesday 1 April
        chief = world.client("kadis")
        # What no due date of its own would come to is chosen already, so it is no choice beside that.
        assert "Besok 3 hari kerja Pilih tanggal Tanggal" in seen(chief, f"/surat/{letter.pk}/dispose")
        assert act(chief, letter.pk, "dispose", recipients=[world.id("kabid")], due_how="").status_code == 302
        part = children(letter.pk)[SECTION]
        assert part.due_at is not None and part.due_at > now()
        assert part.due_at == Matter.objects.get(pk=letter.pk).due_at


def test_a_due_day_may_be_typed_with_the_name_of_its_month(world: World) -> None:
    with travel(WEDNESDAY):
        letter = register(world, letter_date="2 Maret 2026", received_on="3 Mar 2026")
        assert (str(letter.letter_date), str(letter.received_on)) == ("2026-03-02", "2026-03-03")
        given = {"recipients": [world.id("kabid")], "due_how": "pick"}
        refused = act(world.client("kadis"), letter.pk, "dispose", due_day="31 April 2026", **given)
        assert refused.status_code == 422
        assert "Tidak ada tanggal 31 April 2026: bulan itu hanya sampai tanggal 30." in refused.content.decode()
        assert act(world.client("kadis"), letter.pk, "dispose", due_day="10 Maret 2026", **given).status_code == 302
        due = children(letter.pk)[SECTION].due_at
        assert due is not None and due.isoformat() == "2026-03-10T09:00:00+00:00"


def test_numbers_of_several_agendas_say_whose_they_are(world: World) -> None:
    several(world, 2)
    chief = world.client("walikota")
    world.units["dinkes"].short_name = "Dinkes"
    world.units["dinkes"].save()
    page = seen(chief, "/surat/masuk")
    assert "Agenda Dinas Kesehatan" in page and "1 Dinkes" not in page
    answer = world.client("agendaris2").post(
        "/surat/masuk/baru",
        {
            "unit": str(world.units["dpmptsp"].pk), "sender_kind": "body", "sender_name": "Contoh", "subject": "Izin",
            "kind": "surat_dinas", "security": "0", "urgency": "0", "whole": "1",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    page = seen(chief, "/surat/masuk")
    assert "1 Dinkes" in page and "2 Dinkes" in page and "1 Dinas Penanaman Modal" in page
    own = seen(world.client("kadis"), "/surat/masuk")
    assert "Agenda Dinas Kesehatan" in own and "1 Dinkes" not in own


def test_a_desk_of_letters_costs_one_statement_more_however_much_comes_back(world: World) -> None:
    chief = world.client("kadis")

    def statements() -> int:
        chief.get("/")
        with CaptureQueriesContext(connection) as log:
            assert chief.get("/").status_code == 200
        return len([q for q in log.captured_queries if not q["sql"].startswith(("SET", "SAVEPOINT", "RELEASE"))])

    several(world, 3)
    plain = statements()
    # One of them for texts that were begun and left.
    assert plain <= 8
    # One more where something without a due date lies there: it may be a question.
    before = 0
    for _round in range(2):
        _letter, parts = given(world, "kabid", "staf", "kadis2")
        assert act(world.client("kabid"), parts[SECTION].pk, "ask", question="Apa?").status_code == 302
        assert act(world.client("staf"), parts["Pelaksana Satu"].pk, "return", reason="Bukan kami").status_code == 302
        before = before or statements()
    assert statements() == before <= plain + 1


def test_it_is_said_to_whom_a_letter_went_and_by_when(world: World) -> None:
    letter, chief = register(world), world.client("kadis")
    wanted = [world.id("kabid"), world.id("staf")]
    assert act(chief, letter.pk, "dispose", recipients=wanted, due_how="1 working days").status_code == 302
    said = re.search(
        r"Didisposisikan kepada [^,]+ dan 1 lainnya, tenggat (\w+), (\d+) ", seen(chief, f"/surat/{letter.pk}")
    )
    assert said
    days = {part.due_at.astimezone(ZoneInfo("Asia/Jakarta")) for part in children(letter.pk).values() if part.due_at}
    assert [(day.isoweekday(), day.day) for day in days] == [
        (("Senin", "Selasa", "Rabu", "Kamis", "Jumat").index(said[1]) + 1, int(said[2]))
    ]
