from django.db import migrations, models

from audit.history import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ran_at', models.DateTimeField(verbose_name='checked at')),
                ('checks', models.PositiveSmallIntegerField(verbose_name='checks')),
                ('broken', models.PositiveSmallIntegerField(verbose_name='broken')),
                ('seconds', models.FloatField(verbose_name='seconds')),
                ('results', models.JSONField(default=list, verbose_name='results')),
            ],
            options={
                'verbose_name': 'check of the books',
                'verbose_name_plural': 'checks of the books',
                'indexes': [models.Index(fields=['-ran_at'], name='check_run_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('broken__lte', models.F('checks'))), name='check_run_broken_of_all')],
            },
        ),
        append_only("audit_checkrun"),
    ]
