"""The function by which texts are compared."""

from django.db import migrations

from apps.folding.domain.sql import CREATE_FOLDED, DROP_FOLDED


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [migrations.RunSQL(CREATE_FOLDED, DROP_FOLDED)]
