"""The words of a community that the database keeps."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What somebody may do, within the scope of a grant. Everybody registered is a resident without a grant."""

    RESIDENT = "resident", _("Resident")
    LEADER = "leader", _("Team leader")
    WORKER = "worker", _("Community worker")
    MANAGER = "manager", _("Manager")
    MERCHANT = "merchant", _("Merchant")
    AUDITOR = "auditor", _("Auditor")
    OPERATOR = "operator", _("Operator")


class Wallets(models.TextChoices):
    """Who holds a wallet: each resident, or each household together."""

    RESIDENT = "resident", _("One wallet a resident")
    HOUSEHOLD = "household", _("One wallet a household")


class PartnershipState(models.TextChoices):
    """asked → accepted → ended; asked → declined, or ended where the asking community takes it back."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Partners")
    DECLINED = "declined", _("Declined")
    ENDED = "ended", _("Ended")


class WriteOffState(models.TextChoices):
    """What is owed is let go, or not, by a second person, once."""

    ASKED = "asked", _("Waits for a second person")
    CONFIRMED = "confirmed", pgettext_lazy("debt", "Written off")
    DECLINED = "declined", _("Not written off")


MOST_COINS = 1_000_000
# The least and the most of what a community may settle, in the unit that ends each name.
BOUNDS: dict[str, tuple[int, int]] = {
    "earning_cap_day_minutes": (1, 1440),
    "earning_cap_month_minutes": (1, 31 * 1440),
    "wallet_cap_coins": (1, MOST_COINS),
    "gift_cap_month_coins": (0, MOST_COINS),
    "two_person_limit_coins": (1, MOST_COINS),
    "undo_minutes": (0, 1440),
    "request_lapses_days": (1, 365),
    "code_valid_days": (1, 365),
    "minimum_age_to_redeem": (0, 100),
    "automatic_approval_up_to": (0, MOST_COINS),
    "expiry_months": (1, 120),
    "credit_line_coins": (0, 6000),
    "seat_cancel_hours": (0, 720),
    "flag_minutes": (1, 720),
    "max_minutes": (1, 720),  # what the database takes of an hour record
}
STAFF = frozenset({Role.WORKER, Role.MANAGER})
WORKS_HERE = frozenset({Role.WORKER, Role.MANAGER, Role.AUDITOR, Role.OPERATOR})  # web sessions of 12 hours
OPENS_ADMIN = frozenset({Role.MANAGER, Role.AUDITOR, Role.OPERATOR})
ADULT_AGE = 18
ALONE_ONLINE_AGE = 14  # younger ones come to the desk with a guardian


class MoveKind(models.TextChoices):
    """Why coins go from one wallet to another without anybody having earned or spent them."""

    SPLIT = "split", _("Household splits")
    MERGE = "merge", _("Households merge")
    DEATH = "death", _("After a death")


class MoveState(models.TextChoices):
    """A move is decided once, by a second person."""

    ASKED = "asked", _("Waits for a second person")
    CONFIRMED = "confirmed", _("Moved")
    DECLINED = "declined", _("Not moved")
