"""What the room needs in every government: how much time each urgency allows."""

from __future__ import annotations

from datetime import date

from tertib.matters.models import Urgency
from tertib.rooms.letters.models import UrgencyRule

# Permendagri 54/2009: very urgent within 24 hours, urgent within 2 x 24 hours, ordinary within 5 working days. Times
# in Permendagri 1/2023 were not at hand, so the older ones stand until a government enters its own.
RULES = (
    (Urgency.SANGAT_SEGERA, "1 calendar days"),
    (Urgency.SEGERA, "2 calendar days"),
    (Urgency.BIASA, "5 working days"),
)


def after_setup() -> None:
    """Enter the rules, once."""
    if UrgencyRule.objects.exists():
        return
    for urgency, allowance in RULES:
        UrgencyRule.objects.create(
            urgency=urgency, allowance=allowance, valid_from=date(2009, 11, 3), source="Permendagri 54/2009"
        )
