"""The chain of entries of one matter. Pure functions over bytes; nothing here knows a database.

An entry commits to its body without containing it: the commitment is HMAC-SHA-256 of the body's canonical JSON (RFC
8785) under a random salt of 32 bytes, so a body and its salt can be erased by law while the chain stays whole. The
entry itself is the canonical JSON of `{"at","commitment","matter","n","prev","v"}`, and its hash is the leaf hash of
RFC 6962 §2.1: SHA-256 of a zero byte followed by it. The same hash enters the Merkle log.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

VERSION = 1
SALT_LENGTH = 32
ZERO = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link.

    Number within its matter (from 1), time (RFC 3339, UTC, microseconds), commitment, hash before, own hash.
    """

    matter: str
    n: int
    at: str
    commitment: bytes
    prev: bytes
    hash: bytes


def new_salt() -> bytes:
    return os.urandom(SALT_LENGTH)


def commit(salt: bytes, body: bytes) -> bytes:
    """The commitment to a body (canonical JSON bytes)."""
    return hmac.digest(salt, body, hashlib.sha256)


def entry_bytes(matter: str, n: int, at: str, commitment: bytes, prev: bytes) -> bytes:
    """The canonical bytes of an entry. All values are plain ASCII, so writing them in key order is canonical."""
    return (
        f'{{"at":"{at}","commitment":"{commitment.hex()}","matter":"{matter}",'
        f'"n":{n},"prev":"{prev.hex()}","v":{VERSION}}}'
    ).encode()


def link(matter: str, n: int, at: str, commitment: bytes, prev: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + entry_bytes(matter, n, at, commitment, prev)).digest()


def faults(entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
    """Walk the entries of one matter in order; yields (number, what is wrong) for each break of the chain."""
    expected, prev = 1, ZERO
    for entry in entries:
        if entry.n != expected:
            yield (
                entry.n,
                f"entry {expected} is missing" if entry.n > expected else f"entry {entry.n} stands twice",
            )
        if entry.prev != prev:
            yield entry.n, "does not carry the hash of the entry before"
        if link(entry.matter, entry.n, entry.at, entry.commitment, entry.prev) != entry.hash:
            yield entry.n, "its hash does not fit its contents"
        expected, prev = entry.n + 1, entry.hash
