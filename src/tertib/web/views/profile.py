"""Who I am here: my posts, who stands in for them, language, theme, and the security of my account."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tertib.government.actions import end_deputy as end
from tertib.government.actions import save_deputy
from tertib.government.authority import Seat, local_day
from tertib.government.models import Deputy
from tertib.government.queries import standing_in
from tertib.ground.errors import Forbidden, Invalid, NotFound, Problem
from tertib.web import people, session
from tertib.web.forms import DeputyForm, complain


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """My posts and settings. Five statements."""
    me = session.reader(request)
    own = [seat.post for seat in me.seats if seat.capacity == "definitive"]
    deputies = standing_in().filter(post__in=own).select_related("person", "post")
    return render(request, "profile.html", {"own": own, "deputies": deputies, "person": request.user})


def _own_seat(request: HttpRequest, post: uuid.UUID) -> Seat:
    seat = session.reader(request).seat(post)
    if seat is None or seat.capacity != "definitive":
        what = _("Only who fills a post definitively names their deputy.")
        raise Forbidden(Problem(what, mend=_("Ask the administrator of your office.")))
    return seat


@require_http_methods(["GET", "HEAD", "POST"])
def deputy(request: HttpRequest, post: uuid.UUID) -> HttpResponse:
    """Name who stands in for a post of mine. Who is near is offered at once; searching keeps what was typed."""
    seat = _own_seat(request, post)
    me = session.reader(request)
    chosen = request.method == "POST" and "search" not in request.POST
    among = people.at_work().exclude(pk=me.person)
    form = DeputyForm(
        request.POST if chosen else None,
        people=among,
        initial=request.POST.dict() if request.method == "POST" else _days(),
    )
    if chosen and form.is_valid() and _save(request, form, seat):
        return redirect("profile")
    facts = {"form": form, "seat": seat, **people.offered(request.POST, seat.post, among, people.named, me.person)}
    return render(request, "deputy.html", facts, status=422 if form.errors else 200)


def _days() -> dict[str, date]:
    """A week from today: as long as most absences."""
    today = date.fromisoformat(local_day())
    return {"starts_on": today, "ends_on": today + timedelta(days=6)}


def _save(request: HttpRequest, form: DeputyForm, seat: Seat) -> bool:
    values = form.cleaned_data
    if values["ends_on"] < date.fromisoformat(local_day()):
        form.add_error("ends_on", _("That day is past."))
        return False
    try:
        save_deputy(
            by=session.reader(request).person,
            post=seat.post,
            person=values["person"].pk,
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
            reason=values["reason"],
        )
    except Invalid as error:
        complain(form, error)
        return False
    messages.success(request, _("%s stands in for you in these days.") % values["person"].name)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def end_deputy(request: HttpRequest, deputy: uuid.UUID) -> HttpResponse:
    """End a standing-in before its time, from today on. Asks once."""
    row = Deputy.objects.select_related("person", "post").filter(pk=deputy).first()
    if row is None:
        raise NotFound(_("There is no such deputy any more."))
    _own_seat(request, row.post_id)
    if request.method == "POST":
        end(row.pk, date.fromisoformat(local_day()) - timedelta(days=1), by=session.reader(request).person)
        messages.success(request, _("%s no longer stands in for you.") % row.person.name)
        return redirect("profile")
    return render(request, "deputy_end.html", {"deputy": row})
