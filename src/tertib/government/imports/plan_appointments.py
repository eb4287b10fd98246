"""Appointments of an import: who fills which post when, and that nobody fills a filled one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tertib.government.checks import Checks, limit
from tertib.government.imports import values as read
from tertib.government.imports.planned import Plan
from tertib.government.imports.tables import Row, Table
from tertib.government.models import Appointment, Person, Post
from tertib.ground.errors import Problem

_NEVER = date.max
_COLUMNS = ("appointment", "starts_on", "ends_on", "decree")


@dataclass(slots=True)
class Seating:
    """A row that may seat its person on a post."""

    table: Table
    row: Row
    person: Person | None
    checks: Checks


@dataclass(slots=True)
class Term:
    """A time in which somebody fills a post, stored or of a file."""

    starts_on: date
    ends_on: date
    name: str
    kind: str
    where: str = ""
    checks: Checks | None = None


Key = tuple[uuid.UUID, uuid.UUID, str, date]


def plan_appointments(plan: Plan, seatings: list[Seating], posts: dict[str, Post], problems: list[Problem]) -> None:
    """Note what the rows change in appointments; one is known again by post, person, kind and first day."""
    stored: dict[Key, Appointment] = {
        (row.post_id, row.person_id, row.kind, row.starts_on): row
        for row in Appointment.objects.select_related("person")
    }
    terms: dict[tuple[uuid.UUID, bool], list[Term]] = defaultdict(list)
    seen: dict[Key, str] = {}
    for seating in seatings:
        read_row = _values(seating, posts)
        if read_row is None or seating.person is None:
            continue
        person = seating.person
        post, values = read_row
        key: Key = (post.id, person.id, values["kind"], values["starts_on"])
        where = seating.checks.place("")
        if key in seen:
            seating.checks.wrong("post", _("This repeats %s.") % seen[key])
            continue
        seen[key] = where
        row = stored.get(key) or Appointment(post_id=post.id, person_id=person.id)
        _settle(plan, seating, person, post, row, values)
        last = row.ends_on or _NEVER
        term = Term(row.starts_on, last, person.name, row.get_kind_display(), where, seating.checks)
        terms[post.id, row.kind == Appointment.Kind.DEFINITIVE].append(term)
    for key, row in stored.items():
        group = row.post_id, row.kind == Appointment.Kind.DEFINITIVE
        if key not in seen and group in terms:
            term = Term(row.starts_on, row.ends_on or _NEVER, row.person.name, row.get_kind_display())
            terms[group].append(term)
    for group_terms in terms.values():
        _check_overlaps(group_terms)
    for seating in seatings:
        problems += seating.checks.problems


def _values(seating: Seating, posts: dict[str, Post]) -> tuple[Post, dict[str, Any]] | None:
    checks, cells = seating.checks, seating.row.cells
    code = read.text(checks, "post", cells.get("post"))
    if not code:
        if any(str(cells.get(column) or "").strip() for column in _COLUMNS):
            checks.wrong("post", _("This is missing."), _("An appointment is to a post."))
        return None
    post = posts.get(code)
    if post is None:
        mend = _("Add it to one of the files, or correct the code.")
        checks.wrong("post", _("There is no post “%s”.") % code, mend)
    shown = read.text(checks, "appointment", cells.get("appointment"))
    values: dict[str, Any] = {"kind": read.chosen(checks, "appointment", shown, read.APPOINTMENTS)}
    values["starts_on"] = read.day(checks, "starts_on", cells.get("starts_on"))
    if "ends_on" in cells:
        values["ends_on"] = read.day(checks, "ends_on", cells["ends_on"])
    if "decree" in cells:
        decree = read.text(checks, "decree", cells["decree"])
        values["decree"] = checks.text("decree", decree, limit(Appointment, "decree"))
    if not checks.problems:
        checks.period(values["starts_on"], values.get("ends_on"))
    return None if checks.problems or post is None else (post, values)


def _settle(plan: Plan, seating: Seating, person: Person, post: Post, row: Appointment, values: dict[str, Any]) -> None:
    tally = plan.tallies[Appointment]
    before = tally.unchanged
    plan.settle(seating.table, seating.row.number, row, post.name, values)
    if tally.unchanged != before:
        return
    if not person.is_active:
        what = _("The account of %s is closed.") % person.name
        seating.checks.wrong("post", what, _("Open it first, or remove the row."))
    if post.abolished_on and (row.ends_on is None or row.ends_on >= post.abolished_on):
        day = date_format(post.abolished_on, "DATE_FORMAT")
        seating.checks.wrong("post", _("The post was abolished on %s.") % day)


def _check_overlaps(terms: list[Term]) -> None:
    terms.sort(key=lambda term: (term.starts_on, term.ends_on))
    last: Term | None = None
    for term in terms:
        if last is not None and term.starts_on <= last.ends_on:
            mine, other = (term, last) if term.checks is not None else (last, term)
            if mine.checks is not None:
                mine.checks.wrong("starts_on", _said(other), _("Give one of them a last day, or correct the days."))
        if last is None or term.ends_on > last.ends_on:
            last = term


def _said(term: Term) -> str:
    facts = {
        "name": term.name,
        "kind": term.kind,
        "since": date_format(term.starts_on, "DATE_FORMAT"),
        "until": date_format(term.ends_on, "DATE_FORMAT") if term.ends_on != _NEVER else "",
    }
    if facts["until"]:
        what = _("%(name)s (%(kind)s) fills this post from %(since)s until %(until)s.") % facts
    else:
        what = _("%(name)s (%(kind)s) fills this post since %(since)s, without an end.") % facts
    return f"{what} ({term.where})" if term.where else what
