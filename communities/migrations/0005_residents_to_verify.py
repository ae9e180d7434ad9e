"""An index of the residents whose homes nobody has seen yet."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0004_memberships_entered_at'),
        ('ledger', '0002_functions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='resident',
            index=models.Index(condition=models.Q(('left_at__isnull', True), ('residence_verified_at__isnull', True)), fields=['community', 'member_number'], name='resident_to_verify'),
        ),
    ]
