"""Tags and filters that every template has without loading them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lucide import IconDoesNotExist, _render_icon

from tertib.government.authority import Seat
from tertib.matters import procedures
from tertib.matters.models import Matter, Urgency
from tertib.web import deadlines, devices, moments
from tertib.web import styles as sheets

register = template.Library()
_STROKE = re.compile(r' (?:fill="none"|stroke(?:-[a-z]+)?="[^"]*")')


@lru_cache(maxsize=256)
def _icon(name: str, size: int) -> SafeString:
    try:
        return _drawn(name, size)
    except IconDoesNotExist:
        # A wrong name is found by a test; it must not take a page away from a reader.
        if settings.DEBUG:
            raise
        return SafeString("")


def _drawn(name: str, size: int) -> SafeString:
    # How lines are drawn says the style sheet, once for all icons of a page.
    svg = _render_icon(name, size, **{"class": "icon", "aria_hidden": "true"})
    svg = _STROKE.sub("", " ".join(svg.split()).replace("> <", "><").replace(" />", "/>"))
    return mark_safe(svg)  # noqa: S308 (drawn from the package's own files)


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """A Lucide icon. It is decoration: always put words beside it."""
    return _icon(str(name), int(size))


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file; `web.assets` says how it is named."""
    return static(path)


@register.simple_tag(takes_context=True)
def styles(context: Context, name: str) -> SafeString:
    """A style sheet, by a link or written into the page; `web.styles` says which."""
    return sheets.element(context.get("request"), name)


@register.filter
def moment(at: datetime | None) -> str:
    """“Kamis, 2 Juli 2020, 16.00 WIB”."""
    return moments.moment(at) if at else ""


@register.filter
def day(on: date | datetime | None) -> str:
    """“Kamis, 2 Juli 2020”."""
    return moments.day(on) if on else ""


@register.filter
def day_short(on: date | datetime | str | None) -> str:
    """“2 Jul”; takes an ISO date too."""
    given = parse_date(on) if isinstance(on, str) else on
    return moments.short_day(given) if given else ""


@register.filter
def device(user_agent: str) -> str:
    """“Chrome on Android”."""
    return devices.device(user_agent)


@register.simple_tag
def when(at: datetime | None) -> str:
    """A short moment, with the exact one in its title."""
    if at is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), moments.moment(at), moments.short(at)
    )


@register.simple_tag
def theirs() -> SafeString:
    """The language of what the city itself has written, where the page speaks another (WCAG 3.1.2)."""
    same = get_language() == settings.LANGUAGE_CODE
    return mark_safe("") if same else format_html(' lang="{}"', settings.LANGUAGE_CODE)


@register.filter
def capacity(seat: Seat) -> str:
    """As what someone fills a post, in words: “Plh. s.d. 3 Jul”. Empty for the definitive holder."""
    said = as_what(seat.capacity)
    return _("%(what)s until %(day)s") % {"what": said, "day": day_short(seat.until)} if said and seat.until else said


@register.filter
def as_what(kind: str) -> str:
    """The words for `plt`, `plh` and `deputy`; empty for `definitive`."""
    return {"plt": "Plt.", "plh": "Plh.", "deputy": _("deputy")}.get(kind, "")


@register.filter
def initials(name: str) -> str:
    """At most two letters to stand for a name."""
    parts = str(name).split()
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


@register.simple_tag(takes_context=True)
def deadline(context: Context, matter: Matter) -> deadlines.Deadline:
    """The clock of a matter: `{% deadline matter as clock %}`, then `clock.words`, `.exact`, `.tone`."""
    return deadlines.deadline(matter, deadlines.of_request(context.get("request")))


@register.filter
def urgency(matter: Matter) -> str:
    """The urgency in words, empty when ordinary."""
    return str(Urgency(matter.urgency).label) if matter.urgency else ""


@register.filter
def kind(matter: Matter) -> str:
    """What kind of matter it is, by its procedure."""
    return procedures.words(procedures.of(matter.procedure_id).label)


@register.filter
def state(matter: Matter) -> str:
    """The state in words."""
    return procedures.words(procedures.of(matter.procedure_id).states[matter.state].label)


@register.filter
def is_choice(field: BoundField) -> str:
    """How a field's widget is laid out: `check` (one box), `choices` (several boxes or radios) or empty."""
    widget = field.widget_type
    return "check" if widget == "checkbox" else "choices" if widget in ("radioselect", "checkboxselectmultiple") else ""


@register.filter
def uncut(field: BoundField) -> str:
    """The field without the browser's limit on its length: what is pasted would be cut in silence, where the server
    says that it is too long and keeps it all."""
    return field.as_widget(attrs={"maxlength": False})


@register.filter
def at(values: Mapping[Any, Any], key: Any) -> Any:
    """The value under a key that is itself a variable: `{{ said|at:matter.pk }}`."""
    return values.get(key, "")


@register.filter
def notice_kind(message: Any) -> str:
    """Django's level of a message as the notice's kind."""
    return {"success": "ok", "warning": "warn", "error": "error"}.get(message.level_tag, "info")


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """This page's query string with some values changed; None or empty drops one. `{% query halaman=2 %}`."""
    request = context.get("request")
    values = {key: request.GET.getlist(key) for key in request.GET} if request else {}
    for key, value in changes.items():
        if value in (None, ""):
            values.pop(key, None)
        else:
            values[key] = [str(value)]
    said = urlencode(values, doseq=True)
    return f"?{said}" if said else "?"
