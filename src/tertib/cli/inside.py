"""What commands that work inside one government share: which one, its schema, and a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tertib.cli.session import governments


def only(schema: str | None) -> str:
    """The government that was asked for, or the only one. Raises `Invalid` where it must be said."""
    from tertib.ground.errors import Invalid, Problem

    found = governments(schema)
    if len(found) != 1:
        mend = f"There are: {', '.join(found)}." if found else "Make one: tertib government create."
        raise Invalid(Problem("Say which government.", where="--government", mend=mend))
    return found[0]


@contextmanager
def inside(schema: str) -> Iterator[None]:
    """Within this block the database is that of the government."""
    from django_tenants.utils import tenant_context

    from tertib.ground.tenancy.models import Government

    with tenant_context(Government.objects.get(schema_name=schema)):
        yield


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error, where that is a terminal. Gives a function of text, done and total."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def tell(text: str, done: int, total: int) -> None:
            progress.update(task, description=text, completed=done, total=total or None)

        yield tell
