"""Goods, coins and redemptions for tests, made through the services."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from communities.actors import Actor
from communities.models import Community, Resident
from communities.selectors import spender_wallet
from core.clock import local_date
from ledger.choices import AccountKind, EntryKind
from ledger.selectors import balance, system_account_id
from ledger.services.posting import LineRequest, post
from rewards.models import Redemption, Reward
from rewards.services import approving, desk, requesting, stock
from rewards.services.stock import Goods
from tests.factories.people import NOW

_openings = count(1)
BEFORE = NOW - timedelta(days=2)


def wallet_of(resident: Resident, now: datetime = NOW) -> int:
    """The account that the resident spends from."""
    wallet_id, _may = spender_wallet(resident, local_date(now, resident.community.time_zone))
    assert wallet_id is not None
    return wallet_id


def give_coins(resident: Resident, coins: int, *, now: datetime = BEFORE) -> int:
    """An opening balance; answers the wallet's id."""
    book_id = resident.community.book_id
    wallet_id = wallet_of(resident, now)
    opening = system_account_id(book_id, AccountKind.OPENING)
    reference = f"opening:test-{next(_openings)}"
    post(LineRequest(book_id, reference, EntryKind.OPENING_BALANCE, opening, wallet_id, coins), now=now)
    return wallet_id


def coins_of(resident: Resident) -> tuple[int, int, int]:
    """Balance, held, available."""
    found = balance(wallet_of(resident))
    return found.balance, found.held, found.available


def make_reward(
    staff: Actor,
    *,
    on_hand: int = 10,
    price: int = 60,
    title_zh: str = "大米 5 公斤",
    title_en: str = "Rice 5 kg",
    now: datetime = BEFORE,
    **extra: Any,
) -> Reward:
    """Goods on the shelf."""
    reward = stock.add_goods(
        actor=staff, goods=Goods(title_zh=title_zh, title_en=title_en, price_coins=price, **extra), now=now
    )
    if on_hand:
        stock.receive(actor=staff, reward_id=reward.pk, quantity=on_hand, now=now)
    reward.refresh_from_db()
    return reward


def request_one(actor: Actor, reward: Reward, *, quantity: int = 1, now: datetime = NOW) -> Redemption:
    """The resident asks for goods."""
    assert actor.resident is not None
    return requesting.request_redemption(
        actor=actor, reward_id=reward.pk, resident_id=actor.resident.pk, quantity=quantity, now=now
    )


def make_ready(actor: Actor, reward: Reward, staff: Actor, *, quantity: int = 1, now: datetime = NOW) -> Redemption:
    """Asked for and approved: its code is there."""
    made = request_one(actor, reward, quantity=quantity, now=now)
    return approving.approve(actor=staff, redemption_id=made.pk, now=now)


def make_collected(actor: Actor, reward: Reward, staff: Actor, *, now: datetime = NOW) -> Redemption:
    """Handed over."""
    ready = make_ready(actor, reward, staff, now=now)
    return desk.hand_over(actor=staff, typed=ready.code, now=now)


def set_settings(community: Community, **values: Any) -> None:
    """Change a community's settings, in the object too."""
    for name, value in values.items():
        setattr(community.settings, name, value)
    community.settings.save(update_fields=list(values))
