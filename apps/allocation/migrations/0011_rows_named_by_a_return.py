from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("allocation", "0010_totals_name_their_terms")]

    operations = [
        migrations.AddField(
            "allocationrow",
            "asked_in",
            models.PositiveIntegerField(null=True, verbose_name="退回时指明"),
        ),
    ]
