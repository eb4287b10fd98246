from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("government", "0004_deputy_principal")]

    operations = [
        migrations.AddField("person", "letter_keys", models.BooleanField(default=True, db_default=True)),
    ]
