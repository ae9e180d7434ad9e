"""Rules of earning, tasks, shifts, sign-ups, attendance and requests for help."""

import core.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import tasks.models.secrets
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('communities', '0001_initial'),
        ('ledger', '0001_schema'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('funding', models.CharField(choices=[('community', 'The community'), ('requester', 'The neighbour who asked')], default='community', editable=False, max_length=12)),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('places', models.PositiveSmallIntegerField(default=1, verbose_name='places')),
                ('taken', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='taken')),
                ('word_code', models.CharField(default=tasks.models.secrets.new_word_code, max_length=12, verbose_name='code word')),
                ('check_in_secret', models.CharField(default=tasks.models.secrets.new_secret, editable=False, max_length=64)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled at')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='communities.community')),
            ],
            options={
                'verbose_name': 'shift',
                'verbose_name_plural': 'shifts',
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('line', models.PositiveIntegerField(verbose_name='order of claiming')),
                ('state', models.CharField(choices=[('asked', "Waiting for staff's answer"), ('waitlisted', 'On the wait list'), ('confirmed', 'Signed up'), ('withdrawn', 'Withdrawn'), ('declined', 'Not accepted'), ('called_off', 'Called off'), ('attended', 'Attended'), ('absent', 'Absent'), ('excused', 'Excused')], max_length=12, verbose_name='state')),
                ('companions', models.PositiveSmallIntegerField(default=0, verbose_name='companions')),
                ('created_at', models.DateTimeField(verbose_name='claimed at')),
                ('state_at', models.DateTimeField(verbose_name='state since')),
                ('claimed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ups', to='communities.resident')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ups', to='tasks.shift')),
                ('state_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='state set by')),
            ],
            options={
                'verbose_name': 'sign-up',
                'verbose_name_plural': 'sign-ups',
                'ordering': ['line'],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checked_in_at', models.DateTimeField(blank=True, null=True, verbose_name='checked in at')),
                ('checked_out_at', models.DateTimeField(blank=True, null=True, verbose_name='checked out at')),
                ('method', models.CharField(blank=True, choices=[('qr', 'QR code'), ('word', 'Code word'), ('staff', 'By staff')], max_length=8, verbose_name='how')),
                ('checked_in_from', models.CharField(blank=True, editable=False, max_length=32)),
                ('burst', models.BooleanField(default=False, verbose_name='several at once from one address')),
                ('decision', models.CharField(blank=True, choices=[('present', 'Came'), ('absent', 'Did not come'), ('excused', 'Excused')], max_length=8, null=True, verbose_name='tick')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='ticked at')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ticked by')),
                ('sign_up', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='tasks.signup')),
            ],
            options={
                'verbose_name': 'attendance',
                'verbose_name_plural': 'attendance',
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('title_zh', models.CharField(blank=True, max_length=80, verbose_name='title in Chinese')),
                ('title_en', models.CharField(blank=True, max_length=80, verbose_name='title in English')),
                ('description', models.TextField(blank=True, max_length=1000, verbose_name='what is to be done')),
                ('private_note', models.TextField(blank=True, max_length=500, verbose_name='private note')),
                ('private_address', models.CharField(blank=True, max_length=120, verbose_name='private address')),
                ('landmark_zh', models.CharField(blank=True, max_length=60, verbose_name='landmark in Chinese')),
                ('landmark_en', models.CharField(blank=True, max_length=60, verbose_name='landmark in English')),
                ('area', models.CharField(blank=True, max_length=40, verbose_name='area')),
                ('category', models.CharField(choices=[('shopping', 'Shopping and errands'), ('clinic', 'Going to the doctor'), ('haircut', 'Haircut'), ('housework', 'Housework'), ('repairs', 'Repairs'), ('company', 'Keeping company'), ('cleaning', 'Cleaning up'), ('patrol', 'Patrol'), ('children', 'Children and learning'), ('event', 'Events and classes'), ('other', 'Something else')], default='other', max_length=16, verbose_name='kind')),
                ('funding', models.CharField(choices=[('community', 'The community'), ('requester', 'The neighbour who asked')], default='community', max_length=12, verbose_name='who pays')),
                ('price_coins', models.PositiveIntegerField(blank=True, null=True, verbose_name='agreed price in coins')),
                ('earning', models.CharField(choices=[('rule', "By the community's rule"), ('per_task', 'A fixed amount for this task')], default='rule', max_length=12, verbose_name='coins')),
                ('coins_per_task', models.PositiveIntegerField(blank=True, null=True, verbose_name='coins for this task')),
                ('home_visit', models.BooleanField(default=False, verbose_name="in somebody's home")),
                ('urgent', models.BooleanField(default=False, verbose_name='urgent')),
                ('by_phone', models.BooleanField(default=False, verbose_name='asked for by phone')),
                ('suits_elders', models.BooleanField(default=False, verbose_name='suits elders')),
                ('needs', models.CharField(blank=True, max_length=200, verbose_name='what helpers need')),
                ('risks', models.CharField(blank=True, max_length=200, verbose_name='risks')),
                ('contact_phone', models.CharField(blank=True, max_length=32, verbose_name='contact phone')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('cancelled', 'Called off')], default='draft', max_length=12, verbose_name='state')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published at')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled at')),
                ('beneficiary', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks_for', to='communities.resident', verbose_name='for whom')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='communities.community')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('funding_hold', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.hold')),
                ('requester', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='communities.resident', verbose_name='who pays')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='communities.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'task',
                'verbose_name_plural': 'tasks',
            },
        ),
        migrations.AddField(
            model_name='shift',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='tasks.task'),
        ),
        migrations.CreateModel(
            name='HelpRequest',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('category', models.CharField(choices=[('shopping', 'Shopping and errands'), ('clinic', 'Going to the doctor'), ('haircut', 'Haircut'), ('housework', 'Housework'), ('repairs', 'Repairs'), ('company', 'Keeping company'), ('cleaning', 'Cleaning up'), ('patrol', 'Patrol'), ('children', 'Children and learning'), ('event', 'Events and classes'), ('other', 'Something else')], max_length=16, verbose_name='kind')),
                ('wanted_at', models.DateTimeField(blank=True, null=True, verbose_name='when')),
                ('details', models.TextField(blank=True, max_length=500, verbose_name='details')),
                ('call_me', models.BooleanField(default=False, verbose_name='please call me')),
                ('offers_coins', models.PositiveIntegerField(blank=True, null=True, verbose_name='coins offered')),
                ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
                ('state', models.CharField(choices=[('waiting', 'Waiting for staff'), ('published', 'Published as a task'), ('settled', 'Settled'), ('withdrawn', 'Taken back')], default='waiting', max_length=12, verbose_name='state')),
                ('created_at', models.DateTimeField(verbose_name='asked at')),
                ('handled_at', models.DateTimeField(blank=True, null=True, verbose_name='handled at')),
                ('answer', models.CharField(blank=True, max_length=200, verbose_name='answer to the resident')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='help_requests', to='communities.community')),
                ('handled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='help_requests', to='communities.resident')),
                ('task', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='help_request', to='tasks.task')),
            ],
            options={
                'verbose_name': 'request for help',
                'verbose_name_plural': 'requests for help',
            },
        ),
        migrations.CreateModel(
            name='EarningRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('per_minute', 'By the minute'), ('per_attendance', 'Each time one comes')], max_length=16, verbose_name='kind')),
                ('coins', models.PositiveIntegerField(verbose_name='coins')),
                ('minutes', models.PositiveSmallIntegerField(default=1, verbose_name='minutes that earn them')),
                ('valid_from', models.DateField(verbose_name='in force from')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='earning_rules', to='communities.community')),
            ],
            options={
                'verbose_name': 'earning rule',
                'verbose_name_plural': 'earning rules',
                'constraints': [models.UniqueConstraint(fields=('community', 'valid_from'), name='earning_rule_one_a_day'), models.CheckConstraint(condition=models.Q(('coins__gte', 1), ('minutes__gte', 1)), name='earning_rule_positive')],
            },
        ),
        migrations.AddIndex(
            model_name='signup',
            index=models.Index(fields=['resident', 'state'], name='sign_up_of_resident'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.UniqueConstraint(fields=('shift', 'line'), name='sign_up_line'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('asked', 'waitlisted', 'confirmed', 'attended', 'absent', 'excused'))), fields=('shift', 'resident'), name='sign_up_once'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.CheckConstraint(condition=models.Q(('companions__lte', 5)), name='sign_up_companions'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='signup',
            trigger=pgtrigger.compiler.Trigger(name='shift_counts_taken', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE before_heads integer := 0; after_heads integer := 0;', func="\n                    IF TG_OP <> 'INSERT' AND OLD.state IN ('confirmed', 'attended') THEN\n                        before_heads := 1 + OLD.companions;\n                    END IF;\n                    IF TG_OP <> 'DELETE' AND NEW.state IN ('confirmed', 'attended') THEN\n                        after_heads := 1 + NEW.companions;\n                    END IF;\n                    IF TG_OP = 'UPDATE' AND OLD.shift_id = NEW.shift_id THEN\n                        IF before_heads <> after_heads THEN\n                            UPDATE tasks_shift SET taken = taken + after_heads - before_heads WHERE id = NEW.shift_id;\n                        END IF;\n                        RETURN NULL;\n                    END IF;\n                    IF before_heads > 0 THEN\n                        UPDATE tasks_shift SET taken = taken - before_heads WHERE id = OLD.shift_id;\n                    END IF;\n                    IF after_heads > 0 THEN\n                        UPDATE tasks_shift SET taken = taken + after_heads WHERE id = NEW.shift_id;\n                    END IF;\n                    RETURN NULL;\n                ", hash='5a60ceac738c34617fef321bf87377ee6d7c5038', operation='INSERT OR DELETE OR UPDATE OF "state", "companions", "shift_id"', pgid='pgtrigger_shift_counts_taken_33ec7', table='tasks_signup', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.CheckConstraint(condition=models.Q(('checked_out_at__isnull', True), models.Q(('checked_in_at__isnull', False), ('checked_out_at__gte', models.F('checked_in_at'))), _connector='OR'), name='attendance_out_after_in'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decision__isnull', True)), models.Q(('decided_at__isnull', False), ('decision__isnull', False)), _connector='OR'), name='attendance_decided'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['community', 'state', '-created_at'], name='task_of_community'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('funding', 'community'), ('funding_hold__isnull', True), ('price_coins__isnull', True), ('requester__isnull', True)), models.Q(('earning', 'rule'), ('funding', 'requester'), ('price_coins__gte', 1), ('price_coins__isnull', False), ('requester__isnull', False)), _connector='OR'), name='task_funding'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('funding', 'requester'), ('funding_hold__isnull', True), ('state', 'published'), _negated=True), name='task_published_is_funded'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('coins_per_task__isnull', True), ('earning', 'rule')), models.Q(('coins_per_task__isnull', False), ('earning', 'per_task')), _connector='OR'), name='task_earning'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('title_en', ''), ('title_zh', ''), _negated=True), name='task_has_title'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='task_keeps_funding', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."community_id" IS DISTINCT FROM (NEW."community_id") OR OLD."funding" IS DISTINCT FROM (NEW."funding"))', func="\n                    IF EXISTS (SELECT FROM tasks_shift WHERE task_id = NEW.id) THEN\n                        RAISE EXCEPTION 'a task with shifts keeps its community and its funding'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'task_keeps_funding';\n                    END IF;\n                    RETURN NEW;\n                ", hash='ab9fc348351f3314f12cab95c02a6f393abecba9', operation='UPDATE OF "community_id", "funding"', pgid='pgtrigger_task_keeps_funding_7326d', table='tasks_task', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='shift',
            index=models.Index(fields=['community', 'starts_at'], name='shift_by_date'),
        ),
        migrations.AddConstraint(
            model_name='shift',
            constraint=models.CheckConstraint(condition=models.Q(('taken__gte', 0), ('taken__lte', models.F('places'))), name='shift_places'),
        ),
        migrations.AddConstraint(
            model_name='shift',
            constraint=models.CheckConstraint(condition=models.Q(('places__gte', 1), ('places__lte', 500)), name='shift_places_limit'),
        ),
        migrations.AddConstraint(
            model_name='shift',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='shift_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='shift',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('funding', 'requester'), _negated=True), ('places', 1), _connector='OR'), name='shift_one_paid_place'),
        ),
        migrations.AddConstraint(
            model_name='shift',
            constraint=models.UniqueConstraint(condition=models.Q(('cancelled_at__isnull', True), ('funding', 'requester')), fields=('task',), name='shift_one_paid_date'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='shift',
            trigger=pgtrigger.compiler.Trigger(name='shift_copies_task', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    SELECT community_id, funding INTO NEW.community_id, NEW.funding\n                    FROM tasks_task WHERE id = NEW.task_id;\n                    RETURN NEW;\n                ', hash='5595108dd84cc75ebc24b2a056fdedb91272980a', operation='INSERT OR UPDATE OF "task_id", "community_id", "funding"', pgid='pgtrigger_shift_copies_task_86217', table='tasks_shift', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(fields=['community', 'state', 'created_at'], name='help_of_community'),
        ),
    ]
