"""`tertib demo`: the demo city, as large as one likes."""

from __future__ import annotations

import click

from tertib.cli.session import database
from tertib.cli.steps import Steps


@click.command()
@click.option(
    "--letters",
    type=click.IntRange(0, 1_000_000),
    default=0,
    help="How many everyday letters there shall be beside the story's.",
)
def demo(letters: int) -> None:
    """Load the demo city: two governments, their people, and letters at every stage. A second time, nothing happens."""
    steps = Steps()
    with database():
        from tertib.cli.migrate import migrate_all

        with steps.step("Tables and procedures"):
            migrate_all(steps.progress)
        from tertib.demo.load import load_demo

        with steps.step("Demo city"):
            loaded = load_demo(steps.progress, letters)
    steps.line("The demo city is there." if loaded else "The demo city was there already; nothing was changed.")
