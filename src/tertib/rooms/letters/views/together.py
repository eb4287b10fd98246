"""What was chosen on the desk, dealt with at once: a page that names what will happen; `results` says what did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tertib.ground.time import now
from tertib.matters.procedures import Action
from tertib.rooms.letters import queries as letters
from tertib.rooms.letters import together
from tertib.rooms.letters.act_forms import DisposeForm, due_as, ids_of
from tertib.rooms.letters.desk import DISPOSE, NOTED
from tertib.rooms.letters.dispositions import follows
from tertib.rooms.letters.http import page, reader_of, searches_only, typed, unjudged, working_seat
from tertib.rooms.letters.pickers import picker
from tertib.rooms.letters.together import One
from tertib.rooms.letters.views import results


class _DisposeAll(DisposeForm):
    """The same recipients, instructions and due date for all; whether a letter itself is due then as well is decided
    letter by letter.
    """

    version = None  # type: ignore[assignment]
    also_letter = None  # type: ignore[assignment]


class _NoteAll(forms.Form):
    """What stands in the record of each."""

    text = forms.CharField(
        label=gettext_lazy("What the record says"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """A thing that is done together: its form, and what the form says to the engine for an action."""

    name: str
    template: str
    form: type[forms.Form]
    data: Callable[[Any, Action], dict[str, Any]]


def _disposed(form: _DisposeAll, _action: Action) -> dict[str, Any]:
    return form.data_for_engine()


def _noted(form: _NoteAll, action: Action) -> dict[str, Any]:
    return {"note" if action.name == "finish" else "text": form.cleaned_data["text"]}


_DISPOSE = _Kind(DISPOSE, "together_dispose", _DisposeAll, _disposed)
_NOTE = _Kind(NOTED, "together_note", _NoteAll, _noted)


@require_http_methods(["GET", "HEAD", "POST"])
def dispose(request: HttpRequest) -> HttpResponse:
    """Dispose several letters and parts alike."""
    return _together(request, _DISPOSE)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest) -> HttpResponse:
    """Finish several of which nothing more is wanted than to know of them."""
    return _together(request, _NOTE)


def _together(request: HttpRequest, kind: _Kind) -> HttpResponse:
    reader = reader_of(request)
    sent = request.POST if request.method == "POST" else request.GET
    found = together.look(kind.name, together.chosen(sent.getlist("urusan")), reader)
    if request.method != "POST":
        follow = any(one.matter and follows(one.matter.due_at, now()) for one in found if one.action)
        # As on the page of a single one: what it belongs to says when it is due, else the usual time is chosen.
        start = {"text": _("Noted."), **({"due_how": ""} if follow else {})}
        return _ask(request, kind, kind.form(initial=start), found)
    form = kind.form(request.POST)
    if searches_only(request.POST):
        unjudged(form)
        return _ask(request, kind, form, found)
    if not form.is_valid() or not any(one.action for one in found):
        return _ask(request, kind, form, found, 422)
    done = together.perform(found, reader, lambda action: kind.data(form, action))
    recipients = ids_of(form.cleaned_data.get("recipients", []))
    return redirect(f"{reverse('letters:done_together')}?ke={results.keep(request, kind.name, done, recipients)}")


def _ask(request: HttpRequest, kind: _Kind, form: forms.Form, found: Sequence[One], status: int = 200) -> HttpResponse:
    facts: dict[str, Any] = {
        "form": form,
        "can": [one for one in found if one.action],
        "cannot": [one for one in found if not one.action],
    }
    if kind is _DISPOSE and facts["can"]:
        facts |= _choices(request, form, facts["can"])
        due = [bool(one.matter and follows(one.matter.due_at, now())) for one in facts["can"]]
        facts["mixed"] = any(due) and not all(due)
        if any(due):
            due_as(form, _("As each of them is due") if all(due) else _("As each of them is due, else 3 working days"))
    return page(request, kind.template, facts, status)


def _choices(request: HttpRequest, form: forms.Form, can: Sequence[One]) -> dict[str, Any]:
    """Whom it may go to: who is near the post that most of them lie with, and who was searched for."""
    reader = reader_of(request)
    holders = [one.matter.holder_id for one in can if one.matter and one.matter.holder_id]
    most = max(set(holders), key=holders.count)
    seat = working_seat(reader, most) or working_seat(reader)
    besides = set(holders)
    near = letters.suggested(seat, besides) if seat else []
    picked = ids_of(typed(form).getlist("recipients"))
    look = request.POST.get("look", "")[:100].replace("\x00", "")
    return picker("recipients", near, picked, look, reader, searched=searches_only(request.POST), besides=besides)
