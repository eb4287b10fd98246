"""Invariant 9 at the doors: no government reads another's rows, whatever a browser or a program sends to its host."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from doors import table
from doors.world import HOST, OTHER_HOST, STEM, World, build, government, inside, sign_in
from tertib.government import authority
from tertib.government.models import Person
from tertib.ground.tenancy import middleware
from tertib.ground.tenancy.actions import create_government
from tertib.ground.tenancy.here import connection
from tertib.ground.tenancy.models import Domain
from tertib.matters.models import Matter
from tertib.matters.testing import root_unit
from tertib.papers.models import PaperKind, PaperVersion
from tertib.papers.tests.samples import pdf
from tertib.rooms.letters import receiving, uploads

# Pages of a government, with and without a database under them, for what must not survive a failed request.


def _fails_in_transaction(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        Person.objects.count()
        raise RuntimeError("made to fail")


def _fails_in_savepoint(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        try:
            with transaction.atomic():
                Person.objects.count()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1 / 0")
        except Exception:
            return HttpResponse(_where())
    raise AssertionError


def _wanders(request: HttpRequest) -> HttpResponse:
    """Ends in the middle of another government, as a bug might."""
    government("pasuruan" if connection.schema_name == "bekasi" else "bekasi")
    Person.objects.count()
    raise RuntimeError("made to fail")


def _tells(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_where())


def _where() -> str:
    """The government whose rows this thread reads: asked of the rows, not of the connection's idea of it."""
    return ",".join(sorted(Person.objects.filter(name__startswith="Saksi").values_list("name", flat=True)))


for _view in (_fails_in_transaction, _fails_in_savepoint, _wanders, _tells):
    _view.login_required = False  # type: ignore[attr-defined]
urlpatterns = [
    path("gagal", _fails_in_transaction),
    path("gagal-sebagian", _fails_in_savepoint),
    path("tersesat", _wanders),
    path("di-mana", _tells),
]


@pytest.fixture(scope="module")
def world(module_database: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world of the doors, and the same ids in both governments where that can be forced."""
    government("bekasi")
    made = build(tmp_path_factory.mktemp("world"))
    Person.objects.create(username="saksi", name="Saksi Bekasi", password="!")
    with inside("pasuruan"):
        Person.objects.create(username="saksi", name="Saksi Pasuruan", password="!")
        _twin(made)
    return made


def _twin(world: World) -> None:
    """A letter next door with the id of one here, and its paper too: as a restored copy of a government has them."""
    ours, mark = world.matters["terbatas"], f"{STEM}xxx"
    reader = authority.reader(world.people["Agendaris Kabupaten"].pk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(receiving, "new_id", lambda at=None: ours)
        incoming = receiving.Incoming(f"Perihal {mark}", f"Pengirim {mark}", number=mark)
        made = receiving.register(incoming, root_unit(), reader)
    assert made.done.matter == ours
    file = uploads.stage(f"{mark}.pdf", pdf([f"Kembar {mark}"]), reader)
    uploads.attach(ours, PaperKind.SCAN, [file], reader, f"Naskah {mark}")
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE papers_paperversion v SET id = o.id
               FROM papers_paper p, bekasi.papers_paperversion o, bekasi.papers_paper q
               WHERE p.id = v.paper_id AND p.matter_id = %s AND q.id = o.paper_id AND q.matter_id = %s""",
            [ours, ours],
        )
    world.foreign = {"matter": ours, "version": PaperVersion.objects.get(paper__matter=ours).pk}


@pytest.fixture(autouse=True)
def _here(world: World) -> Iterator[None]:
    government("bekasi")
    yield
    connection.set_schema_to_public()


@pytest.fixture
def neighbour(world: World) -> Client:
    """The head of the other government, on their own host."""
    with inside("pasuruan"):
        return sign_in(world.people["Bupati"], OTHER_HOST)


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode("utf-8", "replace")


def at(host: str, **more: Any) -> Client:
    return Client(raise_request_exception=False, headers={"host": host}, **more)


