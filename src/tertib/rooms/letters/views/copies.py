"""What is typed is kept while it is typed, and one window at a time holds the pen."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tertib.government.authority import Reader
from tertib.ground.errors import Forbidden, NotFound, Problem
from tertib.ground.ids import parse_id
from tertib.matters import procedures
from tertib.matters.models import Matter
from tertib.rooms.letters import copies
from tertib.rooms.letters.draft_forms import DraftForm
from tertib.rooms.letters.http import reader_of
from tertib.rooms.letters.models import Draft, Pen, WorkingCopy
from tertib.rooms.letters.views.acts import must_be_possible
from tertib.rooms.letters.views.letter import read

_ROWS = ("to_kind", "to_ref", "to_name", "to_address", "to_copy", "reviewer", "chain", "balas")


def window_of(request: HttpRequest, reader: Reader, matter: Matter) -> copies.Window:
    """The window a request came from. Without script there is only one, without a name."""
    seat = reader.seat(matter.holder_id) if matter.holder_id else None
    key = request.POST.get("window", "")[:40].replace("\x00", "")
    return copies.Window(reader, key, seat.capacity if seat else "")


def typed_of(data: QueryDict) -> copies.Typed:
    """What of a sent form is the draft; its other fields are about the sending."""
    names = [name for name in (*DraftForm.base_fields, *_ROWS) if name != "version"]
    return {name: [v.replace("\x00", "") for v in data.getlist(name)] for name in names if name in data}


def as_sent(typed: copies.Typed, **more: str) -> QueryDict:
    """A copy as the form would send it."""
    data = QueryDict(mutable=True)
    for name, values in {**typed, **{key: [value] for key, value in more.items()}}.items():
        data.setlist(name, values)
    return data


def writable(request: HttpRequest, matter: uuid.UUID) -> tuple[Reader, Matter]:
    """The draft, for whoever may write in it. Raises NotFound, Forbidden, Moved."""
    reader = reader_of(request)
    found = read(matter, reader)
    step = procedures.of(found.procedure_id).actions.get("save")
    if step is None or not Draft.objects.filter(pk=matter).exists():
        raise NotFound(_("There is no such draft."))
    must_be_possible(found, step, reader)
    return reader, found


@require_POST
def keep(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """Keep what is typed at this moment. 409 where it is kept beside what somebody else writes."""
    reader, found = writable(request, matter)
    window = window_of(request, reader, found)
    copy, revision, based_on = seen_copy(request)
    kept = copies.keep(matter, window, typed_of(request.POST), copy, revision, based_on)
    return JsonResponse(_answer(kept, reader, window), status=409 if kept.copy.set_aside else 200)


@require_POST
def keep_unbegun(request: HttpRequest) -> HttpResponse:
    """The same for a letter that is not begun yet."""
    reader = reader_of(request)
    if not reader.seats:
        raise Forbidden(Problem(_("You fill no post, so you can write no letter."), mend=_("Ask the administrator.")))
    copy, revision, _based_on = seen_copy(request)
    kept = copies.keep_unbegun(reader, typed_of(request.POST), copy, revision)
    return JsonResponse(_answer(kept, reader, copies.Window(reader, "")))


def seen_copy(request: HttpRequest) -> tuple[uuid.UUID | None, int, int]:
    """Which copy the page shows, in which revision, and the version of the matter it began with."""
    revision, version = (request.POST.get(name, "") for name in ("revision", "version"))
    return parse_id(request.POST.get("copy", "")), _number(revision), _number(version)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _answer(kept: copies.Kept, reader: Reader, window: copies.Window) -> dict[str, Any]:
    at = clock(kept.copy.saved_at)
    said = _("Saved at %s") % at
    if kept.copy.set_aside:
        other = kept.pen if kept.pen and not window.holds(kept.pen) else None
        what = copies.held_words(other, reader) if other else _("A newer text of this draft was saved meanwhile.")
        beside = _("Yours is kept beside it, saved at %s.") % at
        said = f"{what} {beside}"
    return {"copy": str(kept.copy.pk), "revision": kept.copy.revision, "said": said, "aside": kept.copy.set_aside}


@require_POST
def pen(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """Take the pen, keep it (`do=take`), take it over (`over`), lay it down (`leave`), or only look who has it."""
    reader, found = writable(request, matter)
    window = window_of(request, reader, found)
    do = request.POST.get("do", "")
    if do == "leave":
        copies.let_go(matter, window)
        return JsonResponse({"mine": False, "free": True, "said": ""})
    held: Pen | None = copies.pen_of(matter)
    if do in ("take", "over"):
        held = copies.take(matter, window, over=do == "over")
    mine = held is not None and window.holds(held)
    own = held is not None and held.person_id == reader.person
    said = pen_words(held, reader) if held and not mine else ""
    return JsonResponse({"mine": mine, "free": held is None, "own": own, "said": said})


def pen_words(held: Pen, reader: Reader) -> str:
    """“Pena di tangan Sari (Plh.) sejak 10.42”."""
    since = clock(held.taken_at)
    if held.person_id == reader.person:
        return _("You have been writing this draft in another window since %s.") % since
    short = {"plt": "Plt.", "plh": "Plh.", "deputy": _("deputy")}.get(held.capacity, "")
    who = f"{held.person.name} ({short})" if short else held.person.name
    return _("The pen is with %(who)s since %(at)s.") % {"who": who, "at": since}


def clock(at: Any) -> str:
    """The time of the day, with the day where it is another one."""
    here = localtime(at)
    today = here.date() == localtime().date()
    return date_format(here, "H.i" if today else "j M, H.i")


@require_POST
def decide(request: HttpRequest, copy: uuid.UUID, action: str) -> HttpResponse:
    """Go on with a text that was set aside (`pakai`), or throw it away (`buang`)."""
    reader = reader_of(request)
    found = WorkingCopy.objects.filter(pk=copy).first()
    if found is None or action not in ("pakai", "buang"):
        raise NotFound(_("There is no such text."))
    if found.matter_id is None:
        if found.person_id != reader.person or action != "buang":
            raise NotFound(_("There is no such text."))
        copies.discard(found)
        messages.success(request, _("The text is discarded."))
        return redirect("letters:draft")
    _reader, matter = writable(request, found.matter_id)
    window = window_of(request, reader, matter)
    if action == "pakai":
        if not copies.may_read(found, reader):
            raise NotFound(_("There is no such text."))
        copies.use(found, window)
        messages.success(request, _("You go on with this text; the other one is set aside."))
    else:
        held = copies.pen_of(matter.pk)
        if held and held.person_id != reader.person and not found.set_aside:
            messages.warning(request, pen_words(held, reader))
            return redirect("letters:edit", matter.pk)
        copies.discard(found)
        messages.success(request, _("The text is discarded."))
    return redirect(reverse("letters:edit", args=[matter.pk]))
