"""Jobs of the notices. They live in the shared schema, so each goes through the governments."""

from __future__ import annotations

from django_tenants.utils import tenant_context
from procrastinate.contrib.django import app

from tertib.ground.config import config
from tertib.ground.logs import logger
from tertib.notices import actions, clock, digest, outbox, smtp

log = logger(__name__)


@app.periodic(cron="*/5 * * * *")
@app.task(name="notices.clock", queue="notices", queueing_lock="notices.clock")
def look_at_clocks(timestamp: int) -> None:
    """Every five minutes: what is due soon or overdue, in every government."""
    from tertib.ground.tenancy.models import Government

    for government in Government.objects.order_by("schema_name"):
        with tenant_context(government):
            try:
                clock.look()
            except Exception:
                # One government's trouble must not keep the others from being told.
                log.exception("clocks were not looked at", government=government.schema_name)


@app.periodic(cron="* * * * *")
@app.task(name="notices.send", queue="notices", queueing_lock="notices.send", lock="notices.send")
def send(timestamp: int) -> None:
    """Every minute: what waits to be sent by e-mail, and the digests whose time has come."""
    if smtp.server() is not None:
        _send_everywhere(mail=True)


@app.periodic(cron="* * * * *")
@app.task(name="notices.push", queue="notices", queueing_lock="notices.push", lock="notices.push")
def push(timestamp: int) -> None:
    """Every minute: what waits to be pushed. Apart from e-mail, for a browser names the server that is waited for."""
    if config().push:
        _send_everywhere(mail=False)


def _send_everywhere(*, mail: bool) -> None:
    from tertib.ground.tenancy.models import Government

    for government in Government.objects.order_by("schema_name"):
        with tenant_context(government):
            try:
                if mail:
                    digest.prepare()
                outbox.send_waiting(mail=mail, pushes=not mail)
            except Exception:
                log.exception("notices were not sent", government=government.schema_name)


@app.periodic(cron="25 19 * * *")
@app.task(name="notices.tidy", queue="notices", queueing_lock="notices.tidy")
def tidy(timestamp: int) -> None:
    """Once a night: what was read or sent long ago is of no use any more; the record has it all."""
    from tertib.ground.tenancy.models import Government

    for government in Government.objects.order_by("schema_name"):
        with tenant_context(government):
            log.info("old notices removed", count=actions.forget_old())
