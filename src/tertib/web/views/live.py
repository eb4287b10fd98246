"""What a live page asks the web for: a ticket to listen with, and what became of the matter it shows."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tertib.ground.ids import parse_id
from tertib.ground.tenancy import here
from tertib.matters import news, visibility
from tertib.matters.models import Matter
from tertib.matters.reading import note_reading
from tertib.web import session
from tertib.web.live import address, tickets


@require_safe
def ticket(request: HttpRequest) -> HttpResponse:
    """A ticket for the desks of my posts and those of the named matters (`urusan`, repeated) that I may see.

    One statement beyond who I am; none where no matter is named.
    """
    me = session.reader(request)
    asked = [found for text in request.GET.getlist("urusan")[: tickets.MOST_MATTERS] if (found := parse_id(text))]
    seen: list[uuid.UUID] = []
    if asked:
        seen = list(visibility.visible(Matter.objects.filter(pk__in=asked), me).values_list("pk", flat=True))
    ceilings = dict(me.keys)
    posts = {post: ceilings[post] for post in me.posts}
    text = tickets.write(here.schema(), me.person, address.page_origin(request), posts, seen)
    return JsonResponse({"address": address.stream(request), "ticket": text, "who": str(me.person)})


@require_safe
def matter_news(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """What has happened to a matter and its parts since a page of it was made (`sejak`: its version, `dari`: when).

    A part of a page, empty where nothing has.
    """
    me = session.reader(request)
    found = visibility.seen(matter, me)
    note_reading(found.pk, found.security, me)
    version = request.GET.get("sejak", "")
    after = int(version) if version.isascii() and version.isdecimal() and len(version) < 9 else found.version
    told = news.since(found.pk, after, _moment(request.GET.get("dari", "")), me)
    return render(request, "matter_news.html", {"news": told})


def _moment(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(min(max(float(text), 0.0), 1e11), UTC)
    except (ValueError, OverflowError):
        return datetime.now(UTC)
