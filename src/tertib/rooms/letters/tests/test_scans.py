"""Scans that are dropped: kept at once, registered one after the other, read for proposals; whose they are."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tertib.ground.tenancy import here
from tertib.matters.testing import grant
from tertib.papers.models import Paper
from tertib.papers.tests.samples import pdf
from tertib.rooms.letters.models import Letter
from tertib.rooms.letters.tests.test_pages_incoming import scan
from tertib.rooms.letters.tests.world import World, registration


def drop(client: Any, *texts: str, **more: Any) -> Any:
    files = [scan(f"{text}.pdf", pdf([text])) for text in texts]
    return client.post("/surat/masuk/unggah", {"files": files, "whole": "1", **more})


def page(client: Any) -> str:
    return str(client.get("/surat/masuk/baru").content.decode())


def kept(text: str) -> list[str]:
    return re.findall(r'name="kept" value="([^"]*)"', text)


def test_dropped_scans_are_registered_one_after_the_other(world: World) -> None:
    client = world.client("agendaris")
    answer = drop(client, "satu", "dua", "tiga")
    assert answer.status_code == 302 and answer.headers["Location"] == "/surat/masuk/baru"
    for place, name in enumerate(("satu", "dua", "tiga"), 1):
        text = page(client)
        assert f"{place} dari 3" in text and f"{name}.pdf" in text and len(kept(text)) == 1
        answer = client.post("/surat/masuk/baru", registration(world, number=f"{place}/X", kept=kept(text)))
        letter = Letter.objects.get(number=f"{place}/X")
        assert [paper.versions.get().name for paper in Paper.objects.filter(matter=letter.pk)] == [f"{name}.pdf"]
        # After the last one leads to its letter.
        last = f"/surat/{letter.pk}" if place == 3 else "/surat/masuk/baru"
        assert answer.headers["Location"] == last
    assert not kept(page(client))


def test_one_that_is_left_out_does_not_count(world: World) -> None:
    client = world.client("agendaris")
    drop(client, "satu", "dua", "tiga")
    opened = page(client)
    sha = re.search(r'name="drop" value="(\w+)"', opened)
    assert sha
    sent = {**registration(world), "kept": kept(opened)[0], "drop": sha[1]}
    text = client.post("/surat/masuk/baru", sent).content.decode()
    assert not kept(text) and "Permohonan data fasilitas" in text
    client.post("/surat/masuk/baru", registration(world))
    text = page(client)
    assert "1 dari 2" in text and "dua.pdf" in text


def test_a_scan_that_was_left_joins_no_letter_by_itself(world: World) -> None:
    client = world.client("agendaris")
    answer = drop(client, "lama", script="1")
    assert (answer.status_code, answer.headers["Location"]) == (201, "/surat/masuk/baru")
    assert kept(page(client))
    for _again in range(2):  # left and come back
        text = page(client)
        assert not kept(text) and "Pindaian tadi belum dicatat: lama.pdf" in text
    drop(client, "baru", "lagi")
    text = page(client)
    assert "1 dari 2" in text and "baru.pdf" in text and "belum dicatat: lama.pdf" in text
    data = registration(world, number="1/X", kept=kept(text))
    client.post("/surat/masuk/baru", data)
    assert [paper.versions.get().name for paper in Paper.objects.all()] == ["baru.pdf"]
    text = page(client)
    assert "2 dari 2" in text and "lagi.pdf" in text and "belum dicatat: lama.pdf" in text


@pytest.mark.parametrize(("choice", "beside"), [("use", 1), ("drop", 0)])
def test_what_was_left_is_taken_up_or_laid_aside(world: World, choice: str, beside: int) -> None:
    client = world.client("agendaris")
    drop(client, "lama")
    page(client)
    assert "belum dicatat: lama.pdf" in page(client)
    answer = client.post("/surat/masuk/baru", registration(world, left=choice, subject="Yang sudah diketik"))
    text = answer.content.decode()
    assert answer.status_code == 200 and "Yang sudah diketik" in text and "belum dicatat" not in text
    assert len(kept(text)) == beside and not Letter.objects.exists()
    client.post("/surat/masuk/baru", registration(world, kept=kept(text)))
    assert Paper.objects.count() == beside and "lama.pdf" not in page(client)


def test_another_file_of_the_same_letter_is_listed_at_once(world: World) -> None:
    client = world.client("agendaris")
    drop(client, "satu")
    tokens = kept(page(client))
    text = drop(client, "lampiran", pane="1", same="1", kept=tokens).content.decode()
    assert len(kept(text)) == 2 and "satu.pdf" in text and "lampiran.pdf" in text
    assert "lampiran.pdf" not in page(client)  # it waits for no letter of its own


def test_what_was_typed_stays_when_a_scan_comes_without_script(world: World) -> None:
    client = world.client("agendaris")
    text = client.post("/surat/masuk/baru", registration(world, files=scan(), upload="1")).content.decode()
    assert "Permohonan data fasilitas" in text and len(kept(text)) == 1 and "/surat/masuk/berkas?b=" in text
    assert not Letter.objects.exists()


def test_a_bad_file_is_named_and_stops_no_other(world: World) -> None:
    client = world.client("agendaris")
    files = [scan("baik.pdf", pdf(["baik"])), scan("buruk.pdf", b"bukan pdf")]
    answer = client.post("/surat/masuk/unggah", {"files": files, "whole": "1"}, follow=True)
    text = answer.content.decode()
    assert "baik.pdf" in text and "buruk.pdf" in text and len(kept(text)) == 1


def test_a_dropped_scan_is_its_droppers_alone(world: World) -> None:
    client = world.client("agendaris")
    drop(client, "satu")
    address = re.search(r'src="(/surat/masuk/berkas\?b=[^"]*w=480)"', page(client))
    assert address
    path = address[1].replace("&amp;", "&")
    assert client.get(path).headers["Content-Type"] == "image/webp"
    words = client.get(path.replace("/berkas?", "/berkas/teks?"))
    assert "satu" in words.content.decode() and words.headers["Cache-Control"] == "private, no-store"
    for name in ("agendaris2", "kadis"):
        assert world.client(name).get(path).status_code == 404
        assert world.client(name).get(path.replace("/berkas?", "/berkas/teks?")).status_code == 404
    assert not kept(page(world.client("agendaris2")))
    assert drop(world.client("kadis"), "dua").status_code == 403


def test_the_words_of_a_paper_go_only_to_who_may_see_it(world: World) -> None:
    client = world.client("agendaris")
    drop(client, "Permohonan data")
    client.post("/surat/masuk/baru", registration(world, kept=kept(page(client))))
    version = Paper.objects.get().versions.get()
    assert (version.width, version.height) == (595, 842)
    answer = client.get(f"/surat/berkas/{version.pk}/teks")
    text = answer.content.decode()
    assert "Permohonan data" in text and 'viewBox="0 0 5950 8420"' in text and "style=" not in text
    assert (
        client.get(f"/surat/berkas/{version.pk}/teks", headers={"If-None-Match": answer.headers["ETag"]}).status_code
        == 304
    )
    assert world.client("kadis2").get(f"/surat/berkas/{version.pk}/teks").status_code == 404


def test_markup_in_a_paper_stays_text(world: World) -> None:
    client = world.client("agendaris")
    drop(client, "<script>x</script>")
    address = re.search(r'data-words="([^"]*)"', page(client))
    assert address
    text = client.get(address[1].replace("&amp;", "&")).content.decode()
    assert "<script" not in text and "&lt;script&gt;" in text


def test_proposals_are_offered_and_never_filled_in(world: World) -> None:
    client = world.client("agendaris")
    drop(client, "Nomor : 77/ABC/2026")
    text = page(client)
    assert "77/ABC/2026" in text and 'name="number" value="77/ABC/2026"' not in text
    # Without script the proposal is a button of the form.
    data = {**registration(world, number=""), "kept": kept(text), "take": "number"}
    taken = client.post("/surat/masuk/baru", data).content.decode()
    assert 'value="77/ABC/2026"' in taken and "Permohonan data fasilitas" in taken and not Letter.objects.exists()


def lines(*texts: str) -> str:
    """Some lines one below the other, as `pdf` takes them."""
    return ") Tj 0 -40 Td (".join(texts)


def proposed(text: str, name: str) -> str:
    """What is shown as proposed below a field; empty where nothing is."""
    found = re.search(rf'<p class="propose[^"]*" id="{name}_proposal">(.*?)</p>', text, re.S)
    return re.sub(r"<[^>]*>|\s+", " ", found[1]).split(":")[1].strip() if found else ""


def test_choices_are_offered_and_taken_without_script(world: World) -> None:
    grant(world.posts["agendaris"], "registrar", world.units["kota"])
    client = world.client("agendaris")
    head = (f"PEMERINTAH {here.name().upper()}", "DINAS KESEHATAN", "Nomor : R-7/X/2026", "Sifat : Segera")
    files = [scan("surat.pdf", pdf([lines(*head, "Yth. Wali Kota")]))]
    client.post("/surat/masuk/unggah", {"files": files, "whole": "1"})
    text = page(client)
    root, dinkes = world.units["kota"], world.units["dinkes"]
    assert proposed(text, "sender_name") == "Dinas Kesehatan (unit pemerintah ini)"
    assert (proposed(text, "urgency"), proposed(text, "security")) == ("Segera", "Rahasia")
    assert proposed(text, "unit") == root.name
    data = {**registration(world, sender_name=""), "kept": kept(text)}
    for name, places in {
        "urgency": [r'name="urgency" value="1"[^>]*checked'],
        "security": [r'name="security" value="2"[^>]*checked'],
        "unit": [rf'value="{root.pk}" selected'],
        "sender_name": [r'name="sender_kind" value="unit"[^>]*checked', rf'value="{dinkes.pk}" selected'],
    }.items():
        taken = client.post("/surat/masuk/baru", {**data, "take": name}).content.decode()
        assert all(re.search(place, taken) for place in places), name
        assert not proposed(taken, name) and not Letter.objects.exists()
    # What is entered as more secret than the letter says is never offered to be less so.
    for name in ("urgency", "security"):
        text = client.post("/surat/masuk/baru", {**data, "security": "3", "take": name}).content.decode()
        assert not proposed(text, "security")
        assert re.search(r'name="security" value="3"[^>]*checked', text)


def test_what_the_form_says_already_is_not_offered(world: World) -> None:
    client = world.client("agendaris")
    drop(client, lines("Nomor : 7/X/2026", "Sifat : Biasa"))
    text = page(client)
    assert proposed(text, "number") == "7/X/2026"
    assert not any(proposed(text, name) for name in ("urgency", "security", "unit", "sender_name"))
    # Whoever chose another speed is told what the letter says.
    data = {**registration(world, urgency="2"), "kept": kept(text), "upload": "1"}
    text = client.post("/surat/masuk/baru", data).content.decode()
    assert proposed(text, "urgency") == "Biasa" and not proposed(text, "number")


def test_the_registrars_own_house_comes_first(world: World) -> None:
    """Whoever is registrar elsewhere as Plt. begins with the book of the post that is their own."""
    from tertib.government.models import Appointment
    from tertib.matters.testing import seat
    from tertib.rooms.letters.houses import registering

    other = world.posts["agendaris2"]
    Appointment.objects.filter(post=other).delete()
    seat(world.people["agendaris"], other, kind="plt")
    assert [unit.name for unit in registering(world.reader("agendaris"))] == [
        "Dinas Kesehatan",
        "Dinas Penanaman Modal",
    ]
    grant(world.posts["agendaris"], "registrar", world.units["kota"])
    assert registering(world.reader("agendaris"))[0] == world.units["dinkes"]
