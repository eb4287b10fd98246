"""“Memulai”: what a young government still lacks, each step with the way to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from tertib.web import first_hour, session
from tertib.web.admin.access import of_everything
from tertib.web.admin.shared import today


@require_safe
@of_everything
def start(request: HttpRequest) -> HttpResponse:
    """The list, with what is done. It is worked out anew each time, so one may leave and come back."""
    found = first_hour.look(session.reader(request))
    words = _words(found)
    steps = [{"name": name, "done": done, **words[name]} for name, done in found.steps.items()]
    count = sum(step["done"] for step in steps)
    facts = {"steps": steps, "count": count, "all": len(steps), "next": next((s for s in steps if not s["done"]), None)}
    return render(request, "admin/start.html", facts)


def _to_a_head(found: first_hour.Found) -> list[tuple[str, str]]:
    """To where the first unit without a head gets one, and to the list of the others."""
    links = []
    if found.headless:
        unit, head = found.headless
        made = (_("Fill the post of the head"), reverse("admin_post", args=[head])) if head else None
        links.append(made or (_("Make the post of the head"), f"{reverse('admin_post_add', args=[unit])}?kepala=1"))
    if found.houses - found.led != 1:
        links.append((_("Units that nobody leads"), f"{reverse('administration')}#tanpa-kepala"))
    return links


def _words(found: first_hour.Found) -> dict[str, dict[str, Any]]:
    """What each step is called, what is there, what to do, and where."""
    year = today().year
    unit = reverse("admin_unit", args=[found.top]) if found.top else reverse("admin_units")
    return {
        "units": {
            "title": _("Units"),
            "state": ngettext("%d unit below the top", "%d units below the top", found.units) % found.units,
            "what": _(
                "Agencies, districts, secretariat: from a table, or one by one. The unit at the top has the code %s."
            )
            % found.code,
            "links": [(_("Import a table"), reverse("admin_import")), (_("By hand"), reverse("admin_unit_add"))],
            "kind": "units",
        },
        "posts": {
            "title": _("Posts"),
            "state": ngettext("%d post", "%d posts", found.posts) % found.posts,
            "what": _("Who decides, who registers, who writes: matters lie with posts, not with people."),
            "links": [(_("Import a table"), reverse("admin_import")), (_("By hand"), unit)],
            "kind": "posts",
        },
        "people": {
            "title": _("People and appointments"),
            "state": ngettext("%d person fills a post", "%d people fill a post", found.people) % found.people,
            "what": _("The table of people appoints them too. Each gets a link to choose a password, on their page."),
            "links": [(_("Import a table"), reverse("admin_import")), (_("By hand"), reverse("admin_person_add"))],
            "kind": "people",
        },
        "heads": {
            "title": _("Heads of units"),
            "state": _("%(led)d of %(houses)d units are led by somebody") % {"led": found.led, "houses": found.houses},
            "what": _("Letters to a unit arrive on the desk of its head; sections need none for that."),
            "links": _to_a_head(found),
        },
        "registrar": {
            "title": _("A registrar"),
            "state": ngettext("%d registrar", "%d registrars", found.registrars) % found.registrars,
            "what": _("Give the role to a post, on the page of the post: whoever fills it registers letters."),
            "links": [(_("Units and posts"), reverse("admin_units"))],
        },
        "calendar": {
            "title": _("Working calendar"),
            "state": _("%(n)d days off known in %(year)d") % {"n": found.days_off, "year": year},
            "what": _("Look at the hours and the days off of this year; due dates are counted by them."),
            "links": [
                (_("Look at the calendar"), reverse("admin_calendar", args=[found.calendar]))
                if found.calendar
                else (_("Calendars"), reverse("admin_calendars"))
            ],
        },
        "letterhead": {
            "title": _("Letterhead"),
            "state": _("The address is there") if found.address else _("The address is missing"),
            "what": _("Name and address of the unit at the top stand above every letter."),
            "links": [
                (
                    _("To the letterhead"),
                    reverse("admin_unit_head", args=[found.top]) if found.top else reverse("admin_units"),
                )
            ],
        },
        "letter": {
            "title": _("The first letter"),
            "state": _("It is registered") if found.letter else _("None yet"),
            "what": _("The registrar signs in and presses “Register a letter”. From then on the house works."),
            "links": [(_("People"), reverse("admin_people"))],
        },
    }
