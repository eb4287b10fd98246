"""One government of the demo as the player needs it: who fills which post at a moment, and which matter is which."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q
from django_tenants.utils import tenant_context

from tertib.demo.moments import Days, days
from tertib.government import authority
from tertib.government.authority import Reader
from tertib.government.models import Appointment, Post, Unit
from tertib.ground.errors import NotFound, Problem
from tertib.ground.tenancy.models import Government
from tertib.ground.time import now, travel


@dataclass
class Stage:
    """A government, its units and posts by code, and the matters that were opened, by the story's keys."""

    government: Government
    days: Days
    units: dict[str, Unit]
    posts: dict[str, Post]
    letters: dict[str, uuid.UUID] = field(default_factory=dict)
    # (letter, post): the disposition that the post was given last.
    children: dict[tuple[str, str], uuid.UUID] = field(default_factory=dict)
    _readers: dict[tuple[str, date], Reader] = field(default_factory=dict)

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Within this block it is that moment, in this government."""
        with tenant_context(self.government), travel(moment):
            yield

    def reader(self, post: str) -> Reader:
        """Whoever fills the post at this moment, with all they may do. Raises NotFound for a vacant post."""
        day = now().astimezone(self.days.zone).date()
        found = self._readers.get((post, day))
        if found is None:
            running = Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))
            row = Appointment.objects.filter(running, post__code=post).order_by("kind").select_related("person").first()
            if row is None:
                raise NotFound(Problem(f"Nobody fills {post} on {day}.", where=self.government.schema_name))
            found = self._readers[post, day] = authority.reader(row.person_id, row.person.name)
        return found


def stage(government: Government) -> Stage:
    """The government as it stands."""
    with tenant_context(government):
        units = {unit.code: unit for unit in Unit.objects.all()}
        posts = {post.code: post for post in Post.objects.all()}
        return Stage(government, days(government.timezone), units, posts)
