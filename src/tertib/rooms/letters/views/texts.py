"""Reading a draft paragraph by paragraph: remarks beside it, and what differs between two versions."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.ground.errors import Invalid, Moved, NotFound
from tertib.matters import engine, queries
from tertib.matters.models import Matter
from tertib.papers.blocks import levels, markers, runs
from tertib.rooms.letters import copies, remarks, versions
from tertib.rooms.letters.draft_forms import DraftForm, rows_of
from tertib.rooms.letters.http import page, reader_of
from tertib.rooms.letters.models import Draft, Letter
from tertib.rooms.letters.views.copies import as_sent
from tertib.rooms.letters.views.letter import read

MOST_TYPED = 2000


def show(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """The text of a draft with the remarks at its paragraphs, and what is written to them."""
    reader = reader_of(request)
    found = read(matter, reader)
    letter, draft = _draft(matter)
    facts: dict[str, Any] = {"typed": {}, "problem": None}
    status = 200
    if request.method == "POST":
        try:
            _note(request, found, reader)
        except (Invalid, Moved) as error:
            status, facts = error.status, {"typed": _typed(request), "problem": error.problems[0]}
            found, (letter, draft) = read(matter, reader), _draft(matter)
        else:
            n = request.POST.get("remark", "")
            where = f"#catatan-{n}" if n.isdecimal() else f"#{_typed(request)['part']}"
            return redirect(reverse("letters:text", args=[matter]) + where)
    may = {action.name for action in queries.possible_actions(found, reader)}
    events = queries.record(matter, found.procedure_id)
    parts = remarks.parts(letter.subject, draft.fields)
    gone = remarks.place(parts, remarks.of_record(events))
    facts |= {
        "matter": found,
        "letter": letter,
        "draft": draft,
        "sections": _sections(parts),
        "gone": gone,
        "open": sum(1 for part in parts for remark in part.remarks if not remark.settled_at),
        "versions": versions.of_record(events),
        "may_remark": "comment" in may,
        "may_settle": "settle" in may,
        "may": may,
    }
    return page(request, "text", facts, status)


def _draft(matter: uuid.UUID) -> tuple[Letter, Draft]:
    draft = Draft.objects.filter(pk=matter).first()
    letter = Letter.objects.select_related("unit", "matter").filter(pk=matter).first()
    if draft is None or letter is None:
        raise NotFound(_("There is no such draft."))
    return letter, draft


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "").replace("\x00", "") for name in ("part", "remark", "text")}


def _note(request: HttpRequest, matter: Matter, reader: Reader) -> None:
    typed = _typed(request)
    text = typed["text"].replace("\r\n", "\n").strip()
    if len(text) > MOST_TYPED:
        raise Invalid(_("The text is too long; %s characters at most.") % MOST_TYPED)
    if typed["remark"].isdecimal():
        engine.act(
            matter.pk, "settle", reader, {"remark": int(typed["remark"][:9]), **({"text": text} if text else {})}
        )
        messages.success(request, _("The remark is answered."))
        return
    if not text:
        raise Invalid(_("Write what you remark."))
    written = request.POST.get("written", "")
    data: dict[str, Any] = {"part": typed["part"][:40], "text": text}
    if written.isdecimal():
        data["written"] = int(written[:9])
    engine.act(matter.pk, "comment", reader, data)
    messages.success(request, _("Your remark is noted."))


def _sections(parts: list[remarks.Part]) -> list[dict[str, Any]]:
    """The parts of each field, under the name of the field, drawn as far as they need it."""
    of_form: Any = DraftForm.base_fields
    found: list[dict[str, Any]] = []
    for part in parts:
        if not found or found[-1]["name"] != part.field:
            found.append({"name": part.field, "label": of_form[part.field].label, "parts": []})
        found[-1]["parts"].append({"part": part, "drawn": _drawn(part)})
    return found


def _drawn(part: remarks.Part) -> dict[str, Any]:
    block = part.block
    if block is None:
        return {"kind": "paragraph", "runs": words(part.text, bold=False)}
    if block["type"] == "numbered":
        points = zip(markers(block), levels(block), block["items"], strict=True)
        return {"kind": "numbered", "points": [(mark, level, words(item)) for mark, level, item in points]}
    if block["type"] == "table":
        rows = [[words(cell) for cell in row] for row in block["rows"]]
        head = bool(block.get("head")) and len(rows) > 1
        return {"kind": "table", "head": rows[0] if head else [], "rows": rows[head:]}
    return {"kind": block["type"], "runs": words(block["text"])}


def words(text: str, *, bold: bool = True) -> list[tuple[str, bool]]:
    """Text as (words, bold)."""
    return [("".join(run["x"]) if "x" in run else run["t"], run["b"]) for run in runs(text, bold=bold)]


def compare(request: HttpRequest, matter: uuid.UUID) -> HttpResponse:
    """Two versions, word by word: `?dari=` and `?ke=` name their entries, or a text that is no version yet."""
    reader = reader_of(request)
    found = read(matter, reader)
    letter, _the_draft = _draft(matter)
    known = versions.of_record(queries.record(matter, found.procedure_id))
    writes = any(action.name == "save" for action in queries.possible_actions(found, reader))
    texts = _unsaved(matter, reader) if writes else []
    old = versions.choose([*known, *texts], request.GET.get("dari", ""), len(known) - 2)
    new = versions.choose([*known, *texts], request.GET.get("ke", ""), len(known) - 1)
    fields = versions.compare(old.draft, new.draft) if old and new else []
    facts = {
        "matter": found,
        "letter": letter,
        "versions": known,
        "texts": texts,
        "choices": (("dari", _("Old version"), old), ("ke", _("New version"), new)),
        "old": old,
        "fields": [(item.label, _with_words(item.changes)) for item in fields if item.differs],
        "only": len(known) + len(texts) == 1,
        "same": bool(fields) and not any(item.differs for item in fields),
    }
    return page(request, "compare", facts)


def _with_words(changes: list[versions.Change]) -> list[tuple[str, versions.Change]]:
    return [(versions.change_words(change.kind), change) for change in changes]


def _unsaved(matter: uuid.UUID, reader: Reader) -> list[versions.Version]:
    kept = copies.of_draft(matter, reader)
    found = []
    for copy in [*([kept.goes_on] if kept.goes_on else []), *kept.aside]:
        data = as_sent(copy.typed)
        form = DraftForm(data, reader=reader)
        form.is_valid()
        rows = rows_of(data)
        draft = form.draft_as_far(rows)
        # A row knows a unit by its id; a reader knows it by its name.
        draft["recipients"] = [{**row.to_json(), "name": row.name} for row in rows.recipients]
        found.append(versions.copy_as_version(copy, draft))
    return found
