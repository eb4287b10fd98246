"""Trees given as child to parent."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def cycles(parent: Mapping[Key, Key | None]) -> set[Key]:
    """The keys that lie on a circle."""
    found: set[Key] = set()
    done: set[Key] = set()
    for start in parent:
        path: dict[Key, int] = {}
        here: Key | None = start
        while here is not None and here not in done and here not in path:
            path[here] = len(path)
            here = parent.get(here)
        if here is not None and here in path:
            found |= {key for key, place in path.items() if place >= path[here]}
        done |= set(path)
    return found
