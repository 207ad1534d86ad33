from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0008_reports_know_corrections")]

    operations = [
        migrations.AddField(
            "demandline",
            "asked_in",
            models.PositiveIntegerField(null=True, verbose_name="退回时指明"),
        ),
    ]
