"""Production with an unsafe configuration does not start."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

GOOD = {
    "SECRET_KEY": "q8Zr-4Xw1vT7nLk2sYb9cJd6fHg3mPa5eRu0oQiWtSxVzBnM_KjLy",
    "ALLOWED_HOSTS": "time.example.org",
    "SITE_URL": "https://time.example.org",
    "DATABASE_URL": "postgres://timebank_app:a@db:5432/timebank",
    "OWNER_DATABASE_URL": "postgres://timebank_owner:b@db:5432/timebank",
    "REDIS_URL": "redis://redis:6379/0",
    "EMAIL_URL": "smtp+tls://mail:secret@mail.example.org:587",
}
BAD = {
    "debug on": {"DEBUG": "true"},
    "no key": {"SECRET_KEY": None},
    "a short key": {"SECRET_KEY": "short"},
    "the example's key": {"SECRET_KEY": "change-me-" + "x" * 60},
    "Django's own key": {"SECRET_KEY": "django-insecure-" + "x" * 60},
    "the tests' key": {"SECRET_KEY": "tests-only-" + "k" * 60},
    "every host": {"ALLOWED_HOSTS": "*"},
    "no host": {"ALLOWED_HOSTS": None},
    "no database": {"DATABASE_URL": None},
    "no address of its own": {"SITE_URL": None},
    "an address without TLS": {"SITE_URL": "http://time.example.org"},
    "no mail": {"EMAIL_URL": None},
    "messages into files": {"SMS_SENDER": "core.sms.FileSmsSender"},
    "one role for both": {"OWNER_DATABASE_URL": GOOD["DATABASE_URL"]},
}


def start(changes: dict[str, str | None]) -> subprocess.CompletedProcess[str]:
    """Import the production settings in a process of its own, with nothing of ours in its environment."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "DATA_DIR") if name in os.environ}
    env = keep | {name: value for name, value in (GOOD | changes).items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", "import timebank.settings.prod"], env=env, capture_output=True, text=True, timeout=60
    )


def test_the_good_configuration_starts():
    done = start({})
    assert done.returncode == 0, done.stderr


def test_each_bad_one_is_refused_by_name():
    with ThreadPoolExecutor(2) as pool:
        runs = dict(zip(BAD, pool.map(start, BAD.values()), strict=True))
    started = [name for name, done in runs.items() if done.returncode == 0]
    assert started == []
    assert all("ImproperlyConfigured" in done.stderr or "is missing" in done.stderr for done in runs.values())
