"""Indexes by which registration finds what the house registered before."""

import django.db.models.functions.comparison
from django.db import migrations, models

import tertib.rooms.letters.folding


class Migration(migrations.Migration):
    dependencies = [
        ("government", "0004_deputy_principal"),
        ("letters", "0004_sought"),
        ("matters", "0004_procedures_watched"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                models.F("unit"),
                django.db.models.functions.comparison.Collate(tertib.rooms.letters.folding.Folded("sender_name"), "C"),
                models.OrderBy(models.F("matter"), descending=True),
                condition=models.Q(("direction", "in")),
                name="letter_senders",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                models.F("unit"),
                django.db.models.functions.comparison.Collate(tertib.rooms.letters.folding.Folded("subject"), "C"),
                models.OrderBy(models.F("matter"), descending=True),
                condition=models.Q(("direction", "in")),
                name="letter_subjects",
            ),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(
                models.F("unit"),
                tertib.rooms.letters.folding.Folded("number"),
                tertib.rooms.letters.folding.Folded("sender_name"),
                condition=models.Q(("direction", "in"), models.Q(("number", ""), _negated=True)),
                name="letter_twins",
            ),
        ),
    ]
