"""Places for reading bodies: who sends slowly, or never ends, may hold few of the threads that answer requests.

A thread that reads waits as long as the sender keeps the connection, for the server's input knows no time limit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from tertib.ground.errors import Problem, Unavailable

# Of the eight threads of a process (`cli.serve`): half of them always answer, and strangers can't keep out who is
# signed in.
MOST_READING, MOST_STRANGERS = 4, 2
# A body that was sent in one go is read in a thousandth of this.
WAIT_SECONDS = 0.1

_places = threading.Condition()
_reading = {True: 0, False: 0}


@contextmanager
def place(known: bool) -> Iterator[None]:
    """Hold a place while a body is read; `known`: somebody signed in sends it.

    Raises `Unavailable` where all places are taken.
    """
    until = time.monotonic() + WAIT_SECONDS
    with _places:
        while sum(_reading.values()) >= MOST_READING or (not known and _reading[False] >= MOST_STRANGERS):
            if not _places.wait(until - time.monotonic()):
                what = _("Too much is being sent at this moment.")
                raise Unavailable(Problem(what, mend=_("Go back and send it again in a moment.")))
        _reading[known] += 1
    try:
        yield
    finally:
        with _places:
            _reading[known] -= 1
            _places.notify_all()
