"""`tertib government …`: make governments and fill them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tertib.cli.inside import bar, inside, only
from tertib.cli.session import database

if TYPE_CHECKING:
    from tertib.government.imports import Counts
    from tertib.government.models import Person


@click.group()
def government() -> None:
    """Create governments, import units, posts and people."""


@government.command()
@click.argument("schema")
@click.argument("name")
@click.option("--short-name", default="", help="How the menu calls it.")
@click.option("--domain", default="", help="The host name that leads to it (default: <schema>.localhost).")
@click.option("--area-code", default="", help="Kemendagri's code of the area, like 32.75.")
@click.option("--timezone", default="Asia/Jakarta", show_default=True)
def create(schema: str, name: str, short_name: str, domain: str, area_code: str, timezone: str) -> None:
    """Make a government: its tables, its calendar, and the host name that leads to it.

    SCHEMA is a short name of small letters, like bekasi.
    """
    with database():
        from tertib.ground.tenancy.actions import create_government
        from tertib.matters.setup import prepare

        made = create_government(
            schema, name, short_name=short_name, domain=domain, area_code=area_code, timezone=timezone
        )
        prepare(made)
        host = made.domains.get(is_primary=True).domain
    click.echo(f"{name} is there: http://{host}. Now: tertib government import FILE... --government {schema}")


@government.command("list")
def list_() -> None:
    """All governments, with how much each holds."""
    with database():
        from rich.console import Console
        from rich.table import Table

        from tertib.government.models import Person, Post, Unit
        from tertib.ground.tenancy.models import Government

        table = Table("schema", "name", "host", "units", "posts", "people", box=None)
        for row in Government.objects.prefetch_related("domains").order_by("schema_name"):
            hosts = ", ".join(domain.domain for domain in row.domains.all())
            with inside(row.schema_name):
                counts = [str(model._default_manager.count()) for model in (Unit, Post, Person)]
            table.add_row(row.schema_name, row.name, hosts, *counts)
        Console().print(table)


@government.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--government", "schema", help="The schema of the government; not needed where there is only one.")
@click.option("--template", type=click.Choice(["units", "posts", "people"]), help="Write an empty file of this kind.")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write the template: a .csv or .xlsx file.")
@click.option("--dry-run", is_flag=True, help="Check the files and say what would change.")
def import_(
    files: tuple[Path, ...], schema: str | None, template: str | None, output: Path | None, dry_run: bool
) -> None:
    """Import units, posts and people from CSV and XLSX FILES, all together or not at all.

    Importing the same files again changes nothing.
    """
    if template:
        _write_template(template, output)
        return
    if not files:
        raise click.UsageError("Name at least one file, or ask for a --template.")
    with database(), inside(only(schema)), bar() as tell:
        from django.db import transaction

        from tertib.government import imports
        from tertib.matters.restructure import follow_import

        tables = imports.read_all((path, path.name) for path in files)
        plan = imports.plan(tables, progress=tell)
        with transaction.atomic():
            counts = plan.counts if dry_run else imports.apply(plan, None, tell)
            if not dry_run:
                follow_import(counts.units.changed + counts.posts.changed)
    _report(counts, "would be " if dry_run else "")


@government.command()
@click.option("--government", "schema", help="The schema of the government; not needed where there is only one.")
@click.option("--year", type=click.IntRange(1950, 2200), help="Default: this year.")
@click.option("--code", default="default", show_default=True, help="The code of the calendar.")
def calendar(schema: str | None, year: int | None, code: str) -> None:
    """Print a working calendar: the usual week, and every day of a year that departs from it."""
    with database(), inside(only(schema)):
        from tertib.government.calendars import load, year_of
        from tertib.government.models import Calendar
        from tertib.government.workhours import WEEKDAYS, hours_to_json
        from tertib.ground.errors import NotFound, Problem
        from tertib.ground.time import now

        row = Calendar.objects.filter(code=code).first()
        if row is None:
            known = ", ".join(Calendar.objects.values_list("code", flat=True))
            raise NotFound(Problem(f"There is no calendar “{code}”.", mend=f"There are: {known}."))
        days = load(row.id, row.version)
        click.echo(f"{row.name} ({row.code}, {row.timezone})")
        for name, hours in zip(WEEKDAYS, days.weekly, strict=True):
            spans = ", ".join("-".join(part) for part in hours_to_json(hours)) or "off"
            click.echo(f"  {name:<10} {spans}")
        for day, hours, title in year_of(days, year or now().astimezone(days.zone).year):
            spans = ", ".join("-".join(part) for part in hours_to_json(hours)) or "off"
            click.echo(f"  {day.isoformat()} {day:%a}  {spans:<26} {title}")


@government.command()
@click.argument("username")
@click.option("--government", "schema", help="The schema of the government; not needed where there is only one.")
@click.password_option(help="Asked for where it is not given.")
def password(username: str, schema: str | None, password: str) -> None:
    """Set the password of a person: so the first administrator gets in, who then makes links for the others."""
    with database(), inside(only(schema)):
        from tertib.government import actions

        person = _person(username)
        actions.set_password(person.id, password, by=None)
        click.echo(f"{person.name} can sign in now.")


@government.command()
@click.argument("person")
@click.option("--name", required=True, help="Which program the key is for.")
@click.option("--government", "schema", help="The schema of the government; not needed where there is only one.")
def token(person: str, name: str, schema: str | None) -> None:
    """Make a key with which a program acts as PERSON (their user name), and print it once."""
    with database(), inside(only(schema)):
        from tertib.government import tokens

        click.echo(tokens.make(_person(person), name))


def _person(username: str) -> Person:
    from tertib.government.models import Person
    from tertib.ground.errors import NotFound, Problem

    person = Person.objects.filter(username__iexact=username).first()
    if person is None:
        raise NotFound(Problem(f"There is nobody with the user name “{username}”."))
    return person


def _write_template(kind: str, output: Path | None) -> None:
    import django

    # The words of the template are translated; no database is needed for that.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tertib.settings")
    django.setup()
    from tertib.government.imports import template

    if output is None:
        sys.stdout.buffer.write(template(kind))
        return
    form = output.suffix.lower()
    if form not in (".csv", ".xlsx"):
        raise click.UsageError("The template is a .csv or .xlsx file.")
    if output.exists():
        raise click.UsageError(f"{output} is there already; choose another name.")
    output.write_bytes(template(kind, "xlsx" if form == ".xlsx" else "csv"))


def _report(counts: Counts, would: str) -> None:
    for name in ("units", "posts", "people", "appointments"):
        tally = getattr(counts, name)
        added, changed = f"{tally.added:>6} {would}added", f"{tally.changed:>6} {would}changed"
        click.echo(f"{name:<13} {added}  {changed}  {tally.unchanged:>6} unchanged")
    if counts.roles_given or counts.roles_taken:
        click.echo(f"roles         {counts.roles_given:>6} {would}given  {counts.roles_taken:>6} {would}taken")
    if counts.nothing:
        click.echo("Nothing to change.")
