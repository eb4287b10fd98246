"""`tertib migrate`: the tables of the installation and of every government, and what each needs to begin work."""

from __future__ import annotations

from collections.abc import Callable

import click

from tertib.cli.session import database
from tertib.cli.steps import Steps
from tertib.ground.tenancy import here

# What is being done now, how many are done, of how many.
Progress = Callable[[str, int, int], None]


def migrate_all(progress: Progress | None = None) -> int:
    """Bring the shared tables and those of every government up to date, then ready each government for work.

    Answers how many governments there are. Safe to repeat. Raises `Invalid` where a room's procedure is faulty.
    """
    from django.core.management import call_command

    from tertib.ground.tenancy.models import Government
    from tertib.matters.setup import prepare

    tell = progress or (lambda _text, _done, _total: None)
    tell("installation", 0, 0)
    call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
    here.leave()
    governments = list(Government.objects.order_by("schema_name"))
    for number, government in enumerate(governments):
        tell(government.schema_name, number, len(governments))
        call_command("migrate_schemas", schema_name=government.schema_name, interactive=False, verbosity=0)
        prepare(government)
    here.leave()
    if governments:
        tell("", len(governments), len(governments))
    return len(governments)


@click.command()
def migrate() -> None:
    """Bring the tables of all governments up to date."""
    steps = Steps()
    with database(), steps.step("Tables and procedures"):
        count = migrate_all(steps.progress)
    steps.line(f"Up to date: the installation and {count} governments.")
