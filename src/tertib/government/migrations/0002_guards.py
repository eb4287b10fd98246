"""What administrators changed can't be rewritten, and a decree that was entered stays as it was entered."""

from django.db import migrations

REFUSE = """CREATE FUNCTION government_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: it is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$"""


class Migration(migrations.Migration):
    dependencies = [("government", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION government_refuse()"),
        migrations.RunSQL(
            "CREATE TRIGGER adminentry_append_only BEFORE UPDATE OR DELETE ON government_adminentry "
            "FOR EACH ROW EXECUTE FUNCTION government_refuse()",
            "DROP TRIGGER adminentry_append_only ON government_adminentry",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER calendarchange_append_only BEFORE UPDATE OR DELETE ON government_calendarchange "
            "FOR EACH ROW EXECUTE FUNCTION government_refuse()",
            "DROP TRIGGER calendarchange_append_only ON government_calendarchange",
        ),
    ]
