"""How a change reads: each field by what it is called, its values in words, days and moments as elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from tertib.government.models import Appointment, Calendar, CalendarChange, Post, RoleGrant, Security, Unit, UnitKind
from tertib.matters.allowance import Allowance
from tertib.matters.models import Urgency
from tertib.matters.rooms import books
from tertib.web import moments
from tertib.web.admin.forms import WEEKDAYS, hours_text
from tertib.web.admin.procedure_words import allowance as allowance_words

# The last day of what has no end.
_NEVER = 9999
# Told by the column: a name or a code may look like a day.
_DAYS = frozenset({"starts_on", "ends_on", "abolished_on", "valid_from", "on"})
_MOMENTS = frozenset({"decreed_at"})


def labels() -> dict[str, str]:
    """What the record calls each column."""
    return {
        "parent_id": _("parent unit"),
        "unit_id": _("unit"),
        "superior_id": _("superior"),
        "calendar_id": _("calendar"),
        "post_id": _("post"),
        "person_id": _("person"),
        "post": _("post"),
        "unit": _("unit"),
        "reason": _("reason"),
        "short_name": _("short name"),
        "letter_code": _("letter code"),
        "area_code": _("area code"),
        "address": _("address"),
        "grade": _("grade"),
        "language": _("language"),
        "abolished_on": _("abolished on"),
        "on": _("last day"),
        "title": _("title"),
        "nip": "NIP",
        "nik": "NIK",
        "is_active": _("account open"),
        "is_head": _("heads its unit"),
        "kind": _("kind"),
        "name": _("name"),
        "code": _("code"),
        "starts_on": _("from"),
        "ends_on": _("until"),
        "decree": _("decree"),
        "clearance": _("clearance"),
        "email": _("e-mail"),
        "username": _("user name"),
        "role": _("role"),
        "weekly": _("weekly hours"),
        "pattern": _("pattern"),
        "urgency": _("urgency"),
        "allowance": _("allowance"),
        "valid_from": _("valid from"),
        "source": _("source"),
        "version": _("version"),
        "contact": _("contact"),
        "place": _("place"),
        "arms": _("arms"),
        "timezone": _("time zone"),
        "decreed_at": _("counts from"),
        "principal_id": _("stands in for"),
    }


def lines(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, str]]:
    """A change as lines of label, old and new; `names` turns ids into names."""
    called = labels()
    found = []
    for column in sorted({*before, *after}):
        if column.endswith(("_cipher",)) or column in ("is_sample", "password", "lineage"):
            continue
        shown = column.replace("_hash", "")
        old, new = _said(before.get(column), column, names), _said(after.get(column), column, names)
        if old or new:
            label = called.get(shown, shown.replace("_", " "))
            found.append({"label": label, "old": old if before else "", "new": new})
    return found


def _said(value: Any, column: str, names: Mapping[str, str]) -> str:
    if value is None or value == "":
        return ""
    if column.endswith("_hash"):
        return "•••"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _week(value) if column == "weekly" else ", ".join(map(str, value))
    if column == "allowance":
        return allowance_words(Allowance.parse(value))
    if column in _DAYS:
        day = parse_date(str(value))
        return (moments.day(day) if day.year != _NEVER else _("without an end")) if day else str(value)
    if column in _MOMENTS:
        at = parse_datetime(str(value))
        return moments.moment(at) if at else str(value)
    known = _choices(column).get(value) if isinstance(value, str | int) else None
    return str(known) if known is not None else names.get(str(value), str(value))


def _week(weekly: list[Any]) -> str:
    """“Monday to Thursday 07:30-12:00; Friday …”: the days of the same hours together."""
    told = []
    for hours, alike in groupby(zip(WEEKDAYS, weekly, strict=False), key=lambda pair: hours_text(pair[1])):
        names = [str(name) for name, _hours in alike]
        days = names[0] if len(names) == 1 else _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
        told.append(f"{days} {hours or _('off')}")
    return "; ".join(told)


def _choices(column: str) -> dict[Any, Any]:
    """The words for what a column may hold, where that is one of a few."""
    called = [(kind, book.label) for kind, book in books().items()]
    found: dict[str, Any] = {
        "role": RoleGrant.Role.choices,
        "clearance": Security.choices,
        "urgency": Urgency.choices,
        "kind": [*called, *UnitKind.choices, *Appointment.Kind.choices, *CalendarChange.Kind.choices],
        "language": settings.LANGUAGES,
    }
    return dict(found.get(column, ()))


def names_of(ids: Iterable[str | uuid.UUID | None]) -> dict[str, str]:
    """The names of units, posts and calendars among these ids. Three statements."""
    wanted = {str(item) for item in ids if item}
    found: dict[str, str] = {}
    for model in (Unit, Post, Calendar):
        found |= {str(pk): name for pk, name in model._default_manager.filter(pk__in=wanted).values_list("pk", "name")}
    return found
