"""Writing, publishing and calling off a task; its dates are in `scheduling`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from communities.actors import Actor
from communities.models import Resident, Team
from communities.selectors import spender_wallet
from core.clock import local_date
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from ledger.choices import EntryKind, HoldStatus
from ledger.services import holds
from tasks import errors, safety
from tasks.choices import Category, Earning, Funding, TaskState
from tasks.choices.hours import OPEN
from tasks.models import HourRecord, Shift, Task
from tasks.policies.claims import can_publish
from tasks.recurrence import Slot
from tasks.services import scheduling

PUBLIC_TEXTS = (
    "title_zh", "title_en", "description", "landmark_zh", "landmark_en", "area", "needs", "risks",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskText:
    """What stands on a task. The note and the address are for the helper and staff."""

    title_zh: str = ""
    title_en: str = ""
    category: Category = Category.OTHER
    description: str = ""
    landmark_zh: str = ""
    landmark_en: str = ""
    area: str = ""
    needs: str = ""
    risks: str = ""
    contact_phone: str = ""
    private_note: str = ""
    private_address: str = ""
    home_visit: bool = False
    urgent: bool = False
    by_phone: bool = False
    suits_elders: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Who pays how much, in whole coins: `coins_per_task` is a fixed amount, `price_coins` a requester's price."""

    funding: Funding = Funding.COMMUNITY
    requester_id: UUID | None = None
    price_coins: int | None = None
    coins_per_task: int | None = None


@atomic_with_retry
def save_draft(
    *,
    actor: Actor,
    text: TaskText,
    dates: Sequence[Slot],
    places: int,
    terms: Terms = Terms(),
    team_id: UUID | None = None,
    beneficiary_id: UUID | None = None,
    now: datetime,
) -> Task:
    """A task with its dates that staff alone see. UnsafeText for what must not stand where everybody reads it."""
    _allow(actor)
    check_texts(text)
    task = Task.objects.create(
        community=actor.community,
        team=Team.objects.get(pk=team_id, community=actor.community) if team_id else None,
        beneficiary=_resident(actor, beneficiary_id),
        created_by=actor.user,
        created_at=now,
        **asdict(text),
        **_money(actor, terms),
    )
    scheduling.add_dates(task=task, dates=dates, places=places)
    return task


@atomic_with_retry
def publish_draft(*, actor: Actor, task_id: UUID, now: datetime) -> Task:
    """Show a draft to the neighbours. A requester's price is held in their wallet from this moment on.

    ledger.errors.TooLittle when it cannot be held; publishing twice changes nothing.
    """
    _allow(actor)
    task = lock_task(actor, task_id)
    if task.state == TaskState.PUBLISHED:
        return task
    if task.state == TaskState.CANCELLED:
        raise errors.NotPublished
    if not task.shifts.filter(starts_at__gt=now, cancelled_at__isnull=True).exists():
        raise errors.BadDates(scheduling.NO_DATE_TO_COME, field="day")
    task.funding_hold_id = _hold_price(actor, task, now)
    task.state, task.published_at = TaskState.PUBLISHED, now
    task.save(update_fields=["funding_hold", "state", "published_at"])
    return task


@atomic_with_retry
def publish_task(
    *,
    actor: Actor,
    text: TaskText,
    dates: Sequence[Slot],
    places: int,
    terms: Terms = Terms(),
    team_id: UUID | None = None,
    beneficiary_id: UUID | None = None,
    now: datetime,
) -> Task:
    """Write and publish at once."""
    draft = save_draft(
        actor=actor, text=text, dates=dates, places=places, terms=terms, team_id=team_id,
        beneficiary_id=beneficiary_id, now=now,
    )  # fmt: skip
    return publish_draft(actor=actor, task_id=draft.pk, now=now)


@atomic_with_retry
def publish_urgent(
    *,
    actor: Actor,
    title: str,
    slot: Slot,
    landmark: str,
    resident_id: UUID,
    text: TaskText | None = None,
    now: datetime,
) -> Task:
    """The urgent task of somebody who phoned: one place, paid by the community, for one resident.

    The address comes from the resident's own record and stays private, as does the name. It counts as a visit to their
    home unless `text` says otherwise. The words are put under the language that they are written in.
    """
    _allow(actor)
    resident = Resident.objects.for_community(actor.community).living_here().get(pk=resident_id)
    base = asdict(text or TaskText(home_visit=True))
    language = "zh" if _is_chinese(title) else "en"
    base |= {
        f"title_{language}": title,
        f"landmark_{language}": landmark,
        "private_address": base["private_address"] or f"{resident.building} {resident.door}".strip(),
        "urgent": True,
        "by_phone": True,
    }
    return publish_task(actor=actor, text=TaskText(**base), dates=[slot], places=1, beneficiary_id=resident.pk, now=now)


