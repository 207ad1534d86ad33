from django.db import migrations, models

from apps.scope.server.concurrent_index import AddIndexBesideOthers


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("allocation", "0013_stops_checked")]

    operations = [
        AddIndexBesideOthers(
            model_name="allocationrow",
            index=models.Index(
                fields=["project", "path"],
                name="allocation_row_kept_unplaced",
                condition=models.Q(kept_unplaced__gt=0),
            ),
        ),
    ]
