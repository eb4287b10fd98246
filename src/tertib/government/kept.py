"""What a process keeps of the government's structure: units, posts, calendars, procedures, rules. Read anew when any
of it has changed.

Triggers give each change a number that is never used twice, even if the change is rolled back, so what was kept under
a number is right whenever that number is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from django.db import connection

from tertib.ground.tenancy import here

T = TypeVar("T")

_kept: dict[tuple[str, str], tuple[int, dict[Hashable, object]]] = {}


def structure() -> int:
    """The number of the newest change. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM government_structure")
        return int(cursor.fetchone()[0])


def recall(version: int) -> dict[Hashable, object]:
    """What is kept of the current government under this version."""
    place = (str(connection.settings_dict["NAME"]), here.schema())
    known = _kept.get(place)
    if known is None or known[0] != version:
        known = (version, {})
        _kept[place] = known
    return known[1]


def keep(version: int | None, key: Hashable, read: Callable[[], T]) -> T:
    """What `read` answers, from memory where this version has been asked before.

    `version` None asks the database for it.
    """
    known = recall(structure() if version is None else version)
    if key not in known:
        known[key] = read()
    return known[key]  # type: ignore[return-value]
