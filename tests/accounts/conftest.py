"""What the sign-in tests share: the code that was sent, and signing in with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client

LOGIN, CODE = "/accounts/login/", "/accounts/code/"


@pytest.fixture
def sms_dir(settings, tmp_path: Path) -> Path:
    settings.SMS_DIR = tmp_path / "sms"
    return settings.SMS_DIR


@pytest.fixture
def last_code(sms_dir: Path) -> Callable[[], str]:
    """The six digits of the newest message, by text or by mail."""

    def newest() -> str:
        files = sorted(sms_dir.glob("*.json")) if sms_dir.exists() else []
        text = json.loads(files[-1].read_text("utf-8"))["text"] if files else mail.outbox[-1].body
        found = re.search(r"\b\d{6}\b", text)
        assert found, text
        return found.group()

    return newest


def ask_code(client: Client, login: str, path: str = LOGIN, **extra: str):
    return client.post(path, {"login": login}, **extra)


def give_code(client: Client, code: str, **extra: str):
    return client.post(CODE, {"code": code}, **extra)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
