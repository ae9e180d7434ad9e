from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """The books are checked every day, and who answers for them is told what does not hold."""
        from notifications import due, kinds
        from reports import messages
        from reports.services import alarms
        from reports.services.checking import check_daily

        kinds.register(alarms.KIND, messages.books_broken, action=True)
        due.register("books", check_daily)
