from django.db import migrations

from audit.history import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("accounts", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        append_only("accounts_userevent", "audit_recordview"),
        append_only("pghistory_context", forbidden="DELETE, TRUNCATE"),  # a context's facts are added to as they come
    ]
