"""Moments and helpers of these tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from django.db import connection

from tertib.ground.config import config
from tertib.matters import followers
from tertib.matters.testing import City
from tertib.notices import following
from tertib.notices.models import Notice

ZONE = ZoneInfo("Asia/Jakarta")
# A Wednesday, well before any day off.
MORNING = datetime(2026, 7, 1, 9, 0, tzinfo=ZONE)
NIGHT = datetime(2026, 7, 1, 22, 0, tzinfo=ZONE)
NEXT_DAY = datetime(2026, 7, 2, 7, 45, tzinfo=ZONE)
SATURDAY = datetime(2026, 7, 4, 9, 0, tzinfo=ZONE)


_PLACE = """
INSERT INTO matters_sealed (position, entry_id)
SELECT (SELECT COALESCE(max(position), -1) FROM matters_sealed) + row_number() OVER (ORDER BY e.seq), e.seq
FROM matters_entry e WHERE NOT EXISTS (SELECT FROM matters_sealed s WHERE s.entry_id = e.seq)"""


def follow() -> None:
    """Let the follower of notices read all there is. The sequencer takes only what is committed; a test's own
    transaction is not, so its entries get their places here.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PLACE)
    while followers.follow(following.NAME, following.follow):
        pass


def kinds(city: City, name: str) -> list[str]:
    """The kinds of all notices of a person, in the order in which they came."""
    return list(Notice.objects.filter(person=city.people[name]).order_by("id").values_list("kind", flat=True))


@contextmanager
def setting(**values: str) -> Iterator[None]:
    """Within this block the environment has these values."""
    with patch.dict(os.environ, values):
        config.cache_clear()
        try:
            yield
        finally:
            config.cache_clear()


def address(city: City, name: str, mail: str = "") -> str:
    """Give a person an e-mail address."""
    person: Any = city.people[name]
    person.email = mail or f"{name}@kota.example"
    person.save(update_fields=["email"])
    return str(person.email)