@atomic_with_retry
def edit_text(*, actor: Actor, task_id: UUID, text: TaskText) -> Task:
    """Change what stands on a task, for all its dates. Who pays and how much stays."""
    _allow(actor)
    check_texts(text)
    task = lock_task(actor, task_id)
    if task.state == TaskState.CANCELLED:
        raise errors.NotPublished
    values = asdict(text)
    for name, value in values.items():
        setattr(task, name, value)
    task.save(update_fields=list(values))
    return task


@atomic_with_retry
def cancel_task(*, actor: Actor | None, task: Task, now: datetime) -> Task:
    """Call a whole task off: dates to come are cancelled, who was in is told, a hold is released. Twice is harmless.

    HoursWait where a helper of a paid task waits for their hours to be verified.

    ``actor`` is None for the sweep, which ends paid tasks that nobody came to.
    """
    if actor is not None:
        _allow(actor)
        if task.community_id != actor.community.pk:
            raise Task.DoesNotExist
    for shift in Shift.objects.filter(task=task, cancelled_at__isnull=True).order_by("pk").select_for_update():
        shift.task, shift.community = task, task.community
        scheduling.call_off(shift=shift, actor=actor, now=now)
    task = Task.objects.select_for_update(of=("self",)).select_related("funding_hold").get(pk=task.pk)
    if task.state == TaskState.CANCELLED:
        return task
    if task.funding_hold is not None and task.funding_hold.status == HoldStatus.ACTIVE:
        if HourRecord.objects.filter(task=task, state__in=OPEN).exists():
            raise errors.HoursWait
        holds.release(hold_ids=[task.funding_hold.pk], now=now)
    task.state, task.cancelled_at = TaskState.CANCELLED, now
    task.save(update_fields=["state", "cancelled_at"])
    return task


def lock_task(actor: Actor, task_id: UUID) -> Task:
    """A task of the actor's community, its row locked. Task.DoesNotExist for another's."""
    return Task.objects.for_community(actor.community).select_for_update(of=("self",)).get(pk=task_id)


def check_texts(text: TaskText) -> None:
    """Refuse private things in public words, and illness or a door number in the note."""
    for name in PUBLIC_TEXTS:
        safety.check_public_text(getattr(text, name), field=name)
    safety.check_private_note(text.private_note)


def _allow(actor: Actor) -> None:
    if not can_publish(actor):
        raise NotAllowed


def _resident(actor: Actor, resident_id: UUID | None) -> Resident | None:
    if resident_id is None:
        return None
    return Resident.objects.for_community(actor.community).living_here().get(pk=resident_id)


def _money(actor: Actor, terms: Terms) -> dict[str, object]:
    """The columns of funding and earning."""
    if terms.funding == Funding.REQUESTER:
        requester = _resident(actor, terms.requester_id)
        if requester is None or not terms.price_coins:
            raise errors.CannotPay(errors.PRICE_AND_PAYER)
        return {"funding": Funding.REQUESTER, "requester": requester, "price_coins": terms.price_coins}
    if terms.coins_per_task is None:
        return {"earning": Earning.RULE}
    return {"earning": Earning.PER_TASK, "coins_per_task": terms.coins_per_task}


def _hold_price(actor: Actor, task: Task, now: datetime) -> int | None:
    """Hold the agreed price in the requester's wallet; None for a community-funded task."""
    if not task.is_requester_funded:
        return None
    assert task.requester is not None
    assert task.price_coins is not None
    task.requester.community = actor.community
    wallet_id, may_spend = spender_wallet(task.requester, local_date(now, actor.community.time_zone))
    if wallet_id is None or not may_spend:
        raise errors.CannotPay
    return holds.hold(
        book_id=actor.community.book_id,
        reference=f"task:{task.pk}:fund",
        debit_id=wallet_id,
        amount=task.price_coins,
        kind=EntryKind.REQUESTER_PAYMENT,
        actor_id=actor.user_id,
        now=now,
    )


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)
