"""What the tests of faults start as processes: a Celery worker, or a command, with small chunks to be killed in."""

from __future__ import annotations

import sys

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from communities.services import opening  # noqa: E402
from notifications import kinds  # noqa: E402
from papers.services import statements  # noqa: E402
from tests.factories.notifications import HELLO, TODO, hello  # noqa: E402
from timebank.celery import app  # noqa: E402

settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
settings.EMAIL_FILE_PATH = settings.MAIL_DIR
statements.CHUNK = 5
opening.CHUNK = 20
kinds.register(HELLO, hello)
kinds.register(TODO, hello, action=True)

role, *arguments = sys.argv[1:]
if role == "worker":
    app.worker_main(["worker", "-P", "prefork", "-l", "INFO", "--without-gossip", "--without-mingle", *arguments])
else:
    call_command(role, *arguments)
