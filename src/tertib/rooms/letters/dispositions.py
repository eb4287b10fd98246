"""Guards and effects of dispositions: what a leader asks of others, and what comes back."""

from __future__ import annotations

import uuid
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tertib.government.models import Post
from tertib.government.queries import living_posts, occupants
from tertib.ground.dates import parse_day
from tertib.ground.errors import Invalid, Problem
from tertib.ground.tenancy.here import zone
from tertib.matters import store
from tertib.matters.allowance import Allowance
from tertib.matters.clocking import due
from tertib.matters.context import Act, Done, Opening
from tertib.matters.desks import desks
from tertib.rooms.letters import filing
from tertib.rooms.letters.models import Disposition

CLOSING_TIME = time(16, 0)
# What a disposition allows when its giver names no day and the letter is due no more; its procedure says the same.
USUAL = Allowance("working_days", 3)


def dispose(act: Act) -> None:
    """Open a child matter for each recipient, with its own holder and clock."""
    wanted = [uuid.UUID(text) for text in act.data["recipients"]]
    posts = {post.id: post for post in living_posts().filter(pk__in=wanted).select_related("unit")}
    _check_recipients(act, wanted, posts)
    allowance = parse_due(str(act.data.get("due", "")), act.at, zone())
    own = follows(act.row.due_at, act.at)
    if not act.row.ancestors and (act.data.get("also_letter") or not own):
        # A letter keeps the day it is wanted on, unless its leader says otherwise or that day is past or was never set.
        # Whoever only passes a part on can't give themselves more time.
        act.allowance = allowance or USUAL
    elif own and own.until and allowance and _latest(act, allowance, wanted) > own.until:
        raise Invalid(_too_late(act, own.until))
    for recipient in wanted:
        act.children.append(
            Opening(
                "letters.disposition",
                act.row.title,
                recipient,
                posts[recipient].unit_id,
                act.row.security,
                act.row.urgency,
                allowance or own,
                {
                    "instructions": act.data.get("instructions", []),
                    "note": act.data.get("note", ""),
                    "recipient": str(recipient),
                },
            )
        )
    Disposition.objects.filter(matter__parent=act.row.id, outcome=Disposition.Outcome.RETURNED, handled=False).update(
        handled=True
    )
    act.after.append(_keep)


def _latest(act: Act, allowance: Allowance, recipients: list[uuid.UUID]) -> datetime:
    """When the last of the parts would be due, each on the calendar of its own desk."""
    stamp = store.stamp(act.at)
    begun = [{"event": "start", "at": stamp, "known_at": stamp, "allowance": allowance.to_json()}]
    places = desks(recipients, act.row.structure).values()
    return max(moment for desk in places if (moment := due(begun, desk.calendar, desk)))


def _too_late(act: Act, wanted: datetime) -> Problem:
    when = date_format(wanted.astimezone(zone()), "j F Y H.i")
    if act.row.ancestors:
        what, mend = _("Your own part is due on %s."), _("Choose a day before that, or none.")
    else:
        what, mend = (
            _("The letter is due on %s."),
            _("Choose a day before that, or let the letter be due then as well."),
        )
    return Problem(what % when, where="due", mend=mend)


def follows(wanted: datetime | None, at: datetime) -> Allowance | None:
    """What a part without a due date of its own is given: until what it belongs to is due, as long as that is ahead.

    None where it is not; then the procedure of the disposition says how much time there is.
    """
    return Allowance("until", 0, wanted) if wanted and wanted > at else None


def _check_recipients(act: Act, wanted: list[uuid.UUID], posts: dict[uuid.UUID, Post]) -> None:
    filled = occupants(wanted)
    problems = []
    for recipient in wanted:
        post = posts.get(recipient)
        if post is None:
            problems.append(Problem(_("One of the recipients no longer exists."), where="recipients"))
        elif recipient == act.row.holder:
            problems.append(Problem(_("You can't dispose a letter to yourself."), where="recipients"))
        elif recipient not in filled:
            what = _("Nobody fills the post “%s” today.") % post
            mend = _("Choose the superior, or have somebody appointed to act.")
            problems.append(Problem(what, where="recipients", mend=mend))
    if problems:
        raise Invalid(*problems)


def _keep(act: Act, children: tuple[Done, ...]) -> None:
    letter = act.row.ancestors[0] if act.row.ancestors else act.row.id
    Disposition.objects.bulk_create(
        Disposition(
            matter_id=child.matter,
            letter_id=letter,
            giver_id=act.post,
            recipient_id=opening.holder,
            instructions=opening.data["instructions"],
            note=opening.data["note"],
        )
        for child, opening in zip(children, act.children, strict=True)
    )


def parse_due(text: str, at: datetime, where: ZoneInfo) -> Allowance | None:
    """The due date as it was chosen: a date, or an allowance such as "3 working days". None when left open.

    Raises Invalid for what is neither, and for a date that has passed.
    """
    if not text:
        return None
    mend = _("Give a date like 2020-07-02, or a number of working days.")
    try:
        return Allowance.parse(text)
    except ValueError:
        day = parse_day(text, "due", mend)
    moment = datetime.combine(day, CLOSING_TIME, where)
    if moment <= at:
        raise Invalid(Problem(_("The due date has passed already."), where="due", mend=_("Choose a later day.")))
    return Allowance("until", 0, moment)


def nothing_came_back(act: Act) -> Problem | None:
    """Whether the parts of a letter are all settled: at least one answered, none returned and still undecided."""
    outcomes = set(
        Disposition.objects.filter(matter__parent=act.row.id, handled=False).values_list("outcome", flat=True)
    )
    if Disposition.Outcome.RETURNED in outcomes:
        return Problem(_("A part came back undone."))
    if Disposition.Outcome.REPORTED not in outcomes:
        return Problem(_("No part was answered."))
    return None


def report(act: Act) -> None:
    """The recipient answers. Papers that come with it must be there: the entry vouches for their bytes."""
    if act.data.get("papers"):
        filing.attach(act)
    Disposition.objects.filter(pk=act.row.id).update(outcome=Disposition.Outcome.REPORTED, answer=act.data["text"])


def give_back(act: Act) -> None:
    """The recipient returns it with a reason."""
    Disposition.objects.filter(pk=act.row.id).update(outcome=Disposition.Outcome.RETURNED, answer=act.data["reason"])


def recall(act: Act) -> None:
    """The giver takes it back, and with it whatever was passed on from it."""
    withdraw_dispositions(act)
    Disposition.objects.filter(pk=act.row.id).update(outcome=Disposition.Outcome.RECALLED, answer=act.data["reason"])


def withdraw_dispositions(act: Act) -> None:
    """Everything below that is still open ends with this decision."""
    Disposition.objects.filter(matter__ancestors__contains=[act.row.id], outcome=Disposition.Outcome.OPEN).update(
        outcome=Disposition.Outcome.RECALLED
    )


def back_to_recipient(act: Act) -> None:
    """After the explanation the matter lies with the recipient again."""
    act.holder = Disposition.objects.values_list("recipient_id", flat=True).get(pk=act.row.id)
