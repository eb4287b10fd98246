"""`tertib letters …`: letters of the past enter by their agenda book."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tertib.cli.inside import bar, inside, only
from tertib.cli.session import database


@click.group()
def letters() -> None:
    """Import agenda books."""


@letters.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--government", "schema", help="The schema of the government; not needed where there is only one.")
@click.option("--template", is_flag=True, help="Write an empty agenda book instead, to FILE or standard output.")
@click.option("--dry-run", is_flag=True, help="Check the file and say what would be imported.")
def import_(file: Path | None, schema: str | None, template: bool, dry_run: bool) -> None:
    """Import the letters of an agenda book (CSV or XLSX), all of them or none.

    They are marked as imported, with their original dates and numbers. Importing the same rows again changes nothing.
    """
    if template:
        _write_template(file)
        return
    if file is None:
        raise click.UsageError("Name a file, or ask for a --template.")
    with database(), inside(only(schema)), bar() as tell:
        from tertib.rooms.letters.imports import import_agenda

        found = import_agenda(file, progress=tell, dry_run=dry_run)
    done = "would be imported" if dry_run else "imported"
    click.echo(f"{found.added} letters {done}, {found.known} were here already.")


def _write_template(file: Path | None) -> None:
    import django

    django.setup()
    from tertib.rooms.letters.agenda_template import template

    if file is None:
        sys.stdout.buffer.write(template("csv"))
        return
    form = file.suffix.lower()
    if form not in (".csv", ".xlsx"):
        raise click.UsageError("The template is a .csv or .xlsx file.")
    if file.exists():
        raise click.UsageError(f"{file} is there already; choose another name.")
    file.write_bytes(template("xlsx" if form == ".xlsx" else "csv"))
