"""Web sessions: how long they last, and how they end."""

from __future__ import annotations

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from accounts.models import User

RESIDENT_LASTS = timedelta(days=90)
WORKER_LASTS = timedelta(hours=12)


def lasts(user: User) -> timedelta:
    """Twelve hours for who works for a community, ninety days for everybody else."""
    return WORKER_LASTS if user.holds_role else RESIDENT_LASTS


def begin(*, request: HttpRequest, user: User) -> None:
    """Give a session that has just begun its length."""
    request.session.set_expiry(int(lasts(user).total_seconds()))


def end_all(*, user: User) -> int:
    """End every session of an account; how many."""
    sessions = list(UserSession.objects.filter(user_id=user.pk))
    for session in sessions:
        session.end()
    return len(sessions)


def end_others(*, user: User, session_key: str | None) -> int:
    """End every session of an account but this one; how many."""
    others = list(UserSession.objects.filter(user_id=user.pk).exclude(session_key=session_key or ""))
    for session in others:
        session.end()
    return len(others)
