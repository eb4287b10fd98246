"""Whom a letter from another government is addressed to."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("letters", "0002_rules_watched")]

    operations = [
        migrations.AddField(
            "letter",
            "addressee",
            models.CharField(blank=True, default="", max_length=200, verbose_name="addressee"),
            preserve_default=False,
        ),
    ]
