"""Agenda books of the past keep their own numbers, gaps included; what is given here goes on from the last of them without any."""

from django.db import migrations, models

# A year may leap forward only by an import, and only while nothing was given here after the last import.
GUARD_REGISTER = """CREATE OR REPLACE FUNCTION matters_guard_register() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.register_id <> OLD.register_id OR NEW.year <> OLD.year OR NOT (
    (NEW.last = OLD.last + 1 AND NEW.imported_to = OLD.imported_to)
    OR (NEW.last > OLD.last AND NEW.imported_to = NEW.last AND OLD.imported_to = OLD.last)
  ) THEN
    RAISE EXCEPTION 'a register only counts on' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$"""

BEFORE = """CREATE OR REPLACE FUNCTION matters_guard_register() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.last <> OLD.last + 1 OR NEW.register_id <> OLD.register_id OR NEW.year <> OLD.year THEN
    RAISE EXCEPTION 'a register only counts on' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$"""


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_guards")]
    operations = [
        migrations.AddField("registeryear", "imported_to", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddConstraint(
            "registeryear",
            models.CheckConstraint(
                condition=models.Q(imported_to__lte=models.F("last")), name="imported_numbers_within_last"
            ),
        ),
        migrations.RunSQL(GUARD_REGISTER, BEFORE),
    ]
