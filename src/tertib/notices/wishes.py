"""By which way somebody is told of what: their own wishes, and what is usual for their work where they have none."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time

from django.db import connection
from django.utils.translation import gettext_lazy as _

from tertib.government.authority import local_day
from tertib.matters.models import Urgency
from tertib.notices.models import Kind, Wishes

# From the quietest to the loudest; each but `off` also stands on the page of notices.
WAYS = {
    "off": _("Not at all"),
    "page": _("Only in Tertib"),
    "digest": _("In the daily digest"),
    "mail": _("E-mail at once"),
    "push": _("Push to my browsers"),
    "both": _("E-mail and push at once"),
}
BY_MAIL, BY_PUSH = ("mail", "both"), ("push", "both")
DIGEST_AT = time(7, 30)

LEADER, REGISTRAR, OFFICER = "leader", "registrar", "officer"

# For ordinary, urgent and very urgent matters.
_OFFICER: Mapping[str, tuple[str, str, str]] = {
    Kind.ARRIVED: ("digest", "mail", "both"),
    Kind.ASKED: ("mail", "mail", "both"),
    Kind.ANSWERED: ("digest", "digest", "mail"),
    Kind.RETURNED: ("mail", "mail", "both"),
    Kind.SIGNED: ("digest", "mail", "mail"),
    Kind.DELIVERED: ("page", "page", "digest"),
    Kind.WITHDRAWN: ("page", "digest", "mail"),
    Kind.DUE_SOON: ("page", "mail", "both"),
    Kind.OVERDUE: ("digest", "mail", "both"),
    Kind.REMINDER: ("mail", "both", "both"),
}
_USUAL: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    OFFICER: _OFFICER,
    # A leader's desk fills all day long; one mail in the morning says what waits.
    LEADER: {
        **_OFFICER,
        Kind.ARRIVED: ("page", "digest", "both"),
        Kind.ANSWERED: ("page", "page", "digest"),
        Kind.DUE_SOON: ("page", "page", "both"),
    },
    # Works in the books all day and sees there what comes.
    REGISTRAR: {**_OFFICER, Kind.ARRIVED: ("page", "page", "mail"), Kind.DELIVERED: ("page", "page", "page")},
}


@dataclass(frozen=True, slots=True)
class Told:
    """How one person is told: the wishes with everything that is usual filled in."""

    ways: Mapping[str, str]
    usual: Mapping[str, str]
    row: Wishes
    address: str
    language: str

    def way(self, kind: str, urgency: int) -> str:
        return self.ways[f"{kind}.{urgency}"]

    @property
    def digest_at(self) -> time:
        return self.row.digest_at or DIGEST_AT

    @property
    def mail_to(self) -> str:
        """The address, if e-mail may go there; empty where there is none, or it was refused."""
        refused = self.row.refused_at is not None and self.row.refused_address == self.address
        return "" if refused else self.address


_READ = """
SELECT p.id, p.email, p.language,
  EXISTS (SELECT FROM government_appointment a JOIN government_post o ON o.id = a.post_id
          WHERE a.person_id = p.id AND o.is_head AND a.starts_on <= %(day)s
            AND (a.ends_on IS NULL OR a.ends_on >= %(day)s)),
  EXISTS (SELECT FROM government_appointment a JOIN government_rolegrant r ON r.post_id = a.post_id
          WHERE a.person_id = p.id AND r.role = 'registrar' AND a.starts_on <= %(day)s
            AND (a.ends_on IS NULL OR a.ends_on >= %(day)s))
FROM government_person p WHERE p.id = ANY(%(people)s)"""


def of(people: Iterable[uuid.UUID]) -> dict[uuid.UUID, Told]:
    """The wishes of people, in two statements."""
    wanted = list(set(people))
    if not wanted:
        return {}
    kept = {row.person_id: row for row in Wishes.objects.filter(person__in=wanted)}
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"people": wanted, "day": local_day()})
        rows = cursor.fetchall()
    found = {}
    for person, address, language, heads, registers in rows:
        work = LEADER if heads else REGISTRAR if registers else OFFICER
        row = kept.get(person) or Wishes(person_id=person)
        common = usual(work)
        found[person] = Told({**common, **_known(row.ways)}, common, row, address, language or "id")
    return found


def usual(work: str) -> dict[str, str]:
    """What is usual for a leader, a registrar or an officer."""
    return {f"{kind}.{urgency}": way for kind, ways in _USUAL[work].items() for urgency, way in enumerate(ways)}


def _known(ways: Mapping[str, str]) -> dict[str, str]:
    return {cell: way for cell, way in ways.items() if way in WAYS and cell in CELLS}


CELLS = tuple(f"{kind}.{urgency}" for kind in Kind.values for urgency in Urgency.values)
