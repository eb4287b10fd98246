"""Reads of the letters room. Each has a constant number of SQL statements.

Lists go through the engine's rule of visibility.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, When

from tertib.government.authority import Reader, Seat
from tertib.government.models import Appointment, Post
from tertib.government.queries import living_posts, occupants, running, searches
from tertib.matters.models import Matter
from tertib.rooms.letters.finding import Wanted, find
from tertib.rooms.letters.models import Disposition, Letter, Recipient

MOST_CHIPS = 8
MOST_FOUND = 20
MOST_POSTS = 8


def letters(ids: Sequence[uuid.UUID]) -> list[Letter]:
    """The letters of these ids in their order, with agenda number, matter, holder and recipients. Two statements."""
    found = Letter.objects.filter(pk__in=ids).select_related("agenda", "matter__holder", "unit")
    found = found.defer("matter__head").prefetch_related(
        Prefetch("recipients", Recipient.objects.order_by("is_copy", "id"))
    )
    by_id = {letter.pk: letter for letter in found}
    return [by_id[key] for key in ids if key in by_id]


def every_letter(reader: Reader, wanted: Wanted, most: int) -> Iterator[Letter]:
    """All letters of a book that the reader may see, the newest first, read in pages; `most` at the most."""
    before: uuid.UUID | None = None
    while most > 0:
        ids = find(reader, wanted, min(500, most), before)
        if not ids:
            return
        yield from letters(ids)
        most -= len(ids)
        before = ids[-1]


def linkable(reader: Reader, text: str, besides: uuid.UUID) -> list[Letter]:
    """Letters the reader may see, incoming and outgoing, in which every word of the text is found."""
    ids = find(reader, Wanted(text=text), MOST_FOUND + 1)
    return letters([key for key in ids if key != besides][:MOST_FOUND])


@dataclass(slots=True)
class Choice:
    """A post that may be chosen, who fills it, and whether it is chosen."""

    id: uuid.UUID
    name: str
    unit: str
    people: list[str] = field(default_factory=list)
    chosen: bool = False

    @property
    def vacant(self) -> bool:
        return not self.people


def choices(posts: Sequence[Post], chosen: set[uuid.UUID] | None = None) -> list[Choice]:
    """Posts as choices, with the names of who fills them today. Two statements."""
    filled = occupants([post.id for post in posts])
    return [
        Choice(
            post.id,
            post.name,
            post.unit.short_name or post.unit.name,
            [name for name, _capacity in filled.get(post.id, [])],
            post.id in (chosen or set()),
        )
        for post in posts
    ]


def suggested(seat: Seat, besides: set[uuid.UUID]) -> list[Choice]:
    """Whom this seat is likely to give something: those it gave something last, its subordinates, its own unit."""
    last = (
        Disposition.objects.filter(giver=seat.post).order_by("-matter_id").values_list("recipient_id", flat=True)[:60]
    )
    recent = list(dict.fromkeys(last))[:6]
    near = living_posts().filter(Q(pk__in=recent) | Q(superior=seat.post) | Q(unit=seat.unit)).exclude(pk__in=besides)
    order = {post: place for place, post in enumerate(recent)}

    def rank(post: Post) -> tuple[int, int, str]:
        nearness = 0 if post.id in order else 1 if post.superior_id == seat.post else 2
        return (nearness, order.get(post.id, 0), post.code)

    posts = sorted(near.select_related("unit")[:80], key=rank)
    return [choice for choice in choices(posts) if not choice.vacant][:MOST_CHIPS]


def posts_like(text: str, besides: set[uuid.UUID], by: Reader) -> list[Choice]:
    """Posts whose name, unit or occupant of today holds every word of the text; eight at most.

    Raises `TooMany` for who asks like a program that copies the directory.
    """
    words = text.split()[:6]
    if not words:
        return []
    searches(by.person)
    found = living_posts().exclude(pk__in=besides)
    there = Appointment.objects.filter(running(), post=OuterRef("pk"), person__is_active=True)
    for word in words:
        found = found.filter(
            Q(name__icontains=word) | Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word)
            | Exists(there.filter(person__name__icontains=word))
        )  # fmt: skip
    # Somebody who types “camat” wants a camat, not everybody in a kecamatan.
    nearness = Case(When(name__istartswith=text.strip(), then=0), When(name__icontains=text.strip(), then=1), default=2)
    ordered = found.select_related("unit").annotate(nearness=nearness).order_by("nearness", "grade", "code")
    return choices(list(ordered[:MOST_POSTS]))


def posts_of(ids: Sequence[uuid.UUID]) -> list[Choice]:
    """These posts in this order, chosen."""
    found = {post.id: post for post in Post.objects.filter(pk__in=ids).select_related("unit")}
    return choices([found[key] for key in dict.fromkeys(ids) if key in found], set(ids))


def chain_to(seat: Seat, signer: uuid.UUID, most: int = 10) -> list[uuid.UUID]:
    """The superiors between a drafter and who signs, the nearest first: the usual chain of review."""
    chain: list[uuid.UUID] = []
    above: uuid.UUID | None = seat.superior
    known = dict(Post.objects.filter(superior__isnull=False).values_list("id", "superior_id"))
    while above and above != signer and above not in chain and len(chain) < most:
        chain.append(above)
        above = known.get(above)
    return chain if above == signer else []


def chain_to_top(seat: Seat, most: int = 6) -> list[uuid.UUID]:
    """The superiors of a seat, the nearest first, and the seat itself where it heads its unit.

    Who is likely to sign.
    """
    known = dict(Post.objects.filter(superior__isnull=False).values_list("id", "superior_id"))
    chain: list[uuid.UUID] = [seat.post] if seat.is_head else []
    above = seat.superior
    while above and above not in chain and len(chain) < most:
        chain.append(above)
        above = known.get(above)
    return chain


def root_of(matter: Matter) -> uuid.UUID:
    """The letter a matter belongs to: itself, or the root it was disposed from."""
    return matter.ancestors[0] if matter.ancestors else matter.pk


def party(letter: Letter) -> str:
    """From whom a letter is, or to whom; as `letters` has read it."""
    if letter.direction == "in":
        return letter.sender_name
    return "; ".join(recipient.name for recipient in letter.recipients.all())
