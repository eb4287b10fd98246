"""How I am told: by which way, when, in which browsers; and the link in an e-mail that stops it."""

from __future__ import annotations

import uuid
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.government.models import Person
from tertib.ground.config import config
from tertib.ground.errors import Forbidden, Invalid, Problem
from tertib.matters.models import Urgency
from tertib.notices import actions, compose, push, smtp
from tertib.notices import wishes as notices
from tertib.notices.models import Browser, Kind
from tertib.notices.wishes import Told
from tertib.web import session


class TimesForm(forms.Form):
    """When, and whether by e-mail at all."""

    quiet = forms.BooleanField(
        label=gettext_lazy("Only within the working hours of my unit"),
        help_text=gettext_lazy("E-mail and push wait until the next working hours begin."),
        required=False,
    )
    urgent_always = forms.BooleanField(label=gettext_lazy("Very urgent matters may come at any time"), required=False)
    mail = forms.BooleanField(label=gettext_lazy("E-mail at once, where chosen below"), required=False)
    digest = forms.BooleanField(
        label=gettext_lazy("A digest each working day"),
        help_text=gettext_lazy("One e-mail: what is overdue, due today and new. None when there is nothing."),
        required=False,
    )
    digest_at = forms.TimeField(
        label=gettext_lazy("Time of the digest"),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        error_messages={"invalid": gettext_lazy("Give a time like 07.30.")},
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
    )


class WaysForm(forms.Form):
    """By which way, for each kind and urgency."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for cell in notices.CELLS:
            kind, _dot, urgency = cell.partition(".")
            label = f"{Kind(kind).label}: {Urgency(int(urgency)).label}"
            self.fields[_name(cell)] = forms.ChoiceField(
                label=label, choices=list(notices.WAYS.items()), widget=forms.Select({"aria-label": label})
            )

    def rows(self) -> list[dict[str, Any]]:
        """One row a kind, with a field for each urgency."""
        return [
            {
                "label": kind.label,
                "cells": [{"of": urgency.label, "field": self[_name(f"{kind}.{urgency}")]} for urgency in Urgency],
            }
            for kind in Kind
        ]

    def chosen(self) -> dict[str, str]:
        return {cell: self.cleaned_data[_name(cell)] for cell in notices.CELLS}


def _name(cell: str) -> str:
    return cell.replace(".", "-")


@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """My wishes, and the forms to change them. Six statements."""
    me = session.reader(request)
    told = notices.of([me.person])[me.person]
    times, ways = TimesForm(initial=_times_of(told)), WaysForm(initial=_ways_of(told))
    what = request.POST.get("what", "") if request.method == "POST" else ""
    if what == "times":
        times = TimesForm(request.POST)
        if times.is_valid():
            actions.save_times(me.person, **times.cleaned_data)
            return _saved(request)
    elif what == "ways":
        ways = WaysForm(request.POST)
        if ways.is_valid():
            actions.save_ways(me.person, ways.chosen())
            return _saved(request)
    elif what == "usual":
        actions.as_usual(me.person)
        return _saved(request)
    elif what == "again":
        actions.try_again(me.person)
        return _saved(request)
    return _show(request, told, times, ways, 422 if what else 200)


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("wishes")


def _times_of(told: Told) -> dict[str, Any]:
    row = told.row
    return {
        "quiet": row.quiet,
        "urgent_always": row.urgent_always,
        "mail": row.mail,
        "digest": row.digest,
        "digest_at": told.digest_at,
    }


def _ways_of(told: Told) -> dict[str, str]:
    return {_name(cell): way for cell, way in told.ways.items()}


def _show(
    request: HttpRequest, told: Told, times: TimesForm, ways: WaysForm, status: int = 200, problems: Any = ()
) -> HttpResponse:
    person = cast(Person, request.user)
    facts = {
        "times": times,
        "ways": ways,
        "problems": problems,
        "address": told.address,
        "refused": told.row if told.address and not told.mail_to else None,
        "mail_on": smtp.server() is not None,
        "push_on": config().push,
        "push_key": push.public_key() if config().push else "",
        "browsers": list(Browser.objects.filter(person=person)),
        "own": bool(told.row.ways),
    }
    return render(request, "wishes.html", facts, status=status)


@require_POST
def add_browser(request: HttpRequest) -> HttpResponse:
    """Push to the browser that sends this form; `notices.js` has filled it."""
    me = session.reader(request)
    if not config().push:
        raise Forbidden(Problem(_("Push is not switched on here."), mend=_("Ask the operator.")))
    given = {name: request.POST.get(name, "")[:1100] for name in ("endpoint", "p256dh", "auth", "name")}
    try:
        made = push.subscribe(me.person, **given)
    except Invalid as error:
        told = notices.of([me.person])[me.person]
        times, ways = TimesForm(initial=_times_of(told)), WaysForm(initial=_ways_of(told))
        return _show(request, told, times, ways, 422, error.problems)
    request.session[session.PUSHED] = str(made.pk)
    messages.success(request, _("This browser is told from now on."))
    return redirect("wishes")


@require_POST
def remove_browser(request: HttpRequest, browser: uuid.UUID) -> HttpResponse:
    """Push no more to a browser of mine."""
    push.unsubscribe(session.reader(request).person, browser)
    messages.success(request, _("That browser is told no more."))
    return redirect("wishes")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in an e-mail leads to. Mail programs send its form by themselves (RFC 8058), so it needs neither
    a session nor a form's token; what it needs is signed, and all it can do is to stop e-mail.
    """
    known = compose.whose(token)
    if known is None:
        what = _("This link is not one of ours, or not whole.")
        raise Forbidden(
            Problem(what, mend=_("Copy the whole link from the e-mail, or sign in and look under Profile."))
        )
    person, way = known
    if request.method == "POST":
        actions.stop_mail(person, "digest" if way == "digest" else "mail")
    return render(request, "stop_mail.html", {"stopped": request.method == "POST", "digest": way == "digest"})


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that takes pushed notices. It stands at the root, as it may show pages of the whole host."""
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")


@lru_cache(maxsize=1)
def _worker() -> bytes:
    found = finders.find("tertib/push.js")
    return Path(str(found)).read_bytes()
