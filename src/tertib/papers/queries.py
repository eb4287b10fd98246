"""Reading papers, always through the rule of who may see the matter."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from tertib.government.authority import Reader
from tertib.ground import blobs
from tertib.ground.errors import NotFound
from tertib.ground.tenancy import here
from tertib.matters.visibility import may_see
from tertib.papers.models import PaperVersion


def version_for(version: uuid.UUID, reader: Reader) -> PaperVersion:
    """One version, if the reader may see its matter.

    Raises NotFound alike for what is not there and what is not theirs.
    """
    found = PaperVersion.objects.select_related("paper").filter(pk=version).first()
    if found is None or not may_see(found.paper.matter_id, reader):
        raise NotFound(_("There is no such paper, or it is not for you to see."))
    return found


def content(version: PaperVersion) -> bytes:
    """The bytes, verified against their hash. Raises Broken when the stored file is damaged."""
    return blobs.store(here.schema()).get(version.sha256)
