"""The function by which texts are compared."""

from django.db import migrations

from apps.folding.domain.sql import DROP_FOLDED, create_folded


def create(apps, schema_editor):
    connection = schema_editor.connection
    schema_editor.execute(create_folded(connection.cursor().connection.info.server_version), params=None)


def drop(apps, schema_editor):
    schema_editor.execute(DROP_FOLDED, params=None)


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [migrations.RunPython(create, drop)]
