"""Jobs of the papers. They live in the shared schema, so each goes through the governments."""

from __future__ import annotations

from django_tenants.utils import tenant_context
from procrastinate.contrib.django import app

from tertib.ground.logs import logger
from tertib.papers.orphans import remove_orphans

log = logger(__name__)


@app.periodic(cron="40 19 * * *")
@app.task(name="papers.tidy", queue="papers", queueing_lock="papers.tidy")
def tidy(timestamp: int) -> None:
    """Once a night: remove uploads that were never sent, in every government."""
    from tertib.ground.tenancy.models import Government

    for government in Government.objects.all():
        with tenant_context(government):
            removed = remove_orphans()
            if removed:
                log.info("files that belong to nothing were removed", count=removed)
