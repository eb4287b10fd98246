"""Who listens, and what is told to whom: the open streams of each government, and what moved in the last minutes."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress

import psycopg
from psycopg import AsyncConnection

from tertib.government.models import Security
from tertib.ground.config import config
from tertib.ground.logs import logger
from tertib.web.live.source import RECENT, Source, Touched
from tertib.web.live.tickets import Ticket

log = logger("tertib.live")

LOOK_SECONDS = 0.25
BEAT_SECONDS = 20.0
MOST_STREAMS_OF_ONE = 12
# Whoever comes back within this time, from a network cut or after this process was started again, hears only of what
# moved meanwhile. Others are told to look at everything anew.
MEMORY_SECONDS = 900.0
# An entry says when it was begun; by then it was committed.
_COMMITTED_SECONDS = 5.0
_AWAY_SECONDS = 60.0


class Stream:
    """One open stream. What is to be told lies here until it is sent, merged, so it can't grow."""

    def __init__(self, ticket: Ticket, since: float) -> None:
        self.ticket, self.since = ticket, since
        self.desk = False
        self.matters: set[uuid.UUID] = set()
        self.full = self.closed = False
        self._woken = asyncio.Event()

    def tell(self, posts: Iterable[uuid.UUID], matters: Iterable[uuid.UUID], security: int) -> None:
        """Let it say that something of this secrecy moved on these desks, and these matters, as far as the ticket is
        for them.
        """
        self.desk = self.desk or any(self.ticket.posts.get(post, -1) >= security for post in posts)
        self.matters |= self.ticket.matters.intersection(matters)
        if self.desk or self.matters:
            self._woken.set()

    def wake(self) -> None:
        """Let it say that it is up to date."""
        self._woken.set()

    def close(self, *, full: bool = False) -> None:
        """End it. `full`: the same person opened newer ones."""
        self.full, self.closed = full, True
        self._woken.set()

    async def next(self) -> bool:
        """Wait until there is something to tell, or for a heartbeat. False when the stream is over."""
        left = self.ticket.until - time.time()
        if left <= 0 or self.closed:
            return False
        with suppress(TimeoutError):
            async with asyncio.timeout(min(BEAT_SECONDS, left)):
                await self._woken.wait()
        self._woken.clear()
        return not self.closed and self.ticket.until > time.time()

    def take(self, at: float) -> bytes:
        """What there is to tell, as an event; `at` is the moment up to which everything is told by it."""
        said = {"at": at, "desk": self.desk, "matters": sorted(str(matter) for matter in self.matters)}
        self.desk, self.matters = False, set()
        return f"data: {json.dumps({key: value for key, value in said.items() if value})}\n\n".encode()


class House:
    """The streams of one government. `at`: the moment up to which everything was told to them."""

    def __init__(self, schema: str) -> None:
        self.source = Source(schema)
        self.streams: set[Stream] = set()
        self.fresh: list[Stream] = []
        self.followers: dict[uuid.UUID, set[Stream]] = {}
        self.at = 0.0
        # When something of that secrecy moved on a desk, or a matter did, the latest last; nothing is known of what was
        # before `floor`.
        self.moved: dict[tuple[uuid.UUID, int], float] = {}
        self.floor = 0.0

    def add(self, stream: Stream) -> None:
        if not self.streams and time.time() - self.at > _AWAY_SECONDS:
            # Nobody listened for long: look at the end of the record rather than read all of it.
            self.source, self.moved, self.floor = Source(self.source.schema), {}, 0.0
        self.streams.add(stream)
        self.fresh.append(stream)
        for key in stream.ticket.keys:
            self.followers.setdefault(key, set()).add(stream)

    def remove(self, stream: Stream) -> None:
        self.streams.discard(stream)
        for key in stream.ticket.keys:
            following = self.followers.get(key)
            if following is not None:
                following.discard(stream)
                if not following:
                    del self.followers[key]

    async def look(self, session: AsyncConnection) -> None:
        """Read on, and tell whoever is concerned."""
        if self.source.low is None:
            self._remember(await self.source.begin(session))
        else:
            touched = await self.source.look(session)
            self.at = _later(self.at)
            self._tell(touched)
        fresh, self.fresh = self.fresh, []
        for stream in fresh:
            self._catch_up(stream)

    def _remember(self, last: list[Touched]) -> None:
        self.at = _later(self.at)
        for one in sorted(last, key=lambda touched: touched.at):
            self._note(one, min(one.at.timestamp() + _COMMITTED_SECONDS, self.at))
        if len(last) == RECENT:
            self.floor = min(one.at.timestamp() for one in last) + _COMMITTED_SECONDS

    def _tell(self, touched: list[Touched]) -> None:
        for one in touched:
            self._note(one, self.at)
            concerned: set[Stream] = set()
            for key in (*one.posts, *one.matters):
                concerned |= self.followers.get(key, set())
            for stream in concerned:
                stream.tell(one.posts, one.matters, one.security)
        horizon = self.at - MEMORY_SECONDS
        while self.moved and (oldest := next(iter(self.moved.items())))[1] < horizon:
            del self.moved[oldest[0]]
            self.floor = max(self.floor, oldest[1])

    def _note(self, one: Touched, at: float) -> None:
        for key in (*one.posts, *one.matters):
            self.moved.pop((key, one.security), None)
            self.moved[key, one.security] = at

    def _catch_up(self, stream: Stream) -> None:
        """Tell a new stream what moved since its page was made."""
        ticket = stream.ticket
        if stream.since <= self.floor:
            stream.tell(ticket.posts, ticket.matters, 0)
        else:
            for security in Security.values:
                late = {key for key in ticket.keys if self.moved.get((key, security), 0.0) > stream.since}
                stream.tell(late, late, security)
        stream.wake()


