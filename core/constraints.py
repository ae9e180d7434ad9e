"""Names of constraints and SQLSTATEs → refusals. Each app registers its own in ``apps.ready``."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError

from core.errors import DomainError

_BY_NAME: dict[str, Callable[[], DomainError]] = {}
_BY_STATE: dict[str, Callable[[], DomainError]] = {}


def register(
    *,
    constraints: dict[str, Callable[[], DomainError]] | None = None,
    states: dict[str, Callable[[], DomainError]] | None = None,
) -> None:
    """Say which refusal a broken constraint or a raised SQLSTATE means. Values are DomainError classes or factories.

    ValueError where two apps took the same SQLSTATE: the one would speak with the other's words.
    """
    taken = [state for state, make in (states or {}).items() if _BY_STATE.get(state, make) is not make]
    if taken:
        raise ValueError(f"SQLSTATE {', '.join(taken)} means something else already")
    _BY_NAME.update(constraints or {})
    _BY_STATE.update(states or {})


def refusal_for(error: DatabaseError) -> DomainError | None:
    """The registered refusal for a database error, or None when it is a defect."""
    cause = error.__cause__
    diagnosis = getattr(cause, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    state = getattr(cause, "sqlstate", None)
    make = _BY_NAME.get(name or "") or _BY_STATE.get(state or "")
    return make() if make else None
