"""The words of a community that the database keeps."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


STAFF = frozenset({Role.WORKER, Role.MANAGER})
WORKS_HERE = frozenset({Role.WORKER, Role.MANAGER, Role.AUDITOR, Role.OPERATOR})  # web sessions of 12 hours
OPENS_ADMIN = frozenset({Role.MANAGER, Role.AUDITOR, Role.OPERATOR})
ADULT_AGE = 18
ALONE_ONLINE_AGE = 14  # younger ones come to the desk with a guardian
