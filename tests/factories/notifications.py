"""Messages for tests: a kind of their own, put into the outbox and delivered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.utils.translation import gettext as _

from accounts.models import User
from notifications import kinds
from notifications.services.outbox import announce
from tests.factories.people import NOW

HELLO = "test-hello"
TODO = "test-todo"


def hello(payload: kinds.Payload) -> kinds.Message:
    """A greeting in the reader's language."""
    title_zh = str(payload.get("title_zh", ""))
    return kinds.Message(title=_("Notices"), body=str(payload.get("body", "")), about_zh=title_zh)


@pytest.fixture(autouse=True)
def test_kinds() -> Iterator[None]:
    """Two kinds that only tests know: one to read, one that asks for an action."""
    kinds.register(HELLO, hello)
    kinds.register(TODO, hello, action=True)
    yield
    kinds._KINDS.pop(HELLO), kinds._KINDS.pop(TODO)


def tell(user: User, *, subject: str = "thing:1", kind: str = HELLO, due_at: datetime = NOW, **more: Any) -> int:
    """Announce a test message to somebody."""
    return announce(kind=kind, subject=subject, recipient_user_id=user.pk, due_at=due_at, **more)
