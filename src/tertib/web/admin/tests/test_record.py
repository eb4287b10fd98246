"""The record of changes: its pages, and every change in words."""

from __future__ import annotations

import re

import pytest
from django.db.models import Model

from tertib.government.models import (
    Appointment,
    Calendar,
    CalendarChange,
    Deputy,
    Person,
    Post,
    RoleGrant,
    Unit,
)
from tertib.government.tests.samples import unit
from tertib.web import moments
from tertib.web.admin import said
from tertib.web.admin.tests.browser import Browser, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]


def test_the_record_turns_pages_and_follows_one_thing(admin: Browser) -> None:
    for number in range(60):
        unit(f"u{number}")
    first = words(admin.get("admin_record"))
    older = re.search(r"sebelum=(\d+)", first)
    assert older and "Dinas u59" in first and "Dinas u0" not in first
    assert "Dinas u0" in words(admin.get("admin_record", query=f"?sebelum={older[1]}"))
    one = words(admin.get("admin_record", query=f"?tentang={Unit.objects.get(code='u3').id}"))
    assert "Dinas u3" in one and "Dinas u59" not in one
    assert admin.get("admin_record", query="?sebelum=99999999999999999999&tentang=x").status_code == 200


@pytest.mark.parametrize("model", [Unit, Post, Person, Appointment, Deputy, RoleGrant, Calendar, CalendarChange])
def test_the_record_has_a_word_for_every_field(model: type[Model]) -> None:
    own = {"id", "lineage", "registry", "password", "is_sample", "created_at", "last_login", "version", "letter_keys"}
    kept = {"withdrawn_at", "withdrawn_why"}  # a withdrawal is noted with its reason
    columns = {field.attname for field in model._meta.concrete_fields} - own - kept
    labels = said.labels()
    assert not [name for name in columns if name.replace("_hash", "") not in labels and not name.endswith("_cipher")]


def test_the_record_says_days_moments_and_weeks_in_words(admin: Browser) -> None:
    row = Calendar.objects.get(code="default")
    hours = {"hours": "08:00-12:00", "friday": "08:00-11:00"}
    days = {"starts_on": "2026-02-18", "ends_on": "2026-02-20", "title": "2026-13-45", "decree": "SE 2/2026"}
    assert admin.post("admin_calendar_change", row.id, kind="hours", **days, **hours).status_code == 302
    told = words(admin.get("admin_record"))
    shown = re.sub(r"<details.*?</details>", "", told, flags=re.S)
    decreed = moments.moment(CalendarChange.objects.get(title="2026-13-45").decreed_at)
    assert f"berlaku sejak: {decreed}" in shown and "Rabu, 18 Februari 2026" in shown
    assert "Senin sampai Kamis 08:00-12:00; Jumat 08:00-11:00; Sabtu sampai Minggu libur" in shown
    assert "2026-13-45" in shown and "+00:00" not in shown
