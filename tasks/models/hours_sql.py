"""The two guards of hour records that hold even from psql: which state follows which, and who may decide.

Each refusal carries the name of a constraint, so that it becomes the same kind sentence as a broken CHECK.
"""

from tasks.choices.hours import NEXT, HourState


def _pairs() -> str:
    return ", ".join(
        f"('{before.value}', '{after.value}')" for before, following in NEXT.items() for after in sorted(following)
    )


# A record begins submitted. What was certified is never rewritten: only a reversal may follow it.
STEPS = f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> '{HourState.SUBMITTED}' THEN
            RAISE EXCEPTION 'an hour record begins as submitted'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_next_step';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({_pairs()}) THEN
        RAISE EXCEPTION 'an hour record does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_next_step';
    END IF;
    IF OLD.state = '{HourState.REFUSED}' AND NEW.state = '{HourState.SUBMITTED}' AND (
        OLD.appealed_at IS NOT NULL OR NEW.appealed_at IS NULL OR NEW.refused_by_id IS DISTINCT FROM OLD.decided_by_id
    ) THEN
        RAISE EXCEPTION 'a refused hour record comes back once, by appeal, to another verifier'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_appeal_once';
    END IF;
    IF OLD.appealed_at IS NOT NULL AND (NEW.appealed_at IS NULL OR NEW.refused_by_id IS DISTINCT FROM OLD.refused_by_id)
    THEN
        RAISE EXCEPTION 'an appeal is not forgotten'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_appeal_once';
    END IF;
    IF (NEW.community_id, NEW.resident_id, NEW.task_id, NEW.entered_by_id)
        IS DISTINCT FROM (OLD.community_id, OLD.resident_id, OLD.task_id, OLD.entered_by_id)
    THEN
        RAISE EXCEPTION 'whose hours these are does not change'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_are_kept';
    END IF;
    IF OLD.state IN ('{HourState.VERIFIED}', '{HourState.REVERSED}') AND (
        (NEW.service_date, NEW.starts_at, NEW.ends_at, NEW.minutes, NEW.paid_minutes, NEW.coins_earned)
            IS DISTINCT FROM
        (OLD.service_date, OLD.starts_at, OLD.ends_at, OLD.minutes, OLD.paid_minutes, OLD.coins_earned)
        OR (NEW.wallet_id, NEW.household_id, NEW.rule_id, NEW.decided_by_id, NEW.decided_at, NEW.first_approved_by_id)
            IS DISTINCT FROM
        (OLD.wallet_id, OLD.household_id, OLD.rule_id, OLD.decided_by_id, OLD.decided_at, OLD.first_approved_by_id)
    ) THEN
        RAISE EXCEPTION 'certified hours are not rewritten, only reversed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_are_kept';
    END IF;
    RETURN NEW;
"""

DECIDERS_DECLARE = [
    ("own_user", "bigint"),
    ("zone", "text"),
    ("two_above", "integer"),
    ("somebody", "bigint"),
    ("moment", "timestamptz"),
]

# Who decides is not who served, not who entered the record, and of no household with who served, neither on the day of
# service nor on the day of the decision. The same holds for the first of two approvers and for those who reverse. Only
# whoever is new is looked at: a marriage years later does not freeze what was decided before it.
DECIDERS = f"""
    IF (NEW.decided_by_id, NEW.first_approved_by_id, NEW.reversal_asked_by_id, NEW.reversed_by_id)
        IS NOT DISTINCT FROM
       (OLD.decided_by_id, OLD.first_approved_by_id, OLD.reversal_asked_by_id, OLD.reversed_by_id)
    THEN
        RETURN NEW;
    END IF;
    SELECT r.user_id, c.time_zone, s.two_person_limit_coins INTO own_user, zone, two_above
      FROM communities_resident r
      JOIN communities_community c ON c.id = r.community_id
      JOIN communities_communitysettings s ON s.community_id = c.id
     WHERE r.id = NEW.resident_id;
    FOR somebody, moment IN
        SELECT who, at FROM (VALUES
            (NEW.decided_by_id, NEW.decided_at, OLD.decided_by_id),
            (NEW.first_approved_by_id, NEW.first_approved_at, OLD.first_approved_by_id),
            (NEW.reversal_asked_by_id, NEW.reversal_asked_at, OLD.reversal_asked_by_id),
            (NEW.reversed_by_id, NEW.reversed_at, OLD.reversed_by_id)
        ) AS deciders (who, at, before) WHERE who IS NOT NULL AND who IS DISTINCT FROM before
    LOOP
        IF somebody = own_user THEN
            RAISE EXCEPTION 'nobody decides on their own hours'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_not_ones_own';
        END IF;
        IF communities_same_household(somebody, NEW.resident_id, NEW.service_date)
            OR communities_same_household(somebody, NEW.resident_id, (moment AT TIME ZONE zone)::date)
        THEN
            RAISE EXCEPTION 'nobody decides on the hours of their household'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_not_of_ones_household';
        END IF;
    END LOOP;
    IF NEW.entered_by_id IN (NEW.decided_by_id, NEW.first_approved_by_id) THEN
        RAISE EXCEPTION 'who entered the hours does not decide on them'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_not_by_who_entered';
    END IF;
    IF NEW.state = '{HourState.VERIFIED}' AND OLD.state IS DISTINCT FROM NEW.state AND NEW.coins_earned > two_above
        AND NEW.first_approved_by_id IS NULL AND NEW.entered_by_id IS NOT DISTINCT FROM own_user
    THEN
        RAISE EXCEPTION 'above the limit two people decide'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hours_two_people_above_limit';
    END IF;
    RETURN NEW;
"""  # noqa: S608  (constants of this app)
