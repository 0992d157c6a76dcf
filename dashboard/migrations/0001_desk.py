from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KeptDesk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(max_length=64, unique=True)),
                ("revision", models.BigIntegerField()),
                ("document", models.TextField()),
                ("used", models.BigIntegerField(db_index=True)),
            ],
            options={"verbose_name": "desk", "db_table": "dashboard_desk"},
        ),
    ]
