"""The project: settings, URLs, Celery and what starts them."""

from timebank.celery import app as celery_app

__all__ = ["celery_app"]
