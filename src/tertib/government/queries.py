"""Reads of the government that more than one caller needs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tertib.government.authority import local_day
from tertib.government.models import Appointment, Calendar, Deputy, Person, Post
from tertib.ground.pace import Pace
from tertib.ground.tenancy import here


def head_of(unit: uuid.UUID) -> uuid.UUID | None:
    """The post that heads a unit."""
    return Post.objects.filter(unit=unit, is_head=True, abolished_on__isnull=True).values_list("id", flat=True).first()


# Whoever types three letters a second for a minute is no program that copies the directory; a thousand an hour is one.
SEARCHES = Pace(
    (150, 60),
    (1000, 3600),
    what=_("You have searched very often in a short time."),
    mend=_("Go back, wait a few minutes, then go on. What you typed is kept."),
)


def searches(by: uuid.UUID) -> None:
    """To be called before somebody looks for posts or people by name. Raises `TooMany`."""
    SEARCHES.take((here.schema(), by))


def calendar_version(calendar: uuid.UUID) -> int:
    """The present version of a calendar."""
    return Calendar.objects.values_list("version", flat=True).get(pk=calendar)


def living_posts() -> QuerySet[Post]:
    """Posts that exist today."""
    return Post.objects.exclude(abolished_on__lte=local_day())


def occupants(posts: list[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, str]]]:
    """Who fills each post today, as (name, capacity), in one statement each for appointments and deputies."""
    found: dict[uuid.UUID, list[tuple[str, str]]] = {}
    for row in Appointment.objects.filter(running(), post__in=posts).select_related("person").order_by("kind"):
        found.setdefault(row.post_id, []).append((row.person.name, row.kind))
    standing = standing_in().filter(starts_on__lte=local_day(), post__in=posts)
    for deputy in standing.select_related("person"):
        found.setdefault(deputy.post_id, []).append((deputy.person.name, "deputy"))
    return found


_SEATED = """
SELECT a.post_id, a.person_id FROM government_appointment a JOIN government_person p ON p.id = a.person_id
WHERE a.post_id = ANY(%(posts)s) AND p.is_active AND a.starts_on <= %(day)s
  AND (a.ends_on IS NULL OR a.ends_on >= %(day)s)
UNION
SELECT d.post_id, d.person_id FROM government_deputy d JOIN government_person p ON p.id = d.person_id
WHERE d.post_id = ANY(%(posts)s) AND p.is_active AND d.starts_on <= %(day)s AND d.ends_on >= %(day)s AND EXISTS (
  SELECT FROM government_appointment a WHERE a.post_id = d.post_id AND a.person_id = d.principal_id
    AND a.starts_on <= %(day)s AND (a.ends_on IS NULL OR a.ends_on >= %(day)s))"""


def seated(posts: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Who may act for each post today: those who fill it, and who stands in for them. One statement."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SEATED, {"posts": list(posts), "day": local_day()})
        for post, person in cursor.fetchall():
            found.setdefault(post, []).append(person)
    return found


def running() -> Q:
    """Appointments that count today."""
    day = local_day()
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def standing_in() -> QuerySet[Deputy]:
    """Deputies of today and of days to come, whose principal fills the post today."""
    theirs = Appointment.objects.filter(running(), post=OuterRef("post"), person=OuterRef("principal"))
    return Deputy.objects.filter(Exists(theirs), ends_on__gte=local_day())


def person_by_nip(nip: str) -> Person | None:
    """The person with this NIP."""
    from tertib.government.fields import lookup

    return Person.objects.filter(nip_hash=lookup(nip)).first()
