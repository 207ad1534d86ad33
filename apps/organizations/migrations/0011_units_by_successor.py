from django.db import migrations, models

from apps.scope.server.concurrent_index import AddIndexBesideOthers


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('organizations', '0010_merged_units_are_shut'),
    ]

    operations = [
        AddIndexBesideOthers(
            model_name='organization',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='organization_by_successor'),
        ),
    ]
