"""Refusals about credit lines and about what is owed."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.errors import DomainError, NotAllowed


class CreditReasonMissing(DomainError):
    """A line of one's own says why."""

    code = "reason_missing"
    message = _("Say why, in a few words.")
    field = "reason"


class NoWalletHere(DomainError):
    """A resident who lives off no wallet."""

    code = "no_wallet"
    message = _("They have no passbook yet. Enter them into a household first.")


class OwnCredit(NotAllowed):
    """A manager lending to themselves or their household."""

    code = "own_credit"
    message = _("Nobody sets the credit line of a passbook that they live off. Ask another manager.")


class WriteOffReasonMissing(DomainError):
    """A write-off says why."""

    code = "reason_missing"
    message = _("Say why, in a few words.")
    field = "reason"


class NothingOwed(DomainError):
    """A wallet that owes nothing, or nothing any more."""

    code = "nothing_owed"
    message = _("Nothing is owed any more, so nothing needs to be written off.")


class MoreThanIsOwed(DomainError):
    """More coins than the wallet owes."""

    code = "more_than_is_owed"
    message = _("That is more than is still owed.")
    field = "coins"


class WriteOffOpen(DomainError):
    """A second request while one waits."""

    code = "write_off_open"
    message = _("Somebody has asked for it already. Open that request and decide on it first.")


class WriteOffDecided(DomainError):
    """Confirming or declining twice."""

    code = "write_off_decided"
    message = _("Somebody has decided on this already.")


class FundTooLow(DomainError):
    """The fund has less than is to be written off. ``available`` in coins."""

    code = "fund_too_low"
    message = _("The community fund has too little. Ask for less, or wait until it has more.")

    def __init__(self, available: int) -> None:
        sentence = ngettext_lazy(
            "The community fund has {available} coin. Decline this one and ask for less, or wait.",
            "The community fund has {available} coins. Decline this one and ask for less, or wait.",
            available,
        )
        super().__init__(format_lazy(sentence, available=available))


class OwnDebt(NotAllowed):
    """Writing off what one's own wallet owes."""

    code = "own_debt"
    message = _("Nobody writes off what they or their household owe. Ask another member of the staff.")


class WriteOffOfOwn(NotAllowed):
    """Confirming what one asked for."""

    code = "write_off_of_own"
    message = _("Another manager confirms what you asked for.")