def test_equal_ids_in_two_governments_are_two_letters(world: World, neighbour: Client) -> None:
    ours, client = world.matters["terbatas"], world.client("kadis")
    for _again in range(2):  # what a process keeps of one must not answer for the other
        for page in (
            f"/surat/{ours}",
            f"/urusan/{ours}/catatan",
            f"/api/v1/matters/{ours}",
            f"/api/v1/matters/{ours}/record",
        ):
            here, there = body(client.get(page)), body(neighbour.get(page))
            assert f"{STEM}bbb" in here and f"{STEM}xxx" not in here, page
            assert f"{STEM}xxx" in there and f"{STEM}bbb" not in there, page
    version = world.foreign["version"]
    for door in ("unduh", "hal/1?w=480"):
        ours_sent, theirs = (
            client.get(f"/surat/berkas/{version}/{door}"),
            neighbour.get(f"/surat/berkas/{version}/{door}"),
        )
        assert (ours_sent.status_code, theirs.status_code) == (200, 200)
        assert body(ours_sent) != body(theirs)
        assert ours_sent.headers.get("ETag", "a") != theirs.headers.get("ETag", "b")


def test_no_list_shows_the_neighbours_letters(world: World, neighbour: Client) -> None:
    marks = [mark for mark in world.marks if mark.startswith(STEM) and mark != f"{STEM}xxx"]
    for page in (
        "/",
        "/surat/masuk",
        f"/surat/masuk?q={STEM}",
        "/surat/keluar",
        "/api/v1/desk",
        "/api/v1/letters",
        "/surat/jabatan?q=kepala",
    ):
        there = body(neighbour.get(page))
        assert not [mark for mark in marks if mark in there], page
        assert f"{STEM}xxx" not in body(world.client("walikota").get(page)), page


def test_every_door_of_one_government_is_closed_to_the_ids_of_another(world: World, neighbour: Client) -> None:
    from tertib import urls

    wrong = []
    values = {
        "matter": world.matters["biasa"],
        "version": PaperVersion.objects.filter(paper__matter=world.matters["biasa"]).get().pk,
        "post": world.posts["kadis"].pk,
        "deputy": world.deputy,
        "unit": world.units["dinkes"].pk,
        "person": world.people["staf"].pk,
        "grant": world.posts["agendaris"].roles.get().pk,
        "appointment": world.posts["kadis"].appointments.get().pk,
    }
    for address, _view in table.routes(urls.urlpatterns):
        page = "/" + address.replace("<matter>", "<uuid:matter>").replace("<slug:action>", "remark").replace(
            "<action>", "remark"
        )
        page = page.replace("<int:number>", "1")
        for name, value in values.items():
            page = page.replace(f"<uuid:{name}>", str(value))
        if page == "/" + address or "<" in page:
            continue
        for method in ("get", "post"):
            kind = {"content_type": "application/json"} if method == "post" and page.startswith("/api/") else {}
            answer = getattr(neighbour, method)(page, {"version": "1", "text": "x"}, **kind)
            # 403 only where it is said whom a page is for before it is looked which; 405 tells nothing of the thing.
            taken = (
                {404, 403, 405}
                if page.startswith("/atur/") or "/pengganti/" in page
                else {404, 405, 422 if "/api/" in page else 404}
            )
            if answer.status_code not in taken or STEM in body(answer):
                wrong.append(f"{method} {page}: {answer.status_code}")
    assert wrong == []


def test_a_session_of_one_host_is_nothing_on_another(world: World, neighbour: Client) -> None:
    cookie = neighbour.cookies["sessionid"].value
    stranger = at(HOST)
    for page in ("/", "/profil", f"/surat/{world.matters['biasa']}", "/surat/agenda.xlsx", "/atur/"):
        stranger.cookies["sessionid"] = cookie
        answer = stranger.get(page)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/accounts/login/"), page
    stranger.cookies["sessionid"] = cookie
    assert stranger.get("/api/v1/desk").status_code == 401
    assert neighbour.get("/profil").status_code == 200


