import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0008_mandates_end_with_units'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.organization', verbose_name='已并入'),
        ),
        AddConstraintNotValid(
            model_name='organization',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('is_active', False), ('tier', 'institution'), models.Q(('merged_into', models.F('id')), _negated=True)), _connector='OR'), name='organization_merged_is_shut'),
        ),
    ]
