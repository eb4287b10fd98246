"""Tickets: what the web allows an open page to be told. The live process believes nothing else, and asks nobody."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core import signing

# Somebody who loses a right is told of movements for so long at most: a new ticket is checked anew.
LIFE_SECONDS = 600
MOST_POSTS, MOST_MATTERS = 64, 24
_SALT = "tertib.live"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who (person of a government, at which origin of pages) may hear of which desks and matters, and until when.

    `posts` have the secrecy up to which their desks are for this person to see: who stands in for somebody doesn't even
    hear that something too secret for them came or went.
    """

    government: str
    person: uuid.UUID
    origin: str
    posts: Mapping[uuid.UUID, int]
    matters: frozenset[uuid.UUID]
    until: float

    @property
    def keys(self) -> set[uuid.UUID]:
        """All it is for: posts and matters, which have no id in common."""
        return {*self.posts, *self.matters}


def write(
    government: str, person: uuid.UUID, origin: str, posts: Mapping[uuid.UUID, int], matters: Iterable[uuid.UUID]
) -> str:
    """A ticket as the text that a page shows at the stream. The caller has checked that the person may see all this."""
    facts = {
        "g": government,
        "p": person.hex,
        "o": origin,
        "d": {post.hex: ceiling for post, ceiling in list(posts.items())[:MOST_POSTS]},
        "m": [matter.hex for matter in list(matters)[:MOST_MATTERS]],
        "t": int(time.time()),
    }
    return signing.dumps(facts, salt=_SALT, compress=True)


def read(text: str) -> Ticket | None:
    """The ticket of this text; None for one that is not ours or too old."""
    try:
        facts = signing.loads(text, salt=_SALT, max_age=LIFE_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    return Ticket(
        facts["g"],
        uuid.UUID(facts["p"]),
        facts["o"],
        {uuid.UUID(post): ceiling for post, ceiling in facts["d"].items()},
        frozenset(map(uuid.UUID, facts["m"])),
        facts["t"] + LIFE_SECONDS,
    )
