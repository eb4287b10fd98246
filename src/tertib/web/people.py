"""Choosing a person on a form: whom somebody is likely to mean, and whom a few letters of a name find."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import QueryDict

from tertib.government.checks import digits
from tertib.government.fields import lookup
from tertib.government.models import Appointment, Deputy, Person, Post
from tertib.government.queries import living_posts, running, searches
from tertib.ground.ids import parse_id

# How many are offered at once, and how many posts around a post are looked at for them.
MOST_NEAR, MOST_POSTS = 8, 80
MOST_FOUND = 12

Find = Callable[[str], QuerySet[Person]]


def appointed() -> QuerySet[Appointment]:
    """The appointments of today with their posts, the definitive ones first."""
    return Appointment.objects.filter(running()).select_related("post").order_by("kind")


def search(text: str) -> QuerySet[Person]:
    """People, with their posts of today, whose name holds all the words or whose NIP it is; nobody for no text."""
    number = digits(text)
    if number.isdecimal():
        return _with_posts(Person.objects.filter(nip_hash=lookup(number)))
    return named(text)


def named(text: str) -> QuerySet[Person]:
    """The same by name alone, for whoever has no business with NIPs."""
    words = text.replace("\0", " ").split()[:6]
    fits = Q() if words else Q(pk__in=[])
    for word in words:
        fits &= Q(name__icontains=word)
    return _with_posts(Person.objects.filter(fits).order_by("name", "id"))


def at_work() -> QuerySet[Person]:
    """Active people who fill a post today."""
    return Person.objects.filter(is_active=True, pk__in=appointed().values("person"))


def offered(typed: QueryDict, post: uuid.UUID, among: QuerySet[Person], find: Find, by: uuid.UUID) -> dict[str, Any]:
    """Whom a form offers for a post: the one chosen, then those whose name was typed, or those near where none was.

    Gives `people`, `chosen`, `many` (there are more of the name) and `none` (nobody has such a name). Raises `TooMany`.
    """
    name = typed.get("name", "")[:80].strip()
    if name:
        searches(by)
    found = list(find(name).filter(pk__in=among)[: MOST_FOUND + 1]) if name else near(post, among)
    chosen = parse_id(typed.get("person", ""))
    kept = these([chosen], among) if chosen else []
    rest = [person for person in found[:MOST_FOUND] if person.pk != chosen]
    return {
        "people": [*kept, *rest],
        "chosen": chosen,
        "many": len(found) > MOST_FOUND,
        "none": bool(name) and not found,
    }


def near(post: uuid.UUID, among: QuerySet[Person]) -> list[Person]:
    """Who is likely to sit in for a post: who did so lately, who works for it, in its unit, and beside it."""
    seat = Post.objects.only("unit_id", "superior_id").get(pk=post)
    last = Deputy.objects.filter(post=post).order_by("-starts_on").values_list("person", flat=True)[:20]
    lately = list(dict.fromkeys(last))
    around = Q(superior=post) | Q(unit=seat.unit_id)
    if seat.superior_id:
        around |= Q(superior=seat.superior_id)
    posts = living_posts().filter(around).exclude(pk=post)

    def place(one: Post) -> tuple[int, str]:
        return (0 if one.superior_id == post else 1 if one.unit_id == seat.unit_id else 2, one.code)

    order = {one.pk: n for n, one in enumerate(sorted(posts[:MOST_POSTS], key=place))}
    filled = sorted(appointed().filter(post__in=order), key=lambda row: order[row.post_id])
    return these(list(dict.fromkeys([*lately, *(row.person_id for row in filled)])), among)[:MOST_NEAR]


def these(wanted: Sequence[uuid.UUID], among: QuerySet[Person]) -> list[Person]:
    """The people of these ids in this order, with their posts of today, as far as they are among those."""
    found = {person.pk: person for person in _with_posts(among.filter(pk__in=wanted))}
    return [found[key] for key in wanted if key in found]


def _with_posts(people: QuerySet[Person]) -> QuerySet[Person]:
    return people.prefetch_related(Prefetch("appointments", appointed()))
