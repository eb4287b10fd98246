"""Language, theme and the keyboard page."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tertib.government.models import Person
from tertib.web import session
from tertib.web.answers import safe_next
from tertib.web.context import THEMES

YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on; kept with the person, and on this device for before the sign-in."""
    response = HttpResponseRedirect(safe_next(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        if getattr(request, "tenant", None) is not None and request.user.is_authenticated:
            Person.objects.filter(pk=request.user.pk).update(language=chosen)
        _remember(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device has it."""
    response = HttpResponseRedirect(safe_next(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        _remember(response, "theme", chosen)
    else:
        response.delete_cookie("theme")
    return response


def _remember(response: HttpResponse, name: str, value: str) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=secure, httponly=True)


@require_POST
def letter_keys(request: HttpRequest) -> HttpResponse:
    """Single letters as keys, or not (WCAG 2.1.4); kept with the person."""
    chosen = request.POST.get("letters", "")
    if chosen in ("on", "off"):
        Person.objects.filter(pk=session.reader(request).person).update(letter_keys=chosen == "on")
    return redirect(f"{reverse('profile')}#tombol")


@require_GET
def keyboard(request: HttpRequest) -> HttpResponse:
    """The keys that work everywhere."""
    return render(request, "keyboard.html")
