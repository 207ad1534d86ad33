from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0007_never_truncated")]

    operations = [
        migrations.AddField(
            "demandline",
            "asked_in",
            models.PositiveIntegerField(null=True, verbose_name="退回时指明"),
        ),
    ]
