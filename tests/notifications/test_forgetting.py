"""What is forgotten, and when: once a day, set-based, a bounded part at once; what is still needed stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.models import FormKey, GuessCount, User
from accounts.services import forgetting as accounts
from accounts.services import form_keys, limits, signing_in
from core import clock
from notifications import forgetting as register
from notifications.choices import OutboxState
from notifications.models import Heartbeat, InboxMessage, OutboxMessage
from notifications.services import forgetting, sweep
from notifications.services.delivery import deliver_due
from notifications.services.outbox import announce
from tests.factories.notifications import tell
from tests.factories.people import NOW, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told(user: User, subject: str, at: datetime) -> OutboxMessage:
    """A message that was delivered at once."""
    tell(user, subject=subject, due_at=at, payload={"body": "林奶奶"}, url="/c/jinshan/")
    deliver_due(now=at)
    return OutboxMessage.objects.get(subject=subject)


def test_words_go_after_a_month_and_the_row_stays_to_say_nothing_twice():
    lin = make_user("林秀英")
    old, new = told(lin, "old", NOW - 31 * DAY), told(lin, "new", NOW - 29 * DAY)
    waiting = tell(lin, subject="waiting", due_at=NOW - 40 * DAY, payload={"body": "林奶奶"})
    assert waiting == 1
    assert old.payload
    assert forgetting.forget_words(NOW, 10) == 1
    assert forgetting.forget_words(NOW, 10) == 0
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.payload, old.url, old.state) == ({}, "", OutboxState.SENT)
    assert new.payload
    assert OutboxMessage.objects.get(subject="waiting").payload
    assert announce(kind=old.kind, subject="old", recipient_user_id=lin.pk, due_at=old.due_at) == 0


def test_rows_go_after_more_than_a_year_and_leave_the_notice():
    lin = make_user("林秀英")
    told(lin, "old", NOW - 401 * DAY)
    told(lin, "new", NOW - 399 * DAY)
    assert forgetting.forget_outbox(NOW, 10) == 1
    assert [one.subject for one in OutboxMessage.objects.all()] == ["new"]
    assert InboxMessage.objects.count() == 2
    assert InboxMessage.objects.filter(outbox__isnull=True).count() == 1


def test_notices_that_were_read_go_sooner_than_those_that_nobody_read():
    lin = make_user("林秀英")
    for number, (arrived, read) in enumerate([(200, 181), (200, 179), (731, None), (729, None)]):
        told(lin, f"{number}", NOW - arrived * DAY)
        if read is not None:
            InboxMessage.objects.filter(outbox__subject=f"{number}").update(read_at=NOW - read * DAY)
    assert forgetting.forget_inbox(NOW, 10) == 2
    assert {one.outbox.subject for one in InboxMessage.objects.all()} == {"1", "3"}


def test_form_keys_and_counts():
    lin = make_user("林秀英")
    for key, age in [("old", form_keys.KEPT + DAY), ("new", form_keys.KEPT - DAY)]:
        made = FormKey.objects.create(user=lin, key=key, purpose="gift")
        FormKey.objects.filter(pk=made.pk).update(created_at=NOW - age)
    limits.hit(key="old", limit=1, window=DAY, now=NOW - limits.KEPT - DAY)
    limits.hit(key="new", limit=1, window=DAY, now=NOW)
    assert (form_keys.forget_old(NOW, 10), limits.forget_old(NOW, 10)) == (1, 1)
    assert (FormKey.objects.get().key, GuessCount.objects.get().key) == ("new", "new")


def test_ended_web_sessions_and_from_where_they_were():
    lin = make_user("林秀英")
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(lin)
        UserSession.objects.create(user=lin, session_key=client.session.session_key, ip="192.0.2.7")
    ended = Session.objects.get(pk=clients[0].session.session_key)
    ended.expire_date = clock.now() - DAY
    ended.save()
    UserSession.objects.update(last_seen_at=clock.now() - 2 * DAY)
    assert accounts.forget_devices(clock.now(), 10) == 0
    assert accounts.forget_sessions(clock.now(), 10) == 1
    assert accounts.forget_devices(clock.now(), 10) == 1
    assert clients[1].get("/accounts/settings/").status_code == 200
    assert UserSession.objects.get().session_key == clients[1].session.session_key


def test_what_the_cache_holds_beyond_its_time():
    cache.set("old", 1, timeout=1)
    cache.set("new", 1, timeout=3600)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cache SET expires = %s WHERE cache_key LIKE '%%old'", [clock.now() - DAY])
    assert accounts.forget_cache(clock.now(), 10) == 1
    assert cache.get("new") == 1


def test_each_takes_no_more_than_it_is_told():
    lin = make_user("林秀英")
    for number in range(5):
        told(lin, f"{number}", NOW - 800 * DAY)
        limits.hit(key=f"{number}", limit=1, window=DAY, now=NOW - 9 * DAY)
        FormKey.objects.create(user=lin, key=f"{number}", purpose="gift")
        signing_in.account_for(signing_in.Address(email=f"{number}@example.org"))
    later = clock.now() + 800 * DAY
    for one in register.registered():
        assert one.run(later, 2) <= 2, one.name
    assert (OutboxMessage.objects.count(), InboxMessage.objects.count()) == (3, 3)
    assert (GuessCount.objects.count(), FormKey.objects.count()) == (3, 3)
    assert User.objects.count() == 4


def test_once_a_day_and_on_until_a_backlog_is_done(monkeypatch):
    monkeypatch.setattr(forgetting, "MOST", 3)
    lin = make_user("林秀英")
    for number in range(5):
        limits.hit(key=f"{number}", limit=1, window=DAY, now=NOW - 9 * DAY)
    assert forgetting.forget_due(NOW) == 3
    assert forgetting.forget_due(NOW + timedelta(minutes=1)) == 2
    told(lin, "old", NOW - 40 * DAY)
    assert forgetting.forget_due(NOW + timedelta(minutes=2)) == 0
    assert forgetting.forget_due(NOW + DAY + timedelta(minutes=1)) == 1


def test_one_that_fails_stops_no_other_and_is_told(monkeypatch):
    def broken(now: datetime, most: int) -> int:
        raise RuntimeError("no")

    limits.hit(key="old", limit=1, window=DAY, now=NOW - 9 * DAY)
    monkeypatch.setitem(register._FORGETTINGS, "broken", register.Forgetting("broken", broken))
    assert sweep.run_due(now=NOW)[forgetting.FORGETTING] == 0
    assert not GuessCount.objects.exists()
    assert forgetting.FORGETTING in Heartbeat.objects.get(name="sweep").trouble
    assert not Heartbeat.objects.filter(name=forgetting.FORGETTING).exists()


def test_a_statement_however_many_rows(django_assert_num_queries):
    lin = make_user("林秀英")
    for number in range(30):
        told(lin, f"{number}", NOW - 800 * DAY)
    with django_assert_num_queries(5):  # three statements in a transaction
        forgetting.forget_outbox(NOW, 100)
    with django_assert_num_queries(2):
        forgetting.forget_inbox(NOW, 100)
    assert not InboxMessage.objects.exists()
