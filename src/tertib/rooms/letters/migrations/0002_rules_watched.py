"""A corrected rule counts at once: processes keep rules until the structure changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial"), ("government", "0003_structure")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER letters_urgencyrule_structure AFTER INSERT OR UPDATE OR DELETE ON letters_urgencyrule "
            "FOR EACH STATEMENT EXECUTE FUNCTION government_structure_changed()",
            "DROP TRIGGER letters_urgencyrule_structure ON letters_urgencyrule",
        )
    ]
