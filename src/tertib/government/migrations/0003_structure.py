"""One number that rises with every change of units, posts, calendars and of who fills them, so that a process may keep
what it has read.
"""

from django.db import migrations, models

CHANGED = """CREATE FUNCTION government_structure_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE government_structure SET version = nextval('government_structure_change');
  RETURN NULL;
END $$"""


def watch(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_structure AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION government_structure_changed()",
        f"DROP TRIGGER {table}_structure ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("government", "0002_guards")]
    operations = [
        migrations.CreateModel(
            "Structure",
            [
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False, default=1)),
                ("version", models.PositiveBigIntegerField(default=1)),
            ],
        ),
        migrations.RunSQL("INSERT INTO government_structure (id, version) VALUES (1, 1)", migrations.RunSQL.noop),
        # A sequence does not roll back, so no two changes ever bear the same number.
        migrations.RunSQL(
            "CREATE SEQUENCE government_structure_change START 2", "DROP SEQUENCE government_structure_change"
        ),
        migrations.RunSQL(CHANGED, "DROP FUNCTION government_structure_changed()"),
        watch("government_unit"),
        watch("government_post"),
        watch("government_calendar"),
        watch("government_appointment"),
        watch("government_deputy"),
        watch("government_rolegrant"),
    ]
