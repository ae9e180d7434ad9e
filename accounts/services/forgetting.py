"""What accounts keep no longer: form keys, counts of guesses, ended web sessions, the cache's expired rows.

Each deletes at most so many rows and answers how many. Lifetimes stand where the thing is made.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection

from core.forgetting import delete_some

SEEN_AGO = timedelta(days=1)  # a web session that has just begun is not yet stored

# The network address and the browser of a session, once there is no such session.
DEVICES = """
DELETE FROM usersessions_usersession WHERE id IN (
  SELECT u.id FROM usersessions_usersession u
  WHERE u.last_seen_at < %(before)s
    AND NOT EXISTS (SELECT FROM django_session s WHERE s.session_key = u.session_key)
  LIMIT %(most)s)
"""
CACHE = """
DELETE FROM cache WHERE cache_key IN (SELECT cache_key FROM cache WHERE expires < %(now)s LIMIT %(most)s)
"""


def forget_sessions(now: datetime, most: int) -> int:
    """Web sessions that are over."""
    return delete_some(Session.objects.filter(expire_date__lt=now), most)


def forget_devices(now: datetime, most: int) -> int:
    """From where somebody was signed in, once they no longer are."""
    return _delete(DEVICES, before=now - SEEN_AGO, most=most)


def forget_cache(now: datetime, most: int) -> int:
    """What the cache holds beyond its time."""
    return _delete(CACHE, now=now, most=most)


def _delete(query: str, **values: datetime | int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.rowcount)
