"""Readying a government for work, after its tables are up to date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

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
    files = tuple(path for room in rooms() for path in room.procedure_files())
    definitions = _shipped(files, known_functions())
    with tenant_context(government), transaction.atomic():
        setup.ensure(government)
        for definition in definitions:
            publish(definition)
        for room in rooms():
            if room.after_setup is not None:
                room.after_setup()


@cache
def _shipped(files: tuple[Path, ...], known: frozenset[str]) -> tuple[dict[str, Any], ...]:
    """What comes with the program does not change while it runs; an installation may have hundreds of governments."""
    return tuple(parse(path, known) for path in files)
