from django.db import migrations, models

import agencies.models


def add_the_row(apps, schema_editor):
    apps.get_model("agencies", "Revision").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0004_right_to_export"),
    ]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(default=agencies.models.new_revision)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="revision_one_row")],
            },
        ),
        migrations.RunPython(add_the_row, migrations.RunPython.noop),
    ]
