"""Lists, searches, exports, the desk and the interface hold what the oracle names and nothing else."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.test import Client

from doors.walk import Walk, every, expected, own_mark, text_of
from doors.world import HOST, STEM


@every()
def test_lists_hold_what_the_oracle_names_and_nothing_else(walk: Walk) -> None:
    roots = {"in": set(), "out": set()}  # type: dict[str, set[str]]
    for matter in walk.world.matters.values():
        facts = walk.oracle.matters[matter]
        if facts.parent is None and matter in walk.sights:
            roots["out" if facts.procedure == "letters.outgoing" else "in"].add(own_mark(walk.world, matter))
    pages = {
        "in": [
            "/surat/masuk",
            f"/surat/masuk?q={STEM}",
            "/surat/agenda.xlsx?direction=in",
            f"/surat/agenda.xlsx?direction=in&q={STEM}",
        ],
        "out": ["/surat/keluar", f"/surat/keluar?q={STEM}", "/surat/agenda.xlsx?direction=out"],
        "both": ["/surat/cari", f"/surat/cari?q={STEM}"],
    }
    roots["both"] = roots["in"] | roots["out"]
    for direction, paths in pages.items():
        for path in paths:
            if walk.closed(path):
                continue
            said = text_of(walk.get(path, 200))
            if missing := [mark for mark in roots[direction] if mark not in said]:
                walk.wrong.append(f"{path}: lacks {missing}")
        for state in ("open", "closed", "imported", "cancelled"):
            if walk.known:
                walk.get(f"{paths[0]}?state={state}", 200)
    for matter in walk.world.matters.values():
        if (
            matter in walk.sights and expected(walk, matter, "link") == 200
            if "link" in walk.oracle.actions(matter)
            else False
        ):
            walk.get(f"/surat/{matter}/link?look={STEM}", 200)
            walk.in_vain("post", f"/surat/{matter}/link", 200, {"version": 1, "look": STEM, "find": "1"})
    walk.done()


@every()
def test_the_desk_holds_what_lies_there_and_may_be_seen(walk: Walk) -> None:
    mine = {seat.post for seat in walk.oracle.seats.get(walk.person, [])}
    held = {m.id for m in walk.oracle.matters.values() if m.holder in mine}
    wanted = {own_mark(walk.world, matter) for matter in held & walk.sights}
    if walk.closed("/"):
        walk.get("/api/v1/desk", 401)
        walk.done()
        return
    said = text_of(walk.get("/", 200))
    listed = {item["id"] for item in walk.get("/api/v1/desk", 200).json()["items"]}
    if missing := [mark for mark in wanted if mark not in said]:
        walk.wrong.append(f"the desk lacks {missing}")
    if listed != {str(matter) for matter in held & walk.sights}:
        walk.wrong.append("the desk of the interface holds something else")
    for post in mine:
        walk.get(f"/?jabatan={post}", 200)
    walk.done()


@every()
def test_the_interface_tells_what_the_oracle_names(walk: Walk) -> None:
    keys: list[dict[str, Any]] = [{}]
    if walk.user in walk.world.tokens:
        keys.append({"headers": {"host": HOST, "authorization": f"Bearer {walk.world.tokens[walk.user]}"}})
    plain = walk.client
    for key in keys:
        if key:
            walk.client = Client(raise_request_exception=False, **key)
        for matter in walk.world.matters.values():
            status = (200 if matter in walk.sights else 404) if walk.known else 401
            walk.get(f"/api/v1/matters/{matter}", status)
            answer = walk.get(f"/api/v1/matters/{matter}/record", status)
            if status == 200 and str(matter) != json.loads(text_of(answer))["matter"]:
                walk.wrong.append(f"the record of {matter} is another's")
        for direction in ("in", "out"):
            answer = walk.get(f"/api/v1/letters?direction={direction}", 200 if walk.known else 401)
            if walk.known:
                shown = {uuid.UUID(item["id"]) for item in answer.json()["items"]}
                if not shown <= walk.sights:
                    walk.wrong.append(f"letters {direction}: {shown - walk.sights}")
    walk.client = plain
    walk.done()
