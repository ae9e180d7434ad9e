"""Which records a verifier should look at one by one. Pure: the service that logs the hours gathers the facts."""

from dataclasses import dataclass

from tasks.choices.hours import Flag

PAIR_TIMES = 6  # the same helper and the same person helped, within PAIR_DAYS
PAIR_DAYS = 30
LONGER_BY_MINUTES = 15  # tidying up after a shift is no surprise; an hour more is


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a record when it is sent."""

    minutes: int
    flag_minutes: int  # the community's line above which a record is long (480)
    shift_minutes: int | None = None  # None: an unscheduled task
    overlaps_sign_up: bool = False
    pair_times: int = 0  # records of this helper for the same person within PAIR_DAYS, this one included
    reciprocal: bool = False  # the person helped logged hours for helping this one within PAIR_DAYS
    burst: bool = False
    no_such_date: bool = False  # logged by hand for a day on which the scheduled task did not take place
    has_evidence: bool = False  # checked in, or ticked present by the leader or staff
    staff_entered: bool = False
    minor: bool = False


def flags_for(facts: Facts) -> list[Flag]:
    """The flags in the order in which a verifier reads them; empty for a clean record."""
    allowed = None if facts.shift_minutes is None else facts.shift_minutes + LONGER_BY_MINUTES
    found = {
        Flag.OVERLAP: facts.overlaps_sign_up,
        Flag.LONG: facts.minutes > facts.flag_minutes,
        Flag.LONGER: allowed is not None and facts.minutes > allowed,
        Flag.PAIR: facts.pair_times >= PAIR_TIMES or facts.reciprocal,
        Flag.BURST: facts.burst,
        Flag.NO_SUCH_DATE: facts.no_such_date,
        Flag.NO_EVIDENCE: not facts.has_evidence,
        Flag.STAFF_ENTERED: facts.staff_entered,
        Flag.MINOR: facts.minor,
    }
    return [flag for flag, true in found.items() if true]
