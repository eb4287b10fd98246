"""Tables of units, posts and people by the page of imports."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tertib.government.models import Person, Unit
from tertib.government.tests.samples import person, root
from tertib.government.tests.test_import import PEOPLE, POSTS, UNITS, csv_bytes
from tertib.web.admin import parked
from tertib.web.admin.tests.browser import NIP, Browser, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]


def test_an_import_is_previewed_then_confirmed(admin: Browser) -> None:
    root()
    files = [
        SimpleUploadedFile(f"{name}.csv", csv_bytes(rows))
        for name, rows in (("units", _units()), ("posts", POSTS), ("people", PEOPLE))
    ]
    before = Unit.objects.count()
    page = words(admin.post("admin_import", uploads=files))
    assert Unit.objects.count() == before and "Iwan Contoh" in page and NIP not in page
    hidden = dict(re.findall(r'name="(token|digest)" value="([^"]+)"', page))
    assert admin.post("admin_import_confirm", **(hidden | {"digest": "x"})).status_code == 200
    assert Unit.objects.count() == before
    assert admin.post("admin_import_confirm", **hidden).status_code == 302
    assert Unit.objects.count() == before + 3 and Person.objects.filter(name="Iwan Contoh").exists()
    # The files are gone now, and nothing of them lies in the open.
    assert admin.post("admin_import_confirm", **hidden).headers["Location"] == reverse("admin_import", "tertib.urls")
    assert "Iwan Contoh" in words(admin.get("admin_record"))


def _units() -> list[dict[str, Any]]:
    return [row | {"name": "Kota Contoh"} if row["code"] == "kota" else row for row in UNITS]


def test_a_broken_import_lists_what_is_wrong(admin: Browser) -> None:
    bad = [POSTS[0] | {"unit": "<b>nowhere</b>"}]
    answer = admin.post("admin_import", uploads=[SimpleUploadedFile("p.csv", csv_bytes(bad))])
    assert answer.status_code == 422 and "p.csv" in words(answer) and "<b>nowhere" not in words(answer)
    assert admin.post("admin_import").status_code == 422
    assert admin.post("admin_import", uploads=[SimpleUploadedFile("x.xlsx", b"PK\x03\x04junk")]).status_code == 422


def test_parked_files_lie_encrypted_and_are_for_their_owner() -> None:
    me, other = person("Ani"), person("Budi")
    token = parked.park([(b"nip,name\n" + NIP.encode(), "people.csv")], me.id)
    [path] = [p for p in parked._folder().glob("*.import") if p.name.startswith(token)]
    assert NIP.encode() not in path.read_bytes() and path.stat().st_mode & 0o077 == 0
    assert parked.fetch(token, other.id) is None and parked.fetch("../" + token, me.id) is None
    assert parked.fetch(token, me.id) == [(b"nip,name\n" + NIP.encode(), "people.csv")]
    parked.drop(token)
    assert parked.fetch(token, me.id) is None


def test_templates_are_downloaded(admin: Browser) -> None:
    for form in ("csv", "xlsx"):
        assert admin.get("admin_import_template", "people", form).status_code == 200
    assert admin.get("admin_import_template", "people", "exe").status_code == 404
