"""Loads the demo: two governments, the letters of 2020 from an agenda book, the current weeks step by step.

Everything is one transaction. Whoever stops it half-way, by whatever means, leaves no half city behind.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import time, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from tertib.demo import everyday
from tertib.demo.city import PERSON_COLUMNS, POST_COLUMNS, SCHEMAS, UNIT_COLUMNS, city
from tertib.demo.play import play
from tertib.demo.stage import Stage, stage
from tertib.demo.story import NUMBER_PATTERNS, When, story
from tertib.government import actions, imports, passwords
from tertib.government.models import Person, Post, Unit
from tertib.ground.errors import Invalid, Problem
from tertib.ground.ids import new_id
from tertib.ground.tenancy import here
from tertib.ground.tenancy.actions import create_government
from tertib.ground.tenancy.models import Government
from tertib.ground.time import now, travel
from tertib.matters.followers import run_once
from tertib.matters.models import Register
from tertib.matters.setup import prepare
from tertib.notices import clock
from tertib.notices.following import handlers
from tertib.rooms.letters import copies
from tertib.rooms.letters.agenda_book import COLUMNS
from tertib.rooms.letters.drafting import REGISTER_OUT
from tertib.rooms.letters.houses import houses
from tertib.rooms.letters.imports import import_agenda
from tertib.web.models import DemoDoor

GOVERNMENTS = {
    "bekasi": ("Kota Bekasi", "Bekasi", "32.75"),
    "pasuruan": ("Kabupaten Pasuruan", "Pasuruan", "35.14"),
}
# Who is away this week, and who stands in: (post, post of the deputy, reason).
AWAY = {
    "bekasi": ("asda1", "asda3", "Cuti tahunan (contoh)"),
    "pasuruan": ("kec-sukorejo.sekcam", "kec-sukorejo.pelayanan.kasi", "Dinas luar (contoh)"),
}
_AWAY_DAYS = 7
# So many days ago the program was installed.
_INSTALLED = 60

# What is being done now, how many are done, of how many.
Progress = Callable[[str, int, int], None]


def load_demo(progress: Progress | None = None, letters: int = 0) -> bool:
    """Load the demo where it is not there yet, then let it have at least `letters` everyday letters beside the story's.

    Answers whether anything was loaded. Raises `Invalid` where one of the schemas belongs to a government that is no
    demo.
    """
    tell = progress or (lambda _text, _done, _total: None)
    loaded = False
    with _one_at_a_time():
        if not _is_loaded():
            with transaction.atomic():
                _load(tell)
            loaded = True
        if letters:
            loaded |= everyday.add([_stage(schema) for schema in SCHEMAS], letters, tell)
        if loaded:
            tell("followers", 0, 0)
            _follow()
            for schema in SCHEMAS:
                with tenant_context(Government.objects.get(schema_name=schema)):
                    here.count_anew()
    return loaded


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two loaders at once would both find nothing there."""
    here.leave()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('tertib.demo'))")
    try:
        yield
    finally:
        here.leave()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('tertib.demo'))")


def _is_loaded() -> bool:
    found = []
    for government in Government.objects.filter(schema_name__in=SCHEMAS):
        with tenant_context(government):
            if Unit.objects.exists():
                found.append(government)
    if not found:
        return False
    if len(found) == len(SCHEMAS) and all(government.demo for government in found):
        return True
    names = ", ".join(government.schema_name for government in found)
    mend = "Load the demo into another data folder or database."
    raise Invalid(Problem("Here is a government already whose schema the demo would use.", where=names, mend=mend))


def _load(tell: Progress) -> None:
    stages = {}
    for schema in SCHEMAS:
        government = _government(schema, tell)
        with tenant_context(government):
            _people(schema, tell)
            _number_patterns(schema)
            _doors(schema)
            _history(schema, tell)
        stages[schema] = _stage(schema)
        _deputy(stages[schema])
    _unfinished(stages["bekasi"])
    play(stages, lambda _text, done, total: tell("letters of these weeks", done, total))


