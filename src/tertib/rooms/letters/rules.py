"""How much time each urgency allows: rules with a date each. One is added, none is ever edited or taken away."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from tertib.government.actions.record import store, writing
from tertib.ground.errors import Invalid, Problem
from tertib.ground.tenancy.here import today
from tertib.ground.time import now
from tertib.matters.allowance import Allowance
from tertib.matters.models import Urgency
from tertib.rooms.letters.models import Direction, Letter, UrgencyRule

ADDED = "letters.rule_added"
# A date further off is a slip of the keyboard.
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule, and how it stands today: `now` in force, `later` not yet, `before` replaced."""

    rule: UrgencyRule
    state: str


def standing() -> list[Standing]:
    """All rules, the most urgent first, the newest of each first. One statement."""
    day = today()
    found: list[Standing] = []
    reached: set[int] = set()
    for rule in UrgencyRule.objects.order_by("-urgency", "-valid_from"):
        state = "later" if rule.valid_from > day else "before" if rule.urgency in reached else "now"
        if state == "now":
            reached.add(rule.urgency)
        found.append(Standing(rule, state))
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a rule would concern: how much time the urgency has on that day so far (empty: as the procedure says), how
    many open letters keep the due date they have, and how many were registered with that urgency in `RECENT` days.
    """

    before: str
    keep: int
    recent: int


# What tells how many letters a rule will be for.
RECENT = 30


def reach(urgency: int, valid_from: date) -> Reach:
    """What to know before a rule is added. Two statements."""
    earlier = UrgencyRule.objects.filter(urgency=urgency, valid_from__lte=valid_from).order_by("-valid_from")
    since = now() - timedelta(days=RECENT)
    letters = Letter.objects.filter(direction=Direction.IN, matter__urgency=urgency, imported_at__isnull=True)
    found = letters.aggregate(
        keep=Count("pk", filter=Q(matter__closed_at__isnull=True, matter__due_at__isnull=False)),
        recent=Count("pk", filter=Q(matter__opened_at__gte=since)),
    )
    return Reach(earlier.values_list("allowance", flat=True).first() or "", found["keep"], found["recent"])


def add(urgency: int, allowance: str, valid_from: date, source: str = "", *, by: uuid.UUID | None) -> UrgencyRule:
    """Enter a rule that counts for letters registered from that day on (local date); those before keep what they have.

    `allowance` is as `Allowance.parse` reads it, in working hours or days, or calendar days. Raises `Invalid` (fields
    allowance, valid_from) for one that can't be read or allows no time, for a day that is past, and for a day from
    which there is a rule already.
    """
    problems = [*_unusable(allowance), *_out_of_time(valid_from)]
    if problems:
        raise Invalid(*problems)
    with writing():
        if UrgencyRule.objects.filter(urgency=urgency, valid_from=valid_from).exists():
            what = _("There is a rule for this urgency from that day already.")
            raise Invalid(Problem(what, where="valid_from", mend=_("Choose another day.")))
        row = UrgencyRule()
        values = {"urgency": urgency, "allowance": allowance, "valid_from": valid_from, "source": source}
        store(ADDED, row, by, values, title=str(Urgency(urgency).label))
    return row


def _unusable(allowance: str) -> list[Problem]:
    try:
        given = Allowance.parse(allowance)
    except ValueError:
        mend = _("Write a whole number; ten years are the most.")
        return [Problem(_("This allowance can't be read."), where="allowance", mend=mend)]
    if given.kind == "until" or given.amount == 0:
        return [Problem(_("An allowance is some time, not none."), where="allowance")]
    return []


def _out_of_time(day: date) -> list[Problem]:
    if day < today():
        mend = _("Letters of those days have got their due dates already. Choose today or a later day.")
        return [Problem(_("That day is past."), where="valid_from", mend=mend)]
    if day.year > today().year + MOST_YEARS:
        return [Problem(_("That day is too far away."), where="valid_from")]
    return []
