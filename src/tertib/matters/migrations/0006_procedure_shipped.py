"""Versions of before came with the program; from now on an administrator may publish others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0005_deep_desks")]
    operations = [
        migrations.AddField("procedure", "shipped", models.BooleanField(default=True, db_default=True)),
    ]
