"""Identifiers: UUIDv7 (RFC 9562), so that ids sort by the time they were made."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import uuid_utils.compat

from tertib.ground.time import _moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(at: datetime | None = None) -> uuid.UUID:
    """A new id whose time is `at` (aware) or now. History that is imported sorts among what was made at the time."""
    moment = at or _moment.get()
    if moment is None:
        return uuid_utils.compat.uuid7()
    microseconds = (moment - _EPOCH) // timedelta(microseconds=1)
    return uuid_utils.compat.uuid7(nanoseconds=max(microseconds, 0) * 1000)


def parse_id(text: str) -> uuid.UUID | None:
    """The id written in `text`, or None when it is no id."""
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None


def lowest_id(at: datetime) -> uuid.UUID:
    """What every id of this moment (aware) or later is not below."""
    return uuid.UUID(int=max((at - _EPOCH) // timedelta(milliseconds=1), 0) << 80)
