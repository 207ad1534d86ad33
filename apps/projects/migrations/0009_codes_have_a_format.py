from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """New codes have a format; what was stored before is not looked at, and stays."""

    dependencies = [
        ("projects", "0008_extension_of_windows"),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^[0-9A-Za-z_-]+$')), name='project_code_format'),
        ),
        AddConstraintNotValid(
            model_name='catalogitem',
            constraint=models.CheckConstraint(condition=models.Q(('item_code__regex', '^[0-9A-Za-z\\u3400-\\u9fff][0-9A-Za-z\\u3400-\\u9fff._/()#*+-]{0,29}$')), name='item_code_format'),
        ),
    ]
