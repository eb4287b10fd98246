"""What I am told of: the bell in the head of each page, the page of notices, and reminding others."""

from __future__ import annotations

import re
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.ground.errors import Forbidden, Invalid, Moved, NotFound, Problem
from tertib.ground.ids import parse_id
from tertib.ground.time import now
from tertib.matters import visibility
from tertib.notices import actions, queries, reminding
from tertib.web import moments, session
from tertib.web.answers import safe_next, wants_json
from tertib.web.views.matter import address

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_WORD = 500


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """My notices, the unread ones first. Six statements."""
    me = session.reader(request)
    group, unread = request.GET.get("jenis", ""), "baru" in request.GET
    kinds = queries.GROUPS.get(group, ())
    after = request.GET.get("setelah", "")[:60]
    rows, older = queries.page(me, kinds, unread=unread, after=after)
    counts = queries.unread(me)
    total = sum(counts.values())
    facts = {
        "rows": queries.bundled(rows),
        "older": older,
        "after": after,
        "unread": unread,
        "group": group if kinds else "",
        "groups": [
            {"key": key, "label": label, "count": sum(counts.get(str(kind), 0) for kind in queries.GROUPS[key])}
            for key, label in _groups().items()
        ],
        "count": total,
        "more": total >= queries.MOST_COUNTED,
        "newest": max((row.id for row in rows), default=""),
    }
    return render(request, "notices.html", facts)


def _groups() -> dict[str, str]:
    return {
        "masuk": _("For my desk"),
        "hasil": _("Results"),
        "tenggat": _("Due dates"),
        "pengingat": _("Reminders"),
    }


@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """How many notices are unread; asked by each page once it is there. A page of a matter has been opened: what was
    told of it is read. At most two statements of its own.
    """
    me = session.reader(request)
    opened = _ID.search(request.headers.get("HX-Current-URL", "").partition("?")[0])
    if opened and me.keys:
        actions.read_matter(me.person, uuid.UUID(opened[0]))
    count = sum(queries.unread(me).values())
    shown = f"{count - 1}+" if count >= queries.MOST_COUNTED else str(count)
    return render(request, "bell_count.html", {"count": count, "shown": shown})


@require_safe
def open_one(request: HttpRequest, notice: uuid.UUID) -> HttpResponse:
    """To the matter of a notice; the notice is read by that."""
    me = session.reader(request)
    found = queries.one(me, notice)
    if found is None:
        raise NotFound(_("There is no such notice, or what it was about is not for you to see any more."))
    actions.read_one(me.person, notice)
    return redirect("matter", found.matter)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark notices as read: one or several (`satu`), or all that were on the page when it was made (`sampai`)."""
    me = session.reader(request)
    single = [one for text in request.POST.getlist("satu")[: queries.PAGE] if (one := parse_id(text))]
    until = parse_id(request.POST.get("sampai", ""))
    if single:
        actions.read_some(me.person, single)
    else:
        count = actions.read_all(me.person, until)
        said = ngettext("%d notice is marked as read.", "%d notices are marked as read.", count) % count
        messages.success(request, said)
    return redirect(safe_next(request, "/pemberitahuan"))


@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """Remind the holder of a matter, with the word in `note`, then back to `next`; to a script only say so.

    Asked for by GET: its form.
    """
    me = session.reader(request)
    found = visibility.seen(matter, me)
    page = address(found) or f"/urusan/{matter}"
    back = safe_next(request, page)
    if request.method != "POST":
        return render(request, "remind.html", {"matter": found, "next": back, "note": ""})
    note = request.POST.get("note", "").replace("\x00", "").strip()
    try:
        if len(note) > _LONGEST_WORD:
            raise Invalid(Problem(_("At most %d characters.") % _LONGEST_WORD, mend=_("Say it shorter.")))
        reminding.remind(matter, me, note)
    except (Invalid, Moved, Forbidden) as error:
        facts = {"matter": found, "next": back, "note": note, "problems": error.problems}
        return render(request, "remind.html", facts, status=error.status)
    holder = found.holder.name if found.holder else ""
    said = _("%(holder)s is reminded of “%(title)s”.") % {"holder": holder, "title": found.title}
    if wants_json(request):
        return JsonResponse({"word": _("reminded by you, %s") % moments.short(now()), "said": said})
    messages.success(request, said)
    return redirect(back)
