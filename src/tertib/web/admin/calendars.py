"""Working calendars: the usual week, decrees that change days, and the year they make."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tertib.government import actions
from tertib.government.actions import calendars as actions_of_days
from tertib.government.calendars import load, year_of
from tertib.government.models import Calendar, CalendarChange
from tertib.government.workhours import hours_to_json
from tertib.ground.errors import Invalid, NotFound, Problem
from tertib.ground.numbers import whole
from tertib.ground.tenancy import here
from tertib.matters.jobs import follow_calendar
from tertib.matters.models import Matter
from tertib.web import moments, session
from tertib.web.admin import touched
from tertib.web.admin.access import of_everything
from tertib.web.admin.forms import CalendarForm, ChangeForm, ReasonForm, WeekForm, hours_text
from tertib.web.admin.shared import Sheet, form_page, posted, tabs, today

_FIRST, _LAST = 1950, 2200
_FRIDAY = 4
# More days at once are asked about: they count for the whole city.
_A_WEEK = 7


def in_use(calendar: uuid.UUID) -> bool:
    """Whether any matter was ever counted on the calendar."""
    return Matter.objects.filter(calendar=calendar).exists()


def calendar_or_404(calendar: uuid.UUID) -> Calendar:
    """The calendar. Raises `NotFound`."""
    found = Calendar.objects.filter(pk=calendar).first()
    if found is None:
        raise NotFound(_("There is no such calendar."))
    return found


@require_safe
@of_everything
def calendars(request: HttpRequest) -> HttpResponse:
    """All calendars."""
    rows = Calendar.objects.annotate(unit_count=Count("unit")).order_by("code")
    return render(request, "admin/calendars.html", {"rows": rows, "tabs": tabs("admin_calendars", True)})


@require_safe
@of_everything
def calendar(request: HttpRequest, calendar: uuid.UUID) -> HttpResponse:
    """One calendar: the week, the newest decrees, and all days of a year that depart from the week."""
    row = calendar_or_404(calendar)
    asked = whole(request.GET.get("tahun", ""))
    year = asked if asked is not None and _FIRST <= asked <= _LAST else today().year
    days = load(row.id, row.version)
    facts = {
        "calendar": row,
        "week": [{"number": number, "hours": hours_text(hours)} for number, hours in enumerate(row.weekly)],
        "changes": row.changes.order_by("-decreed_at", "-id")[:20],
        "year": year,
        "days": [
            {"day": day, "hours": hours_text(hours_to_json(hours)), "title": title}
            for day, hours, title in year_of(days, year)
        ],
        "in_use": in_use(row.id),
    }
    return render(request, "admin/calendar.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@of_everything
def add(request: HttpRequest) -> HttpResponse:
    """Add a calendar; it begins with the usual week and the national days off."""
    me = session.reader(request)
    form = CalendarForm(posted(request), initial={"timezone": getattr(request, "tenant").timezone})  # noqa: B009
    note = _("It begins with the usual week of the civil service and the national days off.")
    sheet = Sheet(_("Add a calendar"), _("Add"), reverse("admin_calendars"), _("The calendar is there."), note=note)

    def save(values: dict[str, Any]) -> str:
        return reverse("admin_calendar", args=[actions.save_calendar(by=me.person, **values).id])

    return form_page(request, form, sheet, save)


@require_http_methods(["GET", "HEAD", "POST"])
@of_everything
def edit(request: HttpRequest, calendar: uuid.UUID) -> HttpResponse:
    """Change name, code and, while unused, time zone."""
    me = session.reader(request)
    row = calendar_or_404(calendar)
    form = CalendarForm(posted(request), initial={"name": row.name, "code": row.code, "timezone": row.timezone})
    sheet = Sheet(row.name, _("Save"), reverse("admin_calendar", args=[row.id]), _("The calendar is saved."))

    def save(values: dict[str, Any]) -> None:
        actions.save_calendar(by=me.person, calendar=row.id, in_use=in_use, **values)

    return form_page(request, form, sheet, save)


@require_http_methods(["GET", "HEAD", "POST"])
@of_everything
def week(request: HttpRequest, calendar: uuid.UUID) -> HttpResponse:
    """Change the usual week: at once while unused, by a decree without an end afterwards."""
    me = session.reader(request)
    row = calendar_or_404(calendar)
    initial: dict[str, Any] = {f"day{number}": hours_text(hours) for number, hours in enumerate(row.weekly)}
    form, counted = WeekForm(posted(request), initial=initial), in_use(row.id)
    # What the page calls optional must not be asked for afterwards.
    for name in ("starts_on", "decree"):
        form.fields[name].required = counted
    note = _("Hours like 07:30-12:00, 13:00-16:00; empty is off.")
    sheet = Sheet(
        _("Weekly hours"), _("Save"), reverse("admin_calendar", args=[row.id]), _("The week is saved."), row.name, note
    )

    def given(values: dict[str, Any]) -> dict[str, Any]:
        weekly = [values[f"day{number}"] for number in range(7)]
        return {"weekly": weekly, "starts_on": values["starts_on"], "decree": values["decree"]}

    def touches(values: dict[str, Any]) -> list[touched.Line]:
        drafted = actions_of_days.drafted_week(row, **given(values)) if counted else None
        return touched.by_days(row, drafted, me) if drafted else []

    def save(values: dict[str, Any]) -> None:
        actions.set_weekly(row.id, by=me.person, in_use=in_use, **given(values))
        follow_calendar.defer(schema=here.schema(), calendar=str(row.id))

    return form_page(request, form, sheet, save, touches)


@require_http_methods(["GET", "HEAD", "POST"])
@of_everything
def change(request: HttpRequest, calendar: uuid.UUID) -> HttpResponse:
    """Enter a decree that changes days."""
    me = session.reader(request)
    row = calendar_or_404(calendar)
    form = ChangeForm(posted(request), initial={"kind": "local"})
    note = _("A decree counts from the moment it is entered and is never edited. To correct one, withdraw it.")
    sheet = Sheet(
        _("Enter a decree"),
        _("Enter"),
        reverse("admin_calendar", args=[row.id]),
        _("The days are changed."),
        row.name,
        note,
    )

    def touches(values: dict[str, Any]) -> list[touched.Line]:
        return touched.by_days(row, actions_of_days.drafted(row, **_days(row, values)), me)

    def save(values: dict[str, Any]) -> None:
        actions.add_change(by=me.person, calendar=row.id, **_days(row, values))
        follow_calendar.defer(schema=here.schema(), calendar=str(row.id))

    return form_page(request, form, sheet, save, touches)


def _days(row: Calendar, values: dict[str, Any]) -> dict[str, Any]:
    """What `add_change` takes, from the form. Raises `Invalid`."""
    given = {name: value for name, value in values.items() if name not in ("hours", "friday", "sure")}
    hours, friday = values["hours"], values["friday"]
    days = (values["ends_on"] - values["starts_on"]).days + 1
    if days > _A_WEEK and not values["sure"]:
        what = _("This changes %d days for everybody on this calendar.") % days
        raise Invalid(Problem(what, where="sure", mend=_("Tick the box if that is meant.")))
    weekly = None
    if values["kind"] == "hours" and not hours:
        raise Invalid(Problem(_("Say which hours."), where="hours"))
    if values["kind"] == "hours":
        usual = row.weekly
        weekly = [(friday or hours if number == _FRIDAY else hours) if usual[number] else [] for number in range(7)]
    elif values["kind"] == "workday" and hours:
        weekly = [hours] * 7
    return {**given, "weekly": weekly}


@require_http_methods(["GET", "HEAD", "POST"])
@of_everything
def withdraw(request: HttpRequest, change: uuid.UUID) -> HttpResponse:
    """Withdraw a decree that was entered wrongly; due dates move back."""
    me = session.reader(request)
    row = CalendarChange.objects.select_related("calendar").filter(pk=change).first()
    if row is None:
        raise NotFound(_("There is no such decree."))
    form = ReasonForm(posted(request))
    sheet = Sheet(
        _("Withdraw a decree"),
        _("Withdraw"),
        reverse("admin_calendar", args=[row.calendar_id]),
        _("The decree is withdrawn. Due dates are reckoned anew."),
        lead=f"{row.title} · {moments.day(row.starts_on)}",
        note=_("From now on it counts as if it had never been entered. It stays to be seen, with your reason."),
        danger=True,
    )

    def touches(_values: dict[str, Any]) -> list[touched.Line]:
        return touched.by_withdrawal(row.calendar, row, me) if row.withdrawn_at is None else []

    def save(values: dict[str, Any]) -> None:
        actions.withdraw_change(row.id, values["reason"], by=me.person)
        follow_calendar.defer(schema=here.schema(), calendar=str(row.calendar_id))

    return form_page(request, form, sheet, save, touches)
