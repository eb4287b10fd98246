"""`tertib bench …`: measurements. Each makes its own throw-away installation, so figures never depend on what lies in yours.

Machines are noisy: rates are given beside what the same machine does at the same minute, and what survives noise (CPU time, statements) is
counted rather than timed.
"""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {"act": "tertib.cli.bench.act", "http": "tertib.cli.bench.http", "start": "tertib.cli.bench.start"}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        return getattr(import_module(module), cmd_name) if module else None


@click.group(cls=_Lazy)
def bench() -> None:
    """Measure."""
