"""No door is unknown or forgotten, none takes what it should not, and the oracle itself is tried."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.test import Client

from doors import look, table
from doors.oracle import Oracle
from doors.walk import GONE, USERS, Walk, every, text_of
from doors.world import HOST, STEM, World, sign_in
from tertib.government.models import (
    ApiToken,
    Appointment,
    Calendar,
    CalendarChange,
    Deputy,
    Person,
    Post,
    RoleGrant,
    Unit,
)
from tertib.matters.models import Matter, Procedure, Register
from tertib.papers.models import PaperVersion


def test_no_door_is_unknown(world: World) -> None:
    from tertib import urls, urls_public
    from tertib.web import urls as face

    found = {address for address, _view in table.routes(urls.urlpatterns)}
    assert {f"unknown door: {address}" for address in found - table.DOORS.keys()} == set()
    assert {f"unknown door: {address}" for address, _ in table.routes(urls_public.urlpatterns)} == {
        f"unknown door: {address}" for address in table.PUBLIC_DOORS
    }
    assert {f"unknown operation: {name}" for name in set(table.operations()) - table.OPERATIONS.keys()} == set()
    demo = {address for address, kind in table.DOORS.items() if kind == table.DEMO}
    assert not demo & found, "the doors of the demo are open outside a demo"
    # Doors that were taken away are taken out of the table.
    assert {f"gone: {address}" for address in table.DOORS.keys() - found - demo} == set()
    assert set(table.OPERATIONS) <= set(table.operations())
    assert face


@every()
def test_the_other_doors(walk: Walk) -> None:
    from tertib import urls

    for address, _view in table.routes(urls.urlpatterns):
        kind = table.DOORS.get(address, "")
        path = "/" + address.replace("<int:pk>", "1").replace("<uuid:browser>", str(GONE)).replace(
            "<uuid:search>", str(GONE)
        )
        if kind == table.FORM and not walk.closed(path):
            walk.get(path, 405)
        if (
            kind not in (table.OPEN, table.SIGNED)
            or address in ("bahasa", "tema", "accounts/logout/")
            or "^" in address
        ):
            continue
        if kind == table.SIGNED and walk.closed(path):
            continue
        # allauth sends on: signed-in people from the sign-in page, those without a second factor from its pages.
        answer = walk.get(
            path, {200, 302, 404, 405} if "2fa" in address else {200, 302} if "accounts" in address else {200, 404}
        )
        if kind == table.OPEN and answer.status_code == 404 and address != "api/v1/":
            walk.wrong.append(f"{path} is not there")
    walk.get("/accounts/password/reset/key/1-set-password/", {200, 302})
    if walk.known:
        mine = {seat.post for seat in walk.oracle.seats.get(walk.person, []) if seat.own}
        definitive = (
            set(Appointment.objects.filter(person=walk.person, kind="definitive").values_list("post", flat=True)) & mine
        )
        for post in Post.objects.all():
            walk.get(f"/profil/pengganti/{post.pk}", 200 if post.pk in definitive else {403, 404})
        for deputy in Deputy.objects.all():
            walk.get(f"/profil/pengganti/{deputy.pk}/akhiri", 200 if deputy.post_id in definitive else {403, 404})
        for key in ApiToken.objects.all():
            mine_too = key.person_id == walk.person
            walk.get(f"/profil/kunci/{key.pk}/cabut", 200 if mine_too else 404)
            with transaction.atomic():
                walk.ask("post", f"/profil/kunci/{key.pk}/cabut")
                if ApiToken.objects.filter(pk=key.pk).exists() == mine_too:
                    walk.wrong.append("a key is revoked by its owner, and by nobody else")
                transaction.set_rollback(True)
    walk.done()


def test_no_door_takes_a_form_without_its_token(world: World) -> None:
    from tertib import urls

    strict = sign_in(world.people["kadis"], HOST, enforce_csrf_checks=True)
    before = counts()
    things: dict[str, Any] = {
        "matter": world.matters["biasa"],
        "version": PaperVersion.objects.values_list("pk", flat=True)[0],
        "post": world.posts["kadis"].pk,
        "deputy": world.deputy,
        "unit": world.units["dinkes"].pk,
        "person": world.people["staf"].pk,
        "grant": RoleGrant.objects.values_list("pk", flat=True)[0],
        "appointment": Appointment.objects.values_list("pk", flat=True)[0],
        "register": Register.objects.values_list("pk", flat=True)[0],
        "key": ApiToken.objects.values_list("pk", flat=True)[0],
        "notice": uuid.uuid4(),
        "browser": uuid.uuid4(),
        "search": uuid.uuid4(),
        "calendar": Calendar.objects.values_list("pk", flat=True)[0],
        "copy": uuid.uuid4(),
        "change": CalendarChange.objects.values_list("pk", flat=True)[0],
        "procedure": Procedure.objects.values_list("pk", flat=True)[0],
    }
    wrong = []
    for address, _view in table.routes(urls.urlpatterns):
        if "^" in address or table.DOORS.get(address) == table.DEMO:
            continue
        path = "/" + address.replace("<int:number>", "1").replace("<int:pk>", "1").replace("<slug:action>", "remark")
        path = (
            path.replace("<matter>", "<uuid:matter>")
            .replace("<action>", "remark")
            .replace("<str:kind>", "units")
            .replace("<str:form>", "csv")
            .replace("<str:token>", "made-up")
        )
        for name, value in things.items():
            path = path.replace(f"<uuid:{name}>", str(value))
        assert "<" not in path, f"unknown part of an address: {address}"
        answer = strict.post(path, {"text": "x", "version": 1})
        taken = {403, 405} if path.startswith("/api/v1/") else {403}
        if answer.status_code not in taken and not path.endswith("/api/v1/"):
            wrong.append(f"{path}: {answer.status_code}")
        wrong += [f"{path}: {fault}" for fault in look.faults(answer, signed_in=True)]
    assert wrong == []
    assert counts() == before


def counts() -> list[int]:
    from tertib.matters.models import Entry

    return [
        model._default_manager.count() for model in (Entry, Matter, Unit, Post, Person, Appointment, Deputy, RoleGrant)
    ]


def test_the_public_host_knows_no_door_of_a_government(world: World) -> None:
    client = Client(raise_request_exception=False, headers={"host": "localhost"})
    answer = client.get("/")
    assert answer.status_code == 200 and look.faults(answer, signed_in=False) == []
    for path in (
        f"/surat/{world.matters['biasa']}",
        "/surat/masuk",
        "/profil",
        "/api/v1/desk",
        "/accounts/login/",
        "/atur/",
    ):
        answer = client.get(path)
        assert answer.status_code == 404 and look.faults(answer, signed_in=False) == []
        assert STEM not in text_of(answer)


def test_the_oracle_is_no_yes_man(world: World, oracle: Oracle) -> None:
    """The world is worth the walk.

    Each matter is hidden from some, seen by others, and each reason counts for somebody.
    """
    people: dict[str, set[uuid.UUID]] = {
        name: oracle.seen(world.people[name].pk) for name in USERS if name in world.people
    }
    for name, matter in world.matters.items():
        assert any(matter in seen for seen in people.values()), name
        assert any(matter not in seen for seen in people.values()), name
    here: Callable[[str], uuid.UUID] = world.matters.__getitem__
    assert here("rahasia di meja") in people["kadis"] and here("rahasia di meja") not in people["deputi"]
    assert here("terbatas") in people["auditor"] and here("rahasia") not in people["auditor"]
    assert here("biasa") in people["staf"] and here("biasa kadis2") not in people["staf"]
    assert people["tanpa_jabatan"] == people["bekas"] == set()
    assert here("terbatas") not in people["auditor2"] and here("konsep terbatas") in people["auditor2"]
    assert (
        not people["admin"] and here("lama") in people["arsiparis"] and here("lama rahasia") not in people["arsiparis"]
    )
