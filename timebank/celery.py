"""The Celery application. Jobs live in each app's ``jobs.py``, because ``tasks/`` is an app of its own."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timebank.settings.dev")

app = Celery("timebank")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
