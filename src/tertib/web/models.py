"""The few rows the face keeps of its own."""

from __future__ import annotations

import uuid

from django.db import models

from tertib.government.models import Post
from tertib.ground.ids import new_id


class DemoDoor(models.Model):
    """A post whose sample person anybody may become by one click, in a demo. `title` and `line` hold `id` and `en`."""

    id: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.OneToOneField(Post, models.CASCADE, related_name="+")
    title = models.JSONField()
    line = models.JSONField()
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("place",)

    def __str__(self) -> str:
        return str(self.post_id)
