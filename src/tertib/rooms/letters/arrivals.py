"""Letters that left the house as paper: nobody answers for them by themselves, so somebody records that they arrived.

It is kept as what another government answers is: the status and the receipt of the recipient, and an entry.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, time

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tertib.ground.errors import Invalid, NotFound, Problem
from tertib.ground.tenancy.here import zone
from tertib.matters.context import Act
from tertib.rooms.letters import filing
from tertib.rooms.letters.models import OUTSIDE, Recipient


class How(models.TextChoices):
    """How a paper came to whom it is for; the procedure offers the same."""

    HAND = "hand", gettext_lazy("by messenger")
    POST = "post", gettext_lazy("by post")
    COURIER = "courier", gettext_lazy("by courier")
    EMAIL = "email", gettext_lazy("by e-mail")
    OTHER = "other", gettext_lazy("in another way")


def outside(letter: uuid.UUID) -> list[Recipient]:
    """Whom a letter went to as paper, those without an arrival first."""
    found = list(Recipient.objects.filter(letter=letter, kind__in=OUTSIDE))
    return sorted(found, key=lambda recipient: recipient.status != Recipient.Status.SENT)


def arrived(act: Act) -> None:
    """Keep when, how and with whom the paper arrived. Recording it again corrects it; the record keeps both."""
    recipient = Recipient.objects.filter(pk=act.data["recipient"], letter=act.row.id).first()
    if recipient is None:
        raise NotFound(Problem(_("The letter has no such recipient."), where="recipient"))
    if recipient.kind not in OUTSIDE:
        what = _("The receipt of %s comes by itself.") % recipient
        raise Invalid(Problem(what, where="recipient", mend=_("Choose a recipient outside.")))
    day = date.fromisoformat(act.data["received_on"])
    sent = recipient.sent_at or act.at
    if day > act.at.astimezone(zone()).date():
        raise Invalid(Problem(_("This day has not come yet."), where="received_on"))
    if day < sent.astimezone(zone()).date():
        raise Invalid(Problem(_("The letter was not sent before then."), where="received_on"))
    if act.data.get("papers"):
        filing.attach(act)
    recipient.status = Recipient.Status.DELIVERED
    # Only the day is known; it can't have come before it went.
    recipient.delivered_at = max(sent, datetime.combine(day, time(), zone()))
    recipient.receipt = {name: act.data[name] for name in ("received_on", "how", "received_by")}
    recipient.save(update_fields=["status", "delivered_at", "receipt"])
    act.result |= {"to": recipient.name, "status": str(recipient.status)}
