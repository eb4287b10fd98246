"""How much time each urgency allows, for administrators of the whole government."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from tertib.government.authority import Reader
from tertib.government.models import Unit
from tertib.ground.dates import DayField
from tertib.ground.errors import Forbidden, Invalid, Problem
from tertib.ground.seals import seal
from tertib.matters.models import Urgency
from tertib.rooms.letters import rules
from tertib.rooms.letters.forms import LineField, allowance_words
from tertib.rooms.letters.http import complain, page, reader_of

# As `Allowance.parse` reads them; the short number stands before.
UNITS = (
    ("working days", gettext_lazy("working days")),
    ("working hours", gettext_lazy("working hours")),
    ("calendar days", gettext_lazy("calendar days (× 24 hours)")),  # noqa: RUF001 (a real multiplication sign)
)


class RuleForm(forms.Form):
    """A rule that is added."""

    urgency = forms.TypedChoiceField(label=gettext_lazy("Urgency"), choices=Urgency.choices, coerce=int)
    allowance = forms.IntegerField(label=gettext_lazy("Time allowed"), min_value=1, max_value=99_999)
    counted = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=UNITS)
    valid_from = DayField(
        label=gettext_lazy("Valid from"), help_text=gettext_lazy("For letters registered from this day on.")
    )
    source = LineField(
        label=gettext_lazy("Source"), max_length=200, help_text=gettext_lazy("The regulation or decree it comes from.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """The rules, and the form that adds one. Nothing is ever edited: a correction is a rule of a later day."""
    reader = reader_of(request)
    _must_administer(reader)
    form = RuleForm(request.POST if request.method == "POST" else None)
    touched: list[str] = []
    if form.is_valid():
        given = form.cleaned_data
        allowance = f"{given['allowance']} {given['counted']}"
        touched = _touched(given["urgency"], allowance, given["valid_from"])
        # Saved is what was shown; what is wrong is said before that is asked.
        meant = request.POST.get("touched") == seal(touched)
        try:
            with transaction.atomic():
                rules.add(given["urgency"], allowance, given["valid_from"], given["source"], by=reader.person)
                transaction.set_rollback(not meant)
        except Invalid as error:
            touched = []
            complain(form, error)
        else:
            if meant:
                said = _("The rule is there. Letters that were registered before keep their due dates.")
                messages.success(request, said)
                return redirect("letters:rules")
    rows = [
        {"rule": row.rule, "state": row.state, "words": allowance_words(row.rule.allowance)} for row in rules.standing()
    ]
    facts = {"rows": rows, "form": form, "touched": touched, "seal": seal(touched) if touched else ""}
    return page(request, "rules", facts, 422 if form.errors else 200)


def _touched(urgency: int, allowance: str, valid_from: date) -> list[str]:
    """Whom the rule concerns and whom it does not, before it is added."""
    try:
        words = allowance_words(allowance)
    except ValueError:
        return []
    found = rules.reach(urgency, valid_from)
    old = allowance_words(found.before) if found.before else _("as the procedure says")
    facts = {"urgency": Urgency(urgency).label, "day": date_format(valid_from, "j F Y"), "old": old, "new": words}
    keep = ngettext(
        "No due date moves: %d open letter of this urgency keeps the one it has.",
        "No due date moves: %d open letters of this urgency keep the ones they have.",
        found.keep,
    )
    recent = ngettext(
        "In the last %(days)d days %(n)d letter of this urgency came in, so about as many will follow it a month.",
        "In the last %(days)d days %(n)d letters of this urgency came in, so about as many will follow it a month.",
        found.recent,
    )
    return [
        _("%(urgency)s: letters registered from %(day)s on have %(new)s; so far %(old)s.") % facts,
        keep % found.keep,
        recent % {"n": found.recent, "days": rules.RECENT},
    ]


def _must_administer(reader: Reader) -> None:
    """Raise Forbidden unless the reader administers the whole government."""
    if reader.has_role("administrator"):
        top = Unit.objects.filter(parent__isnull=True).values_list("lineage", flat=True).first()
        if top and reader.has_role("administrator", top):
            return
    mend = _("Ask an administrator of the whole government.")
    raise Forbidden(Problem(_("You don't administer this."), mend=mend))
