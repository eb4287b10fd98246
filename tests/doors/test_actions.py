"""What can be done is offered to whom the oracle names, and nobody else does it."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction

from doors.walk import EXAMPLES, FEW, Walk, every, expected, text_of
from doors.world import STEM
from tertib.matters.models import Matter
from tertib.rooms.letters.models import Draft


@every(FEW)
def test_an_action_is_offered_to_whom_the_oracle_names(walk: Walk) -> None:
    for matter in (walk.world.matters[name] for name in EXAMPLES):
        names = [*walk.oracle.actions(matter), "tidak-ada"] if matter in walk.sights else ["remark", "tidak-ada"]
        for action in names:
            path = f"/surat/{matter}/{action}"
            if walk.closed(path):
                break
            if action in ("save", "comment", "settle"):
                walk.get(path, 302 if matter in walk.sights else 404)
                continue
            walk.get(path, expected(walk, matter, action))
        draft = f"/surat/{matter}/konsep"
        if not walk.closed(draft):
            walk.get(draft, expected(walk, matter, "save"))
            # What is no version yet is for whoever may write; nobody else learns of it or takes the pen.
            for door in ("pena", "salinan"):
                status = expected(walk, matter, "save")
                if status != 200:
                    walk.in_vain("post", f"/surat/{matter}/{door}", {status}, {"do": "take", "window": "x"})
            known = Draft.objects.filter(pk=matter).exists()
            for door in ("naskah", "banding"):
                walk.get(f"/surat/{matter}/{door}", 200 if known and matter in walk.sights else 404)
    walk.done()


DATA: dict[str, dict[str, Any]] = {
    "remark": {"text": "Catatan."},
    "return": {"reason": "Bukan tugas kami."},
    "report": {"text": "Sudah."},
    "recall": {"reason": "Batal."},
    "cancel": {"reason": "Batal."},
    "finish": {"note": "Selesai."},
    "close": {"reason": "Selesai."},
    "ask": {"question": "Mengapa?"},
    "initial": {"note": ""},
    "send_back": {"remarks": "Perbaiki."},
    "submit": {"note": ""},
    "answer": {"text": "Begini."},
    "void": {"reason": "Tercatat dua kali."},
    "correct": {"subject": "Diperbaiki", "reason": "Salah."},
    "sign": {"password": "kata sandi yang panjang"},
    "dispatch": {},
    "remind": {"note": "Mohon segera."},
    "take_back": {"text": "Sudah.", "reason": "Cukup."},
}


@every(FEW)
def test_nobody_does_what_is_not_theirs(walk: Walk) -> None:
    """Through the interface, some of it through the pages too, with everything the action needs."""
    for matter in walk.world.matters.values():
        steps = walk.oracle.actions(matter)
        version = Matter.objects.values_list("version", flat=True).get(pk=matter)
        for action, data in DATA.items():
            if action not in steps or (matter not in walk.sights and action != next(iter(set(DATA) & set(steps)))):
                continue
            status = expected(walk, matter, action)
            page = {200: {302, 422}}.get(status, {status})
            if not walk.known:
                page = {302}
            if action in ("remark", "sign", "cancel") or matter not in walk.sights:
                walk.in_vain("post", f"/surat/{matter}/{action}", page, {"version": version, "whole": "1", **data})
            # Checking a password takes a tenth of a second by design: only where it comes to that.
            password = data.get("password", "") if status == 200 else ""
            given = {"data": {k: v for k, v in data.items() if k != "password"}, "password": password}
            answers = {200: {200, 422}}.get(status, {status}) if walk.known else {401}
            walk.in_vain(
                "post", f"/api/v1/matters/{matter}/actions/{action}", answers, given, content_type="application/json"
            )
    walk.done()


@every()
def test_letters_are_registered_and_drafted_by_whom_the_oracle_names(walk: Walk) -> None:
    mine = {seat.post for seat in walk.oracle.seats.get(walk.person, [])}
    registrar = any(post in mine and role == "registrar" for post, role, _unit in walk.oracle.roles)
    if not walk.closed("/surat/masuk/baru"):
        walk.get("/surat/masuk/baru", 200 if registrar else 403)
        walk.get("/surat/keluar/baru", 200 if mine else 403)
        walk.in_vain("post", "/surat/pratinjau", 200, {"subject": ""})
        walk.get("/surat/jabatan?q=kepala&name=recipients", 200)
        for matter in (walk.world.matters[name] for name in EXAMPLES):
            if mine:
                walk.get(f"/surat/keluar/baru?balas={matter}", 200 if matter in walk.sights else 404)
    houses = {unit for post, role, unit in walk.oracle.roles if post in mine and role == "registrar"}
    for unit in walk.world.units.values():
        letter = {"unit": unit.code, "subject": "Surat", "sender": {"name": "Yayasan"}}
        status = (201 if unit.pk in houses else 403) if walk.known else 401
        walk.in_vain("post", "/api/v1/letters", status, letter, content_type="application/json")
    walk.done()


@every(["agendaris", "agendaris_baru", "agendaris2", "agendaris_kota"])
def test_a_registrar_is_told_of_a_twin_only_if_they_see_it(walk: Walk) -> None:
    """Registering a letter with the sender and number of one that is there already."""
    from tertib.rooms.letters.tests.world import registration

    mine = {seat.post for seat in walk.oracle.seats.get(walk.person, [])}
    houses = {unit for post, role, unit in walk.oracle.roles if post in mine and role == "registrar"}
    for mark in [f"{STEM}{code}" for code in ("aaa", "ddd", "eee", "fff", "iii")]:
        for house in houses:
            names = {"unit": str(house), "sender_name": f"Pengirim {mark}", "number": f"{mark}/2026"}
            names["number"] = names["number"].replace("2026", "2020") if mark.endswith("iii") else names["number"]
            # What was typed comes back with the form, and that there is such a letter may be told; its subject may not.
            with transaction.atomic():
                said = text_of(walk.client.post("/surat/masuk/baru", registration(cast(Any, walk.world), **names)))
                transaction.set_rollback(True)
            links = [f'href="/surat/{matter}"' for matter in walk.world.marks[mark]]
            if mark in walk.hidden and any(text in said for text in (f"Perihal {mark}", f"Ringkasan {mark}", *links)):
                walk.wrong.append(f"the registration of a twin shows {mark}")
    walk.done()
