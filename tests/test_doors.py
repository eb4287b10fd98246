"""Every door, tried by every kind of user, against a plain oracle of who sees what (invariants 7 and 9)."""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from django.db import transaction
from django.test import Client
from openpyxl import load_workbook

from doors import look, table
from doors.oracle import Oracle
from doors.world import HOST, OTHER_HOST, STEM, World, build, government, inside, sign_in
from tertib.government.models import ApiToken, Appointment, Calendar, Deputy, Person, Post, RoleGrant, Unit
from tertib.matters.models import Matter, Register
from tertib.papers.models import PaperVersion

NOBODY, FOREIGNER = "", "orang Pasuruan"
USERS = [
    NOBODY,
    FOREIGNER,
    "walikota",
    "kadis",
    "agendaris",
    "arsiparis",
    "kabid",
    "staf",
    "staf2",
    "kadis2",
    "agendaris2",
    "staf3",
    "agendaris_kota",
    "agendaris_baru",
    "auditor",
    "auditor2",
    "admin",
    "admin_dinkes",
    "deputi",
    "plt",
    "bekas",
    "pensiun",
    "tanpa_jabatan",
]
# Enough of them for what takes longest: everybody who may do something, and who may not for a reason of their own.
FEW = [NOBODY, FOREIGNER, "walikota", "kadis", "agendaris_baru", "kabid", "staf", "kadis2", "auditor", "deputi"]
# One matter of each kind, for doors that many matters would only tell the same of.
EXAMPLES = [
    "biasa",
    "biasa kadis2",
    "biasa kabid staf",
    "rahasia di meja",
    "sangat rahasia",
    "diperiksa",
    "konsep rahasia",
    "rahasia menunggu",
    "terkirim",
    "lama keluar",
]
GONE = uuid.UUID("01900000-0000-7000-8000-000000000000")
# Of which kinds of pages the markup was read already.
READ: set[tuple[str, str, int]] = set()


