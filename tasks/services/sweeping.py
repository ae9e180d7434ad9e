"""What ends by itself: a task paid by a neighbour, whose date is past and to which nobody came."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from tasks.choices import HOLDS_A_PLACE, Funding, TaskState
from tasks.choices.hours import OPEN
from tasks.models import HourRecord, Shift, SignUp, Task
from tasks.services import publishing

GRACE = timedelta(hours=24)  # the leader or staff may still tick who came
AT_ONCE = 200


def end_unhelped(*, now: datetime) -> int:
    """Cancel requester-funded tasks that had no helper, a day after their last date; their holds are released."""
    shifts = Shift.objects.filter(task=OuterRef("pk"))
    helped = SignUp.objects.filter(shift__task=OuterRef("pk"), state__in=HOLDS_A_PLACE)
    logged = HourRecord.objects.filter(task=OuterRef("pk"), state__in=OPEN)
    over = Task.objects.filter(
        ~Exists(shifts.filter(ends_at__gt=now - GRACE, cancelled_at__isnull=True)),
        ~Exists(helped),
        ~Exists(logged),
        funding=Funding.REQUESTER,
        state=TaskState.PUBLISHED,
    ).select_related("community")
    ended = list(over.order_by("pk")[:AT_ONCE])
    for task in ended:
        publishing.cancel_task(actor=None, task=task, now=now)
    return len(ended)
