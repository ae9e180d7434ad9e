"""Putting a message into the outbox, and taking it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from notifications.choices import Channel, OutboxState
from notifications.models import OutboxMessage
from notifications.services.outbox import Announcement, announce_many, drop
from tests.factories.notifications import HELLO, tell
from tests.factories.people import NOW, make_user

pytestmark = pytest.mark.django_db


def test_one_row_a_channel() -> None:
    lin = make_user("林秀英")
    assert tell(lin, channels=(Channel.INBOX, Channel.EMAIL), payload={"body": "早"}, url="/c/jinshan/") == 2
    rows = OutboxMessage.objects.order_by("channel")
    assert [(row.channel, row.state, row.payload, row.url) for row in rows] == [
        ("email", "pending", {"body": "早"}, "/c/jinshan/"),
        ("inbox", "pending", {"body": "早"}, "/c/jinshan/"),
    ]


def test_said_twice_is_said_once() -> None:
    lin = make_user("林秀英")
    assert [tell(lin), tell(lin)] == [1, 0]
    assert announce_many([Announcement(HELLO, "thing:2", lin.pk, NOW)] * 3) == 1
    assert OutboxMessage.objects.count() == 2


def test_nobody_to_tell() -> None:
    assert announce_many([Announcement(HELLO, "thing:1", None, NOW)]) == 0


def test_a_link_stays_within_the_site() -> None:
    lin = make_user("林秀英")
    for url in ("https://elsewhere.example/", "//elsewhere.example/", "c/jinshan/"):
        with pytest.raises(ValueError, match="within the site"):
            tell(lin, url=url)


def test_nothing_is_said_of_what_rolled_back() -> None:
    lin = make_user("林秀英")
    with transaction.atomic():
        tell(lin)
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


def test_dropped_then_said_again() -> None:
    lin, mei = make_user("林秀英"), make_user("梅晓东")
    tomorrow = NOW + timedelta(days=1)
    for user in (lin, mei):
        tell(user, due_at=tomorrow)
    assert drop(kind=HELLO, subject="thing:1", recipient_user_id=lin.pk) == 1
    assert drop(kind=HELLO, subject="thing:1") == 1
    assert drop(kind=HELLO, subject="thing:1") == 0
    assert tell(lin, due_at=tomorrow, payload={"body": "new"}) == 1
    assert OutboxMessage.objects.get(recipient=lin).state == OutboxState.PENDING
    assert OutboxMessage.objects.get(recipient=lin).payload == {"body": "new"}


def test_what_was_sent_stays_sent() -> None:
    lin = make_user("林秀英")
    tell(lin)
    OutboxMessage.objects.update(state=OutboxState.SENT, sent_at=NOW)
    assert drop(kind=HELLO, subject="thing:1") == 0
    assert tell(lin) == 0


def test_ten_thousand_in_a_few_statements(django_assert_num_queries: object) -> None:
    lin = make_user("林秀英")
    said = [Announcement(HELLO, f"thing:{number}", lin.pk, NOW) for number in range(2500)]
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert announce_many(said) == 2500
