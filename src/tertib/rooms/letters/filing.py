"""Effects that every letter has: attaching papers, linking letters, correcting a registration."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tertib.ground.errors import Invalid, NotFound, Problem, invalid
from tertib.ground.ids import new_id
from tertib.matters import registers
from tertib.matters.context import Act
from tertib.matters.models import Link
from tertib.matters.visibility import may_see
from tertib.papers import actions as papers
from tertib.papers.models import PaperVersion
from tertib.rooms.letters.checking import TEXTS, judge
from tertib.rooms.letters.models import Disposition, Letter, Party
from tertib.rooms.letters.receiving import Incoming, urgency_allowance

DAYS = {"letter_date", "received_on"}
CORRECTABLE = ("subject", "sender_name", "sender_address", "number", "classification", "summary", *sorted(DAYS))


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
    """Mend what was registered wrongly; the entry keeps what stood before.

    What is changed is checked as at registration. Parts of the letter follow its secrecy. While the letter waits for a
    decision, another urgency gives the time that it allows, counted from now; afterwards its parts have their own.
    """
    letter = Letter.objects.get(pk=act.row.id)
    stood = _registered(act, letter)
    given = {name: _day(value) if name in DAYS else value for name, value in act.data.items() if name in stood}
    given = {name: value for name, value in given.items() if value != stood[name]}
    clean, problems = judge(Incoming(**{**stood, **given}))
    touched = set(given) | (DAYS if DAYS & set(given) else set())
    places = {where: name for name, where, _most in TEXTS}
    problems = [replace(problem, where=places.get(str(problem.where), problem.where)) for problem in problems]
    if "sender_name" in given and letter.delivery_key:
        what = _("The letter was delivered, and says itself who sent it; this can't be changed.")
        problems.append(Problem(what, where="sender_name"))
    invalid([problem for problem in problems if problem.where in touched])
    changed = {name: getattr(clean, name) for name in given if getattr(clean, name) != stood[name]}
    if not changed:
        raise Invalid(Problem(_("Nothing was changed.")))
    act.result["before"] = {name: _json(stood[name]) for name in changed}
    act.data = {**act.data, **{name: _json(value) for name, value in changed.items()}}
    act.security, act.urgency, act.title = changed.get("security"), changed.get("urgency"), changed.get("subject")
    if act.urgency is not None and act.row.state == act.definition.initial:
        act.allowance = urgency_allowance(act.urgency, act.at)
    _rewrite(letter, changed)


def only_registered(act: Act) -> Problem | None:
    """Only what a registrar typed can be a mistake of theirs, and only until something was decided about it."""
    if Disposition.objects.filter(letter=act.row.id).exists():
        what = _("The letter was disposed already, so its registration stays.")
        return Problem(what, mend=_("Whoever holds it can finish it, with the reason."))
    if Letter.objects.filter(pk=act.row.id, delivery_key__isnull=False).exists():
        what = _("The letter was delivered, not registered by hand, and its sender knows its agenda number.")
        return Problem(what, mend=_("Whoever holds it can pass it on or finish it, with the reason."))
    return None


def void(act: Act) -> None:
    """Registered twice, or in the wrong book: the agenda number stays in the book as cancelled, with the reason."""
    letter = Letter.objects.get(pk=act.row.id)
    if letter.agenda_id:
        act.result["cancelled"] = registers.cancel(letter.agenda_id, act.data["reason"], act.at).text


def _registered(act: Act, letter: Letter) -> dict[str, Any]:
    """What a registrar may correct, as it stands."""
    stood = {name: getattr(letter, name) for name in CORRECTABLE}
    return stood | {"security": act.row.security, "urgency": act.row.urgency}


def _rewrite(letter: Letter, changed: dict[str, Any]) -> None:
    columns = {name: value for name, value in changed.items() if name in CORRECTABLE}
    if "sender_name" in columns:
        # A name that was typed no longer is the unit or government that was chosen.
        kind = letter.sender_kind if letter.sender_kind == Party.CITIZEN else Party.BODY
        columns |= {"sender_kind": kind, "sender_unit": None, "sender_government": ""}
    for name, value in columns.items():
        setattr(letter, name, value)
    if columns:
        letter.save(update_fields=list(columns))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _json(value: Any) -> Any:
    """A value of a registration as an entry holds it."""
    return value.isoformat() if isinstance(value, date) else "" if value is None else value
