"""Hour records with their guards, and the steps of their story."""

import core.ids
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import tasks.models.hours
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communities', '0002_same_household'),
        ('ledger', '0002_functions'),
        ('tasks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HourRecord',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('title_zh', models.CharField(blank=True, max_length=80, verbose_name='item in Chinese')),
                ('title_en', models.CharField(blank=True, max_length=80, verbose_name='item in English')),
                ('service_date', models.DateField(verbose_name='day of service')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('witness', models.CharField(blank=True, max_length=60, verbose_name='who saw it')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, default=list, size=None)),
                ('state', models.CharField(choices=[('submitted', 'To verify'), ('returned', 'Needs more'), ('verified', 'Credited'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('reversed', 'Reversed')], default='submitted', max_length=10, verbose_name='state')),
                ('submitted_at', models.DateTimeField(verbose_name='sent at')),
                ('first_approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved first at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('appealed_at', models.DateTimeField(blank=True, null=True, verbose_name='appealed at')),
                ('paid_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minutes that earned')),
                ('coins_earned', models.PositiveIntegerField(blank=True, null=True, verbose_name='coins earned')),
                ('reversal_asked_at', models.DateTimeField(blank=True, null=True, verbose_name='reversal asked at')),
                ('reversal_reason', models.CharField(blank=True, max_length=200, verbose_name='reason of the reversal')),
                ('reversed_at', models.DateTimeField(blank=True, null=True, verbose_name='reversed at')),
                ('community', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='hour_records', to='communities.community')),
                ('decided_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('entered_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='logged by')),
                ('first_approved_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved first by')),
                ('household', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hour_records', to='communities.household')),
                ('refused_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='refused before by')),
                ('resident', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='hour_records', to='communities.resident')),
                ('reversal_asked_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reversal asked by')),
                ('reversed_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reversed by')),
                ('rule', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.earningrule')),
                ('shift', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hour_records', to='tasks.shift')),
                ('sign_up', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hour_records', to='tasks.signup')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hour_records', to='tasks.task')),
                ('wallet', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ],
            options={
                'verbose_name': 'hour record',
                'verbose_name_plural': 'hour records',
            },
        ),
        migrations.CreateModel(
            name='HourEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('returned', 'Returned'), ('fixed', 'Fixed and sent again'), ('refused', 'Refused'), ('appealed', 'Appealed'), ('approved_first', 'Approved by the first of two'), ('withdrawn', 'Withdrawn'), ('reversal_asked', 'Reversal asked'), ('reversal_declined', 'Reversal declined')], max_length=18, verbose_name='step')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by whom')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='tasks.hourrecord')),
            ],
            options={
                'verbose_name': 'step of an hour record',
                'verbose_name_plural': 'steps of hour records',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='hourrecord',
            index=models.Index(condition=models.Q(('state', 'submitted')), fields=['community', 'service_date', 'starts_at', 'id'], name='hours_to_verify'),
        ),
        migrations.AddIndex(
            model_name='hourrecord',
            index=models.Index(fields=['resident', 'state', '-service_date'], name='hours_of_resident'),
        ),
        migrations.AddIndex(
            model_name='hourrecord',
            index=models.Index(condition=models.Q(('state', 'verified')), fields=['community', 'service_date'], name='hours_of_community'),
        ),
        migrations.AddIndex(
            model_name='hourrecord',
            index=models.Index(condition=models.Q(('state', 'verified')), fields=['resident', 'service_date'], include=('paid_minutes',), name='hours_under_the_cap'),
        ),
        migrations.AddIndex(
            model_name='hourrecord',
            index=models.Index(condition=models.Q(('reversal_asked_at__isnull', False), ('state', 'verified')), fields=['community', 'reversal_asked_at'], name='hours_reversal_asked'),
        ),
        migrations.AddConstraint(
            model_name='hourrecord',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gt', 0), ('minutes__lte', 720)), name='hours_within_half_a_day'),
        ),
        migrations.AddConstraint(
            model_name='hourrecord',
            constraint=models.CheckConstraint(condition=models.Q(('minutes', tasks.models.hours.ElapsedMinutes('ends_at', 'starts_at'))), name='hours_minutes_are_elapsed'),
        ),
        migrations.AddConstraint(
            model_name='hourrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ('returned', 'verified', 'refused', 'reversed'))), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state__in', ('submitted', 'withdrawn'))), _connector='OR'), name='hours_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='hourrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('coins_earned__isnull', False), ('paid_minutes__isnull', False), ('paid_minutes__lte', models.F('minutes')), ('state__in', ('verified', 'reversed')), ('wallet__isnull', False)), models.Q(models.Q(('state__in', ('verified', 'reversed')), _negated=True), ('coins_earned__isnull', True), ('household__isnull', True), ('paid_minutes__isnull', True), ('rule__isnull', True), ('wallet__isnull', True)), _connector='OR'), name='hours_credited_whole'),
        ),
        migrations.AddConstraint(
            model_name='hourrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('returned', 'refused')), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='hours_reason_given'),
        ),
        migrations.AddConstraint(
            model_name='hourrecord',
            constraint=models.CheckConstraint(condition=models.Q(('first_approved_by__isnull', True), ('decided_by__isnull', True), models.Q(('first_approved_by', models.F('decided_by')), _negated=True), _connector='OR'), name='hours_two_approvers_differ'),
        ),
        migrations.AddConstraint(
            model_name='hourrecord',
            constraint=models.CheckConstraint(condition=models.Q(('refused_by__isnull', True), models.Q(models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('refused_by')), _negated=True), _connector='OR'), models.Q(('first_approved_by__isnull', True), models.Q(('first_approved_by', models.F('refused_by')), _negated=True), _connector='OR')), _connector='OR'), name='hours_appeal_to_another'),
        ),
        migrations.AddConstraint(
            model_name='hourrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reversal_asked_by__isnull', False), ('reversed_at__isnull', False), ('reversed_by__isnull', False), ('state', 'reversed'), models.Q(('reversal_asked_by', models.F('reversed_by')), _negated=True)), models.Q(('reversed_at__isnull', True), ('reversed_by__isnull', True), models.Q(('state', 'reversed'), _negated=True)), _connector='OR'), name='hours_reversed_by_two'),
        ),
        migrations.AddConstraint(
            model_name='hourrecord',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('submitted', 'returned', 'verified'))), fields=('sign_up',), name='hours_once_a_sign_up'),
        ),
        migrations.AddConstraint(
            model_name='hourrecord',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state__in', ('submitted', 'returned', 'verified'))), expressions=[('resident', '='), (tasks.models.hours.TimeSpan('starts_at', 'ends_at'), '&&')], name='hours_do_not_overlap'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hourrecord',
            trigger=pgtrigger.compiler.Trigger(name='hours_steps', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.state <> 'submitted' THEN\n            RAISE EXCEPTION 'an hour record begins as submitted'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_next_step';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('submitted', 'refused'), ('submitted', 'returned'), ('submitted', 'verified'), ('submitted', 'withdrawn'), ('returned', 'submitted'), ('returned', 'withdrawn'), ('refused', 'submitted'), ('verified', 'reversed')) THEN\n        RAISE EXCEPTION 'an hour record does not go from % to %', OLD.state, NEW.state\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_next_step';\n    END IF;\n    IF OLD.state = 'refused' AND NEW.state = 'submitted' AND (\n        OLD.appealed_at IS NOT NULL OR NEW.appealed_at IS NULL OR NEW.refused_by_id IS DISTINCT FROM OLD.decided_by_id\n    ) THEN\n        RAISE EXCEPTION 'a refused hour record comes back once, by appeal, to another verifier'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_appeal_once';\n    END IF;\n    IF OLD.appealed_at IS NOT NULL AND (NEW.appealed_at IS NULL OR NEW.refused_by_id IS DISTINCT FROM OLD.refused_by_id)\n    THEN\n        RAISE EXCEPTION 'an appeal is not forgotten'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_appeal_once';\n    END IF;\n    IF (NEW.community_id, NEW.resident_id, NEW.task_id, NEW.entered_by_id)\n        IS DISTINCT FROM (OLD.community_id, OLD.resident_id, OLD.task_id, OLD.entered_by_id)\n    THEN\n        RAISE EXCEPTION 'whose hours these are does not change'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_are_kept';\n    END IF;\n    IF OLD.state IN ('verified', 'reversed') AND (\n        (NEW.service_date, NEW.starts_at, NEW.ends_at, NEW.minutes, NEW.paid_minutes, NEW.coins_earned)\n            IS DISTINCT FROM\n        (OLD.service_date, OLD.starts_at, OLD.ends_at, OLD.minutes, OLD.paid_minutes, OLD.coins_earned)\n        OR (NEW.wallet_id, NEW.household_id, NEW.rule_id, NEW.decided_by_id, NEW.decided_at, NEW.first_approved_by_id)\n            IS DISTINCT FROM\n        (OLD.wallet_id, OLD.household_id, OLD.rule_id, OLD.decided_by_id, OLD.decided_at, OLD.first_approved_by_id)\n    ) THEN\n        RAISE EXCEPTION 'certified hours are not rewritten, only reversed'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_are_kept';\n    END IF;\n    RETURN NEW;\n", hash='06243e49d9a02031b49c853e3647b814a1f50221', operation='INSERT OR UPDATE', pgid='pgtrigger_hours_steps_4d299', table='tasks_hourrecord', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hourrecord',
            trigger=pgtrigger.compiler.Trigger(name='hours_deciders', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE own_user bigint; zone text; two_above integer; somebody bigint; moment timestamptz;', func="\n    IF (NEW.decided_by_id, NEW.first_approved_by_id, NEW.reversal_asked_by_id, NEW.reversed_by_id)\n        IS NOT DISTINCT FROM\n       (OLD.decided_by_id, OLD.first_approved_by_id, OLD.reversal_asked_by_id, OLD.reversed_by_id)\n    THEN\n        RETURN NEW;\n    END IF;\n    SELECT r.user_id, c.time_zone, s.two_person_limit_coins INTO own_user, zone, two_above\n      FROM communities_resident r\n      JOIN communities_community c ON c.id = r.community_id\n      JOIN communities_communitysettings s ON s.community_id = c.id\n     WHERE r.id = NEW.resident_id;\n    FOR somebody, moment IN\n        SELECT who, at FROM (VALUES\n            (NEW.decided_by_id, NEW.decided_at, OLD.decided_by_id),\n            (NEW.first_approved_by_id, NEW.first_approved_at, OLD.first_approved_by_id),\n            (NEW.reversal_asked_by_id, NEW.reversal_asked_at, OLD.reversal_asked_by_id),\n            (NEW.reversed_by_id, NEW.reversed_at, OLD.reversed_by_id)\n        ) AS deciders (who, at, before) WHERE who IS NOT NULL AND who IS DISTINCT FROM before\n    LOOP\n        IF somebody = own_user THEN\n            RAISE EXCEPTION 'nobody decides on their own hours'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_not_ones_own';\n        END IF;\n        IF communities_same_household(somebody, NEW.resident_id, NEW.service_date)\n            OR communities_same_household(somebody, NEW.resident_id, (moment AT TIME ZONE zone)::date)\n        THEN\n            RAISE EXCEPTION 'nobody decides on the hours of their household'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_not_of_ones_household';\n        END IF;\n    END LOOP;\n    IF NEW.entered_by_id IN (NEW.decided_by_id, NEW.first_approved_by_id) THEN\n        RAISE EXCEPTION 'who entered the hours does not decide on them'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_not_by_who_entered';\n    END IF;\n    IF NEW.state = 'verified' AND OLD.state IS DISTINCT FROM NEW.state AND NEW.coins_earned > two_above\n        AND NEW.first_approved_by_id IS NULL AND NEW.entered_by_id IS NOT DISTINCT FROM own_user\n    THEN\n        RAISE EXCEPTION 'above the limit two people decide'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_two_people_above_limit';\n    END IF;\n    RETURN NEW;\n", hash='4f723b624ebfe8c9d99c4b841447403540a5045d', operation='INSERT OR UPDATE', pgid='pgtrigger_hours_deciders_f34a3', table='tasks_hourrecord', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hourrecord',
            trigger=pgtrigger.compiler.Trigger(name='hours_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='15fb64159f6cc4b1d14268c9a7c45ea9a451240a', operation='DELETE', pgid='pgtrigger_hours_kept_1cf0f', table='tasks_hourrecord', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hourevent',
            trigger=pgtrigger.compiler.Trigger(name='hour_events_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='74202fc703584429f58d41ce44276e7d998f7452', operation='UPDATE OR DELETE', pgid='pgtrigger_hour_events_kept_8aac8', table='tasks_hourevent', when='BEFORE')),
        ),
    ]
