"""A throw-away installation to measure in: its own server, one government, a small city."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tertib.ground.tenancy import here

SCHEMA = "bench"
DOMAIN = "bench.localhost"


@contextmanager
def installation(kept: Path | None = None) -> Iterator[str]:
    """Within this block Django is set up on a fresh, durable database with one empty government.

    Gives the database's URL. With `kept` the installation lies in that folder and stays there, as it was left, for
    the next time.
    """
    from tertib.ground import database
    from tertib.ground.config import config

    folder = kept or Path(tempfile.mkdtemp(prefix="tertib-bench-"))
    folder.mkdir(exist_ok=True, parents=True)
    folder.chmod(0o711)
    (folder / "data" / "static").mkdir(parents=True, exist_ok=True)
    os.environ["TERTIB_DATA"] = str(folder / "data")
    server = database.start(folder / "postgres")
    os.environ["DATABASE_URL"] = server.url
    config.cache_clear()
    try:
        import django

        django.setup()

        from tertib.cli.migrate import migrate_all
        from tertib.ground.tenancy.actions import create_government
        from tertib.ground.tenancy.models import Government

        migrate_all()
        government = Government.objects.filter(schema_name=SCHEMA).first()
        if government is None:
            government = create_government(SCHEMA, "Kota Ukur", domain=DOMAIN)
            migrate_all()
        here.enter(government)
        yield server.url
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)


def enter() -> None:
    """Point a forked process at the measured government, over a connection of its own."""
    from django.db import connection

    from tertib.ground.tenancy.models import Government

    connection.connect()
    here.leave()
    here.enter(Government.objects.get(schema_name=SCHEMA))
