"""What every page knows without its view saying so. Asks the database nothing beyond who is signed in, and for the
administrator of a young government what it still lacks."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tertib.government.authority import Reader
from tertib.matters import rooms
from tertib.matters.rooms import MenuEntry
from tertib.web import first_hour

THEMES = ("light", "dark")
DESK = MenuEntry(_("My desk"), "desk", "inbox", key="d")
BOARD = MenuEntry(_("Board of units"), "board", "chart-bar-stacked", key="p")
START = MenuEntry(_("Getting started"), "admin_start", "list-checks")
ADMIN = MenuEntry(_("Administration"), "administration", "building-2", frozenset({"administrator"}), key="a")


def page(request: HttpRequest) -> dict[str, Any]:
    """`government`, `me` (the reader, None for a visitor), `menu`, `theme`, `search_url`.

    A view whose page belongs to another one of the menu puts that one's address into `request.belongs_to`.
    """
    theme = request.COOKIES.get("theme", "")
    government = getattr(request, "tenant", None)
    common = {"government": government, "theme": theme if theme in THEMES else "", "debug": settings.DEBUG}
    if government is None or not hasattr(request, "reader") or not request.user.is_authenticated:
        return {**common, "me": None, "menu": [], "search_url": ""}
    me: Reader = request.reader
    return {
        **common,
        "me": me,
        "menu": menu(me, getattr(request, "belongs_to", request.path)),
        "search_url": search_address(),
    }


def menu(me: Reader, path: str) -> list[dict[str, Any]]:
    """The links of the menu that are for this reader. The one with the longest fitting address is the current one."""
    board = [BOARD] if me.oversees else []
    start = [START] if first_hour.lacking(me) else []
    entries = [DESK, *(entry for room in rooms.rooms() for entry in room.menu), *board, *start, ADMIN]
    shown = [
        {
            "label": entry.label,
            "href": _address(entry.url_name),
            "icon": entry.icon,
            "key": entry.key,
            "current": False,
        }
        for entry in entries
        if (not entry.roles or entry.roles & me.roles) and _address(entry.url_name)
    ]
    fitting = [
        item for item in shown if path == item["href"] or (item["href"] != "/" and path.startswith(str(item["href"])))
    ]
    if fitting:
        max(fitting, key=lambda item: len(str(item["href"])))["current"] = True
    return shown


def begins(me: Reader) -> list[dict[str, Any]]:
    """What this reader may begin from the desk: each room's `begin`. Who audits begins with who holds what."""
    board = [BOARD] if "auditor" in me.roles and me.oversees else []
    entries = [*board, *(entry for room in rooms.rooms() for entry in room.begin)]
    return [
        {
            "label": entry.label,
            "href": _address(entry.url_name),
            "icon": entry.icon,
            "drop": _address(entry.drop) if entry.drop else "",
        }
        for entry in entries
        if (not entry.roles or entry.roles & me.roles) and _address(entry.url_name)
    ]


def search_address() -> str:
    """The page that searches: one named `search`, or the first room's that has one. Empty where there is none."""
    names = ["search", *(f"{room.name}:search" for room in rooms.rooms())]
    return next((_address(name) for name in names if _address(name)), "")


@lru_cache(maxsize=256)
def _address(name: str) -> str:
    try:
        return reverse(name, "tertib.urls")
    except NoReverseMatch:
        return ""
