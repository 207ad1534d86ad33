from django.db import migrations, models


class Migration(migrations.Migration):
    """Every cell that an import would change is kept beside its upload."""

    dependencies = [
        ("exchange", "0002_upload_tags"),
    ]

    operations = [
        migrations.AddField(
            model_name="storedupload",
            name="changes",
            field=models.FileField(
                blank=True, max_length=200, upload_to="", verbose_name="变更明细", default=""
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="storedupload",
            name="change_columns",
            field=models.JSONField(default=list, verbose_name="变更的列"),
        ),
        migrations.AddField(
            model_name="storedupload",
            name="change_digest",
            field=models.CharField(blank=True, max_length=64, verbose_name="变更校验值", default=""),
            preserve_default=False,
        ),
    ]
