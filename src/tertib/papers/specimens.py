"""An invented paper of each kind, made of its description: to show how it is printed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from tertib.ground.tenancy import here
from tertib.papers.kinds import Schema, fields

_BODY = (
    "Naskah ini hanya contoh, untuk memperlihatkan tata letak dan kopnya.",
    "Isi surat yang sebenarnya ditulis konseptor dan diperiksa sebelum ditandatangani.",
)
# Where the name of a field would look odd on paper.
_SAID = {"number": "000.1/123/Contoh", "nip": "19800101 200501 1 001", "url": "https://contoh.invalid/periksa"}
_LEFT_OUT = ("signature", "capacity", "on_behalf", "event_end", "closing")


def specimen(kind: str, place: str = "") -> dict[str, Any]:
    """Data that `typeset.render` takes for the kind. `place` is what stands before the date."""
    made: dict[str, Any] = _filled("", fields(kind))
    if place and "place" in made:
        made["place"] = place
    return made


def _filled(name: str, schema: Schema) -> Any:
    if name in _SAID:
        return _SAID[name]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        wanted = {key: part for key, part in schema["properties"].items() if key not in _LEFT_OUT}
        return {key: _filled(key, part) for key, part in wanted.items()}
    if schema.get("type") == "array":
        items = schema["items"]
        if "type" in items.get("properties", {}):
            return [{"type": "paragraph", "text": text} for text in _BODY]
        return [_filled(name, items)] * max(1, schema.get("minItems", 1))
    if schema.get("format") == "date":
        return here.today().isoformat()
    words = gettext(schema.get("title", "Text"))
    most: int = schema.get("maxLength", 200)
    return f"{words} (contoh)"[:most]
