"""Desks and boards are read in the order of their due dates, at any depth, without touching the matters passed over."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("matters", "0004_procedures_watched")]
    operations = [
        migrations.RemoveIndex("matter", "matter_desk"),
        migrations.RemoveIndex("matter", "matter_due"),
        migrations.AddIndex(
            "matter",
            models.Index(
                fields=["holder", "due_at", "id"],
                include=["security", "procedure", "holder_since"],
                condition=Q(closed_at__isnull=True),
                name="matter_desk",
            ),
        ),
        migrations.AddIndex(
            "matter",
            models.Index(
                fields=["due_at", "id"],
                include=["holder", "security"],
                condition=Q(closed_at__isnull=True),
                name="matter_due",
            ),
        ),
        migrations.AddIndex(
            "number",
            models.Index(fields=["matter"], condition=Q(cancelled_at__isnull=False), name="number_cancelled"),
        ),
        migrations.AddIndex(
            "sight",
            models.Index(fields=["viewer", "matter"], condition=Q(security__gt=0), name="sight_secret"),
        ),
    ]
