"""Tests: a throw-away cluster, mail in memory, SMS in files, plain static files."""

import os
from pathlib import Path

_data = Path(os.environ.get("DATA_DIR", Path(__file__).resolve().parents[2] / ".data"))
# xdist's workers inherit the variable as their parent left it.
os.environ["DATA_DIR"] = str(_data if _data.name == "test" else _data / "test")
os.environ.setdefault("EMBEDDED_DURABLE", "0")

from timebank.settings.base import *  # noqa: E402,F403
from timebank.settings.base import CELERY_BROKER_URL, DATABASES, STORAGES  # noqa: E402

DEBUG = False
SECRET_KEY = "tests-only-" + "k" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = CELERY_BROKER_URL or "memory://"
for _alias in DATABASES.values():
    _alias["CONN_MAX_AGE"] = 0
DEMO = True
