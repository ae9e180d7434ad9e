from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = _("Volunteering")

    def ready(self) -> None:
        """Name the constraints, the notices and the due work of tasks."""
        from core import constraints
        from core import sources as known
        from notifications import due
        from tasks import errors, errors_hours, jobs, messages, notices_hours, sources

        constraints.register(
            constraints={
                "shift_places": errors.NoPlaceLeft,
                "sign_up_once": errors.AlreadySignedUp,
                "shift_one_paid_place": errors.OnePaidPlace,
                "shift_one_paid_date": errors.OnePaidPlace,
            }
        )
        constraints.register(constraints=dict(errors_hours.BY_CONSTRAINT))
        known.register(sources.describe, *sources.PREFIXES)
        messages.register()
        notices_hours.register_kinds()
        due.register("tasks.end_unhelped", jobs.end_unhelped)
