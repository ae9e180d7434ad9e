from django.db import migrations

from audit.history import append_only

# STABLE and in plain SQL, so that the guards of other tables may call it from their triggers.
SAME_HOUSEHOLD = """
CREATE FUNCTION communities_same_household(user_a bigint, resident_b uuid, day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM communities_resident r WHERE r.id = resident_b AND r.user_id = user_a)
    OR EXISTS (
        SELECT FROM communities_resident r
        JOIN communities_householdmember a ON a.resident_id = r.id
        JOIN communities_householdmember b ON b.household_id = a.household_id
        WHERE r.user_id = user_a AND b.resident_id = resident_b
          AND a.starts_date <= day AND (a.ends_date IS NULL OR day <= a.ends_date)
          AND b.starts_date <= day AND (b.ends_date IS NULL OR day <= b.ends_date)
    )
$$;
COMMENT ON FUNCTION communities_same_household(bigint, uuid, date) IS
    'Whether the account is the resident''s own or of their household on the day; the day of leaving still counts.';
"""

EVENTS = ("community", "communitysettings", "resident", "household", "householdmember", "team", "teammember", "rolegrant")


class Migration(migrations.Migration):
    dependencies = [("communities", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(SAME_HOUSEHOLD, "DROP FUNCTION communities_same_household(bigint, uuid, date)"),
        append_only(*(f"communities_{name}event" for name in EVENTS)),
    ]
