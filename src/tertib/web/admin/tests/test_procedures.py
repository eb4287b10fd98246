"""The pages of procedures: what they show, who may publish, and that nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.government import actions
from tertib.government.models import AdminEntry
from tertib.government.tests.samples import post, seated, unit
from tertib.matters import procedures, rooms, versions
from tertib.matters.models import Procedure
from tertib.web.admin import diagram, procedure_words
from tertib.web.admin.tests.browser import Browser, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]

PASSWORD = "rahasia-betul-20"


@pytest.fixture
def row() -> Procedure:
    known = rooms.known_functions()
    ids = [procedures.publish(procedures.parse(p, known)) for room in rooms.rooms() for p in room.procedure_files()]
    return Procedure.objects.get(pk__in=ids, key="letters.outgoing")


@pytest.fixture
def admin() -> Browser:
    me = seated("Ani Admin", post("admin"), "administrator")
    actions.set_password(me.id, PASSWORD, by=None)
    me.refresh_from_db()
    return Browser(me)


def text_of(row: Procedure, old: str = "allowance: 5 working days", new: str = "allowance: 7 working days") -> str:
    return versions.as_yaml(row.definition).replace(old, new)


def test_the_pages_cost_a_constant_number_of_statements(admin: Browser, row: Procedure) -> None:
    admin.get("admin_procedures")
    with CaptureQueriesContext(
        connection,
    ) as listed:
        page = words(admin.get("admin_procedures"))
    assert "Surat keluar" in page and "Disposisi" in page
    with CaptureQueriesContext(connection) as one:
        page = words(admin.get("admin_procedure", row.id))
    assert "<svg viewBox" in page and "5 hari kerja" in page and "Menunggu tanda tangan" in page
    assert len(listed) <= 7 and len(one) <= 9


def test_every_procedure_is_drawn_within_its_picture(row: Procedure) -> None:
    for key in Procedure.objects.values_list("pk", flat=True):
        definition = procedures.of(key)
        drawing = diagram.draw(definition, procedure_words.hints(definition))
        drawn = [step.full for box in drawing.boxes for step in box.steps]
        assert {procedures.words(a.label) for a in definition.actions.values()} <= set(drawn)
        assert {box.name for box in drawing.boxes} >= set(definition.states)
        spans: dict[int, list[tuple[int, int]]] = {}
        for lane in drawing.lanes:
            assert lane.x < drawing.width and lane.bottom < drawing.height
            assert all(lane.bottom < a or lane.top > b for a, b in spans.get(lane.x, ()))
            spans.setdefault(lane.x, []).append((lane.top, lane.bottom))


def test_faults_are_listed_and_the_text_stays(admin: Browser, row: Procedure) -> None:
    page = admin.post("admin_procedure_check", row.id, text=text_of(row, "to: sent", "to: nowhere"))
    assert page.status_code == 422
    assert re.search(r"Baris \d+:</b> Tidak ada keadaan “nowhere”", words(page)) and "<textarea" in words(page)
    assert '<code class="mono small">to: nowhere</code>' in words(page)
    # What does not fit the form of a procedure hides no wrong name elsewhere.
    two = text_of(row, "to: sent", "to: nowhere").replace("allowance:", "allowence:", 1)
    both = words(admin.post("admin_procedure_check", row.id, text=two))
    assert "nowhere" in both.split("<textarea")[0] and "allowence" in both.split("<textarea")[0]
    broken = words(admin.post("admin_procedure_check", row.id, text=text_of(row, "initial: ", "initial:")))
    assert "kolom 1:</b> Titik dua setelah nama" in broken and "expected" not in broken
    file = SimpleUploadedFile("surat.yaml", b"\xff\xfe")
    assert admin.post("admin_procedure_check", row.id, upload=file).status_code == 422
    file = SimpleUploadedFile("surat.yaml", b"x" * 200_001)
    assert "200 kB" in words(admin.post("admin_procedure_check", row.id, upload=file))
    assert admin.post("admin_procedure_check", row.id).status_code == 422


def test_a_file_is_compared_and_published(admin: Browser, row: Procedure) -> None:
    text = text_of(row)
    page = words(admin.post("admin_procedure_check", row.id, upload=SimpleUploadedFile("x.yaml", text.encode())))
    assert "5 hari kerja" in page and "7 hari kerja" in page and "tetap pada versinya" in page
    assert Procedure.objects.filter(key=row.key).count() == 1
    given = {"text": text, "base": row.id, "reason": "SK 1/2020", "password": "salah-sekali"}
    page = admin.post("admin_procedure_publish", row.id, **given)  # type: ignore[assignment]
    assert page.status_code == 422 and "SK 1/2020" in words(page) and "salah-sekali" not in words(page)  # type: ignore
    assert admin.post("admin_procedure_publish", row.id, **{**given, "password": PASSWORD}).status_code == 302
    new = Procedure.objects.get(key=row.key, version=2)
    assert not new.shipped and AdminEntry.objects.get(object_id=new.id).body["after"]["reason"] == "SK 1/2020"
    page = words(admin.get("admin_procedure", new.id))
    assert "Ani Admin" in page and "SK 1/2020" in page
    assert "Versi prosedur diterbitkan" in words(admin.get("admin_record"))
    assert "allowance: 7 working days" in words(admin.get("admin_procedure_source", new.id))


def test_an_update_that_takes_the_place_of_ones_own_is_said(admin: Browser, row: Procedure) -> None:
    given: dict[str, Any] = {"base": row.id, "reason": "SK", "password": PASSWORD}
    admin.post("admin_procedure_publish", row.id, text=text_of(row), **given)
    update = versions.check(row.key, text_of(row, new="allowance: 6 working days"), "YAML")
    newest = procedures.publish(update)
    assert "menggantikan versi 2 buatan Anda" in words(admin.get("admin_procedure", newest))


def test_the_administrator_of_one_unit_publishes_nothing(row: Procedure) -> None:
    house = unit("dinkes")
    some = Browser(seated("Adi", post("admin_dinkes", house), "administrator", house))
    for name in ("admin_procedure", "admin_procedure_check", "admin_procedure_source"):
        assert some.get(name, row.id).status_code == 403, name
    assert some.post("admin_procedure_publish", row.id, text=text_of(row)).status_code == 403
