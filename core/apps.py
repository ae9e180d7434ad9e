from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        """Before any form is read: a field keeps the sentences that there are when it is made."""
        from core import field_errors  # forms need the settings

        field_errors.speak()
