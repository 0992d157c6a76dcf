from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="StoredInstrument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("symbol", models.CharField(max_length=64, unique=True)),
                ("venue", models.CharField(db_index=True, max_length=24)),
                ("name", models.CharField(max_length=32)),
                ("base", models.CharField(max_length=32)),
                ("quote", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=8)),
                ("tick_size", models.FloatField(null=True)),
                ("status", models.CharField(max_length=32)),
                ("title", models.CharField(max_length=200)),
                ("native", models.CharField(max_length=64)),
                ("words", models.TextField(editable=False)),
                ("seen", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "instrument",
                "db_table": "feeds_instrument",
                "ordering": ("symbol",),
            },
        ),
        migrations.CreateModel(
            name="StoredBar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("symbol", models.CharField(max_length=64)),
                ("interval", models.CharField(max_length=4)),
                ("time", models.BigIntegerField()),
                ("open", models.FloatField()),
                ("high", models.FloatField()),
                ("low", models.FloatField()),
                ("close", models.FloatField()),
                ("volume", models.FloatField()),
                ("trades", models.BigIntegerField(null=True)),
                ("source", models.CharField(max_length=8)),
            ],
            options={
                "verbose_name": "bar",
                "db_table": "feeds_bar",
                "ordering": ("symbol", "interval", "-time"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("interval", "1s")), fields=["time"], name="feeds_bar_seconds"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("symbol", "interval", "time"), name="feeds_bar_symbol_interval_time"
                    )
                ],
            },
        ),
    ]
