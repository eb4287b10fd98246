"""What is broken among the papers, for `tertib check`."""

from __future__ import annotations

from collections.abc import Iterator

from django_tenants.utils import schema_context

from tertib.ground import blobs
from tertib.matters.check import Fault
from tertib.papers.models import PaperVersion


def missing(schema: str) -> Iterator[Fault]:
    """Versions of papers whose file is not in the store. Whether its content is what it was, every reading verifies."""
    store = blobs.store(schema)
    with schema_context(schema):
        rows = PaperVersion.objects.order_by("id").values_list("id", "sha256", "name", "paper__matter")
        for version, sha256, name, matter in rows.iterator(chunk_size=2000):
            if not store.exists(sha256):
                yield Fault(schema, matter, None, "sha256", f"the file {sha256} ({name}, version {version}) is missing")
