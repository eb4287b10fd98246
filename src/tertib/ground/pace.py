"""How often somebody may do something that costs us or tells them much. Counted in each process for itself.

For guesses at secrets, which all processes together must count, there is the cache in the database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from tertib.ground.errors import Problem, Text, TooMany, Unavailable

# Made-up keys must not fill the memory.
_MOST_KEYS = 20_000


class Pace:
    """At most so many in so many seconds, for each of the given pairs. `what` and `mend` are told who goes faster."""

    def __init__(self, *limits: tuple[int, int], what: Text, mend: Text) -> None:
        self.limits, self.what, self.mend = limits, what, mend
        self._counts: dict[tuple[Hashable, int, int], int] = {}
        self._lock = threading.Lock()

    def take(self, key: Hashable) -> None:
        """Count one more of this key. Raises `TooMany`."""
        # Not a time of the city hall: a clock that is set back must not stop anybody.
        moment = time.monotonic()
        with self._lock:
            if len(self._counts) > _MOST_KEYS:
                self._counts.clear()
            for most, seconds in self.limits:
                place = (key, seconds, int(moment // seconds))
                count = self._counts.get(place, 0)
                if count >= most:
                    raise TooMany(Problem(self.what, mend=self.mend))
                self._counts[place] = count + 1


class Busy(Unavailable):
    """The one before is still going on."""


class OneAtATime:
    """What costs so much that nobody has two of it done at once. `what` and `mend` are told who asks for another."""

    def __init__(self, *, what: Text, mend: Text) -> None:
        self.what, self.mend = what, mend
        self._held: set[Hashable] = set()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, key: Hashable) -> Iterator[None]:
        """While this is done for the key. Raises `Busy`."""
        with self._lock:
            if key in self._held:
                raise Busy(Problem(self.what, mend=self.mend))
            self._held.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(key)
