"""The record of administrative changes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tertib.government.models import AdminEntry, Person
from tertib.ground import canonical
from tertib.ground.ids import parse_id
from tertib.matters import rooms
from tertib.web.admin.access import of_everything
from tertib.web.admin.said import lines, names_of
from tertib.web.admin.shared import tabs

ROWS = 50


def _words() -> dict[str, Any]:
    return {
        "unit.saved": _("Unit saved"),
        "post.saved": _("Post saved"),
        "post.abolished": _("Post abolished"),
        "role.granted": _("Role given"),
        "role.revoked": _("Role taken"),
        "person.saved": _("Person saved"),
        "person.password_set": _("Password set"),
        "person.password_link": _("Password link made"),
        "person.retired": _("Person retired"),
        "appointment.added": _("Appointed"),
        "appointment.changed": _("Appointment changed"),
        "appointment.ended": _("Last day noted"),
        "deputy.added": _("Deputy named"),
        "deputy.ended": _("Deputy ended"),
        "deputy.removed": _("Deputy removed"),
        "calendar.saved": _("Calendar saved"),
        "calendar.weekly": _("Weekly hours changed"),
        "calendar.changed": _("Days changed"),
        "head.saved": _("Letterhead saved"),
        "calendar.withdrawn": _("Decree withdrawn"),
        "register.saved": _("Register saved"),
        "procedure.published": _("Version published"),
        "key.made": _("Key made for a program"),
        "key.revoked": _("Key revoked"),
        **{what: said for room in rooms.rooms() for what, said in room.notes.items()},
    }


def _told(row: AdminEntry, people: dict[str, str], names: dict[str, str]) -> dict[str, Any]:
    """An entry in words: what was done to what, by whom, what became of it."""
    title, more = row.body.get("title", ""), [str(row.body[key]) for key in ("person", "file") if row.body.get(key)]
    changes = lines(row.body.get("before", {}), row.body.get("after", {}), names)
    return {
        "entry": row,
        "what": _words().get(row.what, row.what),
        "title": title,
        "who": people.get(str(row.person), "") if row.person else _("the operator"),
        "more": " · ".join(more),
        # The headline names these already.
        "lines": [line for line in changes if line["old"] or line["new"] not in (title, *more)],
        "body": canonical.dumps(row.body).decode(),
    }


@require_safe
@of_everything
def record(request: HttpRequest) -> HttpResponse:
    """Who changed what, the newest first; of one thing only with `?tentang=<id>`. A constant number of statements."""
    about = parse_id(request.GET.get("tentang", ""))
    before = request.GET.get("sebelum", "")
    rows = AdminEntry.objects.order_by("-seq")
    if about:
        rows = rows.filter(object_id=about)
    if before.isascii() and before.isdigit():
        rows = rows.filter(seq__lt=min(int(before[:19]), 2**63 - 1))
    found = list(rows[: ROWS + 1])
    shown = found[:ROWS]
    values = [v for row in shown for side in ("before", "after") for v in row.body.get(side, {}).values()]
    ids = {v for v in values if isinstance(v, str) and len(v) == 36 and parse_id(v)}
    wanted = ids | {str(row.person) for row in shown if row.person}
    people = {str(pk): name for pk, name in Person.objects.filter(pk__in=wanted).values_list("pk", "name")}
    names = names_of(ids) | people
    facts = {
        "rows": [_told(row, people, names) for row in shown],
        "older": shown[-1].seq if len(found) > ROWS else "",
        "about": about,
        "tabs": tabs("admin_record", True),
    }
    return render(request, "admin/record.html", facts)
