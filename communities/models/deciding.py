"""What is asked by one person and confirmed or declined by another, once: the constraints of every such table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from communities.choices import MoveState, WriteOffState


def decided_by_another(
    kind: str, states: type[MoveState | WriteOffState], *, wallet: str
) -> list[models.BaseConstraint]:
    """Nobody confirms what they asked for, a decision has its maker and instant, one a wallet waits at a time."""
    asked, confirmed = Q(state=states.ASKED), Q(state=states.CONFIRMED)
    return [
        models.CheckConstraint(condition=~confirmed | ~Q(asked_by=F("decided_by")), name=f"{kind}_by_two_people"),
        models.CheckConstraint(
            condition=Q(state=states.ASKED, decided_by__isnull=True, decided_at__isnull=True)
            | (~asked & Q(decided_by__isnull=False, decided_at__isnull=False)),
            name=f"{kind}_decided_by_somebody",
        ),
        models.UniqueConstraint(fields=[wallet], condition=asked, name=f"{kind}_one_open_a_wallet"),
    ]
