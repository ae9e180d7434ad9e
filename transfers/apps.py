from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransfersConfig(AppConfig):
    name = "transfers"
    verbose_name = _("Transfers between communities")

    def ready(self) -> None:
        from core import constraints
        from core import sources as known
        from notifications import due
        from transfers import errors, messages, sources
        from transfers.models import ENDED_STATE, OWN_STATE
        from transfers.services import deciding

        constraints.register(
            constraints={"transfer_two_people": errors.EnteredBySame, "transfer_refused_why": errors.ReasonMissing},
            states={ENDED_STATE: errors.MovedOn, OWN_STATE: errors.OwnTransfer},
        )
        known.register(sources.describe, sources.PREFIX)
        messages.register()
        due.register("transfers", deciding.lapse)
