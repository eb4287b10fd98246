"""Writing papers. The bytes are on disk before the row is written, so a row never points at nothing."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Max

from tertib.ground import blobs
from tertib.ground.ids import new_id
from tertib.ground.tenancy import here
from tertib.papers.models import Paper, PaperVersion
from tertib.papers.sniff import Sniffed, inspect


def add_upload(
    matter: uuid.UUID, kind: str, title: str, data: bytes, name: str, at: datetime, by: uuid.UUID | None
) -> PaperVersion:
    """Keep an uploaded file as a new paper. Raises Invalid where the file can't be taken."""
    return _add(matter, kind, title, data, inspect(data, name), at, by, None)


def add_typeset(
    matter: uuid.UUID,
    kind: str,
    title: str,
    data: bytes,
    name: str,
    at: datetime,
    by: uuid.UUID | None,
    source: dict[str, Any],
) -> PaperVersion:
    """Keep a paper that was typeset from `source`."""
    return _add(matter, kind, title, data, inspect(data, name, ours=True), at, by, source)


def add_version(
    paper: Paper, data: bytes, name: str, at: datetime, by: uuid.UUID | None, source: dict[str, Any] | None
) -> PaperVersion:
    """Keep a further version of a paper that was typeset here."""
    last = paper.versions.aggregate(last=Max("number"))["last"] or 0
    return _version(paper, last + 1, data, inspect(data, name, ours=True), at, by, source)


def reference(version: PaperVersion) -> dict[str, Any]:
    """How an entry names a paper: by its hash, so that the record vouches for the bytes."""
    return {
        "paper": str(version.paper_id),
        "version": version.number,
        "sha256": version.sha256,
        "name": version.name,
        "media_type": version.media_type,
        "size": version.size,
    }


def _add(
    matter: uuid.UUID,
    kind: str,
    title: str,
    data: bytes,
    facts: Sniffed,
    at: datetime,
    by: uuid.UUID | None,
    source: dict[str, Any] | None,
) -> PaperVersion:
    paper = Paper.objects.create(id=new_id(at), matter_id=matter, kind=kind, title=title[:200], created_at=at)
    return _version(paper, 1, data, facts, at, by, source)


def _version(
    paper: Paper,
    number: int,
    data: bytes,
    facts: Sniffed,
    at: datetime,
    by: uuid.UUID | None,
    source: dict[str, Any] | None,
) -> PaperVersion:
    blob = blobs.store(here.schema()).put(data)
    return PaperVersion.objects.create(
        id=new_id(at),
        paper=paper,
        number=number,
        sha256=blob.sha256,
        size=blob.size,
        media_type=facts.media_type,
        pages=facts.pages,
        width=facts.width,
        height=facts.height,
        name=facts.clean_name,
        source=source,
        made_at=at,
        made_by=by,
    )
