"""`tertib bench …`: measurements. Each makes its own throw-away installation, so figures never depend on what lies in
yours.

Machines are noisy: rates are given beside what the same machine does at the same minute, and what survives noise (CPU
time, statements) is counted rather than timed.
"""

from __future__ import annotations

from importlib import import_module

import click

# name -> (module, attribute)
COMMANDS = {
    "act": ("tertib.cli.bench.act", "act"),
    "desk": ("tertib.cli.bench.desk", "desk"),
    "http": ("tertib.cli.bench.http", "http_"),
    "live": ("tertib.cli.bench.live", "live"),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(module), attribute)
        return found


@click.group(cls=_Lazy)
def bench() -> None:
    """Measure."""