def test_a_session_does_not_cross_even_where_its_row_was_copied(world: World) -> None:
    """A restored backup brings sessions along; a person with another password is another person."""
    client = world.client("kadis")
    client.get("/")
    key = client.cookies["sessionid"].value
    person = world.people["kadis"]
    with inside("pasuruan"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pasuruan.django_session SELECT * FROM bekasi.django_session WHERE session_key = %s", [key]
        )
    stranger = at(OTHER_HOST)
    stranger.cookies["sessionid"] = key
    assert stranger.get("/profil").status_code == 302  # nobody of that id there
    with inside("pasuruan"):
        Person.objects.create(id=person.pk, username="kembar", name="Saksi Kembar", password="!")
        stranger.cookies["sessionid"] = key
        assert stranger.get("/profil").status_code == 302
        Person.objects.filter(pk=person.pk).delete()


def test_a_key_of_one_government_is_no_key_of_another(world: World) -> None:
    for host, own, foreign in ((HOST, "kadis", "Bupati"), (OTHER_HOST, "Bupati", "kadis")):
        for name, status in ((own, 200), (foreign, 401)):
            client = at(host)
            headers = {"host": host, "authorization": f"Bearer {world.tokens[name]}"}
            for page in ("/api/v1/desk", "/api/v1/letters"):
                assert client.get(page, headers=headers).status_code == status, (host, name, page)
            matter = world.foreign["matter"]
            assert client.get(f"/api/v1/matters/{matter}/record", headers=headers).status_code == status


def test_a_file_kept_for_a_form_is_no_file_of_another_government(world: World) -> None:
    reader = world.reader("kadis")
    staged = uploads.stage("a.pdf", pdf(["x"]), reader)
    assert uploads.staged(staged.token, reader) is not None
    assert uploads.staged(staged.token, world.reader("staf")) is None
    with inside("pasuruan"):
        assert uploads.staged(staged.token, reader) is None


def test_a_password_link_of_one_government_opens_nothing_in_another(world: World) -> None:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    with inside("pasuruan"):
        person = world.people["Bupati"]
        link = (
            f"/accounts/password/reset/key/{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}/"
        )
    answer = at(HOST).get(link)
    assert answer.status_code == 200 and "set-password" not in body(answer)
    assert at(OTHER_HOST).get(link).status_code == 302  # to the form


@pytest.mark.parametrize(
    ("host", "leads"),
    [
        ("bekasi.localhost", True),
        ("BEKASI.localhost", True),
        ("bekasi.localhost:8000", True),
        ("BEKASI.localhost:8000", True),
        ("bekasi.localhost.", True),
        ("bekasi.localhost.:8000", True),
        ("x.bekasi.localhost", False),
        ("bekasi", False),
        ("localhost", False),
        ("127.0.0.1", False),
        ("bekasi.localhost.example", False),
        ("tidak-ada.localhost", False),
        ("bekasi_localhost", False),
        ("", False),
        ("bekasi.localhost@pasuruan.localhost", False),
        ("bekasi.localhost,pasuruan.localhost", False),
        ("[::1]:8000", False),
        ("bekasi.localhost\x00", False),
        ("bekasi.localhost/..", False),
    ],
)
def test_a_host_leads_to_its_own_government_or_to_none(world: World, host: str, leads: bool) -> None:
    cookie = world.client("kadis").cookies["sessionid"].value
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = cookie
    answer = client.get("/profil", HTTP_HOST=host)
    if leads:
        assert answer.status_code == 200 and world.people["kadis"].name in body(answer)
    else:
        # No government (404), or no host name at all (400).
        assert answer.status_code in (400, 404)
        assert "Contoh" not in body(answer) and STEM not in body(answer)


def test_only_the_host_itself_counts(world: World) -> None:
    """What a proxy may add, a visitor may add too."""
    client = at(OTHER_HOST)
    client.cookies["sessionid"] = world.client("kadis").cookies["sessionid"].value
    for header in ("X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host", "X-Forwarded-Server"):
        value = f"host={HOST}" if header == "Forwarded" else HOST
        answer = client.get("/profil", headers={"host": OTHER_HOST, header: value})
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/accounts/login/"), header


