"""What is read: the inbox and its unread count."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, ExpressionWrapper, Func, IntegerField, Q, QuerySet, Value

from notifications.models import InboxMessage, Restore

UNREAD_SHOWN = 99  # the navigation shows "99+" beyond
UNREAD = Q(read_at__isnull=True)


def inbox(user_id: int) -> QuerySet[InboxMessage]:
    """A person's notices: unread ones that ask for an action, other unread ones, the read ones; each newest first."""
    notices = InboxMessage.objects.filter(user_id=user_id)
    return notices.order_by(_truth(UNREAD & Q(is_action=True)).desc(), _truth(UNREAD).desc(), "-created_at", "-pk")


def unread_count(user_id: int) -> int:
    """Unread notices, counted up to 100 and no further."""
    return InboxMessage.objects.filter(UNREAD, user_id=user_id)[: UNREAD_SHOWN + 1].count()


def unread_words(count: int) -> int | str:
    """As the navigation shows it."""
    return f"{UNREAD_SHOWN}+" if count > UNREAD_SHOWN else count


def unread_expression(user_id: int) -> Func:
    """The same count as a column, for a query that every page makes anyway."""
    newest = InboxMessage.objects.filter(UNREAD, user_id=Value(user_id)).values("pk")[: UNREAD_SHOWN + 1]
    return Func(ArraySubquery(newest), function="CARDINALITY", output_field=IntegerField())


def newest_restore() -> Restore | None:
    """The restore that waits to be compared and opened, None in everyday life."""
    return Restore.objects.filter(opened_at=None).order_by("-pk").first()


def is_closed() -> bool:
    """Whether the site is read and not written, because a restore is being compared."""
    return Restore.objects.filter(opened_at=None).exists()


def closed_expression() -> Exists:
    """The same as a column, for a query that every page makes anyway."""
    return Exists(Restore.objects.filter(opened_at=None))


def _truth(condition: Q) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(condition, output_field=BooleanField())
