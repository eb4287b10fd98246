"""The head of each unit's papers."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("papers", "0003_first_page"), ("government", "0005_withdrawn_changes")]
    operations = [
        migrations.CreateModel(
            "Head",
            [
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="government.unit",
                    ),
                ),
                ("contact", models.CharField(blank=True, max_length=240)),
                ("place", models.CharField(blank=True, max_length=60)),
                ("arms", models.BinaryField(null=True)),
            ],
        ),
    ]
