"""`tertib django …`: the framework's own commands, for those who develop Tertib."""

from __future__ import annotations

import click

from tertib.cli.session import database


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run a command of the framework, e.g. `tertib django makemigrations`."""
    with database():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["tertib django", *arguments])
