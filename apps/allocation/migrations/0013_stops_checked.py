from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("allocation", "0012_products_stopped")]

    operations = [
        ValidateConstraint("allocationrow", "allocation_row_unplaced_of_kept"),
        ValidateConstraint("capacitypool", "capacity_stopped_since"),
    ]
