"""Jobs of the engine. They live in the shared schema, so each names its government."""

from __future__ import annotations

import uuid

from django_tenants.utils import schema_context, tenant_context
from procrastinate.contrib.django import app

from tertib.matters import restructure


@app.task(name="matters.follow_calendar", queue="matters", retry=5)
def follow_calendar(schema: str, calendar: str) -> None:
    """Move the due dates that a decree moves."""
    from tertib.ground.tenancy.models import Government

    with schema_context("public"):
        government = Government.objects.get(schema_name=schema)
    with tenant_context(government):
        restructure.follow_calendar(uuid.UUID(calendar))


@app.periodic(cron="15 1 1 * *")
@app.task(name="matters.keep_ready", queue="matters", queueing_lock="matters.keep_ready")
def keep_ready(timestamp: int) -> None:
    """Once a month: the days off of the year to come, in every government that has not got them yet."""
    from tertib.government.setup import ensure
    from tertib.ground.tenancy.models import Government

    for government in Government.objects.all():
        with tenant_context(government):
            ensure(government)
