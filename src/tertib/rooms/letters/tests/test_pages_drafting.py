"""Writing a draft: kept while it is typed, one pen, remarks at paragraphs, versions compared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tertib.government.models import Deputy
from tertib.ground.time import now, travel
from tertib.matters import engine
from tertib.matters.models import Entry, Matter
from tertib.papers.models import PaperVersion
from tertib.rooms.letters import copies, remarks, versions
from tertib.rooms.letters.models import Draft, Letter, Pen, WorkingCopy
from tertib.rooms.letters.tests.test_pages_incoming import act
from tertib.rooms.letters.tests.test_pages_outgoing import draft, state, write
from tertib.rooms.letters.tests.world import PASSWORD, World

THREE = "Alinea pertama tentang data.\n\nAlinea kedua tentang jadwal pengiriman.\n\nPenutup."


def begin(world: World, **more: Any) -> Letter:
    return write(world, **{"body": THREE, "then": "stay", **more})


def keep(client: Client, letter: Letter, world: World, window: str = "a", **more: Any) -> Any:
    sent = draft(world, window=window, version=Matter.objects.get(pk=letter.pk).version, **more)
    return client.post(f"/surat/{letter.pk}/salinan", sent)


def entries(letter: Letter) -> int:
    return Entry.objects.filter(matter=letter.pk).count()


def stand_in(world: World, name: str, post: str) -> None:
    """Somebody who stands in for whoever fills the post."""
    Deputy.objects.create(
        post=world.posts[post],
        person=world.people[name],
        principal=world.people[post],
        starts_on=now().date() - timedelta(days=1),
        ends_on=now().date() + timedelta(days=5),
        reason="cuti",
    )


def test_what_is_typed_is_kept_without_an_entry_and_shown_again(world: World) -> None:
    letter = begin(world)
    staff, before = world.client("staf"), entries(letter)
    first = keep(staff, letter, world, body="Sedang diketik").json()
    second = keep(staff, letter, world, body="Sedang diketik terus", copy=first["copy"], revision=first["revision"])
    assert second.status_code == 200 and second.json()["copy"] == first["copy"] and second.json()["revision"] == 2
    assert entries(letter) == before and Draft.objects.get(pk=letter.pk).fields["body"][0]["text"].startswith("Alinea")
    # Another computer, after a power cut.
    page = world.client("staf").get(f"/surat/{letter.pk}/konsep").content.decode()
    assert "Sedang diketik terus" in page and first["copy"] in page
    # Nobody who only reads the letter sees what is no version yet.
    assert "Sedang diketik" not in world.client("kabid").get(f"/surat/{letter.pk}/naskah").content.decode()


def test_two_windows_lose_nothing(world: World) -> None:
    letter = begin(world)
    staff = world.client("staf")
    assert keep(staff, letter, world, "a", body="Dari jendela pertama").status_code == 200
    other = keep(staff, letter, world, "b", body="Dari jendela kedua")
    assert other.status_code == 409 and other.json()["aside"]
    again = keep(staff, letter, world, "b", body="Dari jendela kedua, lagi", copy=other.json()["copy"], revision=1)
    assert again.status_code == 409 and again.json()["copy"] == other.json()["copy"]
    kept = {row.typed["body"][0]: row.set_aside for row in WorkingCopy.objects.filter(matter=letter.pk)}
    assert kept == {"Dari jendela pertama": False, "Dari jendela kedua, lagi": True}
    # Once taken over, the first window's text is what goes beside.
    pen = staff.post(f"/surat/{letter.pk}/pena", {"do": "over", "window": "b"}).json()
    assert pen["mine"]
    late = keep(staff, letter, world, "a", body="Terlambat", copy=_main(letter).pk, revision=1)
    assert late.status_code == 409 and _main(letter).typed["body"] == ["Dari jendela pertama"]
    # What was set aside can be gone on with; then the other is.
    staff.post(f"/surat/{letter.pk}/pena", {"do": "leave", "window": "b"})
    answer = staff.post(f"/surat/salinan/{late.json()['copy']}/pakai")
    assert answer.status_code == 302 and _main(letter).typed["body"] == ["Terlambat"]
    assert WorkingCopy.objects.filter(matter=letter.pk).count() == 3


def _main(letter: Letter) -> WorkingCopy:
    return WorkingCopy.objects.get(matter=letter.pk, set_aside=False)


def test_a_stand_in_waits_for_the_pen_or_takes_it(world: World) -> None:
    letter = begin(world)
    stand_in(world, "staf2", "staf")
    staff, other = world.client("staf"), world.client("staf2")
    assert keep(staff, letter, world, "a", body="Punya staf").status_code == 200
    page = other.get(f"/surat/{letter.pk}/konsep").content.decode()
    assert "Contoh Staf" in page and "Punya staf" in page
    look = other.post(f"/surat/{letter.pk}/pena", {"do": "take", "window": "z"}).json()
    assert not look["mine"] and "Contoh Staf" in look["said"]
    # A version over the other's head is refused, with everything typed; deliberately it can be made.
    version = Matter.objects.get(pk=letter.pk).version
    sent = draft(world, version=version, body="Punya pengganti", then="stay", window="z")
    refused = other.post(f"/surat/{letter.pk}/konsep", sent)
    assert refused.status_code == 409 and "Punya pengganti" in refused.content.decode()
    assert other.post(f"/surat/{letter.pk}/konsep", {**sent, "over": "1"}).status_code == 302
    assert Draft.objects.get(pk=letter.pk).fields["body"][0]["text"] == "Punya pengganti"
    # The drafter's own text is not lost: it stands beside.
    assert WorkingCopy.objects.get(matter=letter.pk).set_aside
    assert keep(staff, letter, world, "a", body="Punya staf, lanjut").status_code == 200


def test_the_pen_lapses_and_names_the_deputy(world: World) -> None:
    letter = begin(world)
    stand_in(world, "staf2", "staf")
    staff, other = world.client("staf"), world.client("staf2")
    assert keep(other, letter, world, "z", body="x").status_code == 200
    said = staff.post(f"/surat/{letter.pk}/pena", {"do": "look", "window": "a"}).json()["said"]
    assert "Contoh Staf2" in said and "pengganti" in said
    with travel(now() + copies.LEASE + timedelta(seconds=1)):
        assert staff.post(f"/surat/{letter.pk}/pena", {"do": "take", "window": "a"}).json()["mine"]


def test_who_stands_in_is_told_for_whom(world: World) -> None:
    letter = begin(world)
    stand_in(world, "staf2", "staf")
    for path in ("", "/submit"):
        told = world.client("staf2").get(f"/surat/{letter.pk}{path}").content.decode()
        assert "Di sini Anda bertindak untuk" in told and "(pengganti" in told
        assert (
            "Di sini Anda bertindak untuk" not in world.client("staf").get(f"/surat/{letter.pk}{path}").content.decode()
        )


def test_a_text_begun_before_the_last_version_goes_beside(world: World) -> None:
    letter = begin(world)
    staff = world.client("staf")
    old = Matter.objects.get(pk=letter.pk).version
    assert staff.post(f"/surat/{letter.pk}/konsep", draft(world, version=old, then="stay")).status_code == 302
    late = staff.post(f"/surat/{letter.pk}/salinan", draft(world, version=old, window="a", body="Halaman lama"))
    assert late.status_code == 409 and WorkingCopy.objects.get(matter=letter.pk).set_aside


def test_a_version_ends_the_working_copy_and_signing_all_of_them(world: World) -> None:
    letter = begin(world, signer=world.id("kabid"), chain="own")
    staff = world.client("staf")
    kept = keep(staff, letter, world, "a", body="Jadi versi", signer=world.id("kabid"), chain="own").json()
    keep(staff, letter, world, "b", body="Sisa")
    more = {"copy": kept["copy"], "revision": kept["revision"], "window": "a", "body": "Jadi versi"}
    sent = draft(world, version=1, signer=world.id("kabid"), chain="own", **more)
    assert staff.post(f"/surat/{letter.pk}/konsep", sent).status_code == 302
    assert [row.set_aside for row in WorkingCopy.objects.filter(matter=letter.pk)] == [True]
    assert not Pen.objects.exists()
    assert act(world.client("kabid"), letter.pk, "sign", password=PASSWORD).status_code == 302
    assert not WorkingCopy.objects.filter(matter=letter.pk).exists()


def test_only_who_may_write_keeps_or_takes(world: World) -> None:
    letter = begin(world)
    section = world.client("kabid")
    assert keep(section, letter, world).status_code == 403
    assert section.post(f"/surat/{letter.pk}/pena", {"do": "take", "window": "x"}).status_code == 403
    kept = keep(world.client("staf"), letter, world).json()
    assert section.post(f"/surat/salinan/{kept['copy']}/buang").status_code == 403
    assert world.client("kadis2").post(f"/surat/salinan/{kept['copy']}/buang").status_code == 404
    assert WorkingCopy.objects.count() == 1


def test_no_stand_in_keeps_others_from_writing(world: World) -> None:
    letter = begin(world)
    stand_in(world, "staf2", "staf")
    staff, other = world.client("staf"), world.client("staf2")
    assert keep(staff, letter, world, "a", body="Punya staf").status_code == 200
    # A level that there is not hides nothing.
    assert keep(other, letter, world, "z", body="Tanpa tingkat", security="9").status_code == 409
    assert "security" not in WorkingCopy.objects.get(set_aside=True).typed
    assert "Contoh Staf2" in staff.get(f"/surat/{letter.pk}/konsep").content.decode()
    more = [keep(other, letter, world, "z", body="Lebih rahasia", security="3") for _ in range(copies.MOST_OWN)]
    assert {answer.status_code for answer in more[:-1]} == {409} and more[-1].status_code == 422
    goes_on = _main(letter)
    going = {"copy": goes_on.pk, "revision": goes_on.revision}
    assert keep(staff, letter, world, "a", body="Punya staf, lanjut", **going).status_code == 200
    assert keep(staff, letter, world, "b", body="Jendela lain").status_code == 409
    # They are told of, not shown; whoever is in the way of others can be thrown away, not gone on with.
    page = staff.get(f"/surat/{letter.pk}/konsep").content.decode()
    hidden = WorkingCopy.objects.filter(typed__security=["3"])
    assert page.count("tidak untuk Anda lihat") == hidden.count() == copies.MOST_OWN - 1
    assert "Lebih rahasia" not in page
    one = hidden[0]
    assert str(one.pk) not in staff.get(f"/surat/{letter.pk}/banding").content.decode()
    assert staff.post(f"/surat/salinan/{one.pk}/pakai").status_code == 404
    assert staff.post(f"/surat/salinan/{one.pk}/buang").status_code == 302
    assert not WorkingCopy.objects.filter(pk=one.pk).exists()


def test_a_hidden_text_that_goes_on_is_told_of(world: World) -> None:
    letter = begin(world)
    stand_in(world, "staf2", "staf")
    assert keep(world.client("staf2"), letter, world, "z", body="Rahasia", security="2").status_code == 200
    with travel(now() + copies.LEASE + timedelta(seconds=1)):
        staff = world.client("staf")
        page = staff.get(f"/surat/{letter.pk}/konsep").content.decode()
        assert "tidak untuk Anda lihat" in page and "Contoh Staf2" in page
        assert staff.post(f"/surat/salinan/{_main(letter).pk}/buang").status_code == 302
        assert keep(staff, letter, world, "a", body="Punya staf").status_code == 200


def test_a_letter_not_begun_is_kept_for_its_writer(world: World) -> None:
    staff = world.client("staf")
    kept = staff.post("/surat/keluar/baru/salinan", {"subject": "Baru mulai", "body": "Belum dikirim siapa pun"}).json()
    page = staff.get("/surat/keluar/baru").content.decode()
    assert "Baru mulai" in page and kept["copy"] in page
    assert "Belum dikirim" in staff.get(f"/surat/keluar/baru?salinan={kept['copy']}").content.decode()
    other = world.client("staf2")
    assert "Baru mulai" not in other.get("/surat/keluar/baru").content.decode()
    assert "Belum dikirim" not in other.get(f"/surat/keluar/baru?salinan={kept['copy']}").content.decode()
    assert other.post(f"/surat/salinan/{kept['copy']}/buang").status_code == 404
    sent = draft(world, copy=kept["copy"], revision=1)
    assert staff.post("/surat/keluar/baru", sent).status_code == 302
    assert not WorkingCopy.objects.exists()


def remark(client: Client, letter: Letter, part: str, text: str) -> Any:
    written = Draft.objects.get(pk=letter.pk).version
    return client.post(f"/surat/{letter.pk}/naskah", {"part": part, "text": text, "written": written})


def test_a_remark_is_made_answered_and_follows_its_paragraph(world: World) -> None:
    letter = begin(world, then="submit")
    section, staff = world.client("kabid"), world.client("staf")
    before = entries(letter)
    assert remark(section, letter, "body.1", "Sebut tanggalnya").status_code == 302
    assert remark(section, letter, "body.2", "Terlalu pendek").status_code == 302
    assert entries(letter) == before + 2
    page = section.get(f"/surat/{letter.pk}/naskah").content.decode()
    assert "Sebut tanggalnya" in page
    form = section.get(f"/surat/{letter.pk}/send_back").content.decode()
    assert "2 catatan" in form
    assert act(section, letter.pk, "send_back", remarks="Lihat catatan").status_code == 302
    # The drafter sees both beside the form, and answers one in the middle of writing.
    page = staff.get(f"/surat/{letter.pk}/konsep").content.decode()
    assert "Sebut tanggalnya" in page and "Terlalu pendek" in page
    first = _remarks(letter)[0]
    version = Matter.objects.get(pk=letter.pk).version
    sent = draft(world, version=version, body="Sedang ditulis", settle=str(first.n), then="stay")
    answer = staff.post(f"/surat/{letter.pk}/konsep", {**sent, f"answer_{first.n}": "Sudah"})
    assert answer.status_code == 200 and "Sedang ditulis" in answer.content.decode()
    assert f'name="version" value="{version + 1}"' in answer.content.decode()
    # A paragraph before, a changed one, and one that is gone.
    body = "Baru di depan.\n\nAlinea pertama tentang data.\n\nAlinea kedua tentang jadwal pengiriman, 1 Mei."
    sent = draft(world, version=version + 1, body=body, then="stay")
    assert staff.post(f"/surat/{letter.pk}/konsep", sent).status_code == 302
    parts = remarks.parts("x", Draft.objects.get(pk=letter.pk).fields)
    gone = remarks.place(parts, _remarks(letter))
    assert [item.text for item in gone] == ["Terlalu pendek"]
    [placed] = [(part.key, item.text, item.changed) for part in parts for item in part.remarks]
    assert placed == ("body.2", "Sebut tanggalnya", True)
    page = staff.get(f"/surat/{letter.pk}/naskah").content.decode()
    assert "Sudah" in page and "Terlalu pendek" in page


def _remarks(letter: Letter) -> list[remarks.Remark]:
    from tertib.matters.queries import record

    return remarks.of_record(record(letter.pk, Matter.objects.get(pk=letter.pk).procedure_id))


def test_a_remark_needs_words_a_paragraph_and_the_version_that_was_read(world: World) -> None:
    letter = begin(world, then="submit")
    section = world.client("kabid")
    assert remark(section, letter, "body.1", "  ").status_code == 422
    wrong = remark(section, letter, "body.99", "Tetap ada")
    assert wrong.status_code == 422
    stale = section.post(f"/surat/{letter.pk}/naskah", {"part": "body.1", "text": "Tetap ada", "written": 0})
    assert stale.status_code == 409 and "Tetap ada" in stale.content.decode()
    assert remark(world.client("staf"), letter, "body.1", "Bukan saya").status_code == 403
    assert remark(world.client("kadis2"), letter, "body.1", "Bukan saya").status_code == 404


def test_only_the_version_that_was_shown_is_initialled_and_signed(world: World) -> None:
    letter = begin(world, then="submit")
    section = world.client("kabid")
    shown = PaperVersion.objects.get(paper__matter=letter.pk)
    assert shown.sha256 in section.get(f"/surat/{letter.pk}/initial").content.decode()
    refused = act(section, letter.pk, "initial", shown="0" * 64)
    assert refused.status_code == 409 and state(letter) == "review"
    assert shown.sha256 in refused.content.decode()
    assert act(section, letter.pk, "initial", shown=shown.sha256).status_code == 302
    entry = Entry.objects.filter(matter=letter.pk).order_by("-n").first()
    assert entry is not None
    said: Any = entry.body.body
    assert said["result"]["acted_on"] == shown.sha256
    assert act(world.client("kadis"), letter.pk, "sign", password=PASSWORD, shown="0" * 64).status_code == 409
    assert act(world.client("kadis"), letter.pk, "sign", password=PASSWORD, shown=shown.sha256).status_code == 302


def test_versions_are_compared_word_by_word(world: World) -> None:
    letter = begin(world)
    staff = world.client("staf")
    body = THREE.replace("jadwal", "rencana").replace("\n\nPenutup.", "")
    sent = draft(world, version=1, body=body, subject="Perihal lain sekali", then="stay")
    assert staff.post(f"/surat/{letter.pk}/konsep", sent).status_code == 302
    page = staff.get(f"/surat/{letter.pk}/banding").content.decode()
    assert "jadwal</del>" in page and "rencana</ins>" in page and "Penutup.</del>" in page
    assert "Perihal lain sekali" in page and "tentang data" not in page.split("<form")[0]
    kept = keep(staff, letter, world, "a", body="Belum versi").json()
    assert "Belum" in staff.get(f"/surat/{letter.pk}/banding?dari=2&ke={kept['copy']}").content.decode()
    # A text that is no version is for whoever may write.
    assert "Belum" not in world.client("kabid").get(f"/surat/{letter.pk}/banding?ke={kept['copy']}").content.decode()


@pytest.mark.parametrize("text", ["kata " * 4000, "x" * 20_000, "a b " * 5000])
def test_comparing_takes_no_long_time(text: str) -> None:
    old = {"body": [{"type": "paragraph", "text": text}] * 20}
    new = {"body": [{"type": "paragraph", "text": f"{text} lagi {n}"} for n in range(20)]}
    began = now()
    assert versions.compare(old, new)
    assert (now() - began).total_seconds() < 3


def test_submitting_says_that_somebody_has_typed_on(world: World) -> None:
    letter = begin(world)
    keep(world.client("staf"), letter, world, body="Belum versi")
    assert "Contoh Staf" in world.client("staf").get(f"/surat/{letter.pk}/submit").content.decode()
    # The interface is no page: its version is made, and the text goes beside.
    fields = {**draft(world), "body": [{"type": "paragraph", "text": "Lewat antarmuka"}], "reviewers": []}
    fields["recipients"] = [{"kind": "body", "name": "Yayasan"}]
    engine.act(letter.pk, "save", world.reader("staf"), {"draft": fields})
    assert WorkingCopy.objects.get(matter=letter.pk).set_aside
