"""The door of a demo: one click signs in as the sample person of a post. Elsewhere it does not exist."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from tertib.government.models import Appointment, Person
from tertib.government.queries import running
from tertib.ground.tenancy import here
from tertib.matters.procedures import words
from tertib.web.models import DemoDoor


def doors() -> list[dict[str, str]]:
    """The posts one may enter as, in the reader's language. Empty where there is no door."""
    if not here.is_demo():
        return []
    return [
        {"post": door.post.code, "title": words(door.title), "line": words(door.line)}
        for door in DemoDoor.objects.select_related("post")
    ]


@login_not_required
@sensitive_post_parameters()
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as the sample person who fills the post. Raises 404 for everything else."""
    if not here.is_demo() or request.method != "POST":
        raise Http404
    person = sample_person(request.POST.get("post", "")[:60])
    if person is None:
        raise Http404
    login(request, person)
    UserSession.objects.create_from_request(request)
    return redirect("desk")


def sample_person(post: str) -> Person | None:
    """The sample person who fills a post that has a door, today."""
    found = (
        Appointment.objects.filter(running(), post__code=post, person__is_sample=True, person__is_active=True)
        .filter(post__in=DemoDoor.objects.values("post"))
        .select_related("person")
        .order_by("kind")
        .first()
    )
    return found.person if found else None
