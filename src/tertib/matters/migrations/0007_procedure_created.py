"""A version says when it was published by the clock of the program, which the demo city sets to its story."""

from django.db import migrations, models

from tertib.ground.time import now


class Migration(migrations.Migration):
    dependencies = [("matters", "0006_procedure_shipped")]
    operations = [
        migrations.AlterField("procedure", "created_at", models.DateTimeField(default=now, editable=False)),
    ]
