"""Appointments and deputies, from the page of a post."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tertib.government import actions
from tertib.government.authority import Reader
from tertib.government.models import Appointment, Deputy, Person, Post
from tertib.ground.errors import Invalid, NotFound
from tertib.web import people, session
from tertib.web.admin import touched
from tertib.web.admin.access import administrators, require_post
from tertib.web.admin.forms import DayForm, SeatForm
from tertib.web.admin.posts import post_or_404
from tertib.web.admin.shared import Sheet, form_page, posted, today
from tertib.web.forms import complain


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def add(request: HttpRequest, post: uuid.UUID) -> HttpResponse:
    """Seat somebody: choose who is near or was searched for, say as what and for which days. Searching keeps what was
    typed."""
    me = session.reader(request)
    row = post_or_404(me, post)
    require_post(me, row)
    chosen = request.method == "POST" and "search" not in request.POST
    initial = request.POST.dict() if request.method == "POST" else {"starts_on": today(), "kind": "definitive"}
    form = SeatForm(request.POST if chosen else None, initial=initial)
    if chosen and form.is_valid() and _seat(me, row, form):
        messages.success(request, _("The post is filled."))
        return redirect("admin_post", row.id)
    among = Person.objects.filter(is_active=True)
    facts = {"form": form, "post": row, **people.offered(request.POST, row.id, among, people.search, me.person)}
    return render(request, "admin/seat.html", facts, status=422 if form.errors else 200)


def _seat(me: Reader, row: Post, form: SeatForm) -> bool:
    values = form.cleaned_data
    who: dict[str, Any] = {
        "by": me.person,
        "post": row.id,
        "person": values["person"],
        "starts_on": values["starts_on"],
    }
    try:
        if not Person.objects.filter(pk=values["person"]).exists():
            raise Invalid(_("There is no such person any more."))
        if values["kind"] != "deputy":
            kind, until = values["kind"], values["ends_on"]
            actions.appoint(**who, kind=kind, ends_on=until, decree=values["decree"])
        elif values["ends_on"] is None:
            form.add_error("ends_on", _("A deputy stands in until a last day."))
            return False
        else:
            actions.save_deputy(**who, ends_on=values["ends_on"], reason=values["decree"])
    except Invalid as error:
        complain(form, error)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def end(request: HttpRequest, appointment: uuid.UUID) -> HttpResponse:
    """Say the last day of an appointment."""
    me = session.reader(request)
    row = Appointment.objects.select_related("person").filter(pk=appointment).first()
    if row is None:
        raise NotFound(_("There is no such appointment."))
    seat = post_or_404(me, row.post_id)
    require_post(me, seat)
    lead = f"{row.person.name} · {row.get_kind_display()} · {seat.name}"
    return _end_page(
        request,
        row,
        seat,
        lead,
        {"on": row.ends_on or today()},
        lambda values: actions.end_appointment(row.id, values["on"], by=me.person),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def end_deputy(request: HttpRequest, deputy: uuid.UUID) -> HttpResponse:
    """Say the last day on which a deputy stands in."""
    me = session.reader(request)
    row = Deputy.objects.select_related("person").filter(pk=deputy).first()
    if row is None:
        raise NotFound(_("There is no such deputy any more."))
    seat = post_or_404(me, row.post_id)
    require_post(me, seat)
    lead = _("%(name)s stands in for %(post)s") % {"name": row.person.name, "post": seat.name}
    return _end_page(
        request,
        row,
        seat,
        lead,
        {"on": min(row.ends_on, today())},
        lambda values: actions.end_deputy(row.id, values["on"], by=me.person),
    )


def _end_page(
    request: HttpRequest, row: Appointment | Deputy, seat: Post, lead: str, initial: dict[str, Any], save: Any
) -> HttpResponse:
    form = DayForm(posted(request), label=_("Last day"), initial=initial)
    back = reverse("admin_post", args=[seat.id])
    sheet = Sheet(_("Last day"), _("Save"), back, _("The last day is noted."), lead=lead)

    def apply(values: dict[str, Any]) -> None:
        try:
            save(values)
        except Invalid as error:
            # The field is called otherwise here than in the action.
            raise Invalid(*(f"{problem.what} {problem.mend}".strip() for problem in error.problems)) from error

    def touches(values: dict[str, Any]) -> list[str]:
        return touched.by_leaving([seat.id], row.person_id, values["on"])

    return form_page(request, form, sheet, apply, touches)
