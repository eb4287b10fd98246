"""The database's own refusal: the record is append-only, and a matter changes only together with an entry.

Each RunSQL holds one statement, so that the migration also runs on a distributed database.
"""

from django.db import migrations

REFUSE = """CREATE FUNCTION matters_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: the record is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$"""

GUARD_MATTER = """CREATE FUNCTION matters_guard_matter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.version <> 1 THEN
      RAISE EXCEPTION 'a matter begins with entry 1' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  ELSIF NEW.version <> OLD.version + 1 OR NEW.head = OLD.head OR NEW.id <> OLD.id OR NEW.opened_at <> OLD.opened_at
    OR NEW.procedure_id <> OLD.procedure_id OR NEW.parent_id IS DISTINCT FROM OLD.parent_id OR NEW.ancestors <> OLD.ancestors THEN
    RAISE EXCEPTION 'a matter changes only together with its next entry' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$"""

GUARD_BODY = """CREATE FUNCTION matters_guard_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.erased_by_order = '' OR NEW.body IS NOT NULL OR NEW.salt IS NOT NULL
    OR NEW.entry_id <> OLD.entry_id THEN
    RAISE EXCEPTION 'what an entry says may only be erased, once, by an order' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$"""

GUARD_NUMBER = """CREATE FUNCTION matters_guard_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.cancelled_at IS NOT NULL OR NEW.cancelled_at IS NULL
    OR (NEW.id, NEW.register_id, NEW.year, NEW.n, NEW.text, NEW.matter_id, NEW.given_at)
       IS DISTINCT FROM (OLD.id, OLD.register_id, OLD.year, OLD.n, OLD.text, OLD.matter_id, OLD.given_at) THEN
    RAISE EXCEPTION 'a number may only be cancelled, once' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$"""

GUARD_REGISTER = """CREATE FUNCTION matters_guard_register() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.last <> OLD.last + 1 OR NEW.register_id <> OLD.register_id OR NEW.year <> OLD.year THEN
    RAISE EXCEPTION 'a register only counts on' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$"""


def trigger(table: str, name: str, events: str, function: str, each: str = "ROW") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE {events} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()",
        f"DROP TRIGGER {name} ON {table}",
    )


APPEND_ONLY = ("matters_entry", "matters_sealed", "matters_procedure")
KEPT = ("matters_matter", "matters_entrybody", "matters_number", "matters_registeryear")


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION matters_refuse()"),
        migrations.RunSQL(GUARD_MATTER, "DROP FUNCTION matters_guard_matter()"),
        migrations.RunSQL(GUARD_BODY, "DROP FUNCTION matters_guard_body()"),
        migrations.RunSQL(GUARD_NUMBER, "DROP FUNCTION matters_guard_number()"),
        migrations.RunSQL(GUARD_REGISTER, "DROP FUNCTION matters_guard_register()"),
        migrations.RunSQL(
            "ALTER TABLE matters_entry ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id()",
            "ALTER TABLE matters_entry DROP COLUMN tx",
        ),
        migrations.RunSQL(
            "CREATE INDEX matters_entry_order ON matters_entry (tx, seq)", "DROP INDEX matters_entry_order"
        ),
        migrations.RunSQL(
            "ALTER TABLE matters_matter ADD CONSTRAINT matter_stands_at_an_entry FOREIGN KEY (id, version) "
            "REFERENCES matters_entry (matter_id, n) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE matters_matter DROP CONSTRAINT matter_stands_at_an_entry",
        ),
        *(trigger(table, f"{table}_append_only", "UPDATE OR DELETE", "matters_refuse") for table in APPEND_ONLY),
        *(trigger(table, f"{table}_kept", "DELETE", "matters_refuse") for table in KEPT),
        *(
            trigger(table, f"{table}_not_emptied", "TRUNCATE", "matters_refuse", "STATEMENT")
            for table in (*APPEND_ONLY, *KEPT)
        ),
        trigger("matters_matter", "matters_matter_moves_by_entry", "INSERT OR UPDATE", "matters_guard_matter"),
        trigger("matters_entrybody", "matters_entrybody_only_erased", "UPDATE", "matters_guard_body"),
        trigger("matters_number", "matters_number_only_cancelled", "UPDATE", "matters_guard_number"),
        trigger("matters_registeryear", "matters_registeryear_counts_on", "UPDATE", "matters_guard_register"),
    ]