@pytest.fixture(scope="module")
def world(module_database: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Built once for each worker, and only looked at: what a test does is rolled back."""
    government("bekasi")
    made = build(tmp_path_factory.mktemp("world"))
    # Somebody who left while signed in, and somebody signed in next door.
    made.cookies["pensiun"] = made.client("pensiun").cookies["sessionid"].value
    Person.objects.filter(pk=made.people["pensiun"].pk).update(is_active=False)
    with inside("pasuruan"):
        made.clients[FOREIGNER] = sign_in(made.people["Bupati"], HOST)
        made.cookies[FOREIGNER] = made.clients[FOREIGNER].cookies["sessionid"].value
        assert sign_in(made.people["Bupati"], OTHER_HOST).get("/profil").status_code == 200
    return made


@pytest.fixture(scope="module")
def oracle(world: World) -> Oracle:
    government("bekasi")
    return Oracle()


@pytest.fixture(autouse=True)
def _here(world: World) -> None:
    government("bekasi")


@dataclass
class Walk:
    """One user's way along the doors; everything that is not as it should be is collected, then told at once."""

    world: World
    oracle: Oracle
    user: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.world.client(self.user)
        self.known = self.user not in (NOBODY, FOREIGNER, "pensiun")
        self.person = self.world.people[self.user].pk if self.known else GONE
        self.sights = self.oracle.seen(self.person) if self.known else set()
        self.hidden = [mark for mark, matters in self.world.marks.items() if not matters & self.sights]
        self.cookie = self.world.cookies.get(self.user, "")

    def ask(self, method: str, path: str, *values: Any, **more: Any) -> Any:
        # Whoever is signed in elsewhere is so again at each door, whatever the last one did to the cookie.
        if self.cookie:
            self.client.cookies["sessionid"] = self.cookie
        return getattr(self.client, method)(path, *values, **more)

    def get(self, path: str, expected: int | set[int], **more: Any) -> Any:
        """Ask, compare the status, and look for marks of what this user may not see."""
        answer = self.ask("get", path, **more)
        return self.judge(f"GET {path}", answer, expected)

    def judge(self, what: str, answer: Any, expected: int | set[int]) -> Any:
        wanted = {expected} if isinstance(expected, int) else expected
        if answer.status_code not in wanted:
            self.wrong.append(f"{what}: {answer.status_code}, not {sorted(wanted)}")
        body = text_of(answer)
        self.wrong += [f"{what}: shows {mark}" for mark in self.hidden if mark in body]
        # Pages of the same kind are built alike; reading the markup of each would take longer than making it.
        kind = (self.user, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|balas=.*", "…", what), answer.status_code)
        self.wrong += [
            f"{what}: {fault}" for fault in look.faults(answer, signed_in=self.known, markup=kind not in READ)
        ]
        READ.add(kind)
        return answer

    def in_vain(self, method: str, path: str, expected: int | set[int], data: Any = None, **more: Any) -> Any:
        """Do something, and undo whatever came of it."""
        with transaction.atomic():
            answer = self.ask(method, path, data, **more)
            text_of(answer)  # a stream may still ask the database
            transaction.set_rollback(True)
        return self.judge(f"{method.upper()} {path}", answer, expected)

    def closed(self, path: str) -> bool:
        """For whoever is not signed in here the door leads to the sign-in page, and tells nothing else."""
        if self.known:
            return False
        answer = self.get(path, 302)
        if answer.status_code == 302 and not answer.url.startswith("/accounts/login/"):
            self.wrong.append(f"GET {path}: leads to {answer.url}")
        return True

    def done(self) -> None:
        assert not self.wrong, "\n".join([f"as {self.user or 'nobody'}:", *dict.fromkeys(self.wrong)])


def text_of(answer: Any) -> str:
    """What an answer says, also in the cells of a spreadsheet."""
    kept = getattr(answer, "said", None)
    if kept is not None:
        return str(kept)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "spreadsheet" in answer.headers.get("Content-Type", "") and answer.status_code == 200:
        book = load_workbook(io.BytesIO(content))
        answer.said = "\n".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
    else:
        answer.said = content.decode("utf-8", "replace")
    return str(answer.said)


@pytest.fixture
def walk(world: World, oracle: Oracle, request: pytest.FixtureRequest) -> Walk:
    return Walk(world, oracle, request.param)


def every(users: list[str] = USERS) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("walk", users, indirect=True, ids=[user or "nobody" for user in users])


# --- every address is known ---------------------------------------------------------------------------------------


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


# --- doors to matters ---------------------------------------------------------------------------------------------


@every()
def test_a_matter_is_there_for_whom_the_oracle_names(walk: Walk) -> None:
    for name, matter in walk.world.matters.items():
        sees = matter in walk.sights
        paths = [f"/surat/{matter}", f"/urusan/{matter}/catatan"]
        if name in EXAMPLES:
            paths += [f"/urusan/{matter}/mengapa", f"/urusan/{matter}/tenggat"]
        for path in paths:
            if walk.closed(path):
                continue
            answer = walk.get(path, 200 if sees else 404)
            if sees and path == f"/surat/{matter}" and own_mark(walk.world, matter) not in text_of(answer):
                walk.wrong.append(f"{name}: its own page does not name it")
        if not walk.closed(f"/urusan/{matter}"):
            walk.get(f"/urusan/{matter}", 302 if sees else 404)
    if walk.known:
        for matter in (walk.world.foreign["matter"], GONE):
            for path in (
                f"/urusan/{matter}",
                f"/urusan/{matter}/mengapa",
                f"/surat/{matter}",
                f"/surat/{matter}/konsep",
            ):
                walk.get(path, 404)
    walk.done()


def own_mark(world: World, matter: uuid.UUID) -> str:
    title = Matter.objects.values_list("title", flat=True).get(pk=matter)
    return next(mark for mark in world.marks if mark in title)


@every(FEW)
def test_a_hidden_matter_answers_as_one_that_never_was(walk: Walk) -> None:
    """Not only the status: the whole answer is the same, but for the address."""
    if not walk.known:
        return
    for path in ("/surat/{}", "/surat/{}/remark", "/api/v1/matters/{}"):
        never = shape(walk.ask("get", path.format(GONE)), GONE)
        for matter in set(walk.world.matters.values()) - walk.sights:
            if shape(walk.ask("get", path.format(matter)), matter) != never:
                walk.wrong.append(f"{path.format(matter)}: tells that there is something")
    walk.done()


def shape(answer: Any, matter: uuid.UUID) -> tuple[int, str]:
    body = text_of(answer).replace(str(matter), "…")
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


@every()
def test_papers_are_there_for_whom_the_oracle_names(walk: Walk) -> None:
    versions = list(PaperVersion.objects.values_list("pk", "paper__matter"))
    assert len(versions) > 12
    for version, matter in [*versions, (walk.world.foreign["version"], GONE)]:
        download, picture = f"/surat/berkas/{version}/unduh", f"/surat/berkas/{version}/hal/1?w=480"
        if walk.closed(download) or walk.closed(picture):
            continue
        sees = matter in walk.sights
        walk.get(download, 200 if sees else 404)
        walk.get(picture, 200 if sees else 404)
    walk.done()


# --- doors to what can be done ------------------------------------------------------------------------------------


def expected(walk: Walk, matter: uuid.UUID, action: str) -> int:
    """The status of the page of an action."""
    if matter not in walk.sights:
        return 404
    step = walk.oracle.actions(matter).get(action)
    if step is None or "system" in step["by"] or (action == "save" and walk.oracle.matters[matter].imported):
        return 404
    if not walk.oracle.in_time(matter, action):
        return 409
    return 200 if walk.oracle.may(walk.person, matter, action) else 403


@every(FEW)
def test_an_action_is_offered_to_whom_the_oracle_names(walk: Walk) -> None:
    for matter in (walk.world.matters[name] for name in EXAMPLES):
        names = [*walk.oracle.actions(matter), "tidak-ada"] if matter in walk.sights else ["remark", "tidak-ada"]
        for action in names:
            path = f"/surat/{matter}/{action}"
            if walk.closed(path):
                break
            if action == "save":
                walk.get(path, 302 if matter in walk.sights else 404)
                continue
            walk.get(path, expected(walk, matter, action))
        draft = f"/surat/{matter}/konsep"
        if not walk.closed(draft):
            walk.get(draft, expected(walk, matter, "save"))
    walk.done()


DATA: dict[str, dict[str, Any]] = {
    "remark": {"text": "Catatan."},
    "return": {"reason": "Bukan tugas kami."},
    "report": {"text": "Sudah."},
    "recall": {"reason": "Batal."},
    "cancel": {"reason": "Batal."},
    "finish": {"note": "Selesai."},
    "close": {"reason": "Selesai."},
    "ask": {"question": "Mengapa?"},
    "initial": {"note": ""},
    "send_back": {"remarks": "Perbaiki."},
    "submit": {"note": ""},
    "answer": {"text": "Begini."},
    "correct": {"subject": "Diperbaiki", "reason": "Salah."},
    "sign": {"password": "kata sandi yang panjang"},
    "dispatch": {},
    "take_back": {"text": "Sudah.", "reason": "Cukup."},
}


@every(FEW)
def test_nobody_does_what_is_not_theirs(walk: Walk) -> None:
    """Through the interface, some of it through the pages too, with everything the action needs."""
    for matter in walk.world.matters.values():
        steps = walk.oracle.actions(matter)
        version = Matter.objects.values_list("version", flat=True).get(pk=matter)
        for action, data in DATA.items():
            if action not in steps or (matter not in walk.sights and action != next(iter(set(DATA) & set(steps)))):
                continue
            status = expected(walk, matter, action)
            page = {200: {302, 422}}.get(status, {status})
            if not walk.known:
                page = {302}
            if action in ("remark", "sign", "cancel") or matter not in walk.sights:
                walk.in_vain("post", f"/surat/{matter}/{action}", page, {"version": version, "whole": "1", **data})
            # Checking a password takes a tenth of a second by design: only where it comes to that.
            password = data.get("password", "") if status == 200 else ""
            given = {"data": {k: v for k, v in data.items() if k != "password"}, "password": password}
            answers = {200: {200, 422}}.get(status, {status}) if walk.known else {401}
            walk.in_vain(
                "post", f"/api/v1/matters/{matter}/actions/{action}", answers, given, content_type="application/json"
            )
    walk.done()


@every()
def test_letters_are_registered_and_drafted_by_whom_the_oracle_names(walk: Walk) -> None:
    mine = {seat.post for seat in walk.oracle.seats.get(walk.person, [])}
    registrar = any(post in mine and role == "registrar" for post, role, _unit in walk.oracle.roles)
    if not walk.closed("/surat/masuk/baru"):
        walk.get("/surat/masuk/baru", 200 if registrar else 403)
        walk.get("/surat/keluar/baru", 200 if mine else 403)
        walk.in_vain("post", "/surat/pratinjau", 422, {"subject": ""})
        walk.get("/surat/jabatan?q=kepala&name=recipients", 200)
        for matter in (walk.world.matters[name] for name in EXAMPLES):
            if mine:
                walk.get(f"/surat/keluar/baru?balas={matter}", 200 if matter in walk.sights else 404)
    houses = {unit for post, role, unit in walk.oracle.roles if post in mine and role == "registrar"}
    for unit in walk.world.units.values():
        letter = {"unit": unit.code, "subject": "Surat", "sender": {"name": "Yayasan"}}
        status = (201 if unit.pk in houses else 403) if walk.known else 401
        walk.in_vain("post", "/api/v1/letters", status, letter, content_type="application/json")
    walk.done()


@every(["agendaris", "agendaris_baru", "agendaris2", "agendaris_kota"])
def test_a_registrar_is_told_of_a_twin_only_if_they_see_it(walk: Walk) -> None:
    """Registering a letter with the sender and number of one that is there already."""
    from tertib.rooms.letters.tests.world import registration

    mine = {seat.post for seat in walk.oracle.seats.get(walk.person, [])}
    houses = {unit for post, role, unit in walk.oracle.roles if post in mine and role == "registrar"}
    for mark in [f"{STEM}{code}" for code in ("aaa", "ddd", "eee", "fff", "iii")]:
        for house in houses:
            names = {"unit": str(house), "sender_name": f"Pengirim {mark}", "number": f"{mark}/2026"}
            names["number"] = names["number"].replace("2026", "2020") if mark.endswith("iii") else names["number"]
            # What was typed comes back with the form, and that there is such a letter may be told; its subject may not.
            with transaction.atomic():
                said = text_of(walk.client.post("/surat/masuk/baru", registration(cast(Any, walk.world), **names)))
                transaction.set_rollback(True)
            links = [f'href="/surat/{matter}"' for matter in walk.world.marks[mark]]
            if mark in walk.hidden and any(text in said for text in (f"Perihal {mark}", f"Ringkasan {mark}", *links)):
                walk.wrong.append(f"the registration of a twin shows {mark}")
    walk.done()


# --- lists, counts, searches, exports -----------------------------------------------------------------------------


@every()
def test_lists_hold_what_the_oracle_names_and_nothing_else(walk: Walk) -> None:
    roots = {"in": set(), "out": set()}  # type: dict[str, set[str]]
    for matter in walk.world.matters.values():
        facts = walk.oracle.matters[matter]
        if facts.parent is None and matter in walk.sights:
            roots["out" if facts.procedure == "letters.outgoing" else "in"].add(own_mark(walk.world, matter))
    pages = {
        "in": [
            "/surat/masuk",
            f"/surat/masuk?q={STEM}",
            "/surat/agenda.xlsx?direction=in",
            f"/surat/agenda.xlsx?direction=in&q={STEM}",
        ],
        "out": ["/surat/keluar", f"/surat/keluar?q={STEM}", "/surat/agenda.xlsx?direction=out"],
    }
    for direction, paths in pages.items():
        for path in paths:
            if walk.closed(path):
                continue
            said = text_of(walk.get(path, 200))
            if missing := [mark for mark in roots[direction] if mark not in said]:
                walk.wrong.append(f"{path}: lacks {missing}")
        for state in ("open", "closed", "imported", "cancelled"):
            if walk.known:
                walk.get(f"/surat/{'masuk' if direction == 'in' else 'keluar'}?state={state}", 200)
    for matter in walk.world.matters.values():
        if (
            matter in walk.sights and expected(walk, matter, "link") == 200
            if "link" in walk.oracle.actions(matter)
            else False
        ):
            walk.get(f"/surat/{matter}/link?look={STEM}", 200)
            walk.in_vain("post", f"/surat/{matter}/link", 200, {"version": 1, "look": STEM, "find": "1"})
    walk.done()


@every()
def test_the_desk_holds_what_lies_there_and_may_be_seen(walk: Walk) -> None:
    mine = {seat.post for seat in walk.oracle.seats.get(walk.person, [])}
    held = {m.id for m in walk.oracle.matters.values() if m.holder in mine}
    wanted = {own_mark(walk.world, matter) for matter in held & walk.sights}
    if walk.closed("/"):
        walk.get("/api/v1/desk", 401)
        walk.done()
        return
    said = text_of(walk.get("/", 200))
    listed = {item["id"] for item in walk.get("/api/v1/desk", 200).json()["items"]}
    if missing := [mark for mark in wanted if mark not in said]:
        walk.wrong.append(f"the desk lacks {missing}")
    if listed != {str(matter) for matter in held & walk.sights}:
        walk.wrong.append("the desk of the interface holds something else")
    for post in mine:
        walk.get(f"/?jabatan={post}", 200)
    walk.done()


@every()
def test_the_interface_tells_what_the_oracle_names(walk: Walk) -> None:
    keys: list[dict[str, Any]] = [{}]
    if walk.user in walk.world.tokens:
        keys.append({"headers": {"host": HOST, "authorization": f"Bearer {walk.world.tokens[walk.user]}"}})
    plain = walk.client
    for key in keys:
        if key:
            walk.client = Client(raise_request_exception=False, **key)
        for matter in walk.world.matters.values():
            status = (200 if matter in walk.sights else 404) if walk.known else 401
            walk.get(f"/api/v1/matters/{matter}", status)
            answer = walk.get(f"/api/v1/matters/{matter}/record", status)
            if status == 200 and str(matter) != json.loads(text_of(answer))["matter"]:
                walk.wrong.append(f"the record of {matter} is another's")
        for direction in ("in", "out"):
            answer = walk.get(f"/api/v1/letters?direction={direction}", 200 if walk.known else 401)
            if walk.known:
                shown = {uuid.UUID(item["id"]) for item in answer.json()["items"]}
                if not shown <= walk.sights:
                    walk.wrong.append(f"letters {direction}: {shown - walk.sights}")
    walk.client = plain
    walk.done()


# --- administration -----------------------------------------------------------------------------------------------


@dataclass
class Admins:
    """Who administers what, by the rows alone."""

    oracle: Oracle
    person: uuid.UUID

    def scopes(self) -> set[uuid.UUID]:
        mine = {seat.post for seat in self.oracle.seats.get(self.person, [])}
        return {unit for post, role, unit in self.oracle.roles if post in mine and role == "administrator"}

    def unit(self, unit: uuid.UUID) -> bool:
        return bool(self.scopes() & set(self.oracle.lineage(unit)))

    def everything(self) -> bool:
        return any(self.oracle.parents[unit] is None for unit in self.scopes())

    def person_of(self, person: uuid.UUID) -> bool:
        return all(self.unit(self.oracle.posts[seat.post][0]) for seat in self.oracle.seats.get(person, []))


def objects(world: World) -> dict[str, list[tuple[uuid.UUID, uuid.UUID]]]:
    """What administration's addresses name, each with the unit it belongs to."""
    posts = [world.posts[name] for name in ("walikota", "kadis", "kabid", "staf3", "admin")]
    of_posts = {"post__in": posts}
    return {
        "unit": [(unit.pk, unit.pk) for unit in world.units.values()],
        "post": [(post.pk, post.unit_id) for post in posts],
        "grant": list(RoleGrant.objects.values_list("pk", "post__unit")),
        "appointment": list(Appointment.objects.filter(**of_posts).values_list("pk", "post__unit")),
        "deputy": list(Deputy.objects.values_list("pk", "post__unit")),
        "person": [
            (world.people[name].pk, GONE) for name in ("walikota", "kadis", "staf", "kadis2", "deputi", "plt", "bekas")
        ],
        "register": list(Register.objects.values_list("pk", "unit"))[:4],
        "calendar": [(pk, GONE) for pk in Calendar.objects.values_list("pk", flat=True)],
    }


ADMIN_KINDS = (table.ADMIN, table.ADMIN_ALL, table.ADMIN_UNIT, table.ADMIN_PERSON)


@every([NOBODY, FOREIGNER, "walikota", "auditor", "admin", "admin_dinkes", "deputi"])
def test_administration_is_open_to_the_administrators_of_the_unit(walk: Walk) -> None:
    from tertib import urls

    admins = Admins(walk.oracle, walk.person)
    things, tried = objects(walk.world), set[str]()
    for address, _view in table.routes(urls.urlpatterns):
        kind = table.DOORS.get(address, "")
        if kind not in ADMIN_KINDS:
            continue
        for path, named in filled(address, things):
            if walk.closed(path):
                break
            # Who administers nothing is sent away before it is asked what they came for.
            if not admins.scopes() and path.count("/") > 2 and named[0] != GONE:
                if address in tried:
                    continue
                tried.add(address)
            may = bool(admins.scopes())
            if kind == table.ADMIN_ALL:
                may = admins.everything()
            elif kind == table.ADMIN_UNIT:
                may = admins.unit(named[1])
            elif kind == table.ADMIN_PERSON:
                may = may and admins.person_of(named[0])
            # A page one looks at, a door that only takes something (405), or nothing of the kind (404).
            walk.get(path, {200, 302, 405} if may else {403, 404, 405})
            # An empty form changes nothing where it is wrong, and is rolled back where it is not.
            walk.in_vain("post", path, {200, 302, 405, 409, 422} if may else {403, 404, 405}, {})
    walk.done()


def filled(
    address: str, things: dict[str, list[tuple[uuid.UUID, uuid.UUID]]]
) -> Iterator[tuple[str, tuple[uuid.UUID, uuid.UUID]]]:
    """The address with each of the things it names."""
    for name, found in things.items():
        if f"<uuid:{name}>" in address:
            for thing in found:
                yield "/" + address.replace(f"<uuid:{name}>", str(thing[0])), thing
            return
    yield "/" + address.replace("<str:kind>", "units").replace("<str:form>", "csv"), (GONE, GONE)


# --- everything else ----------------------------------------------------------------------------------------------


@every()
def test_the_other_doors(walk: Walk) -> None:
    from tertib import urls

    for address, _view in table.routes(urls.urlpatterns):
        kind = table.DOORS.get(address, "")
        path = "/" + address.replace("<int:pk>", "1")
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
        "calendar": Calendar.objects.values_list("pk", flat=True)[0],
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
