"""The one command: `tertib`. Each group of commands is a module of its own."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

# name -> (module, attribute, help). Modules are imported when their command runs, so that `tertib --help` is instant.
COMMANDS = {
    "up": ("tertib.cli.up", "up", "Start everything: database, web, worker."),
    "worker": ("tertib.cli.worker", "worker", "Run jobs and followers."),
    "demo": ("tertib.cli.demo", "demo", "Load the demo city."),
    "check": ("tertib.cli.check", "check", "Verify all invariants of a database."),
    "migrate": ("tertib.cli.migrate", "migrate", "Bring the database up to date."),
    "government": (
        "tertib.cli.government",
        "government",
        "Create governments, import units, posts and people.",
    ),
    "letters": ("tertib.cli.letters", "letters", "Import agenda books."),
    "bench": ("tertib.cli.bench", "bench", "Measure."),
    "django": ("tertib.cli.manage", "manage", "Run a command of the framework."),
}


class Lazy(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=Lazy)
@click.version_option(package_name="tertib")
def cli() -> None:
    """Tertib: the system a city hall runs on."""


def main() -> None:
    """Entry point. Errors meant for a reader are printed as such, without a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tertib.settings")
    from tertib.ground.errors import TertibError

    try:
        cli.main(standalone_mode=False)
    except TertibError as error:
        for problem in error.problems:
            click.secho(f"✗ {problem}", fg="red", err=True)
        sys.exit(1)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
