"""Transactions of the outermost services: tried again after a deadlock, their database refusals said kindly."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connection, transaction

from core.constraints import refusal_for

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 3
RETRY = frozenset({"40001", "40P01"})  # serialization failure, deadlock: nothing was written


def sqlstate(error: DatabaseError) -> str | None:
    """The SQLSTATE under Django's wrapper, or None."""
    return getattr(error.__cause__, "sqlstate", None)


def inside_another() -> bool:
    """Whether a service's transaction is open. A test's own does not count, as with ``durable``."""
    return any(not block._from_testcase for block in connection.atomic_blocks)  # type: ignore[attr-defined]


def atomic_with_retry(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service in a transaction, up to three times after a deadlock; a constraint's refusal becomes a DomainError.

    Inside another transaction only its owner can start again, so there the service simply joins.
    """

    @functools.wraps(service)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        if inside_another():
            return service(*args, **kwargs)
        for attempt in range(1, TRIES + 1):
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except DatabaseError as error:
                if sqlstate(error) in RETRY and attempt < TRIES:
                    time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311  (jitter, not a secret)
                    continue
                refusal = refusal_for(error)
                if refusal is None:
                    raise
                raise refusal from error
        raise AssertionError("unreachable")

    return wrapped
