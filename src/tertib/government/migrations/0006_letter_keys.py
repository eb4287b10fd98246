from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("government", "0005_withdrawn_changes")]

    operations = [
        migrations.AddField("person", "letter_keys", models.BooleanField(default=True, db_default=True)),
    ]
