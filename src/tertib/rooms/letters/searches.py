"""Saved searches: kept, looked up and given up by their owner."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from tertib.ground.errors import Invalid, NotFound, Problem
from tertib.rooms.letters.models import SavedSearch

MOST = 30
# What of an address makes a search; a page's cursor does not.
KEPT = ("q", "buku", "unit", "security", "urgency", "state", "since", "until", "holder", "sender")


def asked(given: QueryDict) -> str:
    """The address of a search without what belongs to a page of it."""
    return urlencode({name: value[:200] for name in KEPT if (value := given.get(name, "").strip())})


def of(person: uuid.UUID) -> list[SavedSearch]:
    """What somebody has saved, by name. One statement."""
    return list(SavedSearch.objects.filter(person=person))


def save(person: uuid.UUID, name: str, query: str) -> SavedSearch:
    """Keep a search under a name; the same name again takes the new search. Raises Invalid."""
    name = " ".join(name.split())
    if not name or len(name) > SavedSearch._meta.get_field("name").max_length:  # type: ignore[operator]
        raise Invalid(Problem(_("Give the search a name of at most 60 characters."), where="name"))
    if not query or len(query) > 1000:
        raise Invalid(Problem(_("Look for something first, then save the search."), where="name"))
    with transaction.atomic():
        mine = SavedSearch.objects.select_for_update().filter(person=person)
        if len(mine) >= MOST and not any(one.name == name for one in mine):
            what = _("You have saved %d searches already.") % MOST
            raise Invalid(Problem(what, where="name", mend=_("Give up one that you no longer need.")))
        return SavedSearch.objects.update_or_create(person_id=person, name=name, defaults={"query": query})[0]


def give_up(person: uuid.UUID, search: uuid.UUID) -> None:
    """Forget one's own saved search. Raises NotFound."""
    if not SavedSearch.objects.filter(person=person, pk=search).delete()[0]:
        raise NotFound(_("There is no such saved search."))
