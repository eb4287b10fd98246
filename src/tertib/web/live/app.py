"""The application of the live process: a ticket opens a stream of server-sent events; there is nothing else here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from tertib.web.live import tickets
from tertib.web.live.hub import Hub, Stream

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# A reader who takes nothing for so long is gone, or wants to be waited for.
SLOW_SECONDS = 20.0


class Live:
    """Keeps at most so many streams. Made before the process is forked; everything else begins with the first one."""

    def __init__(self, most: int) -> None:
        self.hub = Hub(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] != "GET":
            await _refuse(send, 405)
            return
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        ticket = tickets.read(asked.get("karcis", [""])[0])
        origin = _header(scope, b"origin")
        # Pages of another origin can't have come by a ticket of ours in a good way.
        if ticket is None or (origin and origin != ticket.origin):
            await _refuse(send, 403)
            return
        stream = self.hub.open(ticket, _moment(asked.get("sejak", [""])[0]))
        if stream is None:
            await _refuse(send, 503)
            return
        watch = asyncio.ensure_future(_until_gone(receive, stream))
        try:
            await self._pour(stream, send, origin)
        except (TimeoutError, OSError, RuntimeError):
            pass  # too slow, or gone in the middle of a message
        finally:
            watch.cancel()
            self.hub.shut(stream)

    async def _pour(self, stream: Stream, send: Send, origin: str) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if origin:
            headers += [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        while await stream.next():
            async with asyncio.timeout(SLOW_SECONDS):
                await _say(send, stream.take(self.hub.at(stream)))
        await _say(send, b"event: full\ndata: 1\n\n" if stream.full else b"", more=False)


async def _say(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _until_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.close()


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await _say(send, b"", more=False)


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key.lower() == name:
            return str(value.decode("latin-1"))
    return ""


def _moment(text: str) -> float:
    """Since when the page knows everything; what is not a moment means that it knows nothing."""
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0 < found < 1e11 else 0.0
