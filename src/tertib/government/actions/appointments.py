"""Who fills a post, and who stands in for it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tertib.government.actions import reach
from tertib.government.actions.record import get, note, store, writing
from tertib.government.checks import Checks, limit
from tertib.government.models import Appointment, Deputy, Person, Post
from tertib.ground.errors import Invalid, Problem

# Both ends included. Leave and training are shorter; whoever is away for longer has a Plh or Plt by decree, and a
# deputy must not become one by being forgotten.
LONGEST_DEPUTY_DAYS = 90


def appoint(
    *,
    by: uuid.UUID | None,
    post: uuid.UUID,
    person: uuid.UUID,
    kind: str,
    starts_on: date,
    ends_on: date | None = None,
    decree: str = "",
) -> Appointment:
    """Appoint a person to a post: definitive, Plt or Plh, the last day included.

    Raises `Invalid`; where the post is filled already, the problem names by whom and until when.
    """
    with writing():
        # The lock on the post makes those who appoint to it wait for each other.
        seat, who = get(Post, post), get(Person, person)
        checks = Checks()
        checks.choice("kind", kind, Appointment.Kind.values)
        checks.period(starts_on, ends_on)
        text = checks.text("decree", decree, limit(Appointment, "decree"))
        _check_seat(checks, seat, who, starts_on, ends_on)
        reach.check_not_oneself(checks, by, person)
        checks.done()
        taken = rivals(seat.id, kind).filter(_overlaps(starts_on, ends_on)).select_related("person").first()
        if taken is not None:
            raise Invalid(filled(taken))
        row = Appointment(post=seat, person=who)
        values: dict[str, Any] = {"kind": kind, "starts_on": starts_on, "ends_on": ends_on, "decree": text}
        store("appointment.added", row, by, values, title=seat.name, person=who.name)
    return row


def rivals(post: uuid.UUID, kind: str) -> QuerySet[Appointment]:
    """The appointments to a post that may not overlap with one of this kind."""
    definitive = Q(kind=Appointment.Kind.DEFINITIVE)
    return Appointment.objects.filter(definitive if kind == Appointment.Kind.DEFINITIVE else ~definitive, post=post)


def filled(taken: Appointment, where: str = "starts_on") -> Problem:
    """The problem that a post is filled, saying by whom, as what and until when."""
    facts = {
        "name": taken.person.name,
        "kind": taken.get_kind_display(),
        "since": date_format(taken.starts_on, "DATE_FORMAT"),
        "until": date_format(taken.ends_on, "DATE_FORMAT") if taken.ends_on else "",
    }
    if taken.ends_on:
        what = _("%(name)s (%(kind)s) fills this post from %(since)s until %(until)s.") % facts
    else:
        what = _("%(name)s (%(kind)s) fills this post since %(since)s, without an end.") % facts
    return Problem(what, where=where, mend=_("End that appointment first, or choose other days."))


def _overlaps(starts_on: date, ends_on: date | None) -> Q:
    before_end = Q(starts_on__lte=ends_on) if ends_on else Q()
    return before_end & (Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))


def _check_seat(checks: Checks, seat: Post, who: Person, starts_on: date, ends_on: date | None) -> None:
    if seat.abolished_on and (ends_on is None or ends_on >= seat.abolished_on):
        checks.wrong("post", _("The post was abolished on %s.") % date_format(seat.abolished_on, "DATE_FORMAT"))
    if not who.is_active:
        checks.wrong("person", _("The account of %s is closed.") % who.name, _("Open it first."))


def end_appointment(appointment: uuid.UUID, on: date, *, by: uuid.UUID | None) -> Appointment:
    """The last day of an appointment. One may end it earlier, or move the end later where nobody follows."""
    with writing():
        row = get(Appointment, appointment)
        get(Post, row.post_id)
        if on < row.starts_on:
            raise Invalid(Problem(_("The last day comes before the first."), where="ends_on"))
        if row.ends_on and on > row.ends_on:
            checks = Checks()
            reach.check_not_oneself(checks, by, row.person_id)
            checks.done()
        later = rivals(row.post_id, row.kind).exclude(pk=row.pk).filter(_overlaps(row.starts_on, on))
        taken = later.select_related("person").first()
        if taken is not None:
            raise Invalid(filled(taken, "ends_on"))
        if row.post.abolished_on and on >= row.post.abolished_on:
            what = _("The post was abolished on %s.") % date_format(row.post.abolished_on, "DATE_FORMAT")
            raise Invalid(Problem(what, where="ends_on"))
        store("appointment.ended", row, by, {"ends_on": on}, title=row.post.name, person=row.person.name)
        end_deputies_of(row.person_id, on, by=by, post=row.post_id)
    return row


def save_deputy(
    *, by: uuid.UUID | None, post: uuid.UUID, person: uuid.UUID, starts_on: date, ends_on: date, reason: str = ""
) -> Deputy:
    """A person stands in for whoever fills a post, from day to day, both included, for ninety days at most.

    It ends before, where they no longer fill the post. Raises `Invalid`, naming who already stands in.
    """
    with writing():
        seat, who = get(Post, post), get(Person, person)
        checks = Checks()
        checks.period(starts_on, ends_on)
        if ends_on - starts_on >= timedelta(days=LONGEST_DEPUTY_DAYS):
            mend = _("Choose an earlier last day. For a longer absence a Plh. or Plt. is appointed.")
            checks.wrong("ends_on", _("A deputy stands in for at most %d days.") % LONGEST_DEPUTY_DAYS, mend)
        text = checks.text("reason", reason, limit(Deputy, "reason"))
        _check_seat(checks, seat, who, starts_on, ends_on)
        reach.check_not_oneself(checks, by, person)
        running = Appointment.objects.filter(_overlaps(starts_on, ends_on), post=seat, person=who)
        if running.exists():
            checks.wrong("person", _("%s fills this post themselves then.") % who.name)
        principal = _principal(seat, starts_on)
        if principal is None:
            mend = _("A deputy stands in for somebody. For a vacant post a Plt. is appointed.")
            checks.wrong("starts_on", _("Nobody fills this post on that day."), mend)
        checks.done()
        taken = Deputy.objects.filter(_overlaps(starts_on, ends_on), post=seat).select_related("person").first()
        if taken is not None:
            facts = {"name": taken.person.name, "until": date_format(taken.ends_on, "DATE_FORMAT")}
            what = _("%(name)s already stands in for this post until %(until)s.") % facts
            raise Invalid(Problem(what, where="starts_on", mend=_("End that first, or choose other days.")))
        row = Deputy(post=seat, person=who, principal_id=principal)
        values: dict[str, Any] = {"starts_on": starts_on, "ends_on": ends_on, "reason": text}
        store("deputy.added", row, by, values, title=seat.name, person=who.name)
    return row


def _principal(seat: Post, day: date) -> uuid.UUID | None:
    """Who is away: the definitive holder of that day, else who acts in the post."""
    found = Appointment.objects.filter(_overlaps(day, day), post=seat)
    kinds = dict(found.values_list("kind", "person_id"))
    return kinds.pop(Appointment.Kind.DEFINITIVE, None) or next(iter(kinds.values()), None)


def end_deputies_of(principal: uuid.UUID, on: date, *, by: uuid.UUID | None, post: uuid.UUID | None = None) -> None:
    """Nobody stands in for a person after the last day `on` of what that person fills: one post, or all."""
    later = Deputy.objects.filter(principal=principal, ends_on__gt=on).select_related("post", "person")
    for row in (later.filter(post=post) if post else later).select_for_update(of=("self",)):
        _end(row, on, by)


def end_deputy(deputy: uuid.UUID, on: date, *, by: uuid.UUID | None) -> None:
    """The last day on which a deputy stands in; with a day before the first, it never happens."""
    with writing():
        _end(get(Deputy, deputy), on, by)


def _end(row: Deputy, on: date, by: uuid.UUID | None) -> None:
    last = min(on, row.ends_on)
    if last < row.starts_on:
        before = {"starts_on": row.starts_on, "ends_on": row.ends_on}
        note("deputy.removed", row.id, by, before, {}, title=row.post.name, person=row.person.name)
        row.delete()
    else:
        store("deputy.ended", row, by, {"ends_on": last}, title=row.post.name, person=row.person.name)
