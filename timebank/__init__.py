"""The project: settings, URLs, Celery and what starts them."""
