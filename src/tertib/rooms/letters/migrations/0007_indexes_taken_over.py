"""Books are read by what is sought, twins by their own index: these two serve nobody any more."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("letters", "0006_working_copies")]
    operations = [
        migrations.RemoveIndex("letter", "letter_agenda_book"),
        migrations.RemoveIndex("letter", "letter_number"),
    ]
