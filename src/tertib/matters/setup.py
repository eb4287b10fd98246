"""Readying a government for work, after its tables are up to date."""

from __future__ import annotations

from django.db import transaction
from django_tenants.utils import tenant_context

from tertib.government import setup
from tertib.ground.tenancy.models import Government
from tertib.matters.procedures import parse, publish
from tertib.matters.rooms import known_functions, rooms


def prepare(government: Government) -> None:
    """Calendar and days off, the newest version of every procedure, and what the rooms themselves need.

    May be repeated at will. Raises `Invalid` where a procedure is faulty; then nothing of this government was changed.
    """
    known = known_functions()
    definitions = [parse(path, known) for room in rooms() for path in room.procedure_files()]
    with tenant_context(government), transaction.atomic():
        setup.ensure(government)
        for definition in definitions:
            publish(definition)
        for room in rooms():
            if room.after_setup is not None:
                room.after_setup()
