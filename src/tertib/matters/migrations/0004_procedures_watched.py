"""A new version of a procedure is a change of what processes keep."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("matters", "0003_imported_numbers"), ("government", "0003_structure")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER matters_procedure_structure AFTER INSERT ON matters_procedure "
            "FOR EACH STATEMENT EXECUTE FUNCTION government_structure_changed()",
            "DROP TRIGGER matters_procedure_structure ON matters_procedure",
        )
    ]
