from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = _("Rewards and redemptions")

    def ready(self) -> None:
        from core import constraints
        from core import sources as known
        from notifications import due, forgetting
        from rewards import errors, messages, sources
        from rewards.models.redemption import ENDED_STATE, OWN_STATE
        from rewards.services import lapsing, wishes

        constraints.register(
            constraints={
                "rewards_reward_reserved": errors.SoldOut,
                "rewards_redemption_code": errors.TryAgain,
                "rewards_redemption_two_people": errors.NeedsSecond,
                "rewards_redemption_not_enterer": errors.EnteredBySame,
                "rewards_movement_once": errors.Ended,
            },
            states={ENDED_STATE: errors.Ended, OWN_STATE: errors.OwnRedemption},
        )
        known.register(sources.describe, "redemption")
        messages.register()
        due.register("requests", lapsing.lapse_requests)
        due.register("codes", lapsing.expire_codes)
        forgetting.register("wishes to be told", wishes.forget_old)
