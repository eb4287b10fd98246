"""A range over ids: with it a plain GiST index can say "the same post, overlapping dates", without any extension."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE TYPE public.uuidrange AS RANGE (subtype = uuid, multirange_type_name = uuidmultirange)",
            "DROP TYPE public.uuidrange",
        )
    ]
