"""One user's way along the doors, and what is tried on it."""

from __future__ import annotations

import io
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from openpyxl import load_workbook

from doors import look
from doors.oracle import Oracle
from doors.world import World
from tertib.matters.models import Matter

NOBODY, FOREIGNER = "", "orang Pasuruan"
USERS = [
    NOBODY,
    FOREIGNER,
    "walikota",
    "kadis",
    "agendaris",
    "arsiparis",
    "kabid",
    "staf",
    "staf2",
    "kadis2",
    "agendaris2",
    "staf3",
    "agendaris_kota",
    "agendaris_baru",
    "auditor",
    "auditor2",
    "admin",
    "admin_dinkes",
    "deputi",
    "plt",
    "bekas",
    "pensiun",
    "tanpa_jabatan",
]
# Enough of them for what takes longest: everybody who may do something, and who may not for a reason of their own.
FEW = [NOBODY, FOREIGNER, "walikota", "kadis", "agendaris_baru", "kabid", "staf", "kadis2", "auditor", "deputi"]
# One matter of each kind, for doors that many matters would only tell the same of.
EXAMPLES = [
    "biasa",
    "biasa kadis2",
    "biasa kabid staf",
    "rahasia di meja",
    "sangat rahasia",
    "diperiksa",
    "konsep rahasia",
    "rahasia menunggu",
    "terkirim",
    "lama keluar",
]
GONE = uuid.UUID("01900000-0000-7000-8000-000000000000")
# Of which kinds of pages the markup was read already.
READ: set[tuple[str, str, int]] = set()


@dataclass
class Walk:
    """One user's way along the doors; everything that is not as it should be is collected, then told at once."""

    world: World
    oracle: Oracle
    user: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.world.client(self.user)
        self.known = self.user not in (NOBODY, FOREIGNER, "pensiun")
        self.person = self.world.people[self.user].pk if self.known else GONE
        self.sights = self.oracle.seen(self.person) if self.known else set()
        self.hidden = [mark for mark, matters in self.world.marks.items() if not matters & self.sights]
        self.cookie = self.world.cookies.get(self.user, "")

    def ask(self, method: str, path: str, *values: Any, **more: Any) -> Any:
        # Whoever is signed in elsewhere is so again at each door, whatever the last one did to the cookie.
        if self.cookie:
            self.client.cookies["sessionid"] = self.cookie
        # What an act of another test said would stand on the next page.
        self.client.cookies.pop("messages", None)
        return getattr(self.client, method)(path, *values, **more)

    def get(self, path: str, expected: int | set[int], **more: Any) -> Any:
        """Ask, compare the status, and look for marks of what this user may not see."""
        answer = self.ask("get", path, **more)
        return self.judge(f"GET {path}", answer, expected)

    def judge(self, what: str, answer: Any, expected: int | set[int]) -> Any:
        wanted = {expected} if isinstance(expected, int) else expected
        if answer.status_code not in wanted:
            self.wrong.append(f"{what}: {answer.status_code}, not {sorted(wanted)}")
        body = text_of(answer)
        self.wrong += [f"{what}: shows {mark}" for mark in self.hidden if mark in body]
        # Pages of the same kind are built alike; reading the markup of each would take longer than making it.
        kind = (self.user, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|balas=.*", "…", what), answer.status_code)
        self.wrong += [
            f"{what}: {fault}" for fault in look.faults(answer, signed_in=self.known, markup=kind not in READ)
        ]
        READ.add(kind)
        return answer

    def in_vain(self, method: str, path: str, expected: int | set[int], data: Any = None, **more: Any) -> Any:
        """Do something, and undo whatever came of it."""
        with transaction.atomic():
            answer = self.ask(method, path, data, **more)
            text_of(answer)  # a stream may still ask the database
            transaction.set_rollback(True)
        return self.judge(f"{method.upper()} {path}", answer, expected)

    def closed(self, path: str) -> bool:
        """For whoever is not signed in here the door leads to the sign-in page, and tells nothing else."""
        if self.known:
            return False
        answer = self.get(path, 302)
        if answer.status_code == 302 and not answer.url.startswith("/accounts/login/"):
            self.wrong.append(f"GET {path}: leads to {answer.url}")
        return True

    def done(self) -> None:
        assert not self.wrong, "\n".join([f"as {self.user or 'nobody'}:", *dict.fromkeys(self.wrong)])


def text_of(answer: Any) -> str:
    """What an answer says, also in the cells of a spreadsheet."""
    kept = getattr(answer, "said", None)
    if kept is not None:
        return str(kept)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "spreadsheet" in answer.headers.get("Content-Type", "") and answer.status_code == 200:
        book = load_workbook(io.BytesIO(content))
        answer.said = "\n".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
    else:
        answer.said = content.decode("utf-8", "replace")
    return str(answer.said)


def every(users: list[str] = USERS) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("walk", users, indirect=True, ids=[user or "nobody" for user in users])


def own_mark(world: World, matter: uuid.UUID) -> str:
    title = Matter.objects.values_list("title", flat=True).get(pk=matter)
    return next(mark for mark in world.marks if mark in title)


def expected(walk: Walk, matter: uuid.UUID, action: str) -> int:
    """The status of the page of an action."""
    if matter not in walk.sights:
        return 404
    step = walk.oracle.actions(matter).get(action)
    if step is None or "system" in step["by"] or (action == "save" and walk.oracle.matters[matter].imported):
        return 404
    if not walk.oracle.in_time(matter, action):
        return 409
    return 200 if walk.oracle.may(walk.person, matter, action) else 403
