from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """The books are checked every day."""
        from notifications import due
        from reports.services.checking import check_daily

        due.register("books", check_daily)
