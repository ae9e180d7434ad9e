"""What the views share: finding the object of an address or answering 404, and running a form once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from accounts.services.form_keys import once
from communities.actors import Actor
from core.errors import DomainError
from core.forms import KeyedForm, refuse
from rewards import selectors
from rewards.models import Redemption, Reward
from rewards.policies import can_see


def reward_or_404(actor: Actor, reward_id: UUID) -> Reward:
    """Goods of the actor's community."""
    found = selectors.reward_of(actor.community, reward_id)
    if found is None:
        raise Http404
    return found


def redemption_or_404(actor: Actor, redemption_id: UUID) -> Redemption:
    """A redemption that the actor may see; a neighbour's is as unknown as a foreign one."""
    found = selectors.redemption_of(actor.community, redemption_id)
    if found is None or not can_see(actor, found):
        raise Http404
    return found


def redemption_url(actor: Actor, redemption: Redemption) -> str:
    """The redemption's page."""
    return reverse("rewards:redemption", kwargs={"community": actor.community.slug, "redemption_id": redemption.pk})


def run_once(form: KeyedForm, actor: Actor, purpose: str, run: Callable[[], str]) -> str | None:
    """The address that the form's first sending led to, or None when the service refused: the form says why."""
    try:
        return once(key=form.key, user_id=actor.user_id, purpose=purpose, run=run)
    except DomainError as error:
        refuse(form, error)
        return None
