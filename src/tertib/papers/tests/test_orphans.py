"""Uploads that were never sent go after a day, and nothing else does."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tertib.ground import blobs
from tertib.ground.blobs import FolderStore
from tertib.ground.tenancy.models import Government
from tertib.ground.time import now
from tertib.matters.testing import make_city, only_room
from tertib.papers import actions, checking
from tertib.papers.orphans import ORPHAN_SECONDS, remove_orphans
from tertib.papers.tests.samples import pdf

DAY = 24 * 3600


@pytest.fixture
def matter(government: Government) -> Iterator[uuid.UUID]:
    with only_room():
        yield make_city().open("mayor", "roads").matter


def stored() -> FolderStore:
    store = blobs.store("bekasi")
    assert isinstance(store, FolderStore)
    return store


def aged(name: str, seconds: float) -> str:
    """As if it had been stored so long ago."""
    then = time.time() - seconds
    os.utime(stored()._path(name), (then, then))
    return name


def unique(text: str) -> bytes:
    return pdf([f"{text} {uuid.uuid4()}"])


def test_what_no_paper_refers_to_goes_after_a_day(matter: uuid.UUID) -> None:
    store = stored()
    old, young = (store.put(unique(text)).sha256 for text in ("lama", "baru"))
    paper = actions.add_upload(matter, "scan", "Surat", unique("surat"), "surat.pdf", now(), None)
    aged(old, ORPHAN_SECONDS + 10)
    aged(young, DAY)
    aged(paper.sha256, 400 * DAY)
    assert remove_orphans() >= 1
    assert [store.exists(name) for name in (old, young, paper.sha256)] == [False, True, True]


def test_one_that_is_taken_up_at_the_last_moment_stays(matter: uuid.UUID) -> None:
    """Its paper is not there yet for others to see, but storing it again has made it young."""
    store, data = stored(), unique("saat terakhir")
    name = aged(store.put(data).sha256, 30 * DAY)
    assert store.put(data).sha256 == name
    assert not store.discard(name, ORPHAN_SECONDS)
    remove_orphans()
    assert store.exists(name)


def test_putting_and_discarding_at_once_never_loses_what_was_put(matter: uuid.UUID) -> None:
    store, data = stored(), unique("bersamaan")
    name = store.put(data).sha256
    with ThreadPoolExecutor(2) as pool:
        for _ in range(150):
            aged(name, 30 * DAY)
            put, discarded = pool.submit(store.put, data), pool.submit(store.discard, name, ORPHAN_SECONDS)
            put.result(), discarded.result()
            assert store.exists(name)


def test_the_other_government_keeps_its_own(matter: uuid.UUID) -> None:
    other = blobs.store("pasuruan")
    name = other.put(unique("tetangga")).sha256
    remove_orphans()
    assert other.exists(name)


def test_the_check_names_a_file_that_is_missing(matter: uuid.UUID) -> None:
    paper = actions.add_upload(matter, "scan", "Surat", unique("hilang"), "surat.pdf", now(), None)
    assert list(checking.missing("bekasi")) == []
    stored().delete(paper.sha256)
    [fault] = checking.missing("bekasi")
    assert fault.matter == matter and paper.sha256 in fault.what and str(paper.id) in fault.what
