from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import constraints


class CommunitiesConfig(AppConfig):
    name = "communities"
    verbose_name = _("Communities and residents")

    def ready(self) -> None:
        from communities import errors  # its sentences need the app registry

        constraints.register(
            constraints={
                "one_resident_an_account": errors.AlreadyRegistered,
                "one_household_at_a_time": errors.AnotherHousehold,
                "home_visits_need_verified_residence": errors.NotVerified,
                "in_a_team_once": errors.AlreadyMember,
                "team_name_once_a_community": errors.NameTaken,
                "role_granted_once": errors.AlreadyGranted,
                "nobody_grants_themselves": errors.OwnRole,
                "settings_flag_before_refusal": errors.FlagAboveRefusal,
            }
        )
