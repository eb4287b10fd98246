"""A deputy stands in for somebody, and not for longer than an absence lasts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Of those who filled the post when the deputy began, the definitive holder comes first.
PRINCIPAL = """UPDATE government_deputy d SET principal_id = (
  SELECT a.person_id FROM government_appointment a
  WHERE a.post_id = d.post_id AND a.person_id <> d.person_id
    AND a.starts_on <= GREATEST(d.starts_on, LEAST(CURRENT_DATE, d.ends_on))
    AND (a.ends_on IS NULL OR a.ends_on >= GREATEST(d.starts_on, LEAST(CURRENT_DATE, d.ends_on)))
  ORDER BY a.kind <> 'definitive' LIMIT 1)"""
# Ninety days, the first and the last included, counted from today for who stands in already.
SHORTEN = """UPDATE government_deputy SET ends_on = GREATEST(starts_on, CURRENT_DATE) + 89
WHERE ends_on > GREATEST(starts_on, CURRENT_DATE) + 89"""


class Migration(migrations.Migration):
    dependencies = [("government", "0003_structure")]
    operations = [
        migrations.AddField(
            "deputy",
            "principal",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(PRINCIPAL, migrations.RunSQL.noop),
        migrations.RunSQL(SHORTEN, migrations.RunSQL.noop),
    ]
