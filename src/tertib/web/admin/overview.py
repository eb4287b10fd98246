"""The first page of administration: what there is, and what needs care."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tertib.government.models import ROOMS_OF_A_HOUSE, Appointment, Deputy, Person, Post, Unit
from tertib.matters import rooms
from tertib.web import session
from tertib.web.admin.access import administers_everything, administrators, scope
from tertib.web.admin.shared import tabs, today
from tertib.web.admin.units import in_scope

SHOWN = 20
_SOON = timedelta(days=30)


@require_safe
@administrators
def overview(request: HttpRequest) -> HttpResponse:
    """Posts nobody fills, units nobody leads, appointments and units that end soon. A constant number of statements."""
    me = session.reader(request)
    day = today()
    units = in_scope(me)
    living = Q(abolished_on__isnull=True) | Q(abolished_on__gt=day)
    posts = Post.objects.filter(living, unit__lineage__overlap=scope(me))
    running = Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    filled = Appointment.objects.filter(running, post=OuterRef("pk"))
    vacant = posts.filter(~Exists(filled)).exclude(unit__ends_on__lt=day).select_related("unit")
    heads = Post.objects.filter(living, unit=OuterRef("pk"), is_head=True)
    led = heads.filter(Exists(filled))
    headless = units.filter(~Exists(led)).exclude(kind__in=ROOMS_OF_A_HOUSE).exclude(ends_on__lt=day)
    everything = administers_everything(me)
    facts = {
        "tabs": tabs("", everything),
        "settings": [entry for room in rooms.rooms() for entry in room.settings] if everything else [],
        "units": units.count(),
        "posts": posts.count(),
        "people": Person.objects.filter(is_active=True).count(),
        "vacant_count": vacant.count(),
        "vacant": vacant.order_by("-is_head", "unit__code", "code")[:SHOWN],
        "headless_count": headless.count(),
        "headless": headless.annotate(head=Subquery(heads.values("pk")[:1])).order_by("code")[:SHOWN],
        "ending": _ending(running & Q(ends_on__lte=day + _SOON, post__in=posts)),
        "closing": Unit.objects.filter(pk__in=units, ends_on__gte=day, ends_on__lte=day + _SOON).order_by("ends_on")[
            :SHOWN
        ],
    }
    return render(request, "admin/overview.html", facts)


def _ending(which: Q) -> list[Appointment | Deputy]:
    """Appointments and deputies, the earliest end first. Two statements."""
    found: list[Appointment | Deputy] = []
    for model in (Appointment, Deputy):
        found += model._default_manager.filter(which).select_related("post", "person").order_by("ends_on")[:SHOWN]
    return sorted(found, key=lambda item: str(item.ends_on))[:SHOWN]
