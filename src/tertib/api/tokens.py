"""Keys of programs: shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.db import connection

from tertib.government.models import ApiToken, Person
from tertib.ground.time import now

PREFIX = "tertib_"


def make(person: Person, name: str) -> str:
    """A new key with which a program acts as this person. It can't be read again."""
    token = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(person=person, name=name[:80], token_hash=_hash(token))
    return token


def owner(token: str) -> uuid.UUID | None:
    """Whose key this is, if it is valid today and its owner still active. The key is random, so a plain hash keeps it safe."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.person_id FROM government_apitoken t JOIN government_person p ON p.id = t.person_id AND p.is_active "
            "WHERE t.token_hash = %s AND (t.expires_at IS NULL OR t.expires_at > %s)",
            (_hash(token), now()),
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
