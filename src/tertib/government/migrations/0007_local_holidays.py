from django.db import migrations, models

KINDS = (
    ("holiday", "National holiday"),
    ("local", "Local holiday"),
    ("joint_leave", "Joint leave"),
    ("workday", "Extra working day"),
    ("hours", "Other hours"),
)


class Migration(migrations.Migration):
    """Only what the kinds are called: the column holds any text of twelve letters."""

    dependencies = [("government", "0006_letter_keys")]

    operations = [
        migrations.AlterField(
            "calendarchange", "kind", models.CharField(choices=KINDS, max_length=12, verbose_name="kind")
        ),
    ]
