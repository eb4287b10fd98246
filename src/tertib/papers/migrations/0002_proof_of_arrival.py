"""The proof that a paper arrived is a paper of its own kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="paper",
            name="kind",
            field=models.CharField(
                choices=[
                    ("scan", "Scan of the letter"),
                    ("letter", "Letter"),
                    ("attachment", "Attachment"),
                    ("report", "Report"),
                    ("delivery_note", "Delivery note"),
                    ("receipt", "Proof of arrival"),
                ],
                max_length=16,
            ),
        )
    ]
