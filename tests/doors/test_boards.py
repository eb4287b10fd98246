"""Boards and agenda books hold what the oracle names and nothing else; saved searches are their owner's."""

from __future__ import annotations

import re
import uuid

from django.db import transaction

from doors.oracle import ROOMS_OF_A_HOUSE
from doors.walk import Walk, every, text_of
from tertib.government.models import Unit
from tertib.rooms.letters.models import SavedSearch

LINE = re.compile(r'class="line" data-line href="/urusan/([0-9a-f-]{36})"')


def lineage(walk: Walk, unit: uuid.UUID | None) -> list[uuid.UUID]:
    found = []
    while unit:
        found.append(unit)
        unit = walk.oracle.parents[unit]
    return found


def led(walk: Walk) -> set[uuid.UUID]:
    """The units this person heads or audits, also as who stands in for their head."""
    mine = {seat.post for seat in walk.oracle.seats.get(walk.person, [])}
    heads = {unit for post, (unit, is_head, *_rest) in walk.oracle.posts.items() if post in mine and is_head}
    return heads | {unit for post, role, unit in walk.oracle.roles if post in mine and role == "auditor"}


@every()
def test_a_board_shows_what_lies_below_and_may_be_seen(walk: Walk) -> None:
    mine = led(walk)
    for unit in Unit.objects.values_list("id", flat=True):
        path = f"/papan?unit={unit}"
        if walk.closed(path):
            continue
        above = lineage(walk, unit)
        if not mine & set(above):
            walk.get(path, 404)
            continue
        listed = {uuid.UUID(found) for found in LINE.findall(text_of(walk.get(path, 200)))}
        below = {
            matter.id
            for matter in walk.oracle.matters.values()
            if matter.holder and unit in lineage(walk, walk.oracle.posts[matter.holder][0])
        }
        if listed - walk.sights or not listed <= below:
            walk.wrong.append(f"{path}: shows {listed - (walk.sights & below)}")
        for query in ("hanya=lewat", "hanya=lama", "setelah=~x", "jabatan=x"):
            walk.get(f"{path}&{query}", 200)
    walk.done()


@every()
def test_a_book_is_open_to_its_house(walk: Walk) -> None:
    mine = {seat.post for seat in walk.oracle.seats.get(walk.person, [])}
    kept = {unit for post, role, unit in walk.oracle.roles if post in mine and role in ("registrar", "archivist")}
    for unit in Unit.objects.all():
        for path in ("/surat/buku", "/surat/buku.xlsx", "/surat/buku.pdf"):
            address = f"{path}?unit={unit.pk}"
            if walk.closed(address):
                continue
            a_house = walk.oracle.kinds[unit.pk] not in ROOMS_OF_A_HOUSE
            opens = a_house and (unit.pk in kept or led(walk) & set(lineage(walk, unit.pk)))
            walk.get(address, 200 if opens else 404)
            walk.get(f"{address}&arah=out", 200 if opens else 404)
    walk.done()


@every()
def test_a_saved_search_is_its_owners(walk: Walk) -> None:
    with transaction.atomic():
        theirs = SavedSearch.objects.create(person=walk.world.people["walikota"], name="Rahasia wali", query="q=x")
        if not walk.closed("/surat/cari"):
            said = text_of(walk.get("/surat/cari", 200))
            own = walk.person == theirs.person_id
            if ("Rahasia wali" in said) != own:
                walk.wrong.append("a saved search is shown to its owner, and to nobody else")
            walk.in_vain("post", f"/surat/cari/{theirs.pk}/hapus", 302 if own else 404)
            walk.in_vain("post", "/surat/cari/simpan", 302, {"name": "x", "asked": "q=surat"})
        transaction.set_rollback(True)
    walk.done()
