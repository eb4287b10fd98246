"""A decree that was entered wrongly may be withdrawn, once, with the reason; nothing else of it ever changes."""

from django.db import migrations, models
from django.db.models import Q

GUARD = """CREATE FUNCTION government_guard_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.withdrawn_at < OLD.decreed_at
    OR (NEW.id, NEW.calendar_id, NEW.kind, NEW.starts_on, NEW.ends_on, NEW.weekly, NEW.title, NEW.decree, NEW.decreed_at)
       IS DISTINCT FROM (OLD.id, OLD.calendar_id, OLD.kind, OLD.starts_on, OLD.ends_on, OLD.weekly, OLD.title, OLD.decree, OLD.decreed_at) THEN
    RAISE EXCEPTION 'a change of a calendar may only be withdrawn, once' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$"""
OLD_TRIGGER = (
    "CREATE TRIGGER calendarchange_append_only BEFORE UPDATE OR DELETE ON government_calendarchange "
    "FOR EACH ROW EXECUTE FUNCTION government_refuse()"
)


class Migration(migrations.Migration):
    dependencies = [("government", "0004_deputy_principal")]
    operations = [
        migrations.AddField("calendarchange", "withdrawn_at", models.DateTimeField("withdrawn at", null=True)),
        migrations.AddField(
            "calendarchange",
            "withdrawn_why",
            models.CharField("why withdrawn", max_length=500, blank=True, default="", db_default=""),
        ),
        migrations.AddConstraint(
            "calendarchange",
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_why="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why=""),
                name="withdrawn_change_says_why",
            ),
        ),
        migrations.RunSQL(GUARD, "DROP FUNCTION government_guard_change()"),
        migrations.RunSQL("DROP TRIGGER calendarchange_append_only ON government_calendarchange", OLD_TRIGGER),
        migrations.RunSQL(
            "CREATE TRIGGER calendarchange_kept BEFORE DELETE ON government_calendarchange "
            "FOR EACH ROW EXECUTE FUNCTION government_refuse()",
            "DROP TRIGGER calendarchange_kept ON government_calendarchange",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER calendarchange_only_withdrawn BEFORE UPDATE ON government_calendarchange "
            "FOR EACH ROW EXECUTE FUNCTION government_guard_change()",
            "DROP TRIGGER calendarchange_only_withdrawn ON government_calendarchange",
        ),
    ]
