"""Jobs of the letters room. They live in the shared schema, so each names its government."""

from __future__ import annotations

import uuid

import procrastinate
from django_tenants.utils import schema_context
from procrastinate.contrib.django import app

from tertib.rooms.letters import sending


@app.task(
    name="letters.deliver",
    queue="exchange",
    retry=procrastinate.RetryStrategy(max_attempts=50, exponential_wait=2),
)
def deliver(schema: str, recipient: str) -> None:
    """Carry a letter to another government."""
    from tertib.ground.tenancy.models import Government

    with schema_context(schema):
        government = Government.objects.get(schema_name=schema)
    with government:
        sending.deliver(uuid.UUID(recipient))
