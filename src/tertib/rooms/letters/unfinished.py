"""The texts somebody began to write and left, for their desk: letters not begun yet, and drafts typed on."""

from __future__ import annotations

import uuid

from django.db.models import Q
from django.db.models.fields.json import KT
from django.urls import reverse
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.matters import procedures
from tertib.matters.models import Matter
from tertib.matters.rooms import Unfinished
from tertib.matters.visibility import visible
from tertib.rooms.letters.models import LetterKind, WorkingCopy

# More than anybody leaves lying about; those not begun can't be more (`copies.MOST_COPIES`).
MOST = 30


def of(reader: Reader) -> list[Unfinished]:
    """This reader's own texts that they may go on with, each letter once, the newest first. One statement, which reads
    no more of a text than its subject and its kind.
    """
    lying = visible(Matter.objects.filter(holder__in=reader.posts, closed_at=None), reader)
    rows = (
        WorkingCopy.objects.filter(Q(matter=None) | Q(matter__in=lying.values("pk")), person=reader.person)
        .annotate(subject=KT("typed__subject__0"), kind=KT("typed__kind__0"))
        .order_by("-saved_at", "-id")
        .values_list(
            "id", "matter", "matter__title", "matter__state", "matter__procedure", "subject", "kind", "saved_at"
        )
    )
    found: dict[object, Unfinished] = {}
    for copy, matter, title, state, procedure, subject, kind, at in rows[:MOST]:
        if matter and not _writable(procedure, state):
            continue
        address = reverse("letters:edit", args=[matter]) if matter else f"{reverse('letters:draft')}?salinan={copy}"
        words = str(LetterKind(kind).label) if kind in LetterKind.values else ""
        said = (subject or "").strip() or title or _("Without a subject")
        found.setdefault(matter or copy, Unfinished(said, words, at, address))
    return list(found.values())


def _writable(procedure: uuid.UUID, state: str) -> bool:
    """Whether a draft in this state can be saved by whoever has it."""
    action = procedures.of(procedure).actions.get("save")
    return action is not None and (not action.source or state in action.source)
