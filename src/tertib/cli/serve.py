"""The web and the live process: Granian's workers on sockets that the parent holds, so a restart refuses nobody."""

from __future__ import annotations

import asyncio
import errno
import http.client
import logging
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tertib.ground.config import config
from tertib.ground.errors import Problem, Unavailable

# Threads wait for the database most of their time; more of them only raise the number of its sessions.
THREADS = 8
# Connections beyond this wait in the socket's queue instead of in our memory. One that says nothing counts too, so
# there is room for many; a head may take little of it, and must be here within ten seconds.
_IN_FLIGHT = 512
_HEAD_BYTES, _HEAD_MILLISECONDS = 64 * 1024, 10_000
_BACKLOG = 1024
# A ticket is a few hundred bytes, so a head of a stream is small. Files besides the streams: the database, the sockets.
_LIVE_HEAD_BYTES, _LIVE_SPARE = 16 * 1024, 128
# A thread keeps its database session while it lives.
_IDLE_SECONDS = 60


def bind(address: str, port: int, setting: str = "PORT") -> socket.socket:
    """Take the port, without listening yet. Raises `Unavailable` where it can't be had."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # What is accepted inherits it: else an answer's second packet waits 40 ms for the first one's acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # So that who vanished in the middle of a request holds its thread for half a minute, not for ever.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, name):
                listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        listener.bind((address, port))
    except OSError as error:
        listener.close()
        raise _refused(address, port, error, setting) from error
    return listener


def bind_live(address: str, port: int, chosen: int) -> socket.socket:
    """Take the port for live pages: the chosen one, else the one after the web's, else any that is free.

    Nobody types it, so another program on a port that nobody chose is no reason not to start.
    """
    if chosen:
        return bind(address, chosen, "TERTIB_LIVE_PORT")
    with suppress(Unavailable, OverflowError):
        return bind(address, port + 1)
    return bind(address, 0)


def listen(listener: socket.socket) -> None:
    """From now on callers are heard; they wait until a web process takes them."""
    try:
        listener.listen(_BACKLOG)
    except OSError as error:
        address, port = listener.getsockname()[:2]
        raise _refused(address, port, error) from error


def _refused(address: str, port: int, error: OSError, setting: str = "PORT") -> Unavailable:
    if error.errno == errno.EADDRINUSE:
        what, mend = f"Port {port} is in use by another program.", f"Stop it, or choose: {setting}={port + 1}."
    elif error.errno == errno.EACCES:
        what, mend = f"Port {port} needs rights you don't have.", f"Choose a port above 1023, like {setting}=8000."
    else:
        what, mend = f"Can't listen on {address}: {error.strerror}.", f"Check TERTIB_ADDRESS and {setting}."
    return Unavailable(Problem(what, where=setting, mend=mend))


def serve(listener: socket.socket, application: Callable[..., Any]) -> None:
    """Answer requests until SIGTERM, then finish those under way."""
    _run("wsgi", listener, application, threads=THREADS, in_flight=_IN_FLIGHT, head=_HEAD_BYTES)


def serve_live(listener: socket.socket) -> None:
    """Keep the streams of open pages until SIGTERM. They hold nothing that must be finished, so it ends at once."""
    from tertib.web.live.app import Live

    most = _allow_files(config().live_streams + _LIVE_SPARE) - _LIVE_SPARE
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    _run("asgi", listener, Live(most), threads=1, in_flight=most + _LIVE_SPARE // 2, head=_LIVE_HEAD_BYTES)


def _allow_files(wanted: int) -> int:
    """Let this process have so many open files, a stream being one; how many the system grants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def _run(kind: str, listener: socket.socket, application: Any, *, threads: int, in_flight: int, head: int) -> None:
    from granian._granian import SocketHolder
    from granian.constants import HTTPModes, RuntimeModes, TaskImpl
    from granian.http import HTTP1Settings
    from granian.server.mp import MPServer

    # Granian's own server would be a second parent between us and its workers; the worker alone is needed.
    # The wrapper around it only loads the application, which we have.
    logging.getLogger("_granian").setLevel(logging.WARNING)  # the parent tells what starts and stops
    worker = getattr(MPServer, f"_spawn_{kind}_worker").__wrapped__
    worker(
        worker_id=1,
        callback=application,
        sock=(None, SocketHolder(listener.fileno(), False, _BACKLOG)),  # type: ignore[call-arg]
        ipc=None,
        loop=asyncio.new_event_loop(),
        runtime_mode=RuntimeModes.mt,
        runtime_threads=1,
        runtime_blocking_threads=1,
        blocking_threads=threads,
        blocking_threads_idle_timeout=_IDLE_SECONDS,
        backpressure=in_flight,
        task_impl=TaskImpl.asyncio,
        http_mode=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD_MILLISECONDS, max_buffer_size=head),
        http2_settings=None,
        websockets=False,
        static_path=None,
        log_access_fmt=None,
        ssl_ctx=(False, None, None, None, "tls1.3", None, [], False),
        scope_opts={"url_path_prefix": None},
        metrics=(None, None),
    )


def answers(address: str, port: int) -> int:
    """The status of the front page now; 0 where nobody answers."""
    connection = http.client.HTTPConnection(reachable(address), port, timeout=20)
    try:
        connection.request("GET", "/", headers={"Host": _served_host()})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _served_host() -> str:
    """A host name that this installation answers to."""
    first = config().hosts[0] if config().hosts else "localhost"
    return "localhost" if first == "*" else first.lstrip(".")


def reachable(address: str) -> str:
    """The host name by which this machine reaches what listens on the address."""
    return "127.0.0.1" if address in ("", "0.0.0.0") else "::1" if address == "::" else address  # noqa: S104


def wait_until_ready(address: str, port: int, tick: Callable[[], object], seconds: float = 60.0) -> None:
    """Return once the front page answers; `tick` runs in between. Raises `Unavailable` if it never does."""
    until = time.monotonic() + seconds
    status = 0
    while time.monotonic() < until:
        status = answers(address, port)
        if 200 <= status < 400:
            return
        tick()
        time.sleep(0.1)
    said = f"answers with status {status}" if status else "does not answer"
    raise Unavailable(Problem(f"The web server {said}.", where=f"port {port}", mend="The log above tells why."))
