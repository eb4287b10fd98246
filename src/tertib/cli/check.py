"""`tertib check`: verify all invariants of a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tertib.cli.session import database, governments

if TYPE_CHECKING:
    from tertib.matters.check import Fault

STAGES = {"record": "records", "tables": "tables"}


@click.command()
@click.option("--government", help="Only this one, by the name of its schema.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each fault, and one for the sum.")
def check(government: str | None, as_json: bool) -> None:
    """Verify all invariants of a database, and name everything that is broken.

    The exit status is 1 when something is broken, and 0 when nothing is. Nothing is changed.
    """
    with database():
        names = governments(government)
        found = 0
        with _progress(quiet=as_json) as bars:
            for name in names:
                for fault in _check(name, bars):
                    found += 1
                    if as_json:
                        click.echo(json.dumps(fault.to_json(), ensure_ascii=False))
                    else:
                        bars.console.print(f"✗ {fault}", style="red", markup=False, highlight=False, soft_wrap=True)
    if as_json:
        click.echo(json.dumps({"governments": len(names), "faults": found}))
    elif found:
        click.secho(f"{found} {'fault' if found == 1 else 'faults'} in {_counted(names)}.", fg="red")
    else:
        click.secho(f"Nothing is broken in {_counted(names)}.", fg="green")
    if found:
        sys.exit(1)


def _check(name: str, bars: Progress) -> Iterator[Fault]:
    from tertib.matters import check as matters_check
    from tertib.papers import checking as papers_checking

    tasks: dict[str, TaskID] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(f"{name}: {STAGES[stage]}", total=total)
        bars.update(tasks[stage], completed=done, total=total)

    yield from matters_check.check(name, progress)
    yield from papers_checking.missing(name)


def _progress(*, quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # In a log file a bar would be noise.
    console = Console(stderr=quiet)
    return Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)


def _counted(names: list[str]) -> str:
    return f"{len(names)} government{'' if len(names) == 1 else 's'}"
