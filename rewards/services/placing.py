"""What requests and counter redemptions share: the checks, the amount from the server, the hold, the code."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from communities.actors import Actor
from communities.models import Community, Resident
from communities.selectors import spender_wallet
from core.clock import local_date
from core.ids import new_id
from ledger.choices import AccountKind, EntryKind
from ledger.selectors import system_account_id
from ledger.services import holds
from ledger.services.posting import LineRequest, post
from rewards import errors, rules
from rewards.choices import MovementKind, Via
from rewards.models import Redemption, Reward, StockMovement

CODE_TRIES = 20


def locked_reward(community: Community, reward_id: Any) -> Reward:
    """The goods, locked: the feature row comes before the ledger's accounts."""
    return Reward.objects.for_community(community).select_for_update().get(pk=reward_id)


def check_offer(
    reward: Reward,
    *,
    quantity: int,
    resident: Resident,
    community: Community,
    now: datetime,
    price_seen: int | None = None,
) -> None:
    """Refuse what is withdrawn or not on the shelf, a price other than the one that was seen, and who is too young."""
    if reward.withdrawn_at:
        raise errors.Withdrawn
    if reward.free < quantity:
        raise errors.SoldOut.left(reward.free)
    if price_seen is not None and price_seen != reward.price_coins:
        raise errors.PriceChanged
    age = community.settings.minimum_age_to_redeem
    if age and resident.age_on(local_date(now, community.time_zone)) < age:
        raise errors.TooYoung(age)


def new_redemption(
    *, actor: Actor, reward: Reward, resident: Resident, quantity: int, via: Via, now: datetime
) -> Redemption:
    """An unsaved redemption whose coins are held. TooLittle when they are not available."""
    settings = actor.community.settings
    redemption = Redemption(
        id=new_id(),
        community=actor.community,
        reward=reward,
        resident=resident,
        via=via,
        quantity=quantity,
        unit_price_coins=reward.price_coins,
        amount_coins=reward.price_coins * quantity,
        requested_by_id=actor.user_id,
        requested_at=now,
        undo_until=now + timedelta(minutes=settings.undo_minutes),
        lapses_at=rules.lapses_at(now, days=settings.request_lapses_days),
    )
    redemption.needs_two = rules.needs_two_people(redemption.amount_coins, limit=settings.two_person_limit_coins)
    redemption.wallet_id = _wallet_of(resident, actor.community, now)
    redemption.hold_id = holds.hold(
        book_id=actor.community.book_id,
        reference=redemption.reference,
        debit_id=redemption.wallet_id,
        credit_id=system_account_id(actor.community.book_id, AccountKind.REDEEMED),
        amount=redemption.amount_coins,
        kind=EntryKind.REDEMPTION,
        actor_id=actor.user_id,
        now=now,
    )
    return redemption


def give_code(redemption: Redemption, *, now: datetime) -> None:
    """A code that no redemption had before, a QR token, and until when they are valid. Does not save."""
    for _try in range(CODE_TRIES):
        redemption.code = rules.new_code()
        if not Redemption.objects.filter(code=redemption.code).exists():
            break
    redemption.qr_token = rules.new_token()
    redemption.expires_at = rules.expires_at(now, days=redemption.community.settings.code_valid_days)


def take_off_shelf(redemption: Redemption, *, actor: Actor, now: datetime) -> None:
    """The movement of what was handed over."""
    StockMovement.objects.create(
        reward_id=redemption.reward_id,
        kind=MovementKind.HANDED_OVER,
        quantity=-redemption.quantity,
        redemption=redemption,
        actor_id=actor.user_id,
        moved_at=now,
    )


def pay(redemption: Redemption, *, actor: Actor, now: datetime) -> None:
    """The held coins become an entry: Dr wallet, Cr redeemed."""
    book_id = redemption.community.book_id
    post(
        LineRequest(
            book_id=book_id,
            reference=redemption.collect_reference,
            kind=EntryKind.REDEMPTION,
            debit_id=redemption.wallet_id,
            credit_id=system_account_id(book_id, AccountKind.REDEEMED),
            amount=redemption.amount_coins,
            actor_id=actor.user_id,
            hold_id=redemption.hold_id,
        ),
        now=now,
    )


def _wallet_of(resident: Resident, community: Community, now: datetime) -> int:
    wallet_id, may_spend = spender_wallet(resident, local_date(now, community.time_zone))
    if wallet_id is None:
        raise errors.NoWallet
    if not may_spend:
        raise errors.MayNotSpend
    return wallet_id
