"""What the catalogue, the redemption pages, the desk and the stock pages read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from bookings.models import Lesson
from bookings.selectors import upcoming_lessons
from communities.actors import Actor
from communities.models import Community, Resident
from communities.selectors import spender_wallet
from core.approvals import Approved
from core.clock import local_date
from core.invariants import rows
from ledger.selectors import Balance, balance
from rewards.choices import LIVE, RedemptionState
from rewards.models import Redemption, Reward, StockMovement, Wish

LESSONS_SHOWN = 12
ROWS = 50
MOVEMENTS_SHOWN = 100
NOTHING = Balance(0, 0, 0)


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """Goods as a resident sees them: how many coins are missing (0: they can afford one), whether they wait for it."""

    reward: Reward
    short: int
    wished: bool


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A lesson in the catalogue."""

    lesson: Lesson
    short: int


@dataclass(frozen=True, slots=True)
class Purse:
    """What a resident can spend today, and whether they may."""

    balance: Balance
    may_spend: bool

    @property
    def available(self) -> int:
        """Coins that can be spent."""
        return self.balance.available if self.may_spend else 0


def purse_of(resident: Resident | None, community: Community, now: datetime) -> Purse:
    """The wallet that the resident spends from; nothing for who has none."""
    if resident is None:
        return Purse(NOTHING, may_spend=False)
    wallet_id, may_spend = spender_wallet(resident, local_date(now, community.time_zone))
    return Purse(balance(wallet_id) if wallet_id else NOTHING, may_spend)


def goods_lines(
    *, community: Community, resident: Resident | None, available: int, affordable: bool = False
) -> list[GoodsLine]:
    """The catalogue's goods by price; what is sold out keeps its place."""
    wished = Exists(Wish.objects.filter(reward=OuterRef("pk"), resident=resident))
    goods = Reward.objects.for_community(community).shown().annotate(wished=wished)
    lines = [GoodsLine(one, max(0, one.price_coins - available), one.wished) for one in goods]  # type: ignore[attr-defined]
    return [line for line in lines if not (affordable and line.short)]


def seat_lines(*, community: Community, available: int, now: datetime, affordable: bool = False) -> list[SeatLine]:
    """The next lessons that can be booked, soonest first."""
    lessons = upcoming_lessons(community=community, now=now)[:LESSONS_SHOWN]
    lines = [SeatLine(one, max(0, one.price_coins - available)) for one in lessons]
    return [line for line in lines if not (affordable and line.short)]


def reward_of(community: Community, reward_id: UUID) -> Reward | None:
    """Goods of the community, also withdrawn ones, or None."""
    return Reward.objects.for_community(community).select_related("made_by").filter(pk=reward_id).first()


def wishes_of(resident: Resident) -> QuerySet[Wish]:
    """What the resident waits for, the oldest first."""
    return Wish.objects.filter(resident=resident).select_related("reward")


def waits_for(resident: Resident | None, reward: Reward) -> bool:
    """Whether the resident is told when the goods are back."""
    return resident is not None and Wish.objects.filter(resident=resident, reward=reward).exists()


def waiting_count(reward: Reward) -> int:
    """How many residents wait for the goods."""
    return Wish.objects.filter(reward=reward).count()


def redemptions_of(resident: Resident) -> QuerySet[Redemption]:
    """What the resident asked for, newest first; what was undone is as if it had not been."""
    return Redemption.objects.of(resident).filter(undone=False).select_related("reward")


def redemption_of(community: Community, redemption_id: UUID) -> Redemption | None:
    """One redemption with all that its page names, or None."""
    people = ("requested_by", "approved_by", "second_approved_by", "handed_over_by", "ended_by")
    rows = Redemption.objects.for_community(community).select_related("reward", "resident", "reversal", *people)
    return rows.filter(pk=redemption_id).first()


def queue(community: Community, state: RedemptionState) -> QuerySet[Redemption]:
    """Redemptions of one state for staff: what waits, oldest first; what has ended, newest first."""
    rows = Redemption.objects.for_community(community).filter(state=state, undone=False)
    order = ("requested_at", "id") if state in LIVE else ("-ended_at", "-id")
    return rows.select_related("reward", "resident", "approved_by").order_by(*order)


def to_approve_count(community: Community) -> int:
    """How many requests wait for staff."""
    return Redemption.objects.for_community(community).filter(state=RedemptionState.REQUESTED).count()


def ready_count(community: Community) -> int:
    """How many redemptions wait to be collected."""
    return Redemption.objects.for_community(community).filter(state=RedemptionState.READY).count()


def shelf(community: Community) -> QuerySet[Reward]:
    """All goods for the stock page, offered ones first."""
    return Reward.objects.for_community(community).order_by("withdrawn_at", "title_zh")


def movements_of(reward: Reward) -> QuerySet[StockMovement]:
    """The last movements of goods, newest first."""
    return (
        StockMovement.objects.filter(reward=reward)
        .select_related("actor", "redemption__resident")
        .order_by("-id")[:MOVEMENTS_SHOWN]
    )


def promised_of(reward: Reward) -> QuerySet[Redemption]:
    """Live redemptions that reserve the goods, oldest first."""
    return Redemption.objects.filter(reward=reward, state__in=LIVE).select_related("resident").order_by("requested_at")


def may_act_as_resident(actor: Actor, redemption: Redemption) -> bool:
    """Whether the page speaks to its own resident."""
    return actor.resident is not None and actor.resident.pk == redemption.resident_id


HANDED = """
SELECT who, resident_id, count(*), sum(amount_coins)::bigint
FROM rewards_redemption
CROSS JOIN LATERAL (
  SELECT DISTINCT who FROM (VALUES (approved_by_id), (second_approved_by_id), (handed_over_by_id)) AS one (who)
) AS person
WHERE community_id = %(community)s AND who IS NOT NULL AND state IN ('ready', 'collected')
  AND coalesce(collected_at, second_approved_at, approved_at) >= %(start)s
  AND coalesce(collected_at, second_approved_at, approved_at) < %(end)s
GROUP BY who, resident_id
"""


def approved_pairs(community: Community, start: datetime, end: datetime) -> list[Approved]:
    """Who approved or handed over for whom in a half-open span, each redemption once a person. One query."""
    return [Approved(*row) for row in rows(HANDED, {"community": community.pk, "start": start, "end": end})]
