"""Whatever is typed wrongly gets a clear answer, and nothing that was typed is lost."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from tertib.government.models import Appointment
from tertib.matters.models import Matter
from tertib.papers.models import PaperVersion
from tertib.papers.tests.samples import pdf
from tertib.rooms.letters.models import Letter, SavedSearch
from tertib.rooms.letters.tests.test_pages_incoming import act, register, scan
from tertib.rooms.letters.tests.test_pages_outgoing import draft
from tertib.rooms.letters.tests.world import SCAN, World, looked_at, registration

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
NEW = "/surat/masuk/baru"
DIGITS = "1" * 5000
MANY = f"hal/1?w={DIGITS}"
NOBODY = "00000000-0000-7000-8000-000000000001"


def typed(page: str, name: str) -> str:
    """What stands in a field of a page."""
    area = re.search(rf'<textarea name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    if area:
        return unescape(area[1])
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', tag[0]) if tag else None
    return unescape(value[1]) if value else ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", ""),
        ("subject", "x" * 501),
        ("subject", "nol\x00"),
        ("number", "9" * 121),
        ("letter_date", "31/02/2026"),
        ("letter_date", "kemarin"),
        ("letter_date", "02/03/1820"),
        ("received_on", "2026-02-31"),
        ("received_on", (date.today() + timedelta(days=400)).isoformat()),  # noqa: DTZ011
        ("sender_name", ""),
        ("sender_kind", "dukun"),
        ("security", "9"),
        ("security", "rahasia"),
        ("urgency", "-1"),
        ("classification", "bukan kode"),
        ("kind", "surat cinta"),
        ("summary", "x" * 5001),
        ("unit", NOBODY),
    ],
)
def test_a_wrong_field_is_named_and_the_others_stay(world: World, field: str, value: str) -> None:
    given = registration(world, summary="Ringkasan yang panjang") | {field: value}
    answer = world.client("agendaris").post(NEW, given | {"files": scan()})
    page = answer.content.decode()
    assert answer.status_code == 422, page
    assert 'class="wrong"' in page or 'class="summary"' in page
    for name in ("subject", "number", "sender_name", "summary", "letter_date"):
        if name != field:
            assert typed(page, name) == given[name]
    # The scan is kept: it need not be uploaded again.
    assert "surat.pdf" in page and 'name="kept"' in page
    assert not Letter.objects.exists()


def test_a_kept_scan_is_used_at_the_second_try(world: World) -> None:
    client = world.client("agendaris")
    page = client.post(NEW, registration(world, subject="", files=scan())).content.decode()
    kept = typed(page, "kept")
    assert client.post(NEW, registration(world, kept=kept)).status_code == 302
    assert PaperVersion.objects.get(paper__matter=Letter.objects.get().pk).size == len(SCAN)
    # Worth nothing to somebody else, and nothing when changed.
    for name, token in (("agendaris2", kept), ("agendaris", kept[:-2] + "xx")):
        unit = str(world.units["dpmptsp" if name == "agendaris2" else "dinkes"].pk)
        answer = world.client(name).post(NEW, registration(world, unit=unit, number="77", kept=token))
        assert answer.status_code == 422
    assert Letter.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.7 rusak", SCAN[: len(SCAN) // 2], b"MZ\x90\x00 program", b"<html>bukan pdf</html>", SCAN[:-200]],
)
def test_a_file_that_can_t_be_kept_is_refused(world: World, data: bytes) -> None:
    answer = world.client("agendaris").post(NEW, registration(world, files=scan(data=data)))
    page = answer.content.decode()
    assert answer.status_code == 422 and "surat.pdf" in page and 'name="kept"' not in page
    assert typed(page, "subject") == "Permohonan data fasilitas"
    assert not Letter.objects.exists()


def test_an_upload_cut_off_half_way_is_told(world: World) -> None:
    given = registration(world, files=scan())
    del given["whole"]
    answer = world.client("agendaris").post(NEW, given)
    assert answer.status_code == 422 and not Letter.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.pdf", "C:\\Windows\\surat.pdf", "a/b\x00c.pdf", "x" * 300 + ".pdf", ".pdf"]
)
def test_a_path_in_a_file_name_leads_nowhere(world: World, name: str) -> None:
    client = world.client("agendaris")
    assert client.post(NEW, registration(world, files=scan(name=name))).status_code == 302
    version = PaperVersion.objects.get()
    assert "/" not in version.name and "\\" not in version.name and len(version.name) <= 120
    file = client.get(f"/surat/berkas/{version.pk}/unduh")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file.headers["Content-Security-Policy"] and file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.content == SCAN


def test_markup_is_text_wherever_it_is_shown(world: World) -> None:
    letter = register(
        world, subject=MARKUP, sender_name=MARKUP, sender_address=MARKUP, number=MARKUP[:100], summary=MARKUP
    )
    chief = world.client("kadis")
    assert act(chief, letter.pk, "dispose", recipients=[world.id("kabid")], note=MARKUP).status_code == 302
    part = Matter.objects.get(parent=letter.pk)
    section = world.client("kabid")
    assert act(section, part.pk, "ask", question=MARKUP).status_code == 302
    assert act(chief, part.pk, "answer", text=MARKUP).status_code == 302
    assert act(section, part.pk, "remark", text=MARKUP).status_code == 302
    assert act(section, part.pk, "report", text=MARKUP).status_code == 302
    written = world.client("staf").post(
        "/surat/keluar/baru", draft(world, subject="Surat " + MARKUP, body=MARKUP, to_name=["", MARKUP])
    )
    assert written.status_code == 302
    out = Letter.objects.get(direction="out")
    addresses = [
        "/surat/masuk", f"/surat/masuk?q={MARKUP}", "/surat/keluar", f"/surat/{letter.pk}", f"/surat/{part.pk}",
        f"/surat/{out.pk}",
        f"/surat/{letter.pk}/remark", f"/surat/{letter.pk}/link", f"/surat/keluar/baru?balas={letter.pk}",
        f"/surat/jabatan?q={MARKUP}", "/",
    ]  # fmt: skip
    for address in addresses:
        page = chief.get(address).content.decode()
        assert "<script>alert(1)" not in page and "<img src=x" not in page, address


def test_whoever_left_is_named(world: World) -> None:
    letter = register(world)
    Appointment.objects.filter(post=world.posts["staf"]).update(ends_on=date(2020, 1, 1))
    for recipient in (world.id("staf"), world.id("kosong")):
        answer = act(
            world.client("kadis"),
            letter.pk,
            "dispose",
            recipients=[world.id("kabid"), recipient],
            note="Mohon diperhatikan",
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert typed(page, "note") == "Mohon diperhatikan" and re.search(rf'value="{world.id("kabid")}" checked', page)
    assert Matter.objects.count() == 1


@pytest.mark.parametrize(
    "recipients", [[], ["bukan-id"], ["'; DROP TABLE government_post; --"], [NOBODY], [""], ["x" * 5000]]
)
def test_recipients_that_are_none(world: World, recipients: list[str]) -> None:
    letter = register(world)
    answer = act(world.client("kadis"), letter.pk, "dispose", recipients=recipients, note="n")
    assert answer.status_code == 422 and typed(answer.content.decode(), "note") == "n"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("note", "x" * 2001),
        ("note", "a\x00b"),
        ("due_day", "2026-02-31"),
        ("due_day", "2020-01-01"),
        ("due_how", "lusa"),
        ("instructions", "hapus"),
        ("version", "besar"),
        ("version", "-1"),
    ],
)
def test_wrong_fields_of_a_disposition(world: World, field: str, value: str) -> None:
    letter = register(world)
    given = {
        "version": 3,
        "recipients": [world.id("kabid")],
        "note": "catatan",
        "due_how": "pick",
        "due_day": "2030-01-02",
    }
    answer = world.client("kadis").post(f"/surat/{letter.pk}/dispose", given | {field: value})
    assert answer.status_code == 422
    assert Matter.objects.count() == 1


def test_a_number_that_is_registered_already_asks_once(world: World) -> None:
    first = register(world)
    client = world.client("agendaris")
    again = client.post(NEW, registration(world, subject="Surat lain"))
    page = again.content.decode()
    assert again.status_code == 409 and str(first.pk) in page and typed(page, "subject") == "Surat lain"
    assert Letter.objects.count() == 1
    assert client.post(NEW, registration(world, subject="Surat lain", confirmed=looked_at(page))).status_code == 302
    assert Letter.objects.count() == 2


def test_a_letter_that_has_moved_on_tells_what_happened(world: World) -> None:
    letter = register(world)
    chief = world.client("kadis")
    seen = Matter.objects.get(pk=letter.pk).version
    assert act(chief, letter.pk, "dispose", recipients=[world.id("kabid")]).status_code == 302
    late = chief.post(f"/surat/{letter.pk}/finish", {"version": seen, "note": "Cukup diketahui"})
    page = late.content.decode()
    assert late.status_code == 409 and "Disposisikan" in page and typed(page, "note") == "Cukup diketahui"
    # Another disposition on top of it is still possible, once the actor has seen the first.
    late = chief.post(
        f"/surat/{letter.pk}/dispose", {"version": seen, "recipients": [world.id("staf")], "note": "juga"}
    )
    page = late.content.decode()
    assert late.status_code == 409 and typed(page, "note") == "juga"
    version = typed(page, "version")
    assert (
        chief.post(f"/surat/{letter.pk}/dispose", {"version": version, "recipients": [world.id("staf")]}).status_code
        == 302
    )


def test_what_is_not_yours_is_refused_or_not_there(world: World) -> None:
    letter = register(world)
    assert act(world.client("staf"), letter.pk, "finish", note="x").status_code == 404
    assert act(world.client("agendaris"), letter.pk, "finish", note="x").status_code == 403
    assert world.client("agendaris").get(f"/surat/{letter.pk}/finish").status_code == 403
    assert world.client("kadis").get(f"/surat/{letter.pk}/meledak").status_code == 404
    assert world.client("kadis").get(f"/surat/{NOBODY}").status_code == 404
    assert world.client("staf").get(NEW).status_code == 403
    version = PaperVersion.objects.get()
    for address in (f"/surat/berkas/{version.pk}/hal/1", f"/surat/berkas/{version.pk}/unduh"):
        assert world.client("kadis2").get(address).status_code == 404
        assert world.client().get(address).status_code == 302


@pytest.mark.parametrize(
    "address", ["hal/0", "hal/3", "hal/99999999999999999999", "hal/1?w=7", "hal/1?w=x", "hal/x", MANY]
)
def test_pages_that_are_not_there(world: World, address: str) -> None:
    register(world)
    answer = world.client("kadis").get(f"/surat/berkas/{PaperVersion.objects.get().pk}/{address}")
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize(
    "query",
    [
        "before=x",
        "unit=x",
        "security=z",
        "since=31/02/2020",
        "state=none",
        "q=%25%00",
        "q=" + "x" * 500,
        "hal=-1",
        "before=",
    ],
)
def test_a_wrong_filter_shows_a_page(world: World, query: str) -> None:
    register(world)
    for address in ("/surat/masuk", "/surat/keluar", "/surat/agenda.xlsx"):
        expected = 400 if "%00" in query else 200
        assert world.client("kadis").get(f"{address}?{query}").status_code == expected


@pytest.mark.parametrize(
    "more",
    [
        {"subject": ""},
        {"subject": "x" * 301},
        {"signer": ""},
        {"signer": "bukan"},
        {"signer": NOBODY},
        {"signer": "staf"},
        {"kind": "puisi"},
        {"classification": "??"},
        {"body": "x" * 60_001},
        {"body": "a\x00b"},
        {"to_kind": ["unit"], "to_ref": [NOBODY], "to_name": [""], "to_address": [""]},
        {"to_kind": ["government"], "to_ref": ["atlantis"], "to_name": [""], "to_address": [""]},
        {"to_kind": [], "to_ref": [], "to_name": [], "to_address": []},
        {"chain": "own", "reviewer": [NOBODY]},
        {"kind": "undangan", "event_date": "31/02/2026", "time": "9", "venue": "x", "agenda": "y"},
    ],
)
def test_a_wrong_draft_keeps_what_was_written(world: World, more: dict[str, Any]) -> None:
    if more.get("signer") == "staf":  # somebody, but the head of nothing
        more = {"signer": world.id("staf")}
    given = draft(world, **more)
    answer = world.client("staf").post("/surat/keluar/baru", given)
    page = answer.content.decode()
    assert answer.status_code == 422, page
    if "body" not in more and "kind" not in more:
        assert typed(page, "body") == given["body"]
    if "subject" not in more:
        assert typed(page, "subject") == given["subject"]
    assert not Letter.objects.exists()


def test_a_scan_of_another_kind_than_its_name_is_taken_for_what_it_is(world: World) -> None:
    assert (
        world.client("agendaris").post(NEW, registration(world, files=scan("foto.jpg", pdf(["isi"])))).status_code
        == 302
    )
    assert PaperVersion.objects.get().media_type == "application/pdf"


@pytest.mark.parametrize("button", ["drop_to", "drop_reviewer", "up_reviewer"])
def test_thousands_of_digits_name_no_row(world: World, button: str) -> None:
    assert world.client("staf").post("/surat/keluar/baru", draft(world, **{button: DIGITS})).status_code == 200


@pytest.mark.parametrize(("name", "asked"), [("a\x00b", "q=data"), ("Data", "q=a\x00b")])
def test_a_search_is_saved_without_what_can_t_be_stored(world: World, name: str, asked: str) -> None:
    answer = world.client("kadis").post("/surat/cari/simpan", {"name": name, "asked": asked})
    kept = SavedSearch.objects.get()
    assert answer.status_code == 302 and "\x00" not in kept.name + kept.query and "%00" not in answer["Location"]
