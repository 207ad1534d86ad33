"""What `test_migrate` runs: for a moment it needs a table for itself that somebody reads."""

from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL(
            "ALTER TABLE organizations_division ADD COLUMN waited integer",
            "ALTER TABLE organizations_division DROP COLUMN waited",
        )
    ]
