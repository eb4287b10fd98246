"""Effects that every letter has: attaching papers, linking letters, correcting a registration."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.translation import gettext as _

from tertib.ground.errors import Invalid, NotFound, Problem
from tertib.ground.ids import new_id
from tertib.matters.context import Act
from tertib.matters.models import Link
from tertib.matters.visibility import may_see
from tertib.papers import actions as papers
from tertib.papers.models import PaperVersion
from tertib.rooms.letters.models import Letter

CORRECTABLE = ("subject", "number", "classification", "summary")


def attach(act: Act) -> None:
    """The papers were stored by the caller in this transaction; the entry names them by their hash."""
    wanted = list(dict.fromkeys(str(item.get("sha256", "")) for item in act.data["papers"]))
    newest = PaperVersion.objects.filter(paper__matter=act.row.id).order_by("id")
    known = {version.sha256: version for version in newest}
    if not wanted or not known.keys() >= set(wanted):
        raise Invalid(Problem(_("A file that should be attached is not there."), where="papers"))
    # As it is kept, not as the caller describes it: the record vouches for name and size as well.
    act.data = {**act.data, "papers": [papers.reference(known[sha256]) for sha256 in wanted]}


def link(act: Act) -> None:
    """Join two letters. The actor must see both, or a link would tell of what they may not know."""
    target = uuid.UUID(act.data["target"])
    if target == act.row.id:
        raise Invalid(Problem(_("A letter can't be linked with itself."), where="target"))
    if not may_see(target, act.reader):
        raise NotFound(Problem(_("There is no such letter, or it is not for you to see."), where="target"))
    Link.objects.get_or_create(
        source_id=act.row.id, target_id=target, kind=act.data["kind"], defaults={"id": new_id(act.at)}
    )


def correct(act: Act) -> None:
    """Mend what was registered wrongly; the entry keeps what stood before."""
    letter = Letter.objects.get(pk=act.row.id)
    before: dict[str, str] = {}
    for name in CORRECTABLE:
        if name in act.data and act.data[name] != getattr(letter, name):
            before[name] = getattr(letter, name)
            setattr(letter, name, act.data[name])
    if "letter_date" in act.data:
        day = date.fromisoformat(act.data["letter_date"])
        if day != letter.letter_date:
            before["letter_date"] = str(letter.letter_date or "")
            letter.letter_date = day
    if not before:
        raise Invalid(Problem(_("Nothing was changed.")))
    letter.save(update_fields=list(before))
    act.title = letter.subject
    act.result["before"] = before
