from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import constraints


class CommunitiesConfig(AppConfig):
    name = "communities"
    verbose_name = _("Communities and residents")

    def ready(self) -> None:
        _register_readers()
        _register_work()
        _register_refusals()


# Each imports what needs the app registry.
def _register_readers() -> None:
    from communities import (
        messages,
        messages_coins,
        messages_moves,
        messages_partners,
        sources,
        sources_expiry,
        sources_write_offs,
    )
    from core import sources as known

    messages.register()
    messages_moves.register()
    messages_coins.register()
    messages_partners.register()
    known.register(sources.describe, sources.PREFIX)
    known.register(sources_expiry.describe, "expiry")
    known.register(sources_write_offs.describe, sources_write_offs.PREFIX)


def _register_work() -> None:
    from accounts.services import forgetting as ended
    from accounts.services import form_keys, limits, signing_in
    from communities.services import expiring
    from notifications import due, forgetting

    due.register("expiry", expiring.sweep)
    forgetting.register("counts of guesses", limits.forget_old)
    forgetting.register("form keys", form_keys.forget_old)
    forgetting.register("unused accounts", signing_in.sweep_unused)
    forgetting.register("web sessions", ended.forget_sessions)
    forgetting.register("devices", ended.forget_devices)
    forgetting.register("cache", ended.forget_cache)


def _register_refusals() -> None:
    from communities import errors, errors_coins, errors_moves
    from communities.models.moves import DECIDED_STATE, OWN_STATE
    from communities.models.partners import ENDED_STATE
    from communities.models.write_offs import OWN_DEBT_STATE, WRITE_OFF_DECIDED_STATE

    constraints.register(
        constraints={
            "one_resident_an_account": errors.AlreadyRegistered,
            "one_household_at_a_time": errors.AnotherHousehold,
            "home_visits_need_verified_residence": errors.NotVerified,
            "in_a_team_once": errors.AlreadyMember,
            "team_name_once_a_community": errors.NameTaken,
            "role_granted_once": errors.AlreadyGranted,
            "nobody_grants_themselves": errors.OwnRole,
            "partners_once": errors.PartnershipAsked,
            "partnership_two_people": errors.OwnPartnership,
            "partners_are_two": errors.NotItself,
            "settings_within_bounds": errors.OutOfBounds,
            "settings_service_within_a_day": errors.OutOfBounds,
            "settings_flag_before_refusal": errors.FlagAboveRefusal,
            "move_by_two_people": errors_moves.MoveOfOwn,
            "move_one_open_a_wallet": errors_moves.MoveOpen,
            "move_to_another_wallet": errors_moves.SameWallet,
            "write_off_by_two_people": errors_coins.WriteOffOfOwn,
            "write_off_one_open_a_wallet": errors_coins.WriteOffOpen,
        },
        states={
            OWN_STATE: errors_moves.LivesOffWallet,
            DECIDED_STATE: errors_moves.MoveDecided,
            ENDED_STATE: errors.PartnershipMovedOn,
            OWN_DEBT_STATE: errors_coins.OwnDebt,
            WRITE_OFF_DECIDED_STATE: errors_coins.WriteOffDecided,
        },
    )
