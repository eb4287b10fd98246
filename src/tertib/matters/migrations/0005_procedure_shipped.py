"""Versions of before came with the program; from now on an administrator may publish others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0004_procedures_watched")]
    operations = [
        migrations.AddField("procedure", "shipped", models.BooleanField(default=True, db_default=True)),
    ]
