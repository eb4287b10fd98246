"""The table of Django's cache: counts of failed sign-ins must hold for all web processes, and may be lost in a crash."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE UNLOGGED TABLE web_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL)",
            "DROP TABLE web_cache",
        ),
        migrations.RunSQL("CREATE INDEX web_cache_expires ON web_cache (expires)", migrations.RunSQL.noop),
    ]
