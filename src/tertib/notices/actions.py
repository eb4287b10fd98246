"""Every write of notices that a person makes: reading them, and saying how they want to be told."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Any

from tertib.ground.time import now
from tertib.notices import wishes
from tertib.notices.models import Notice, Sending, Wishes


def read_one(person: uuid.UUID, notice: uuid.UUID) -> None:
    """Mark one notice as read. One statement."""
    Notice.objects.filter(person=person, pk=notice, read_at__isnull=True).update(read_at=now())


def read_some(person: uuid.UUID, notices: Sequence[uuid.UUID]) -> None:
    """Mark these notices as read. One statement."""
    Notice.objects.filter(person=person, pk__in=notices, read_at__isnull=True).update(read_at=now())


def read_matter(person: uuid.UUID, matter: uuid.UUID) -> None:
    """Mark everything about a matter as read, because it was opened. One statement."""
    Notice.objects.filter(person=person, matter=matter, read_at__isnull=True).update(read_at=now())


def read_all(person: uuid.UUID, until: uuid.UUID | None = None) -> int:
    """Mark everything as read, what came after `until` excepted: nobody has seen it yet. One statement."""
    found = Notice.objects.filter(person=person, read_at__isnull=True)
    return (found.filter(pk__lte=until) if until else found).update(read_at=now())


def save_ways(person: uuid.UUID, ways: Mapping[str, str]) -> None:
    """Keep by which way the person wants to be told of what. What is usual is not kept, and follows their work."""
    told = wishes.of([person])[person]
    kept = {cell: way for cell, way in ways.items() if way != told.usual[cell]}
    Wishes.objects.update_or_create(person_id=person, defaults={"ways": kept})


def save_times(
    person: uuid.UUID, *, quiet: bool, urgent_always: bool, mail: bool, digest: bool, digest_at: time
) -> None:
    """Keep when the person may be told, and whether by e-mail at all."""
    values: dict[str, Any] = {"quiet": quiet, "urgent_always": urgent_always, "mail": mail, "digest": digest}
    values["digest_at"] = None if digest_at == wishes.DIGEST_AT else digest_at
    Wishes.objects.update_or_create(person_id=person, defaults=values)


def as_usual(person: uuid.UUID) -> None:
    """Forget all wishes about ways."""
    Wishes.objects.filter(person=person).update(ways={})


def stop_mail(person: uuid.UUID, way: str) -> None:
    """No more e-mail at once (`mail`), or no more digest (`digest`): what the link in an e-mail asks for."""
    Wishes.objects.update_or_create(person_id=person, defaults={way: False})


def try_again(person: uuid.UUID) -> None:
    """Send to an address again that was refused."""
    Wishes.objects.filter(person=person).update(refused_at=None, refused_why="", refused_address="")


KEPT = timedelta(days=180)


def forget_old() -> int:
    """Remove notices of half a year ago, with what was sent of them, and digests. The record keeps what happened."""
    old = now() - KEPT
    Sending.objects.filter(made_at__lt=old, notice__isnull=True).delete()
    return Notice.objects.filter(at__lt=old).delete()[0]
