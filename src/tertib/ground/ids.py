"""Identifiers: UUIDv7 (RFC 9562), so that ids sort by the time they were made."""

from __future__ import annotations

import uuid
from datetime import datetime

import uuid_utils.compat

from tertib.ground.time import _moment


def new_id(at: datetime | None = None) -> uuid.UUID:
    """A new id whose time is `at` (aware) or now. History that is imported sorts among what was made at the time."""
    moment = at or _moment.get()
    if moment is None:
        return uuid_utils.compat.uuid7()
    seconds = moment.timestamp()
    whole = max(int(seconds), 0)
    return uuid_utils.compat.uuid7(whole, int((seconds - whole) * 1_000_000_000) if seconds > 0 else 0)


def parse_id(text: str) -> uuid.UUID | None:
    """The id written in `text`, or None when it is no id."""
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
