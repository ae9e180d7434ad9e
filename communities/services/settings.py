"""What a community has settled, changed by its managers with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from audit.services import acting
from communities import policies
from communities.actors import Actor
from communities.choices import BOUNDS
from communities.errors import FlagAboveRefusal, OutOfBounds, WalletsFixed
from communities.models import CommunitySettings, Resident
from communities.services import lending
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.services.books import set_cap

# Gifts are a column that nothing reads yet, so nobody is asked about it.
CHANGEABLE = (
    "wallets",
    "coin_zh",
    "coin_en",
    "coin_en_plural",
    "earning_cap_day_minutes",
    "earning_cap_month_minutes",
    "wallet_cap_coins",
    "two_person_limit_coins",
    "undo_minutes",
    "request_lapses_days",
    "code_valid_days",
    "minimum_age_to_redeem",
    "automatic_approval_up_to",
    "expiry_months",
    "credit_line_coins",
    "seat_cancel_hours",
    "flag_minutes",
    "max_minutes",
)


@atomic_with_retry
def change_settings(*, actor: Actor, values: dict[str, Any], reason: str, now: datetime) -> CommunitySettings:
    """Change some of ``CHANGEABLE``; others are ignored. Wallets get a new cap and a new credit line at once.

    Raises WalletsFixed once somebody is registered, OutOfBounds, FlagAboveRefusal.
    """
    if not policies.can_change_settings(actor, actor.community):
        raise NotAllowed
    rules = CommunitySettings.objects.select_for_update().get(pk=actor.community.pk)
    changed = [name for name in CHANGEABLE if name in values and values[name] != getattr(rules, name)]
    if "wallets" in changed and _has_people(actor):
        raise WalletsFixed
    for name in changed:
        setattr(rules, name, values[name])
    _within_bounds(rules, changed)
    if rules.flag_minutes > rules.max_minutes:
        raise FlagAboveRefusal
    if changed:
        with acting(reason=reason):
            rules.save(update_fields=changed)
    if "wallet_cap_coins" in changed:
        _cap_wallets(actor, rules.wallet_cap_coins)
    if "credit_line_coins" in changed:
        lending.lend_to_all(actor, rules.credit_line_coins)
    return rules


def _within_bounds(rules: CommunitySettings, changed: list[str]) -> None:
    for name in changed:
        value = getattr(rules, name)
        if name in BOUNDS and value is not None and not BOUNDS[name][0] <= value <= BOUNDS[name][1]:
            raise OutOfBounds(field=name)


def _has_people(actor: Actor) -> bool:
    return Resident.objects.for_community(actor.community).exists()


def _cap_wallets(actor: Actor, cap: int) -> None:
    for account_id in lending.wallet_ids(actor):
        set_cap(account_id=account_id, cap=cap)
