"""What is typed into a draft before it becomes a version: its working copies, and who holds the pen.

Nothing here is in the record. A version is (`drafting.save_draft`), and what is reviewed and signed is a version.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.government.models import Security
from tertib.ground.errors import Invalid, Moved, NotFound, Problem
from tertib.ground.time import now
from tertib.rooms.letters.models import Draft, Pen, WorkingCopy

# A window that has said nothing for so long has been closed, or its computer has lost its power.
LEASE = timedelta(minutes=2)
# Of one draft, or of one person's letters that are not begun. Whoever has more is asked to tidy up first.
MOST_COPIES = 30
# Of one person in one draft: nobody fills it alone, so that others could keep nothing more.
MOST_OWN = 10
MOST_LETTERS = 400_000

Typed = dict[str, list[str]]
_LEVELS = frozenset(map(str, Security.values))


@dataclass(frozen=True, slots=True)
class Window:
    """Where somebody writes: the person, and which of their windows."""

    by: Reader
    key: str
    capacity: str = ""

    def holds(self, pen: Pen) -> bool:
        return pen.person_id == self.by.person and pen.window == self.key


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the text: kept as the draft's copy, or beside it because somebody else writes."""

    copy: WorkingCopy
    pen: Pen | None


def pen_of(matter: uuid.UUID) -> Pen | None:
    """Who is writing now, if anybody."""
    return Pen.objects.filter(pk=matter, beat_at__gt=now() - LEASE).select_related("person").first()


def held_elsewhere(matter: uuid.UUID, window: Window) -> Pen | None:
    """The pen, where another window or another person has it."""
    pen = pen_of(matter)
    return pen if pen and not window.holds(pen) else None


@transaction.atomic
def take(matter: uuid.UUID, window: Window, *, over: bool = False) -> Pen:
    """Take the pen if it lies there, keep it if one has it, or take it out of another's hand with `over`.

    Returns the pen as it is then: `window.holds` says whether that worked.
    """
    at = now()
    mine = {"person_id": window.by.person, "capacity": window.capacity, "window": window.key, "beat_at": at}
    pen, made = Pen.objects.select_for_update(of=("self",)).get_or_create(pk=matter, defaults={**mine, "taken_at": at})
    if made or window.holds(pen):
        if not made:
            Pen.objects.filter(pk=matter).update(beat_at=at)
    elif over or pen.beat_at <= at - LEASE:
        for name, value in {**mine, "taken_at": at}.items():
            setattr(pen, name, value)
        pen.save()
    return pen


def let_go(matter: uuid.UUID, window: Window) -> None:
    """Lay the pen down, so that nobody has to wait until it lapses."""
    Pen.objects.filter(pk=matter, person=window.by.person, window=window.key).delete()


@dataclass(frozen=True, slots=True)
class Found:
    """The copies of a draft: the one that goes on, those set aside, the newest first, and those that are hidden from
    this reader, of whichever kind, of which only who wrote them and when may be said.
    """

    goes_on: WorkingCopy | None
    aside: list[WorkingCopy]
    hidden: list[WorkingCopy]


@transaction.atomic
def keep(matter: uuid.UUID, window: Window, typed: Typed, copy: uuid.UUID | None, revision: int, based_on: int) -> Kept:
    """Keep what was typed into a draft. `based_on` is the version of the matter the page began with.

    Never overwrites what this window has not seen: then the text is kept beside.
    """
    _check_size(typed)
    pen = take(matter, window)
    rows = {row.pk: row for row in WorkingCopy.objects.select_for_update().filter(matter=matter)}
    seen = rows.get(copy) if copy else None
    goes_on = next((row for row in rows.values() if not row.set_aside), None)
    fresh = Draft.objects.filter(pk=matter, version__lte=based_on).exists()
    if window.holds(pen) and fresh and goes_on is seen and (seen is None or seen.revision == revision):
        row = seen or WorkingCopy(matter_id=matter)
    elif seen and seen.set_aside and seen.person_id == window.by.person and seen.revision == revision:
        row = seen
    else:
        row = WorkingCopy(matter_id=matter, set_aside=True)
    own = sum(1 for one in rows.values() if one.person_id == window.by.person)
    if row._state.adding and (own >= MOST_OWN or len(rows) >= MOST_COPIES):
        raise _too_many()
    _write(row, window.by, typed)
    return Kept(row, pen)


@transaction.atomic
def keep_unbegun(by: Reader, typed: Typed, copy: uuid.UUID | None, revision: int) -> Kept:
    """Keep what was typed into a letter that is not begun yet."""
    _check_size(typed)
    mine = WorkingCopy.objects.select_for_update().filter(matter=None, person=by.person)
    row = mine.filter(pk=copy).first() if copy else None
    if row is None or row.revision != revision:
        if len(mine) >= MOST_COPIES:
            raise _too_many()
        row = WorkingCopy()
    _write(row, by, typed)
    return Kept(row, None)


