"""Files that were uploaded and never sent: they belong to nothing and are removed after a day."""

from __future__ import annotations

from itertools import islice

from tertib.ground import blobs
from tertib.ground.tenancy import here
from tertib.papers.models import PaperVersion

# So long a form may wait for its files to be sent with it.
KEEP_SECONDS = 24 * 3600
# An hour more, for a form that is sent at the last moment.
ORPHAN_SECONDS = KEEP_SECONDS + 3600
_BATCH = 1000


def remove_orphans() -> int:
    """Remove the files of the government at hand that no paper refers to and that were stored longer ago than that.

    One that is made a paper just now is stored anew by it, and so is too young. Gives how many went.
    """
    store, removed = blobs.store(here.schema()), 0
    every = store.all()
    while names := list(islice(every, _BATCH)):
        known = set(PaperVersion.objects.filter(sha256__in=names).values_list("sha256", flat=True))
        removed += sum(store.discard(name, ORPHAN_SECONDS) for name in names if name not in known)
    return removed + store.sweep()
