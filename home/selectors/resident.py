"""A resident's home: what they have, what comes next, what waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.selectors import seats_ahead
from communities.actors import Actor
from communities.models import Resident
from communities.selectors import Expiring, expiring_from, spender_wallet
from core.clock import local_date
from core.typed import typed_plain
from home.selectors.cards import TaskCard, card_of
from ledger.models import Account
from rewards.choices import LIVE as REDEMPTION_LIVE
from rewards.choices import RedemptionState
from rewards.models import Redemption
from tasks.choices.hours import HourState
from tasks.models import HourRecord, SignUp
from tasks.rules.windows import CHECK_OUT_UNTIL
from tasks.selectors.mine import COMING, commitment_of
from tasks.selectors.suggested import suggestions

HELD_SHOWN = 4
TODO_SHOWN = 6


@dataclass(frozen=True, slots=True)
class HeldLine:
    """Coins set aside, and for what."""

    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing that waits for the resident."""

    state: dict[str, str]
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class ResidentHome:
    """Everything the home shows. ``wallet`` is None before a household has one."""

    wallet: Account | None
    held: list[HeldLine]
    expiring: Expiring | None
    next_sign_up: SignUp | None
    can_check_in: bool
    can_check_out: bool
    next_seat: Booking | None
    todo: list[ToDo]
    suggested: list[TaskCard]
    is_first_day: bool

    @property
    def available(self) -> int:
        """Coins free to spend."""
        return self.wallet.balance - self.wallet.held - (self.wallet.floor or 0) if self.wallet else 0


def resident_home(*, actor: Actor, resident: Resident, now: datetime) -> ResidentHome:
    """The home of one resident, in about ten queries whatever they have done."""
    wallet_id, _may_spend = spender_wallet(resident, local_date(now, actor.community.time_zone))
    wallet = _wallet(resident, wallet_id)
    redemptions = list(
        Redemption.objects.of(resident).filter(state__in=REDEMPTION_LIVE).select_related("reward")[:TODO_SHOWN]
    )
    seats = list(seats_ahead(resident, now)[:HELD_SHOWN])
    coming = _next_sign_up(resident, now)
    state = commitment_of(coming, now) if coming else None
    records = list(
        HourRecord.objects.filter(resident=resident, state=HourState.RETURNED).order_by("-service_date")[:TODO_SHOWN]
    )
    return ResidentHome(
        wallet=wallet,
        held=_held(redemptions, seats),
        expiring=expiring_from(community=actor.community, account_id=wallet.pk) if wallet else None,
        next_sign_up=coming,
        can_check_in=state is not None and state.can_check_in,
        can_check_out=state is not None and state.can_check_out,
        next_seat=seats[0] if seats else None,
        todo=[*_returned(records, actor), *_ready(redemptions, actor)],
        suggested=[card_of(one.row, actor.community.slug, why=one.why) for one in suggestions(actor=actor, now=now)],
        is_first_day=wallet is None or (wallet.seq == 0 and not redemptions),
    )


def _wallet(resident: Resident, wallet_id: int | None) -> Account | None:
    """The account that the resident spends from: their own came with them, a household's is read."""
    if wallet_id is not None and wallet_id == resident.wallet_id:
        return resident.wallet
    return Account.objects.filter(pk=wallet_id).first() if wallet_id else None


def _next_sign_up(resident: Resident, now: datetime) -> SignUp | None:
    """What is on or comes next; what is over, too, while who checked in there can still check out."""
    still_there = Q(shift__ends_at__gt=now - CHECK_OUT_UNTIL, attendance__checked_in_at__isnull=False)
    return (
        SignUp.objects.filter(
            Q(shift__ends_at__gt=now) | still_there,
            resident=resident,
            state__in=COMING,
            shift__cancelled_at__isnull=True,
            attendance__checked_out_at__isnull=True,
        )
        .select_related("shift__task__team", "attendance")
        .order_by("shift__starts_at")
        .first()
    )


def _held(redemptions: list[Redemption], seats: list[Booking]) -> list[HeldLine]:
    goods = [HeldLine(typed_plain(one.reward, "title"), one.amount_coins) for one in redemptions]
    lessons = [
        HeldLine(typed_plain(one.lesson.course, "title"), one.price_coins)
        for one in seats
        if one.hold_id and one.paid_at is None
    ]
    return (goods + lessons)[:HELD_SHOWN]


def _returned(records: list[HourRecord], actor: Actor) -> list[ToDo]:
    state = {"label": _("Needs more"), "tint": "wait", "icon": "edit"}
    return [
        ToDo(state, typed_plain(record, "title"), reverse("tasks:hour_record", args=[actor.community.slug, record.pk]))
        for record in records
    ]


def _ready(redemptions: list[Redemption], actor: Actor) -> list[ToDo]:
    state = {"label": _("Ready to collect"), "tint": "ok", "icon": "gift"}
    return [
        ToDo(
            state,
            typed_plain(one.reward, "title"),
            reverse("rewards:redemption", args=[actor.community.slug, one.pk]),
        )
        for one in redemptions
        if one.state == RedemptionState.READY
    ]
