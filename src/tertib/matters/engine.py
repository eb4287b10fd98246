"""The one door through which matters change.

`open_matter` begins a matter, `act` does everything else. Each is one transaction: state, holder, clock, children,
sights and the entry commit together or not at all.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tertib.government.authority import ENGINE, Reader, Seat, current, local_day
from tertib.ground.errors import Broken, Forbidden, Invalid, Moved, NotFound, Problem, TertibError
from tertib.ground.ids import new_id
from tertib.ground.time import now
from tertib.matters import procedures, rooms, store
from tertib.matters.authorise import authorise
from tertib.matters.clocking import next_clock
from tertib.matters.context import Act, Done, Opening, Row
from tertib.matters.desks import Desk, desks
from tertib.matters.forms import check_form
from tertib.matters.models import Reason
from tertib.matters.openings import Sights, write_openings
from tertib.matters.procedures import Action, Definition, words
from tertib.matters.visibility import may_see

# How often an act without lock is tried before it queues up for one.
ATTEMPTS = 3


def act(
    matter: uuid.UUID,
    action: str,
    by: Reader,
    data: dict[str, Any] | None = None,
    *,
    expected_version: int | None = None,
    confirmed: bool = False,
) -> Done:
    """Do one action on one matter.

    `expected_version` is the version the actor has seen; `confirmed` says that the actor has just given their
    password. Raises NotFound (no such matter), Moved (it has moved on since), Forbidden (not theirs to do), Invalid
    (form or guard).
    """
    asked = _Asked(action, by, data or {}, expected_version, confirmed)
    if not connection.in_atomic_block:
        for _attempt in range(ATTEMPTS):
            rows = store.read(matter)
            if not rows or not swift(rows[-1], action):
                break
            try:
                return proceed(rows, asked)
            except _Overtaken:
                continue
    with transaction.atomic():
        return proceed(store.lock(matter), asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    action: str
    by: Reader
    data: dict[str, Any]
    expected: int | None
    confirmed: bool


class _Overtaken(Exception):
    """Somebody else changed the matter between reading and writing it."""


def swift(row: Row, action: str) -> bool:
    """Whether an action is one statement: nothing to read or write beside the matter, nothing above or below it to
    settle.

    Such an act needs no lock. Its statement changes the matter only if it is still the version that was read.
    """
    step = procedures.of(row.procedure).actions.get(action)
    if step is None or step.guards or step.effects or step.withdraws_children:
        return False
    # In a tree whoever holds a matter next gets to see others, which may be changed or opened meanwhile.
    return not (step.target or step.holder) or (row.parent is None and not row.may_have_parts)


def proceed(rows: list[Row], asked: _Asked) -> Done:
    """Check who may do it and whether the matter is still there for it, then perform it.

    `rows` are the matter last, above it its ancestors.
    """
    if not rows:
        raise NotFound(_("There is no such matter."))
    row, by = rows[-1], current(asked.by, rows[-1].structure)
    definition = procedures.of(row.procedure)
    try:
        step = definition.actions.get(asked.action)
        if step is None:
            raise NotFound(Problem(_("This kind of matter has no action “%s”.") % asked.action, where="action"))
        check_moment(row, definition, step, asked.expected)
        seat = authorise(row, step, by, rows)
        must_see(rows, seat, by)
    except TertibError:
        # A refusal tells something of the matter; whoever may not see it learns nothing.
        if by is not ENGINE and not may_see(row.id, by):
            raise NotFound(_("There is no such matter.")) from None
        raise
    if step.confirm and not asked.confirmed:
        raise Forbidden(Problem(_("This step needs your password."), where="password"))
    return perform(
        Act(row, definition, step, by, seat, moment(row), check_form(step, asked.data), holder=row.holder), rows[:-1]
    )


def open_matter(opening: Opening, by: Reader, post: uuid.UUID | None = None, at: datetime | None = None) -> Done:
    """Begin a matter on behalf of one of the actor's posts (their first, unless `post` says which).

    Raises Forbidden when the actor does not fill the post, Invalid when the holder's post is gone.
    """
    seat = by.seat(post) if post else (by.seats[0] if by.seats else None)
    if seat is None:
        raise Forbidden(_("You fill no post that may open this."))
    with transaction.atomic():
        made = write_openings([opening], None, by, seat, at or now(), {})
        return made[0]


def check_moment(row: Row, definition: Definition, step: Action, expected: int | None) -> None:
    """Refuse an action on a matter that has moved on since its actor looked at it, or that is in another state by
    now.
    """
    if expected is not None and step.moves and expected < row.moved:
        from tertib.matters.queries import happened_since

        what = _("This matter has moved on since you opened it.")
        mend = _("Look at what has happened and decide anew; what you typed is still here.")
        raise Moved(
            Problem(what, mend=mend),
            facts={"meanwhile": happened_since(row.id, expected), "version": row.version},
        )
    closed = row.closed_at is not None
    if (closed and not step.after_closing) or (step.source and row.state not in step.source):
        state = words(definition.states[row.state].label)
        what = _("“%(action)s” can't be done while the matter is “%(state)s”.") % {
            "action": words(step.label),
            "state": state,
        }
        raise Moved(Problem(what, mend=_("Open it again to see where it stands.")), facts={"version": row.version})


def must_see(rows: list[Row], seat: Seat | None, by: Reader) -> None:
    """Refuse an actor who may do something here but is not cleared to see it: a deputy, a registrar, someone further
    up.

    What lies with one's own post, what it opened, and the parts of what lies with it one always sees.
    """
    row, above = rows[-1], rows[-2].holder if len(rows) > 1 else None
    own = seat is None or (seat.capacity != "deputy" and seat.post in (row.holder, row.opener, above))
    if not own and not may_see(row.id, by):
        raise NotFound(_("There is no such matter."))


def moment(row: Row) -> datetime:
    """Now, but never before the matter's last move, even where the clocks of two machines disagree.

    Time spent does not run backwards.
    """
    past = [row.holder_since or row.closed_at or row.opened_at]
    if row.clock:
        past.append(datetime.fromisoformat(row.clock[-1]["at"]))
    return max(now(), *past)


def perform(ctx: Act, ancestors: list[Row]) -> Done:
    """Run guards and effects, then write. The matter and its ancestors are locked, unless the act is `swift`."""
    row, step = ctx.row, ctx.action
    for name in step.guards:
        problem = rooms.guards()[name](ctx)
        if problem:
            raise Invalid(problem)
    ctx.target = step.target or row.state
    state = ctx.definition.states[ctx.target]
    if step.target or step.holder:
        ctx.holder = next_holder(ctx, step.holder or state.holder, ancestors)
    for name in step.effects:
        rooms.effects()[name](ctx)
    if ctx.target not in (step.target or row.state, *step.or_to):
        raise Broken(Problem(_("An effect chose a state the procedure does not name."), where=step.name))
    state = ctx.definition.states[ctx.target]
    closes, secrecy = state.final and row.closed_at is None, row.security
    if state.final:
        ctx.holder = None
    done = write(ctx, final=state.final)
    if row.security != secrecy:
        let_parts_follow(ctx, secrecy)
    children: tuple[Done, ...] = ()
    if ctx.children:
        children = tuple(open_children(ctx, ancestors))
    if step.withdraws_children:
        withdraw(ctx)
    for later in ctx.after:
        later(ctx, children)
    if closes and row.parent and ancestors:
        settle_parent(ctx, ancestors)
    return Done(row.id, done, ctx.target, ctx.holder, row.due_at, tuple(c.matter for c in children), ctx.result)


def next_holder(ctx: Act, rule: str, ancestors: list[Row]) -> uuid.UUID | None:
    """The post that a holder rule names. Raises Invalid where it names none."""
    row = ctx.row
    if rule in ("keep", "effect"):
        return row.holder or ctx.post
    if rule == "opener":
        return row.opener
    if rule == "parent_holder":
        parent = ancestors[-1] if ancestors else None
        return (parent.holder if parent else None) or row.opener
    if rule == "superior_of_holder":
        if row.superior is None:
            raise Invalid(Problem(_("This post has no superior."), mend=_("Ask the administrator to set one.")))
        return row.superior
    if rule == "head_of_unit":
        from tertib.government.queries import head_of

        head = head_of(row.unit)
        if head is None:
            raise Invalid(Problem(_("The unit has no head."), mend=_("Ask the administrator to name one.")))
        return head
    value = ctx.data.get(rule.removeprefix("data."))
    try:
        return uuid.UUID(str(value))
    except ValueError as error:
        raise Invalid(Problem(_("Choose who receives it."), where=rule.removeprefix("data."))) from error


def write(ctx: Act, *, final: bool) -> int:
    """Apply what was decided to the row and write it with its entry. Answers the new version."""
    row, step = ctx.row, ctx.action
    body: dict[str, Any] = {"action": step.name, "by": signature(ctx), "from": row.state, "to": ctx.target}
    moved = row.holder != ctx.holder
    desk = None
    if moved and ctx.holder:
        desk = the_desk(ctx.holder, row.structure)
    events = next_clock(ctx, desk, final=final)
    sights: Sights = list(ctx.sights)
    if desk:
        sights += desk.sights(Reason.HOLDER, Reason.UNIT)
    for name in ("title", "security", "urgency"):
        value = getattr(ctx, name)
        if value is not None and value != getattr(row, name):
            setattr(row, name, value)
            body[name] = value
    if moved:
        row.holder, row.holder_since = ctx.holder, ctx.at if ctx.holder else None
    row.state = ctx.target
    row.closed_at = row.closed_at or (ctx.at if final else None)
    body |= {"holder": str(row.holder) if row.holder else None, "data": ctx.data}
    if events:
        body["clock"] = events
        body["calendar"] = str(row.calendar)
    body["due"] = store.stamp(row.due_at) if row.due_at else None
    if ctx.result:
        body["result"] = ctx.result
    if ctx.children:
        # In ascending order, so that children stand everywhere in the order in which they were named.
        for child, identity in zip(ctx.children, sorted(new_id(ctx.at) for _ in ctx.children), strict=True):
            child.id = child.id or identity
        body["children"] = [str(child.id) for child in ctx.children]
    entry = store.line(row.id, row.version + 1, ctx.at, row.head, body)
    row.version, row.head = entry.n, entry.hash
    if step.moves:
        row.moved = entry.n
    if "security" in body:
        store.reclassify(row.id, row.security)
    if not store.write_change(row, entry, sights, desk):
        raise _Overtaken
    return entry.n


def signature(ctx: Act) -> dict[str, Any]:
    """Who acted, for which post, and as what. Where the engine acted by itself, whose act was the cause."""
    seat = ctx.seat
    return {
        "person": str(ctx.reader.person),
        "post": str(seat.post) if seat else None,
        "as": seat.capacity if seat else "engine",
    }


def the_desk(post: uuid.UUID, structure: int | None = None) -> Desk:
    """The post as a place for a matter. Raises Invalid when it does not exist or is abolished."""
    found = desks([post], structure).get(post)
    if found is None or found.abolished(local_day()):
        what = _("The post “%s” no longer exists.") % found.name if found else _("There is no such post.")
        raise Invalid(Problem(what, where="holder", mend=_("Choose another.")))
    return found


def open_children(ctx: Act, ancestors: list[Row]) -> list[Done]:
    """Open the matters an effect asked for, below this one, and let the people of both see what they need of each
    other.
    """
    row = ctx.row
    seat = ctx.seat or Seat(ctx.post, "", row.unit, "", False, 0, "engine", "", None, tuple(row.unit_lineage))
    made = write_openings(ctx.children, row, ctx.reader, seat, ctx.at, {"matter": str(row.id), "n": row.version})
    upward: Sights = []
    for desk in desks({child.holder for child in ctx.children}, row.structure).values():
        upward += desk.sights(Reason.DISPOSED, Reason.UNIT_DISPOSED)
    store.add_sights([*(a.id for a in ancestors), row.id], upward)
    store.inherit_sights(row.id, [child.matter for child in made])
    return made


def withdraw(ctx: Act) -> None:
    """Close every open matter below, because the one above was decided."""
    for row in reversed(store.lock_descendants(ctx.row.id)):
        definition = procedures.of(row.procedure)
        if not definition.withdrawn:
            what = _("A part of this matter, “%s”, can't be withdrawn.") % row.title
            raise Invalid(Problem(what, mend=_("Wait until it is finished.")))
        step = Action("withdraw", {"id": "Ditarik", "en": "Withdrawn"}, frozenset(), definition.withdrawn, ("system",))
        data = {"cause": {"matter": str(ctx.row.id), "n": ctx.row.version}}
        child = Act(row, definition, step, ctx.reader, None, max(ctx.at, moment(row)), data, holder=row.holder)
        perform(child, [])


def let_parts_follow(ctx: Act, before: int) -> None:
    """Give everything below the secrecy that a matter has now, what is closed too: it says what the matter says.

    What was more secret than the matter for a reason of its own stays so.
    """
    for row in store.lock_descendants(ctx.row.id, closed=True):
        security = ctx.row.security if row.security == before else max(row.security, ctx.row.security)
        if row.security == security:
            continue
        step = Action("reclassified", {"id": "Sifat berubah", "en": "Reclassified"}, frozenset(), "", ("system",))
        data = {"cause": {"matter": str(ctx.row.id), "n": ctx.row.version}}
        definition = procedures.of(row.procedure)
        part = Act(row, definition, step, ctx.reader, None, max(ctx.at, moment(row)), data, row.state, row.holder)
        part.security = security
        write(part, final=False)


def settle_parent(ctx: Act, ancestors: list[Row]) -> None:
    """The last open child has closed: the parent moves on by itself, where its procedure says so."""
    parent = ancestors[-1]
    definition = procedures.of(parent.procedure)
    possible = [outcome for outcome in definition.outcomes if outcome.source == parent.state]
    if not possible or store.open_children(parent.id, ctx.row.id):
        return
    data = {"cause": {"matter": str(ctx.row.id), "n": ctx.row.version}}
    for outcome in possible:
        step = Action(
            outcome.action,
            {"id": outcome.action, "en": outcome.action},
            frozenset(),
            outcome.target,
            ("system",),
        )
        above = Act(
            parent,
            definition,
            step,
            ctx.reader,
            None,
            max(ctx.at, moment(parent)),
            data,
            holder=parent.holder,
        )
        if outcome.guard and rooms.guards()[outcome.guard](above):
            continue
        perform(above, ancestors[:-1])
        return
