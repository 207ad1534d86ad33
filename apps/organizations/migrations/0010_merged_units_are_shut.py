from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0009_units_merge_into_others'),
    ]

    operations = [
        ValidateConstraint(model_name='organization', name='organization_merged_is_shut'),
    ]
