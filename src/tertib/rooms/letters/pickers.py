"""Posts to choose from in a form: who is likely, who is chosen already, and who was looked for."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from tertib.government.authority import Reader
from tertib.rooms.letters.queries import Choice, posts_like, posts_of

# Names of fields that posts are chosen for, and whether several may be.
FIELDS = {"recipients": "checkbox", "post": "radio", "signer": "radio"}


def picker(
    name: str,
    likely: Sequence[Choice],
    picked: Sequence[uuid.UUID],
    look: str,
    by: Reader,
    *,
    searched: bool = True,
    besides: Collection[uuid.UUID] = (),
) -> dict[str, Any]:
    """What `parts/picker.html` shows. `picked` stay chosen; `besides` can't be.

    Who is likely is found as well, for nobody who looks for a name may be told that there is none. Raises `TooMany`.
    """
    for choice in likely:
        choice.chosen = choice.id in picked
    known = {choice.id for choice in likely}
    found = posts_like(look, set(besides), by) if searched else []
    return {
        "name": name,
        "type": FIELDS[name],
        "suggested": likely,
        "chosen": posts_of([key for key in picked if key not in known]),
        "found": [choice for choice in found if choice.id not in picked],
        "look": look,
        "searched": searched and not found,
    }
