"""All components on one page, with made-up content: for whoever builds pages, and for the test that looks at them."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tertib.ground.dates import DayField, day_picker
from tertib.ground.ids import new_id
from tertib.ground.time import now
from tertib.matters.queries import Event
from tertib.matters.telling import plain


class LookForm(forms.Form):
    """Every kind of field."""

    subject = forms.CharField(label=_("Subject"), max_length=200, help_text=_("As it stands in the letter."))
    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    day = DayField(label=_("Date"), widget=day_picker())
    speed = forms.ChoiceField(
        label=_("Urgency"), widget=forms.RadioSelect, choices=[("0", "Biasa"), ("1", "Segera"), ("2", "Sangat segera")]
    )
    to = forms.MultipleChoiceField(
        label=_("Recipients"),
        widget=forms.CheckboxSelectMultiple,
        choices=[("a", "Kepala Bidang P2P"), ("b", "Sekretaris Dinas"), ("c", "Kepala Puskesmas Pejuang")],
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[("a", "Surat dinas"), ("b", "Undangan")], required=False)
    scan = forms.FileField(label=_("Scan"), required=False)
    sure = forms.BooleanField(label=_("I have read it"))


def _things() -> dict[str, Any]:
    at = now()
    post, person = "Sekretaris Dinas Kesehatan", "Ratna Contoh"
    events = [
        Event(
            n, at - timedelta(hours=9 - n * 3), "c0ffee" * 10, {"data": {"text": text} if text else {}}, "", label,
            person, post, capacity, holder, "", holder,
        )
        for n, label, capacity, holder, text in (
            (1, "Dicatat", "definitive", "Kepala Dinas Kesehatan", ""),
            (2, "Didisposisikan", "plh", "Kepala Bidang P2P", "Mohon ditelaah dan siapkan jawabannya."),
        )
    ]  # fmt: skip
    nodes = [
        SimpleNamespace(
            id=new_id(), depth=depth, title=title, state=state, closed_at=closed, holder=holder, first_holder=holder,
            holder_since=at - timedelta(days=1), due_at=at + timedelta(days=1), visible=visible,
        )
        for depth, title, state, closed, holder, visible in (
            (0, "Permohonan data fasilitas", "Menunggu bagian-bagiannya", None, "Kepala Dinas Kesehatan", True),
            (1, "Disposisi", "Selesai", at, "Kepala Bidang P2P", True),
            (1, "", "Dikerjakan", None, "Sekretaris Dinas", False),
        )
    ]  # fmt: skip
    tabs = [{"label": "Masuk", "href": "?", "active": True, "count": 12}, {"label": "Keluar", "href": "?keluar"}]
    return {"told": plain(events, {}), "nodes": nodes, "tabs": tabs, "at": at}


@login_not_required
def look(request: HttpRequest) -> HttpResponse:
    """The page. `?salah` shows the form with its errors."""
    form = LookForm({} if "salah" in request.GET else None)
    return render(request, "look.html", {"form": form, **_things()})