@pytest.mark.parametrize("page", ["/gagal", "/gagal-sebagian", "/tersesat"])
def test_a_request_that_fails_leaves_nothing_for_the_next_one(world: World, page: str) -> None:
    """On one thread, as a server's worker has it: each request reads its own government, whatever the last one did."""
    names = {HOST: "Saksi Bekasi", OTHER_HOST: "Saksi Pasuruan"}
    seen: list[tuple[str, str]] = []

    def work() -> None:
        try:
            for _round in range(2):
                for host in (HOST, OTHER_HOST):
                    for broken in (HOST, OTHER_HOST, "localhost"):
                        failed = at(broken).get(page)
                        if failed.status_code == 200:
                            seen.append((names[broken], body(failed)))
                        seen.append((names[host], body(at(host).get("/di-mana"))))
        finally:
            connection.close()

    with override_settings(ROOT_URLCONF="test_isolation"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(seen) >= 12
    assert [pair for pair in seen if pair[0] != pair[1]] == []


def test_requests_to_two_hosts_at_once_do_not_mix(world: World) -> None:
    wrong: list[str] = []

    def work(host: str, name: str) -> None:
        try:
            for turn in range(30):
                found = body(at(host).get("/di-mana")) if turn % 3 else body(at(host).get("/gagal"))
                if turn % 3 and found != name:
                    wrong.append(f"{host}: {found}")
        finally:
            connection.close()

    with override_settings(ROOT_URLCONF="test_isolation"):
        threads = [
            threading.Thread(target=work, args=pair)
            for pair in ((HOST, "Saksi Bekasi"), (OTHER_HOST, "Saksi Pasuruan"), (HOST, "Saksi Bekasi"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_new_government_answers_at_once_and_as_itself(world: World) -> None:
    """A host that was asked for before its government existed is not remembered as nobody's."""
    fresh = at("baru.localhost")
    assert fresh.get("/accounts/login/").status_code == 404
    create_government("baru", "Kota Baru")
    with override_settings(ROOT_URLCONF="test_isolation"):
        assert body(fresh.get("/di-mana")) == ""
    assert fresh.get("/accounts/login/").status_code == 200
    fresh.cookies["sessionid"] = world.client("kadis").cookies["sessionid"].value
    assert fresh.get("/profil").status_code == 302
    assert (
        fresh.get(
            "/api/v1/desk", headers={"host": "baru.localhost", "authorization": f"Bearer {world.tokens['kadis']}"}
        ).status_code
        == 401
    )


def test_what_is_kept_of_hosts_ages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process made a host name lead elsewhere: this one follows within seconds."""
    government("bekasi")
    at("pindah.localhost").get("/")
    assert middleware.find("pindah.localhost") is None
    connection.set_schema_to_public()
    Domain.objects.create(domain="pindah.localhost", tenant=government("pasuruan"), is_primary=False)
    clock = time.monotonic()
    monkeypatch.setattr(middleware, "time", SimpleNamespace(monotonic=lambda: clock + middleware.KEEP_SECONDS + 1))
    found = middleware.find("pindah.localhost")
    assert found is not None and found.schema_name == "pasuruan"


def test_made_up_hosts_fill_no_memory(world: World) -> None:
    for number in range(1200):
        middleware._known[f"h{number}.localhost"] = (0.0, None)
    at("lagi.localhost").get("/")
    assert len(middleware._known) < 1000


def test_matters_keep_their_number_though_a_neighbour_has_it_too(world: World) -> None:
    assert Matter.objects.filter(pk=world.foreign["matter"]).values_list("title", flat=True)[0] == f"Perihal {STEM}bbb"
    with inside("pasuruan"):
        assert Matter.objects.get(pk=world.foreign["matter"]).title == f"Perihal {STEM}xxx"
    assert uuid.UUID(str(world.foreign["matter"])) == world.matters["terbatas"]
