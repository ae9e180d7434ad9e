"""After a restore: that the site is closed, and messages that are not sent again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0001_outbox_inbox_heartbeat'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='outboxmessage',
            name='state',
            field=models.CharField(choices=[('pending', 'To be sent'), ('sent', 'Sent'), ('failed', 'Failed'), ('dropped', 'Not needed any more'), ('not_resent', 'Not sent again after a restore')], default='pending', max_length=10, verbose_name='state'),
        ),
        migrations.CreateModel(
            name='Restore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('taken_at', models.DateTimeField(verbose_name='backup taken at')),
                ('restored_at', models.DateTimeField(verbose_name='restored at')),
                ('file_hash', models.CharField(max_length=64, verbose_name="file's SHA-256")),
                ('held_back', models.PositiveIntegerField(default=0, verbose_name='messages not sent again')),
                ('findings', models.JSONField(default=list, verbose_name='what the checks found')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='opened at')),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
            ],
            options={
                'verbose_name': 'restore',
                'verbose_name_plural': 'restores',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('opened_at__isnull', True), ('opened_by__isnull', True)), models.Q(('opened_at__isnull', False), ('opened_by__isnull', False)), _connector='OR'), name='restore_opened_by_somebody')],
            },
        ),
    ]
