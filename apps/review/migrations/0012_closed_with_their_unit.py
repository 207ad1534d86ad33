from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0011_mandates'),
    ]

    operations = [
        migrations.AddField(
            model_name='filing',
            name='closed_as',
            field=models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='机构变更'),
        ),
    ]
