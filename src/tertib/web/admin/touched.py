"""Whom a change touches, said before it is saved: the same question and the same look for every change.

Each function answers lines, none where nobody is touched. Numbers are said of all; a matter is named only where the
administrator may see it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tertib.government.authority import Reader
from tertib.government.calendars import change as as_change
from tertib.government.calendars import imagined
from tertib.government.models import Appointment, Calendar, CalendarChange, Deputy, Post, RoleGrant, Unit
from tertib.government.worktime import WorkCalendar
from tertib.ground.time import now
from tertib.matters.models import Matter, Register
from tertib.matters.restructure import PREVIEWED, Move, preview_calendar
from tertib.matters.visibility import visible
from tertib.web import moments

# So many matters are named.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Named:
    """A matter that is touched, and what happens to it."""

    matter: uuid.UUID
    title: str
    text: str

    def __str__(self) -> str:
        return f"{self.title}: {self.text}"


Line = str | Named


def by_days(calendar: Calendar, change: CalendarChange, me: Reader) -> list[Line]:
    """Which due dates a change of days moves that is not entered yet."""
    return _moves(calendar, imagined(calendar, as_change(change)), change.starts_on, me)


def by_withdrawal(calendar: Calendar, change: CalendarChange, me: Reader) -> list[Line]:
    """Which due dates move when a change that was entered counts no more."""
    return _moves(calendar, imagined(calendar, withdrawn=change.pk), change.starts_on, me)


def _moves(calendar: Calendar, then: WorkCalendar, first: date, me: Reader) -> list[Line]:
    found = preview_calendar(calendar.pk, then, first)
    lines: list[Line] = []
    if found.later:
        lines.append(ngettext("%d due date moves later.", "%d due dates move later.", found.later) % found.later)
    if found.earlier:
        said = ngettext("%d due date moves earlier.", "%d due dates move earlier.", found.earlier)
        lines.append(said % found.earlier)
    if found.lapse:
        said = ngettext("%d of them is overdue then.", "%d of them are overdue then.", found.lapse)
        lines.append(said % found.lapse)
    if lines and found.more:
        lines.append(_("That is among the first %d open matters; there are more.") % PREVIEWED)
    named = _named(found.first, me)
    moved = found.later + found.earlier
    if moved and not named:
        lines.append(_("Letters are named only to who may see them; you may see none of these."))
    elif len(named) < moved:
        lines.append(_("The first ones that you may see:"))
    return [*lines, *named]


def _named(moves: Iterable[Move], me: Reader) -> list[Named]:
    """The first few by name. One statement."""
    by_id = {move.matter: move for move in moves}
    if not by_id:
        return []
    titles = dict(visible(Matter.objects.filter(pk__in=by_id), me).order_by().values_list("pk", "title"))
    shown = [move for pk, move in by_id.items() if pk in titles][:_NAMED]
    return [
        Named(move.matter, titles[move.matter], f"{moments.moment(move.was)} → {moments.moment(move.will)}")
        for move in shown
    ]


def by_leaving(posts: Iterable[uuid.UUID], person: uuid.UUID, on: date) -> list[str]:
    """What lies with posts that a person no longer fills, or stands in for, after the day `on`."""
    lines = []
    after = on + timedelta(days=1)
    for post in Post.objects.filter(pk__in=set(posts)).order_by("name"):
        lies = _lying(Q(holder=post))
        if not lies:
            continue
        others = _others(post.pk, person, after)
        facts = {"post": post.name, "day": moments.day(after), "who": ", ".join(others), "lies": lies}
        if others:
            lines.append(_("%(post)s: %(lies)s. From %(day)s on: %(who)s.") % facts)
        else:
            lines.append(_("%(post)s: %(lies)s, and nobody fills the post from %(day)s on.") % facts)
    return lines


def _others(post: uuid.UUID, person: uuid.UUID, day: date) -> list[str]:
    names: dict[str, None] = {}
    for model in (Appointment, Deputy):
        running = Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        rows = model._default_manager.filter(running, post=post).exclude(person=person)
        names |= dict.fromkeys(rows.values_list("person__name", flat=True))
    return list(names)


def by_abolishing(post: Post, on: date) -> list[str]:
    """What ends with a post. Open matters and posts below it forbid it anyway."""
    last = on - timedelta(days=1)
    lines = []
    later = Q(ends_on__isnull=True) | Q(ends_on__gt=last)
    ends = Appointment.objects.filter(later, post=post).count()
    if ends:
        lines.append(ngettext("%d appointment ends.", "%d appointments end.", ends) % ends)
    stops = Deputy.objects.filter(later, post=post).count()
    if stops:
        said = ngettext("%d deputy no longer stands in.", "%d deputies no longer stand in.", stops)
        lines.append(said % stops)
    roles = [grant.get_role_display() for grant in post.roles.all()]
    if roles:
        lines.append(_("The roles that go with it are carried by nobody then: %s.") % ", ".join(roles))
    return lines


def by_moving_post(post: Post, unit: Unit) -> list[str]:
    """What comes along when a post goes to another unit."""
    if unit.pk == post.unit_id:
        return []
    lies = _lying(Q(holder=post.pk))
    lines = (
        [_("%(lies)s; %(unit)s and the units above come to see them.") % {"lies": lies, "unit": unit.name}]
        if lies
        else []
    )
    roles = [f"{grant.get_role_display()} ({grant.unit.name})" for grant in post.roles.select_related("unit")]
    if roles:
        lines.append(_("Its roles stay for the units they were given for: %s.") % ", ".join(roles))
    return lines


def by_other_calendar(unit: Unit, calendar: Calendar | None) -> list[str]:
    """What a unit that is given another calendar leaves as it is: what was counted before keeps its due date."""
    if calendar is None or calendar.pk == unit.calendar_id:
        return []
    counted = Q(closed_at__isnull=True, due_at__isnull=False, holder__unit__lineage__contains=[unit.pk])
    stay = Matter.objects.filter(counted).exclude(calendar=calendar).count()
    if not stay:
        return []
    said = ngettext(
        "No due date moves: %d open matter stays on the calendar it was counted on.",
        "No due date moves: %d open matters stay on the calendar they were counted on.",
        stay,
    )
    return [said % stay, _("What begins from now on follows %s.") % calendar.name]


def by_changing_unit(unit: Unit, parent: Unit | None, ends_on: date | None) -> list[str]:
    """What comes along when a unit goes below another one, or ends on a day."""
    moved = (parent.pk if parent else None) != unit.parent_id
    ends = ends_on is not None and ends_on != unit.ends_on
    if not moved and not ends:
        return []
    below = Q(lineage__contains=[unit.pk])
    counts = Unit.objects.filter(below).aggregate(
        units=Count("pk", distinct=True),
        posts=Count("posts", filter=Q(posts__abolished_on__isnull=True), distinct=True),
    )
    lines = []
    lies = _lying(Q(holder__unit__lineage__contains=[unit.pk]))
    inner = counts["units"] - 1
    with_units = ngettext("%d unit below it", "%d units below it", inner) % inner
    with_posts = ngettext("%d post", "%d posts", counts["posts"]) % counts["posts"]
    if counts["posts"] or inner:
        lines.append(_("With it: %(units)s, %(posts)s.") % {"units": with_units, "posts": with_posts})
    if moved and lies:
        above = parent.name if parent else ""
        lines.append(
            _("%(lies)s; %(unit)s comes to see them, with the units above it.") % {"lies": lies, "unit": above}
        )
    elif lies:
        lines.append(_("%s. Hand them on before that day.") % lies)
    books = Register.objects.filter(unit__lineage__contains=[unit.pk]).count()
    if ends and books:
        lines.append(
            ngettext("%d register gives no more numbers.", "%d registers give no more numbers.", books) % books
        )
    roles = RoleGrant.objects.filter(unit__lineage__contains=[unit.pk]).count()
    if roles and moved:
        said = ngettext("%d role is for it or below; it stays.", "%d roles are for it or below; they stay.", roles)
        lines.append(said % roles)
    return lines


def _lying(which: Q) -> str:
    """“3 open matters, 1 overdue”; empty where there are none."""
    late = Count("pk", filter=Q(due_at__lt=now()))
    found = Matter.objects.filter(which, closed_at__isnull=True).aggregate(n=Count("pk"), late=late)
    if not found["n"]:
        return ""
    said: str = ngettext("%d open matter", "%d open matters", found["n"]) % found["n"]
    return said if not found["late"] else f"{said}, " + (_("%d overdue") % found["late"])
