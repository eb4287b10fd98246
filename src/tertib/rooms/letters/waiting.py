"""Scans that were dropped together and wait to be registered, one after the other, in the dropper's session.

What was left without being registered never joins a letter by itself: it is laid aside until its registrar says what
is to become of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from tertib.government.authority import Reader
from tertib.rooms.letters.uploads import MOST, Staged, Uploads, of_tokens

KEY = "letters.scans"
ASIDE = "letters.scans.aside"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, the next one first, and which of all that were dropped it is."""

    files: list[Staged]
    uploads: Uploads
    total: int

    @property
    def place(self) -> int:
        return self.total - len(self.files) + 1

    @property
    def several(self) -> bool:
        return self.total > 1 and bool(self.files)


def waiting(request: HttpRequest, reader: Reader) -> Waiting:
    """The scans that wait for this person in this session."""
    kept = request.session.get(KEY) or {}
    found = of_tokens(list(kept.get("tokens", [])), reader)
    return Waiting(found.files, found, max(int(kept.get("total", 0)), len(found.files)))


def opened(request: HttpRequest, reader: Reader) -> Waiting:
    """What waits for the registration that opens now: what was dropped just now, or comes next of its batch.

    Anything else was left by an earlier visit, and is laid aside.
    """
    kept = request.session.get(KEY) or {}
    if kept.get("fresh"):
        request.session[KEY] = {**kept, "fresh": False}
        return waiting(request, reader)
    left = waiting(request, reader)
    if left.files:
        _lay_aside(request, [*aside(request, reader), *left.files])
    request.session.pop(KEY, None)
    return Waiting([], Uploads(problems=left.uploads.problems), 0)


def go_on(request: HttpRequest) -> bool:
    """Let the registration of what waits open next; False where nothing does."""
    kept = request.session.get(KEY)
    if kept:
        request.session[KEY] = {**kept, "fresh": True}
    return bool(kept)


def aside(request: HttpRequest, reader: Reader) -> list[Staged]:
    """The scans that an earlier visit left."""
    return of_tokens(list(request.session.get(ASIDE) or []), reader).files


def resume(request: HttpRequest, reader: Reader) -> None:
    """Let what was laid aside wait again, behind what waits already."""
    found = aside(request, reader)
    request.session.pop(ASIDE, None)
    add(request, reader, found)


def back(request: HttpRequest, reader: Reader, hashes: Iterable[str]) -> None:
    """Let these of what was laid aside wait again: the form they stand beside was only loaded anew."""
    wanted, earlier = set(hashes), aside(request, reader)
    if any(file.sha256 in wanted for file in earlier):
        add(request, reader, [file for file in earlier if file.sha256 in wanted])
        _lay_aside(request, [file for file in earlier if file.sha256 not in wanted])


def forget(request: HttpRequest) -> None:
    """Drop what was laid aside."""
    request.session.pop(ASIDE, None)


def _lay_aside(request: HttpRequest, files: Iterable[Staged]) -> None:
    tokens = list({file.sha256: file.token for file in files}.values())[-MOST:]
    if tokens:
        request.session[ASIDE] = tokens
    else:
        request.session.pop(ASIDE, None)


def add(request: HttpRequest, reader: Reader, files: Iterable[Staged], *, fresh: bool = False) -> None:
    """Let these wait behind the others; one that waits already keeps its place. `fresh`: the registration opens next,
    for them.
    """
    before = waiting(request, reader)
    known = {file.sha256 for file in before.files}
    more = [file for file in files if file.sha256 not in known][: MOST - len(before.files)]
    total = before.total if before.files else 0
    _keep(request, [*before.files, *more], total + len(more), fresh=fresh)


def take(request: HttpRequest, reader: Reader, hashes: Iterable[str], *, done: bool) -> None:
    """These wait no more: they were registered (`done`), or left out and so do not count."""
    gone = set(hashes)
    before = waiting(request, reader)
    left = [file for file in before.files if file.sha256 not in gone]
    if len(left) < len(before.files):
        _keep(request, left, before.total - (0 if done else len(before.files) - len(left)), fresh=False)
    earlier = aside(request, reader)
    if any(file.sha256 in gone for file in earlier):
        _lay_aside(request, [file for file in earlier if file.sha256 not in gone])


def _keep(request: HttpRequest, files: list[Staged], total: int, *, fresh: bool) -> None:
    if files:
        request.session[KEY] = {"tokens": [file.token for file in files], "total": total, "fresh": fresh}
    else:
        request.session.pop(KEY, None)
