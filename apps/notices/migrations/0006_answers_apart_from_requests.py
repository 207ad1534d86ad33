"""The answer to a withdrawal request is a kind of its own: the request is to be dealt with, the answer to be read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0005_messages_about_volumes")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reminder", "催报"),
                    ("withdrawal", "撤回申请"),
                    ("answer", "撤回答复"),
                    ("history", "历史数核定"),
                    ("delivery", "配送关系"),
                    ("volumes", "约定采购量"),
                ],
                max_length=12,
                verbose_name="类型",
            ),
        ),
    ]
