"""Starting Django for a command, with the embedded server where no DATABASE_URL is given."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def database() -> Iterator[None]:
    """Within this block Django is set up and the database is there: the one named by DATABASE_URL, the embedded one
    that is already running, or the embedded one started for the length of this command.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tertib.settings")
    server = None
    if not os.environ.get("DATABASE_URL"):
        from tertib.ground import database as embedded
        from tertib.ground.config import config

        server = embedded.start(config().data / "postgres")
        os.environ["DATABASE_URL"] = server.url
        config.cache_clear()
    try:
        import django

        django.setup()
        yield
    finally:
        if server is not None:
            from django.db import connections

            connections.close_all()
            server.stop()


def governments(only: str | None = None) -> list[str]:
    """The schema names of all governments, or of the one that was asked for.

    Raises NotFound when there is none of that name.
    """
    from tertib.ground.errors import NotFound, Problem
    from tertib.ground.tenancy.models import Government

    found = list(Government.objects.order_by("schema_name").values_list("schema_name", flat=True))
    if only is None:
        return found
    if only not in found:
        raise NotFound(Problem(f"There is no government “{only}”.", mend=f"There are: {', '.join(found) or 'none'}."))
    return [only]
