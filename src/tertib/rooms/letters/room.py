"""Letters and dispositions: the room every city hall starts with."""

from __future__ import annotations

from tertib.matters.rooms import Room

room = Room(name="letters", label="Letters", package="tertib.rooms.letters")
