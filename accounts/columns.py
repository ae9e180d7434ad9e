"""The column in which other apps keep who did something that may not have been done yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.functional import _StrPromise

    from accounts.models import User


def done_by(
    label: _StrPromise, *, on_delete: Callable[..., None] = models.PROTECT, db_index: bool = True
) -> models.ForeignKey[User | None, User | None]:
    """Who did it; None until somebody does. A user has no list of what they did."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete,
        null=True,
        blank=True,
        db_index=db_index,
        related_name="+",
        verbose_name=label,
    )