def _later(before: float) -> float:
    """Now, but later than before even where the clock was set back."""
    return max(round(time.time(), 3), before + 0.001)


class Hub:
    """All streams of this process, and the loop that reads for them."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.houses: dict[str, House] = {}
        self.of_person: dict[tuple[str, uuid.UUID], list[Stream]] = {}
        self.count = 0
        self._reading: asyncio.Task[None] | None = None

    def open(self, ticket: Ticket, since: float) -> Stream | None:
        """A new stream, or None where there are too many. One person's oldest gives way to their newest."""
        if self.count >= self.most:
            return None
        stream = Stream(ticket, since)
        self.count += 1
        self.houses.setdefault(ticket.government, House(ticket.government)).add(stream)
        mine = self.of_person.setdefault((ticket.government, ticket.person), [])
        mine.append(stream)
        if len(mine) > MOST_STREAMS_OF_ONE:
            mine[0].close(full=True)
            del mine[0]
        if self._reading is None or self._reading.done():
            self._reading = asyncio.get_running_loop().create_task(self._read())
        return stream

    def shut(self, stream: Stream) -> None:
        """Forget a stream that is over."""
        self.count -= 1
        self.houses[stream.ticket.government].remove(stream)
        key = (stream.ticket.government, stream.ticket.person)
        mine = self.of_person.get(key, [])
        if stream in mine:
            mine.remove(stream)
        if not mine:
            self.of_person.pop(key, None)

    def at(self, stream: Stream) -> float:
        """Up to when everything was told to this stream."""
        return self.houses[stream.ticket.government].at

    async def _read(self) -> None:
        """Read on for as long as the process lives. The database may be away for a while; nobody misses anything."""
        session: AsyncConnection | None = None
        while True:
            begun = time.monotonic()
            try:
                if session is None or session.closed:
                    session = await AsyncConnection.connect(config().database_url, autocommit=True, connect_timeout=5)
                for house in [house for house in self.houses.values() if house.streams]:
                    await self._look(house, session)
            except (psycopg.OperationalError, OSError) as error:
                log.warning("the record can't be read just now", error=type(error).__name__)
                if session is not None:
                    with suppress(psycopg.Error):
                        await session.close()
                session = None
                await asyncio.sleep(1.0)
            # Where looking takes long, it must not take all there is.
            await asyncio.sleep(max(LOOK_SECONDS, 3 * (time.monotonic() - begun)))

    async def _look(self, house: House, session: AsyncConnection) -> None:
        """One look for one government. What is wrong with its tables must not silence the others."""
        try:
            await house.look(session)
        except (psycopg.OperationalError, OSError):
            raise
        except Exception:
            log.exception("a government can't be read", government=house.source.schema)
