from django.apps import AppConfig


class TimebankConfig(AppConfig):
    """Loads the Celery app with Django, so that every ``shared_task`` belongs to it; the supervisor needs neither."""

    name = "timebank"

    def ready(self) -> None:
        """Make our Celery app the current one."""
        import timebank.celery  # noqa: F401