def _write(row: WorkingCopy, by: Reader, typed: Typed) -> None:
    row.revision = 1 if row._state.adding else row.revision + 1
    row.person_id, row.typed, row.saved_at = by.person, _of_known_levels(typed), now()
    row.save()


def _of_known_levels(typed: Typed) -> Typed:
    """Without a level of secrecy that there is not, which would hide the text from everybody."""
    levels = [level for level in typed.get("security", []) if level in _LEVELS]
    rest = {name: values for name, values in typed.items() if name != "security"}
    return {**rest, "security": levels[-1:]} if levels else rest


def _check_size(typed: Mapping[str, list[str]]) -> None:
    if sum(len(value) + 10 for values in typed.values() for value in values) > MOST_LETTERS:
        raise Invalid(Problem(_("The draft is too long to be kept."), mend=_("Attach the long part as a file.")))


def _too_many() -> Invalid:
    what = _("There are too many texts that were set aside.")
    return Invalid(Problem(what, mend=_("Load the page again and discard those that nobody needs.")))


def of_draft(matter: uuid.UUID, by: Reader) -> Found:
    """The copies of a draft. One statement."""
    found = WorkingCopy.objects.filter(matter=matter).select_related("person").order_by("-saved_at")
    rows = [(row, may_read(row, by)) for row in found]
    return Found(
        next((row for row, shown in rows if shown and not row.set_aside), None),
        [row for row, shown in rows if shown and row.set_aside],
        [row for row, shown in rows if not shown],
    )


def may_read(row: WorkingCopy, by: Reader) -> bool:
    """Whether somebody who may write in the draft may read this text: not what somebody else has just made more secret
    than they may see, which the draft itself does not say before it is saved.
    """
    return row.person_id == by.person or _typed_security(row) <= by.clearance


def _typed_security(row: WorkingCopy) -> int:
    typed = (row.typed.get("security") or ["0"])[-1]
    return int(typed) if typed.isdecimal() and len(typed) == 1 else 0


def unbegun(by: Reader) -> list[WorkingCopy]:
    """Letters this person has begun to type, of which there is no draft yet, the newest first."""
    return list(WorkingCopy.objects.filter(matter=None, person=by.person).order_by("-saved_at"))


def begun(by: Reader, copy: uuid.UUID | None) -> None:
    """There is a draft now of what was only typed."""
    if copy:
        WorkingCopy.objects.filter(pk=copy, matter=None, person=by.person).delete()


@transaction.atomic
def become_version(matter: uuid.UUID, window: Window, copy: uuid.UUID | None, revision: int, *, over: bool) -> None:
    """The copy that was shown becomes a version: it ends, and the pen is laid down.

    Raises Moved where somebody else is writing.
    """
    pen = take(matter, window, over=over)
    if not window.holds(pen):
        raise Moved(Problem(held_words(pen, window.by), mend=_("Wait, or take the pen; nothing you typed is lost.")))
    found = WorkingCopy.objects.filter(pk=copy, matter=matter) if copy else WorkingCopy.objects.none()
    # Under this window's pen nobody else has written, so a later revision is this window's own.
    found = found if window.key and not over else found.filter(revision=revision)
    found.delete()
    let_go(matter, window)


def held_words(pen: Pen, by: Reader) -> str:
    """That somebody else holds the pen."""
    if pen.person_id == by.person:
        return _("You are writing this draft in another window.")
    return _("%s is writing this draft now.") % pen.person.name


def outdate(matter: uuid.UUID) -> None:
    """There is a newer version than the working copy began with: it no longer goes on, but nothing of it is lost."""
    WorkingCopy.objects.filter(matter=matter, set_aside=False).update(set_aside=True)


def clear(matter: uuid.UUID) -> None:
    """The draft is signed or given up: nobody writes in it any more."""
    WorkingCopy.objects.filter(matter=matter).delete()
    Pen.objects.filter(pk=matter).delete()


@transaction.atomic
def discard(copy: WorkingCopy) -> None:
    """Throw a copy away."""
    WorkingCopy.objects.filter(pk=copy.pk).delete()


@transaction.atomic
def use(copy: WorkingCopy, window: Window) -> None:
    """Go on with what was set aside; what went on until now is set aside instead. Raises Moved, NotFound."""
    if copy.matter_id is None:
        raise NotFound(_("There is no such text."))
    # From a window of one's own one takes it without being asked: that window's text is set aside, too.
    pen = take(copy.matter_id, window, over=Pen.objects.filter(pk=copy.matter_id, person=window.by.person).exists())
    if not window.holds(pen):
        raise Moved(Problem(held_words(pen, window.by), mend=_("Wait, or take the pen; nothing you typed is lost.")))
    outdate(copy.matter_id)
    WorkingCopy.objects.filter(pk=copy.pk).update(set_aside=False)
    let_go(copy.matter_id, window)
