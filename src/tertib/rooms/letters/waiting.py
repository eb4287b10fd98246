"""Scans that were dropped together and wait to be registered, one after the other, in the dropper's session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from tertib.government.authority import Reader
from tertib.rooms.letters.uploads import MOST, Staged, Uploads, of_tokens

KEY = "letters.scans"


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


def add(request: HttpRequest, reader: Reader, files: Iterable[Staged]) -> None:
    """Let these wait behind the others; one that waits already keeps its place."""
    before = waiting(request, reader)
    known = {file.sha256 for file in before.files}
    fresh = [file for file in files if file.sha256 not in known][: MOST - len(before.files)]
    total = before.total if before.files else 0
    _keep(request, [*before.files, *fresh], total + len(fresh))


def take(request: HttpRequest, reader: Reader, hashes: Iterable[str], *, done: bool) -> None:
    """These wait no more: they were registered (`done`), or left out and so do not count."""
    gone = set(hashes)
    before = waiting(request, reader)
    left = [file for file in before.files if file.sha256 not in gone]
    if len(left) < len(before.files):
        _keep(request, left, before.total - (0 if done else len(before.files) - len(left)))


def _keep(request: HttpRequest, files: list[Staged], total: int) -> None:
    if files:
        request.session[KEY] = {"tokens": [file.token for file in files], "total": total}
    else:
        request.session.pop(KEY, None)
