"""Who asked to be told when sold-out goods are back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communities", "0005_residents_to_verify"),
        ("rewards", "0001_goods"),
    ]

    operations = [
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("wished_at", models.DateTimeField(verbose_name="asked for")),
                (
                    "resident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wishes", to="communities.resident"
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wishes", to="rewards.reward"
                    ),
                ),
            ],
            options={
                "verbose_name": "wish to be told",
                "verbose_name_plural": "wishes to be told",
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("reward", "resident"), name="rewards_wish_once")],
            },
        ),
    ]
