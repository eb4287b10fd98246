"""The head of a unit's papers: looked at, saved, inherited; arms are opened elsewhere and bounded."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tertib.government.models import AdminEntry, Unit
from tertib.government.tests.samples import post, root, seated, unit
from tertib.papers import heads, typeset
from tertib.papers.kinds import SCHEMAS
from tertib.papers.models import Head
from tertib.papers.specimens import specimen
from tertib.web.admin import parked
from tertib.web.admin.tests.browser import Browser, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("government")]

GIVEN = {"address": "Jalan Contoh 1", "contact": "surel@contoh.invalid", "place": "Bekasi", "jenis": "nota_dinas"}


@pytest.fixture
def admin() -> Browser:
    return Browser(seated("Ani Admin", post("admin"), "administrator"))


def arms(size: tuple[int, int] = (900, 600), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 90, 160)).save(out, kind)
    return out.getvalue()


def carried(page: Any) -> str:
    found = re.search(r'name="carried" value="([^"]*)"', words(page))
    assert found
    return found[1]


@pytest.mark.parametrize("kind", list(SCHEMAS))
def test_a_specimen_of_every_kind_is_typeset(kind: str) -> None:
    assert typeset.render(kind, specimen(kind, "Bekasi"), heads.letterhead(root())).startswith(b"%PDF")


def test_nothing_is_saved_unseen_and_the_picture_is_carried(admin: Browser) -> None:
    top = root()
    page = admin.get("admin_unit_head", top.id)
    assert "data:image/webp" in words(page) and len(page.content) < 100_000
    file = SimpleUploadedFile("lambang.png", arms())
    looked = admin.post("admin_unit_head", top.id, look="1", arms=file, **GIVEN)
    assert looked.status_code == 200 and "belum ada yang disimpan" in words(looked) and len(looked.content) < 100_000
    assert not Head.objects.exists() and Unit.objects.get(pk=top.pk).address == ""
    token = carried(looked)
    assert admin.post("admin_unit_head", top.id, save="1", carried=token, **GIVEN).status_code == 302
    head = Head.objects.get(pk=top.pk)
    with Image.open(io.BytesIO(bytes(head.arms or b""))) as kept:
        assert kept.format == "PNG" and max(kept.size) == 480
    assert (head.contact, head.place) == (GIVEN["contact"], "Bekasi")
    assert Unit.objects.get(pk=top.pk).address == GIVEN["address"]
    entry = AdminEntry.objects.get(what=heads.SAVED)
    assert entry.body["after"]["place"] == "Bekasi" and len(entry.body["after"]["arms"]) == 12
    assert "Kop surat disimpan" in words(admin.get("admin_record"))


def test_units_below_have_the_arms_and_the_place_until_they_have_their_own(admin: Browser) -> None:
    top, house = root(), unit("dinkes")
    picture = heads.fit_arms(arms((40, 40)))
    heads.save_head(top.pk, address="Jalan 1", contact="a", place="Bekasi", arms=picture, by=None)
    found = heads.letterhead(house)
    assert (found.arms, found.contact, found.address, heads.place(house)) == (picture, "", "", "Bekasi")
    own = heads.fit_arms(arms((30, 30)))
    heads.save_head(house.pk, address="", contact="b", place="Cikarang", arms=own, by=None)
    found = heads.letterhead(house)
    assert (found.arms, found.contact, heads.place(house)) == (own, "b", "Cikarang")
    given = {"address": "", "contact": "b", "place": "", "without": "on"}
    assert admin.post("admin_unit_head", house.pk, save="1", **given).status_code == 302
    assert heads.letterhead(house).arms == picture and heads.place(house) == "Bekasi"


def test_what_is_no_picture_is_refused_and_what_was_typed_stays(admin: Browser) -> None:
    top = root()
    for data in (b"GIF89a" + b"x" * 100, b"\x89PNG\r\n\x1a\n" + b"x" * 100, arms() + b"x" * heads.MOST_BYTES):
        file = SimpleUploadedFile("lambang.png", data)
        page = admin.post("admin_unit_head", top.id, save="1", arms=file, **GIVEN)
        assert page.status_code == 422 and GIVEN["contact"] in words(page)
    someone = seated("Lain Orang", post("lain"))
    for token in ("x", parked.park([(b"a,b", "units.csv")], someone.id)):
        assert admin.post("admin_unit_head", top.id, save="1", carried=token, **GIVEN).status_code == 422
    assert not Head.objects.exists()


def test_another_house_is_not_ones_own(admin: Browser) -> None:
    house, other = unit("dinkes"), unit("lain")
    some = Browser(seated("Adi", post("admin_dinkes", house), "administrator", house))
    assert some.get("admin_unit_head", house.pk).status_code == 200
    assert some.get("admin_unit_head", other.pk).status_code == 403
    assert some.post("admin_unit_head", other.pk, save="1", **GIVEN).status_code == 403


def test_a_link_is_made_by_the_button_only(admin: Browser) -> None:
    who = seated("Budi Contoh", post("kadis"))
    assert admin.get("admin_person_link", who.id).status_code == 302
    assert not AdminEntry.objects.filter(what="person.password_link").exists()
