"""A resident asks for help; staff make a task of it, settle it otherwise, or the resident takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from communities.actors import Actor
from communities.models import Resident
from core.errors import NotAllowed
from core.transactions import atomic_with_retry
from tasks import errors, safety
from tasks.choices import Category, HelpState
from tasks.models import HelpRequest, Task
from tasks.policies.claims import can_claim_for, can_publish
from tasks.recurrence import Slot
from tasks.services import notices, publishing
from tasks.services.publishing import TaskText, Terms

WAITING_AT_MOST = 5


@atomic_with_retry
def ask(
    *,
    actor: Actor,
    resident_id: UUID,
    category: Category,
    wanted_at: datetime | None = None,
    details: str = "",
    call_me: bool = False,
    offers_coins: int | None = None,
    now: datetime,
) -> HelpRequest:
    """Put a request before staff. Nothing is published yet, and nothing in it is refused: unsafe words are flagged.

    By the resident, or by staff for them. TooManyRequests above five that wait.
    """
    if not can_claim_for(actor, resident_id):
        raise NotAllowed
    resident = Resident.objects.for_community(actor.community).living_here().select_for_update().get(pk=resident_id)
    if HelpRequest.objects.filter(resident=resident, state=HelpState.WAITING).count() >= WAITING_AT_MOST:
        raise errors.TooManyRequests
    return HelpRequest.objects.create(
        community=actor.community,
        resident=resident,
        category=category,
        wanted_at=wanted_at,
        details=details,
        call_me=call_me,
        offers_coins=offers_coins,
        flags=safety.flags_of(details),
        asked_by=actor.user,
        created_at=now,
    )


@atomic_with_retry
def take_back(*, actor: Actor, request_id: UUID, now: datetime) -> HelpRequest:
    """The resident no longer needs it. Twice is harmless; what staff have answered stays."""
    request = _locked(actor, request_id)
    if not can_claim_for(actor, request.resident_id):
        raise HelpRequest.DoesNotExist
    if request.state == HelpState.WAITING:
        _end(request, HelpState.WITHDRAWN, actor, now)
    elif request.state != HelpState.WITHDRAWN:
        raise errors.NothingToDecide
    return request


@atomic_with_retry
def settle(*, actor: Actor, request_id: UUID, answer: str, now: datetime) -> HelpRequest:
    """Staff have seen to it without a task, and say how."""
    request = _waiting(actor, request_id)
    request.answer = answer
    _end(request, HelpState.SETTLED, actor, now)
    notices.tell_requester(notices.HELP_SETTLED, request, now, answer=answer)
    return request


@atomic_with_retry
def publish_request(
    *,
    actor: Actor,
    request_id: UUID,
    text: TaskText,
    dates: Sequence[Slot],
    terms: Terms,
    places: int = 1,
    now: datetime,
) -> Task:
    """Make a task of a request, for the resident who asked; who pays is in `terms`."""
    request = _waiting(actor, request_id)
    task = publishing.publish_task(
        actor=actor, text=text, dates=dates, places=places, terms=terms, beneficiary_id=request.resident_id, now=now
    )
    request.task = task
    _end(request, HelpState.PUBLISHED, actor, now)
    notices.tell_requester(notices.HELP_PUBLISHED, request, now, title_zh=task.title_zh, title_en=task.title_en)
    return task


def _locked(actor: Actor, request_id: UUID) -> HelpRequest:
    rows = HelpRequest.objects.for_community(actor.community).select_for_update(of=("self",))
    return rows.select_related("resident", "community").get(pk=request_id)


def _waiting(actor: Actor, request_id: UUID) -> HelpRequest:
    if not can_publish(actor):
        raise NotAllowed
    request = _locked(actor, request_id)
    if request.state != HelpState.WAITING:
        raise errors.NothingToDecide
    return request


def _end(request: HelpRequest, state: HelpState, actor: Actor, now: datetime) -> None:
    request.state, request.handled_by, request.handled_at = state, actor.user, now
    request.save(update_fields=["state", "handled_by", "handled_at", "task", "answer"])