def _government(schema: str, tell: Progress) -> Government:
    name, short_name, area = GOVERNMENTS[schema]
    tell(f"{name}: tables", 0, 0)
    government: Government | None = Government.objects.filter(schema_name=schema).first()
    if government is None:
        government = create_government(schema, name, short_name=short_name, area_code=area, demo=True)
    elif not government.demo:
        government.demo = True
        government.save(update_fields=["demo"])
    # The procedures were there before the first letter of the story; the days off are those that are known today.
    with travel(now() - timedelta(days=_INSTALLED)):
        prepare(government)
    prepare(government)
    return government


def _people(schema: str, tell: Progress) -> None:
    name = GOVERNMENTS[schema][0]
    rows = city(schema)
    files = [
        (as_csv(rows.units, UNIT_COLUMNS), "units.csv"),
        (as_csv(rows.posts, POST_COLUMNS), "posts.csv"),
        (as_csv(rows.people, PERSON_COLUMNS), "people.csv"),
    ]

    def progress(_text: str, done: int, total: int) -> None:
        tell(f"{name}: units, posts and people", done, total)

    imports.apply(imports.plan(imports.read_all(files), sample=True, progress=progress), None, progress)


def as_csv(rows: Sequence[dict[str, str]], columns: Sequence[str]) -> bytes:
    """The rows as a CSV file with a heading."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _number_patterns(schema: str) -> None:
    Register.objects.bulk_create(
        Register(id=new_id(), unit=unit, kind=REGISTER_OUT, pattern=NUMBER_PATTERNS[schema]) for unit in houses()
    )


def _doors(schema: str) -> None:
    doors = story(schema).doors
    posts = {post.code: post for post in Post.objects.filter(code__in=[door.post for door in doors])}
    DemoDoor.objects.bulk_create(
        DemoDoor(post=posts[door.post], title=door.title, line=door.line, place=place)
        for place, door in enumerate(doors)
    )
    # One hash for all: making each its own would cost half a second and protect a password that everybody knows.
    Person.objects.filter(is_sample=True, appointments__post__in=posts.values()).update(
        password=make_password(passwords.SAMPLE)
    )


def _history(schema: str, tell: Progress) -> None:
    name = GOVERNMENTS[schema][0]
    rows = [dict(row) for row in story(schema).history]
    for row in rows:
        row["note"] = row.pop("followed_up_note")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"agenda-{schema}-2020.csv"
        path.write_bytes(as_csv(rows, COLUMNS))
        import_agenda(path, progress=lambda _text, done, total: tell(f"{name}: agenda of 2020", done, total))


def _stage(schema: str) -> Stage:
    return stage(Government.objects.get(schema_name=schema))


def _deputy(where: Stage) -> None:
    away, deputy, reason = AWAY[where.government.schema_name]
    starts_on = where.days.today
    with tenant_context(where.government):
        actions.save_deputy(
            by=None,
            post=where.posts[away].id,
            person=where.reader(deputy).person,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=_AWAY_DAYS),
            reason=reason,
        )


def _unfinished(where: Stage) -> None:
    """Somebody began a memorandum yesterday, was called away, and finds it again on their desk."""
    post = "bag-organisasi.staf"
    typed = {
        "post": [str(where.posts[post].id)],
        "kind": ["nota_dinas"],
        "subject": ["Usul jadwal evaluasi tata naskah dinas perangkat daerah (contoh)"],
        "body": ["Menindaklanjuti rapat pekan lalu, bersama ini kami usulkan jadwal evaluasi sebagai berikut:\n\n1. "],
    }
    with where.at(where.days.moment(When(-1, time(15, 40)))):
        copies.keep_unbegun(where.reader(post), typed, None, 0)


def _follow() -> None:
    """Give the entries their place in the order, and let the followers read them. Nothing is sent from a demo."""
    known = handlers()
    for schema in SCHEMAS:
        with tenant_context(Government.objects.get(schema_name=schema)):
            while run_once(known):
                pass
            _read_most()


# Somebody who looks in every day has read all but the newest few notices.
_READ_MOST = """
UPDATE notices_notice SET read_at = %s WHERE read_at IS NULL AND id NOT IN (
  SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY person_id ORDER BY id DESC) AS place FROM notices_notice) n
  WHERE n.place <= %s)"""
_UNREAD = 4


def _read_most() -> None:
    """Leave each person a few unread notices; what is overdue is told as the worker would."""
    clock.look()
    with connection.cursor() as cursor:
        cursor.execute(_READ_MOST, (now(), _UNREAD))
