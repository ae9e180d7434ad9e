from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    name = "papers"
    verbose_name = _("Papers")

    def ready(self) -> None:
        """Teach the outbox the statement's words, and the sweep the turn of the month and of the day."""
        from notifications import due, kinds
        from papers import messages
        from papers.services import seals, statements

        kinds.register(statements.KIND, messages.statement)
        due.register("statements", statements.make_due_statements)
        due.register("seals", seals.seal_due)
