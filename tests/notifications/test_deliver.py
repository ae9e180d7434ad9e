"""Delivery: into the inbox exactly once, by email and SMS with patience."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from notifications.choices import Channel, OutboxState
from notifications.models import InboxMessage, OutboxMessage
from notifications.services.delivery import BACK_OFF, MAX_ATTEMPTS, deliver_due
from notifications.services.outbox import Announcement, announce_many
from tests.factories.notifications import HELLO, TODO, tell
from tests.factories.people import NOW, make_user

pytestmark = pytest.mark.django_db


class BrokenMail:
    """A mail server that refuses."""

    def __init__(self, **options: Any) -> None:
        pass

    def send_messages(self, messages: list[mail.EmailMessage]) -> int:
        raise ConnectionRefusedError


def test_into_the_inbox() -> None:
    lin = make_user("林秀英")
    tell(lin, kind=TODO, payload={"body": "早"}, url="/c/jinshan/")
    assert deliver_due(now=NOW) == 1
    notice = InboxMessage.objects.get()
    assert (notice.user, notice.kind, notice.payload, notice.url) == (lin, TODO, {"body": "早"}, "/c/jinshan/")
    assert (notice.is_action, notice.created_at, notice.read_at) == (True, NOW, None)
    assert OutboxMessage.objects.get().state == OutboxState.SENT
    assert deliver_due(now=NOW) == 0


def test_not_before_its_time() -> None:
    tell(make_user("林秀英"), due_at=NOW + timedelta(seconds=1))
    assert deliver_due(now=NOW) == 0
    assert deliver_due(now=NOW + timedelta(seconds=1)) == 1


def test_a_limit_leaves_the_rest() -> None:
    lin = make_user("林秀英")
    announce_many([Announcement(HELLO, f"thing:{number}", lin.pk, NOW) for number in range(450)])
    assert deliver_due(now=NOW, limit=250) == 250
    assert deliver_due(now=NOW) == 200
    assert InboxMessage.objects.count() == 450


@pytest.mark.parametrize(("language", "subject"), [("en", "Notices · 送馒头"), ("", None)])
def test_email_in_the_readers_language(language: str, subject: str | None, settings: Any) -> None:
    lin = make_user("林秀英", email="lin@example.com", language=language)
    tell(lin, channels=(Channel.EMAIL,), payload={"title_zh": "送馒头", "body": "早"}, url="/c/jinshan/")
    assert deliver_due(now=NOW) == 1
    letter = mail.outbox[0]
    assert letter.to == ["lin@example.com"]
    assert subject is None or letter.subject == subject
    assert "早" in letter.body
    assert letter.body.strip().endswith(f"{settings.SITE_URL}/c/jinshan/")
    assert letter.extra_headers["Message-ID"].startswith(f"<outbox-{OutboxMessage.objects.get().pk}@")


def test_no_address_is_no_failure() -> None:
    lin = make_user("林秀英")
    lin.phone_verified_at = None
    lin.save()
    tell(lin, channels=(Channel.EMAIL, Channel.SMS))
    assert deliver_due(now=NOW) == 0
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.DROPPED}


def test_by_sms(settings: Any, tmp_path: Path) -> None:
    settings.SMS_DIR = tmp_path
    lin = make_user("林秀英", language="en")
    tell(lin, channels=(Channel.SMS,))
    assert deliver_due(now=NOW) == 1
    [file] = tmp_path.glob("*.json")
    assert json.loads(file.read_text())["text"] == "Notices"


def test_a_refused_mail_is_tried_again_later_and_later(settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.notifications.test_deliver.BrokenMail"
    tell(make_user("林秀英", email="lin@example.com"), channels=(Channel.EMAIL,))
    now = NOW
    for wait in BACK_OFF:
        assert deliver_due(now=now) == 0
        row = OutboxMessage.objects.get()
        assert (row.state, row.next_try_at) == (OutboxState.PENDING, now + wait)
        assert deliver_due(now=now + wait - timedelta(seconds=1)) == 0
        now += wait
    deliver_due(now=now)
    row = OutboxMessage.objects.get()
    assert (row.state, row.attempts) == (OutboxState.FAILED, MAX_ATTEMPTS)


def test_a_broken_mail_server_is_asked_once_a_round(settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.notifications.test_deliver.BrokenMail"
    for number in range(3):
        tell(make_user(str(number), email=f"{number}@example.com"), channels=(Channel.EMAIL, Channel.INBOX))
    assert deliver_due(now=NOW) == 3
    assert sorted(OutboxMessage.objects.filter(channel="email").values_list("attempts", flat=True)) == [0, 0, 1]


def test_an_unknown_kind_fails_alone() -> None:
    lin = make_user("林秀英", email="lin@example.com")
    tell(lin, kind="nobody-knows", channels=(Channel.INBOX, Channel.EMAIL))
    tell(lin)
    assert deliver_due(now=NOW) == 1
    assert set(OutboxMessage.objects.filter(kind="nobody-knows").values_list("state", flat=True)) == {"failed"}


@pytest.mark.django_db(transaction=True)
def test_eight_workers_share_the_work(together: Callable[..., list[object]]) -> None:
    lin = make_user("林秀英", email="lin@example.com")
    announce_many(
        Announcement(HELLO, f"thing:{number}", lin.pk, NOW, channels=(Channel.INBOX, Channel.EMAIL))
        for number in range(60)
    )
    done = together(8, lambda at: deliver_due(now=NOW))
    assert sum(int(str(count)) for count in done) == 120
    assert InboxMessage.objects.count() == 60
    assert len(mail.outbox) == 60
