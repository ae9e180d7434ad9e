from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from notifications import due, forgetting
        from notifications.services import forgetting as services  # needs the app registry

        forgetting.register("outbox words", services.forget_words)
        forgetting.register("outbox", services.forget_outbox)
        forgetting.register("inbox", services.forget_inbox)
        due.register(services.FORGETTING, services.forget_due)
