"""`tertib worker`: runs the jobs of the queue, and lets the followers of every government read on."""

from __future__ import annotations

import asyncio
import signal
import threading
from importlib import import_module
from typing import Any, cast

import click

from tertib.cli.session import database
from tertib.ground.logs import logger

log = logger("tertib.worker")

# How long an entry waits for its followers when nothing else wakes them. Followers must be through within seconds.
ROUND_SECONDS = 1.0
# E-mail and push may each hold one; letters to other governments and the rest have two.
QUEUE_CONCURRENCY = 4
QUEUE_POLL_SECONDS = 5.0


@click.command()
@click.option("--once", is_flag=True, help="Do what is waiting, then stop.")
def worker(once: bool) -> None:
    """Run jobs and followers until asked to stop."""
    with database():
        load_jobs()
        if once:
            while follow_all():
                pass
            asyncio.run(_queue(threading.Event(), wait=False))
            return
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        followers = threading.Thread(target=_follow, args=(stop,), name="followers")
        followers.start()
        try:
            asyncio.run(_queue(stop, wait=True))
        finally:
            stop.set()
            followers.join()


def load_jobs() -> None:
    """Import the modules in which rooms define their jobs, so that the queue knows them."""
    from tertib.matters.rooms import rooms

    import_module("tertib.matters.jobs")
    import_module("tertib.papers.jobs")
    import_module("tertib.notices.jobs")
    for room in rooms():
        for module in room.jobs:
            import_module(module)


def follow_all() -> int:
    """One round over all governments. Answers how many entries were placed or read."""
    from django_tenants.utils import tenant_context

    from tertib.ground.tenancy.models import Government
    from tertib.matters.followers import run_once
    from tertib.notices.following import handlers

    known = handlers()
    moved = 0
    for government in Government.objects.order_by("schema_name"):
        with tenant_context(government):
            moved += run_once(known)
    return moved


def _follow(stop: threading.Event) -> None:
    from django.db import close_old_connections, connection

    while not stop.is_set():
        try:
            close_old_connections()
            if follow_all():
                continue
        except Exception:
            # The database may be away for a moment; the record waits, nothing is lost.
            log.exception("round failed")
            connection.close()
        stop.wait(ROUND_SECONDS)
    connection.close()


async def _queue(stop: threading.Event, *, wait: bool) -> None:
    from procrastinate.contrib.django import app

    connected = app.with_connector(cast(Any, app.connector).get_worker_connector())
    async with connected.open_async():
        running = asyncio.create_task(
            connected.run_worker_async(
                wait=wait,
                concurrency=QUEUE_CONCURRENCY,
                fetch_job_polling_interval=QUEUE_POLL_SECONDS,
                install_signal_handlers=False,
                listen_notify=wait,
                delete_jobs="successful",
            )
        )
        if wait:
            while not stop.is_set() and not running.done():
                await asyncio.sleep(0.2)
            if not running.done():
                running.cancel()
        try:
            await running
        except asyncio.CancelledError:
            if not stop.is_set():
                raise
