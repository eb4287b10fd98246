"""Size of the first page, for the place it keeps before its picture is there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("papers", "0002_proof_of_arrival"),
    ]

    operations = [
        migrations.AddField(
            model_name="paperversion",
            name="height",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="paperversion",
            name="width",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
