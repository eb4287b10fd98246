"""People of an import: who each row means, and what their account will say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tertib.government.actions.people import free_username
from tertib.government.checks import Checks, limit
from tertib.government.fields import encrypt, lookup
from tertib.government.imports import values as read
from tertib.government.imports.plan_appointments import Seating, plan_appointments
from tertib.government.imports.planned import Plan, Progress
from tertib.government.imports.tables import Row, Table
from tertib.government.models import Person, Post
from tertib.ground.errors import Problem


@dataclass(slots=True)
class Draft:
    """Somebody of the files: the row that tells of them first, and what all their rows say."""

    person: Person
    table: Table
    number: int
    checks: Checks
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Register:
    """Everybody there is and will be, by each thing that may belong to one person only."""

    numbers: dict[tuple[str, bytes], Person] = field(default_factory=dict)
    emails: dict[str, Person] = field(default_factory=dict)
    usernames: set[str] = field(default_factory=set)
    drafts: dict[Any, Draft] = field(default_factory=dict)

    def add(self, person: Person) -> None:
        """Note a stored person."""
        for kind in ("nip", "nik"):
            number = getattr(person, f"{kind}_hash")
            if number is not None:
                self.numbers[kind, bytes(number)] = person
        if person.email:
            self.emails[person.email.lower()] = person
        self.usernames.add(person.username.lower())

    def name(self, person: Person) -> str:
        """The name of a stored person, or of one who is yet to be stored."""
        return person.name or str(self.drafts[person.id].values["name"])


def plan_people(
    plan: Plan, tables: list[Table], posts: dict[str, Post], problems: list[Problem], tell: Progress
) -> None:
    """Check the rows and note what they change in people and their appointments."""
    total = sum(len(table.rows) for table in tables)
    if not total:
        return
    register = Register()
    for stored in Person.objects.defer("password"):
        register.add(stored)
    seatings: list[Seating] = []
    done = 0
    for table in tables:
        for row in table.rows:
            checks = Checks(table.place(row.number))
            person = _person(plan, register, table, row, checks)
            # Somebody who can't be told apart still has a post and days to check.
            seatings.append(Seating(table, row, person, checks))
            problems += checks.problems
            checks.problems = []
            done += 1
            tell("people", done, total)
    for draft in register.drafts.values():
        _settle(plan, register, draft)
        problems += draft.checks.problems
        draft.checks.problems = []
    plan_appointments(plan, seatings, posts, problems)


def _person(plan: Plan, register: Register, table: Table, row: Row, checks: Checks) -> Person | None:
    """The person a row means, stored or new; None where that can't be told."""
    name = checks.text("name", read.text(checks, "name", row.cells.get("name")), limit(Person, "name"), required=True)
    email = checks.email("email", read.text(checks, "email", row.cells.get("email")))
    given = {kind: read.number(checks, kind, row.cells.get(kind)) for kind in ("nip", "nik")}
    clean = not checks.problems
    checks.numbers(given["nip"], given["nik"])
    if clean and not any(given.values()):
        where = "nip" if "nip" in row.cells else "nik"
        checks.wrong(where, _("A person needs a NIP or a NIK."), _("By it they are found again."))
    if checks.problems:
        return None
    hashes = {kind: lookup(number) for kind, number in given.items() if number}
    known = _known(register, hashes, checks)
    if checks.problems:
        return None
    person = known or Person(is_sample=plan.sample, password=_unusable())
    for kind, number in hashes.items():
        register.numbers[kind, number] = person
    values: dict[str, Any] = {"name": name} | ({"email": email} if email else {})
    for kind, number in hashes.items():
        stored = getattr(person, f"{kind}_hash")
        if stored is None or bytes(stored) != number:
            values[f"{kind}_hash"] = number
            values[f"{kind}_plain"] = given[kind]
    _merge(register, Draft(person, table, row.number, checks, values))
    return person


def _unusable() -> str:
    from django.contrib.auth.hashers import make_password

    return make_password(None)


def _known(register: Register, hashes: dict[str, bytes], checks: Checks) -> Person | None:
    by_nip = register.numbers.get(("nip", hashes["nip"])) if "nip" in hashes else None
    by_nik = register.numbers.get(("nik", hashes["nik"])) if "nik" in hashes else None
    if by_nip is not None and by_nik is not None and by_nip is not by_nik:
        facts = {"first": register.name(by_nip), "second": register.name(by_nik)}
        checks.wrong("nik", _("The NIP belongs to %(first)s, the NIK to %(second)s.") % facts)
        return None
    if by_nip is None and by_nik is not None and "nip" in hashes:
        draft = register.drafts.get(by_nik.id)
        if by_nik.nip_hash is not None or (draft and "nip_hash" in draft.values):
            mend = _("If they were given a new NIP, enter it on the page of that person first.")
            checks.wrong("nip", _("The NIK belongs to %s, who has another NIP.") % register.name(by_nik), mend)
            return None
    return by_nip if by_nip is not None else by_nik


def _merge(register: Register, draft: Draft) -> None:
    """Rows about the same person must agree."""
    first = register.drafts.setdefault(draft.person.id, draft)
    if first is draft:
        return
    for field_name, value in draft.values.items():
        column = field_name.partition("_")[0]
        if field_name in first.values and first.values[field_name] != value:
            if not field_name.endswith("_plain"):
                where = first.table.place(first.number)("")
                draft.checks.wrong(column, _("This differs from %s, which is about the same person.") % where)
        else:
            first.values[field_name] = value


def _settle(plan: Plan, register: Register, draft: Draft) -> None:
    person, values, checks = draft.person, draft.values, draft.checks
    if "email" in values:
        owner = register.emails.setdefault(values["email"].lower(), person)
        if owner is not person:
            checks.wrong("email", _("This address belongs to %s.") % register.name(owner))
    if person._state.adding:
        values["username"] = free_username(values.get("email", ""), values["name"], register.usernames)
        register.usernames.add(values["username"])
    for kind in ("nip", "nik"):
        plain = values.pop(f"{kind}_plain", None)
        if plain is not None:
            values[f"{kind}_cipher"] = encrypt(plain)
    before = plan.tallies[Person].changed
    plan.settle(draft.table, draft.number, person, values["name"], values)
    if not person.is_active and plan.tallies[Person].changed != before:
        checks.wrong("name", _("The account of %s is closed.") % person.name, _("Open it first, or remove the row."))
