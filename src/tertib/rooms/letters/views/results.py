"""What became of several letters and parts that were dealt with at once, at an address of its own: it is asked for anew
by reload and Back, which do nothing a second time.

The session keeps which they were and why some stayed; what they are called is read anew, as far as the reader may see.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tertib.government.authority import Reader
from tertib.ground.errors import NotFound, Problem
from tertib.ground.ids import new_id
from tertib.matters.models import Matter
from tertib.matters.visibility import visible
from tertib.rooms.letters import queries as letters
from tertib.rooms.letters.act_forms import ids_of
from tertib.rooms.letters.http import page, reader_of
from tertib.rooms.letters.together import One
from tertib.rooms.letters.views.acts import day_words

KEY = "letters.together"
MOST = 3


@dataclass(frozen=True, slots=True)
class Did:
    """One that went or stayed: the matter (None where it is not the reader's to see any more), what was made of it, or
    why it stayed.
    """

    matter: Matter | None
    parts: tuple[uuid.UUID, ...] = ()
    why: str = ""


def keep(request: HttpRequest, kind: str, done: Sequence[One], recipients: Sequence[uuid.UUID]) -> str:
    """Keep a result, the last few of a session; answers its name."""
    name = new_id().hex
    result = {
        "kind": kind,
        "recipients": [str(key) for key in recipients],
        "went": [[str(one.chosen.id), [str(part) for part in one.parts]] for one in done if one.action],
        "stayed": [[str(one.chosen.id) if one.matter else "", one.why] for one in done if not one.action],
    }
    before = list((request.session.get(KEY) or {}).items())[-(MOST - 1) :]
    request.session[KEY] = {**dict(before), name: result}
    return name


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The result that `?ke=` names."""
    found = (request.session.get(KEY) or {}).get(request.GET.get("ke", ""))
    if not found:
        what = _("What was done together is shown for a short time only.")
        raise NotFound(Problem(what, mend=_("The record of each matter says it.")))
    reader = reader_of(request)
    ids = ids_of([key for key, _more in [*found["went"], *found["stayed"]]])
    matters = {str(matter.pk): matter for matter in visible(Matter.objects.filter(pk__in=ids), reader)}
    went = [Did(matters.get(key), tuple(ids_of(parts))) for key, parts in found["went"]]
    facts = {
        **_gone(went, letters.posts_of(ids_of(found["recipients"])), reader),
        "stayed": [Did(matters.get(key), why=why) for key, why in found["stayed"]],
        "kind": found["kind"],
    }
    return page(request, "together_done", facts)


def _gone(went: Sequence[Did], recipients: Sequence[letters.Choice], reader: Reader) -> dict[str, Any]:
    """To whom it all went and by when it is wanted, in the words of a single disposition: once where all is wanted on
    the same day, else at each. One statement, none where nothing was disposed.
    """
    parts = [part for one in went for part in one.parts]
    if not parts:
        return {"went": [(one, "") for one in went]}
    made = visible(Matter.objects.filter(pk__in=parts), reader).values_list("pk", "due_at")
    due = {part: day_words(at) for part, at in made if at}
    days = [next((due[part] for part in one.parts if part in due), "") for one in went]
    names = {"who": ", ".join(choice.name for choice in recipients), "day": days[0]}
    if len(set(days)) == 1:
        said = _("Disposed to %(who)s, due %(day)s.") if days[0] else _("Disposed to %(who)s.")
        return {"said": said % names, "went": [(one, "") for one in went]}
    return {"said": _("Disposed to %(who)s.") % names, "went": list(zip(went, days, strict=True))}
