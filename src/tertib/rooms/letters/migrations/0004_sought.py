"""What letters are found by: one narrow row a letter, kept by the database itself from letter, recipients and number.

Each RunSQL holds one statement, so that the migration also runs on a distributed database.
"""

from __future__ import annotations

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tertib.ground.ids

# Words as they stand (numbers, names, codes) and their Indonesian stems; whatever is neither letter nor digit parts
# them, so that each part of 005/123-Dinkes is found.
WORDS = """CREATE FUNCTION letters_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT strip(to_tsvector('pg_catalog.indonesian', t.plain) || to_tsvector('pg_catalog.simple', t.plain))
FROM (SELECT regexp_replace(lower(said), '[^[:alnum:]]+', ' ', 'g') AS plain) t
$$"""

ROWS = """CREATE VIEW letters_soughtrow AS
SELECT l.matter_id, l.direction, l.unit_id,
  CASE WHEN l.direction = 'in' THEN COALESCE(l.received_on, l.letter_date) ELSE l.letter_date END AS day,
  letters_words(concat_ws(' ', l.subject, l.number, l.sender_name, l.addressee, l.summary, n.text,
    (SELECT string_agg(r.name, ' ') FROM letters_recipient r WHERE r.letter_id = l.matter_id))) AS words
FROM letters_letter l LEFT JOIN matters_number n ON n.id = l.agenda_id"""

KEEP = """CREATE FUNCTION letters_keep_sought(letter uuid) RETURNS void LANGUAGE sql AS $$
INSERT INTO letters_sought (matter_id, direction, unit_id, day, words)
SELECT matter_id, direction, unit_id, day, words FROM letters_soughtrow WHERE matter_id = letter
ON CONFLICT (matter_id) DO UPDATE SET direction = excluded.direction, unit_id = excluded.unit_id, day = excluded.day,
  words = excluded.words
WHERE (letters_sought.direction, letters_sought.unit_id, letters_sought.day, letters_sought.words)
  IS DISTINCT FROM (excluded.direction, excluded.unit_id, excluded.day, excluded.words)
$$"""

LETTER_CHANGED = """CREATE FUNCTION letters_letter_sought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The agenda number is taken last, so that its book is locked for a moment only: then it is that number's turn.
  IF NEW.agenda_id IS NULL OR EXISTS (SELECT FROM matters_number n WHERE n.id = NEW.agenda_id) THEN
    PERFORM letters_keep_sought(NEW.matter_id);
  END IF;
  RETURN NULL;
END $$"""

NUMBER_GIVEN = """CREATE FUNCTION letters_number_sought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM letters_letter l WHERE l.matter_id = NEW.matter_id AND l.agenda_id = NEW.id) THEN
    PERFORM letters_keep_sought(NEW.matter_id);
  END IF;
  RETURN NULL;
END $$"""

RECIPIENT_CHANGED = """CREATE FUNCTION letters_recipient_sought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM letters_keep_sought(COALESCE(NEW.letter_id, OLD.letter_id)); RETURN NULL; END $$"""

_FIELDS = "subject, number, sender_name, addressee, summary, agenda_id, direction, unit_id, received_on, letter_date"


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0003_letter_addressee"),
        ("matters", "0005_deep_desks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "Sought",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="sought",
                        serialize=False,
                        to="letters.letter",
                    ),
                ),
                ("direction", models.CharField(max_length=3)),
                ("unit_id", models.UUIDField()),
                ("day", models.DateField(null=True)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
        migrations.CreateModel(
            "SavedSearch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tertib.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("query", models.CharField(max_length=1000)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"ordering": ("name",)},
        ),
        migrations.AddConstraint(
            "savedsearch", models.UniqueConstraint(fields=("person", "name"), name="saved_search_once")
        ),
        migrations.RunSQL(WORDS, "DROP FUNCTION letters_words(text)"),
        migrations.RunSQL(ROWS, "DROP VIEW letters_soughtrow"),
        migrations.RunSQL(KEEP, "DROP FUNCTION letters_keep_sought(uuid)"),
        migrations.RunSQL(
            "INSERT INTO letters_sought (matter_id, direction, unit_id, day, words) "
            "SELECT matter_id, direction, unit_id, day, words FROM letters_soughtrow",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            "sought",
            django.contrib.postgres.indexes.GinIndex(fields=["words"], name="sought_words"),
        ),
        migrations.AddIndex(
            "sought",
            models.Index("unit_id", "direction", models.F("matter").desc(), name="sought_book"),
        ),
        migrations.AddIndex(
            "sought", models.Index(models.F("day").desc(), models.F("matter").desc(), name="sought_day")
        ),
        migrations.RunSQL(LETTER_CHANGED, "DROP FUNCTION letters_letter_sought()"),
        migrations.RunSQL(RECIPIENT_CHANGED, "DROP FUNCTION letters_recipient_sought()"),
        migrations.RunSQL(
            f"CREATE TRIGGER letters_letter_found AFTER INSERT OR UPDATE OF {_FIELDS} ON letters_letter "
            "FOR EACH ROW EXECUTE FUNCTION letters_letter_sought()",
            "DROP TRIGGER letters_letter_found ON letters_letter",
        ),
        migrations.RunSQL(NUMBER_GIVEN, "DROP FUNCTION letters_number_sought()"),
        migrations.RunSQL(
            "CREATE TRIGGER letters_number_found AFTER INSERT ON matters_number "
            "FOR EACH ROW EXECUTE FUNCTION letters_number_sought()",
            "DROP TRIGGER letters_number_found ON matters_number",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER letters_recipient_found AFTER INSERT OR DELETE OR UPDATE OF name, letter_id "
            "ON letters_recipient FOR EACH ROW EXECUTE FUNCTION letters_recipient_sought()",
            "DROP TRIGGER letters_recipient_found ON letters_recipient",
        ),
    ]
