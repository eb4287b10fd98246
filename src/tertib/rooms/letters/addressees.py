"""What recipients are called whom Tertib knows: by what they refer to, since that is where the letter goes. A name that
came along with a form or a call is not believed.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from tertib.government.models import Post, Unit

# Between the name of a unit and that of its government, as the sender of a letter from another government is written.
OF = " · "


def of_units(units: Collection[uuid.UUID]) -> dict[str, str]:
    """By the unit's id: the post of its head, or its own name where it has none. Two statements."""
    names = {str(key): name for key, name in Unit.objects.filter(pk__in=units).values_list("pk", "name")}
    heads = Post.objects.filter(unit__in=units, is_head=True, abolished_on__isnull=True)
    return names | {str(unit): name for unit, name in heads.order_by("-code").values_list("unit", "name")}


def in_government(said: str, government: str) -> str:
    """The name of a government; before it may stand for whom the letter is there, as in an answer to one of its units.

    What doesn't end with that very name would have a letter addressed to one government and delivered to another.
    """
    return said if said.endswith(OF + government) and len(said) <= 200 else government
