"""Who may do what with hours. Sentences, not queries: who lives with whom is asked before and passed in as ``kin``.

``kin``: the actor shares a household with the resident, on the day of service or today.
"""

from __future__ import annotations

from communities.actors import Actor
from communities.models import Resident
from core.errors import NotAllowed
from tasks.errors_hours import (
    ApprovedByYou,
    AskedByYou,
    EnteredByYou,
    HouseholdHours,
    ManagersOnly,
    OwnHours,
    PaidByYou,
    RefusedByYou,
    StaffOnly,
)
from tasks.models.hours import HourRecord

Bar = type[NotAllowed]


def can_log_for(actor: Actor, resident: Resident) -> bool:
    """Residents log their own hours; staff log for anybody of their community, and a second person verifies."""
    if resident.community_id != actor.community.pk or resident.left_at is not None:
        return False
    return actor.is_staff or is_own(actor, resident)


def is_own(actor: Actor, resident: Resident) -> bool:
    """Whether the resident is the actor."""
    return resident.user_id is not None and resident.user_id == actor.user_id


def is_entered_by_resident(record: HourRecord) -> bool:
    """Whether the resident logged these hours themselves; otherwise staff did, as the first of two people."""
    return record.resident.user_id is not None and record.entered_by_id == record.resident.user_id


def can_see_record(actor: Actor, record: HourRecord) -> bool:
    """The resident, whoever entered it, staff and the auditor."""
    if record.community_id != actor.community.pk:
        return False
    return is_own(actor, record.resident) or actor.is_staff or actor.is_auditor


def can_change_record(actor: Actor, record: HourRecord) -> bool:
    """Withdraw, fix or appeal: the resident, or the staff who entered it for them."""
    if record.community_id != actor.community.pk:
        return False
    return is_own(actor, record.resident) or (actor.is_staff and record.entered_by_id == actor.user_id)


def bar_to_verify(actor: Actor, record: HourRecord, *, kin: bool) -> Bar | None:
    """Why the actor may not decide on a record, None when they may."""
    if not actor.is_staff or record.community_id != actor.community.pk:
        return StaffOnly
    bars: tuple[tuple[bool, Bar], ...] = (
        (is_own(actor, record.resident), OwnHours),
        (kin, HouseholdHours),
        (record.entered_by_id == actor.user_id, EnteredByYou),
        (record.refused_by_id == actor.user_id, RefusedByYou),
        (record.first_approved_by_id == actor.user_id, ApprovedByYou),
    )
    return next((bar for barred, bar in bars if barred), None)


def can_verify(actor: Actor, record: HourRecord, *, kin: bool) -> bool:
    """Staff, but for themselves, their household, what they entered, and what they refused or approved before."""
    return bar_to_verify(actor, record, kin=kin) is None


def bar_to_ask_reversal(actor: Actor, record: HourRecord, *, kin: bool, payer_kin: bool = False) -> Bar | None:
    """Why the actor may not ask for a reversal. ``payer_kin``: the one who paid is them or of their household."""
    if not actor.is_staff or record.community_id != actor.community.pk:
        return StaffOnly
    bars: tuple[tuple[bool, Bar], ...] = (
        (is_own(actor, record.resident), OwnHours),
        (kin, HouseholdHours),
        (payer_kin, PaidByYou),
    )
    return next((bar for barred, bar in bars if barred), None)


def can_ask_reversal(actor: Actor, record: HourRecord, *, kin: bool, payer_kin: bool = False) -> bool:
    """Staff who neither gave, nor paid for, these hours, nor live with who did."""
    return bar_to_ask_reversal(actor, record, kin=kin, payer_kin=payer_kin) is None


def bar_to_reverse(actor: Actor, record: HourRecord, *, kin: bool, payer_kin: bool = False) -> Bar | None:
    """Why the actor may not confirm a reversal: as for asking, and it takes a manager who did not ask."""
    if bar := bar_to_ask_reversal(actor, record, kin=kin, payer_kin=payer_kin):
        return bar
    if not actor.is_manager:
        return ManagersOnly
    return AskedByYou if record.reversal_asked_by_id == actor.user_id else None


def can_reverse(actor: Actor, record: HourRecord, *, kin: bool, payer_kin: bool = False) -> bool:
    """A manager other than the one who asked."""
    return bar_to_reverse(actor, record, kin=kin, payer_kin=payer_kin) is None
