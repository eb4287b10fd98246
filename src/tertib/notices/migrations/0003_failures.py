"""How often in a row a browser could not be reached."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_from_now_on")]
    operations = [
        migrations.AddField("browser", "failures", models.PositiveSmallIntegerField(default=0)),
    ]
