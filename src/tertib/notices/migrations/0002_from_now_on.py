"""Nobody is told of what was done before there were notices: the follower begins behind the newest entry."""

from django.db import migrations

BEGIN = """
INSERT INTO matters_follower (name, position)
SELECT 'notices', COALESCE(max(position) + 1, 0) FROM matters_sealed ON CONFLICT DO NOTHING"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [migrations.RunSQL(BEGIN, "DELETE FROM matters_follower WHERE name = 'notices'")]
