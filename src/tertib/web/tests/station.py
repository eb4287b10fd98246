"""The live application without the server around it, and browsers at the other end of its streams."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

ORIGIN = "http://bekasi.localhost:8000"


class Station:
    """The live application in a loop of its own, without the server around it."""

    def __init__(self, most: int = 100) -> None:
        from tertib.web.live.app import Live

        self.live = Live(most)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def listen(self, ticket: str, since: float | None = None, origin: str = ORIGIN, method: str = "GET") -> Listener:
        """Open a stream; answered once its first message, or its refusal, is here."""
        asked = {"karcis": ticket, "sejak": time.time() if since is None else since}
        scope = {
            "type": "http", "method": method, "path": "/", "query_string": urlencode(asked).encode(),
            "headers": [(b"origin", origin.encode())] if origin else [],
        }  # fmt: skip
        return Listener(self, scope)

    def settle(self) -> None:
        """Wait until it knows of everything that was committed by now."""
        begun = time.time()
        while self.live.hub.houses["bekasi"].at <= begun:
            time.sleep(0.02)

    def close(self) -> None:
        async def stop() -> None:
            mine = asyncio.current_task()
            tasks = [task for task in asyncio.all_tasks() if task is not mine]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self.run(stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


class Listener:
    """A browser at the other end of a stream."""

    def __init__(self, station: Station, scope: dict[str, Any]) -> None:
        self.status, self.over = 0, threading.Event()
        self.headers: dict[bytes, bytes] = {}
        self.events: queue.Queue[str] = queue.Queue()
        self.first: dict[str, Any] = {}
        self._station = station
        self._gone = asyncio.Event()
        self._task = asyncio.run_coroutine_threadsafe(station.live(scope, self._receive, self._send), station.loop)
        self._task.add_done_callback(lambda _done: self.over.set())
        with suppress(queue.Empty):
            text = self.events.get(timeout=10) if not self.over.wait(0.05) or self.status == 200 else ""
            self.first = data_of(text) if text else {}

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        elif message["body"]:
            self.events.put(message["body"].decode())

    def hears(self, seconds: float = 5.0) -> dict[str, Any]:
        """The next message; empty where none comes."""
        try:
            found = data_of(self.events.get(timeout=seconds))
        except queue.Empty:
            return {}
        return {key: value for key, value in found.items() if key != "at"}

    def leave(self) -> None:
        self._station.loop.call_soon_threadsafe(self._gone.set)
        assert self.over.wait(5)


def data_of(text: str) -> dict[str, Any]:
    name, _colon, data = text.strip().rpartition("data: ")
    return {"event": name.removeprefix("event: ").strip()} if name else dict(json.loads(data))
